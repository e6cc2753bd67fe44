// Key bytes: rows of typed columns as byte strings whose order under memcmp is SQL's order, column by column.
// A column is a marker (null or value) and, for a value, bytes that no other value's bytes begin with, so that keys
// can be joined one to another and searched by prefix. docs/notes/keys.md is the specification.
import { keyHigh, keyLow, keyOf, ofKey, put } from './decimal';
import { BOOL, DECIMAL, DESC, F32, F64, I32, I64, INLINE, VIEW, bitAt, clearBit, declaredScale, isValid, putView, rowAt, setBit, viewBytes, viewLength } from './layout';
import { sizeOf, take, takeSum } from './memory';

// Flags of a key column.
const DESCENDING: u32 = 1;
const NULLS_FIRST: u32 = 2;
/** Floating-point numbers keep their bits, decimals their scale, after their place in the order: equal keys mean equal rows. */
const EXACT: u32 = 4;

const VALUE: u8 = 1;
const TERMINATOR: u8 = 1;
const ESCAPED: u8 = 0xff;

function nullMarker(flags: u32): u8 { return (flags & NULLS_FIRST) != 0 ? 0 : 2; }

/** Bytes of the keys of n rows are written to the arena in use; `offsets` takes n + 1 numbers. Returns the blob. */
export function keyEncode(n: u32, sel: usize, columns: u32, descs: usize, flags: usize, offsets: usize): usize {
  memory.fill(offsets, 0, ((<usize>n) + 1) << 2);
  for (let c: u32 = 0; c < columns; c++) addSizes(n, sel, descs + <usize>c * DESC, <u32>load<u8>(flags + c), offsets);
  let total: u64 = 0;
  for (let i: u32 = 0; i <= n; i++) {
    const at = offsets + ((<usize>i) << 2);
    const size = load<u32>(at);
    store<u32>(at, <u32>total);
    total += size;
  }
  const blob = takeSum(total);
  // While writing, offsets[i] is where row i goes on; afterwards it is where row i + 1 begins.
  for (let c: u32 = 0; c < columns; c++) writeColumn(n, sel, descs + <usize>c * DESC, <u32>load<u8>(flags + c), offsets, blob);
  for (let i = n; i > 0; i--) store<u32>(offsets + ((<usize>i) << 2), load<u32>(offsets + ((<usize>(i - 1)) << 2)));
  store<u32>(offsets, 0);
  return blob;
}

function fixedBytes(kind: u32, flags: u32): u32 {
  if (kind == BOOL) return 1;
  if (kind >= DECIMAL) return (flags & EXACT) != 0 ? 17 : 16;
  const bytes: u32 = kind == I32 || kind == F32 ? 4 : 8;
  return (flags & EXACT) != 0 && kind >= F32 ? bytes * 2 : bytes;
}

function addSizes(n: u32, sel: usize, desc: usize, flags: u32, offsets: usize): void {
  const kind = load<u32>(desc);
  const values: usize = load<u32>(desc, 4);
  const valid: usize = load<u32>(desc, 8);
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    let size: u32 = 1;
    if (isValid(valid, row)) size += kind != VIEW ? fixedBytes(kind, flags) : textBytes(values + ((<usize>row) << 4));
    const at = offsets + ((<usize>i) << 2);
    store<u32>(at, sizeOf(<u64>load<u32>(at) + size));
  }
}

/** Bytes that a text takes in a key. */
export function textBytes(view: usize): u32 {
  const length = viewLength(view);
  const bytes = viewBytes(view);
  let zeros: u32 = 0;
  let i: u32 = 0;
  for (; i + 16 <= length; i += 16)
    zeros += <u32>popcnt(i8x16.bitmask(i8x16.eq(v128.load(bytes + i), i8x16.splat(0))));
  for (; i < length; i++) zeros += <u32>(load<u8>(bytes + i) == 0);
  return length + zeros + 2;
}

function writeColumn(n: u32, sel: usize, desc: usize, flags: u32, offsets: usize, blob: usize): void {
  const kind = load<u32>(desc);
  const values: usize = load<u32>(desc, 4);
  const valid: usize = load<u32>(desc, 8);
  const invert: u64 = (flags & DESCENDING) != 0 ? <u64>-1 : 0;
  const none = nullMarker(flags);
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const at = offsets + ((<usize>i) << 2);
    let to: usize = blob + load<u32>(at);
    if (!isValid(valid, row)) {
      store<u8>(to, none);
      to += 1;
    } else {
      store<u8>(to, VALUE);
      to = writeValue(to + 1, kind, values, row, invert);
      if ((flags & EXACT) != 0 && kind >= F32 && kind != VIEW) to = putBits(to, kind, values, row);
    }
    store<u32>(at, <u32>(to - blob));
  }
}

export function writeValue(to: usize, kind: u32, values: usize, row: u32, invert: u64): usize {
  if (kind == I64) return put8(to, load<u64>(values + ((<usize>row) << 3)) ^ 0x8000000000000000, invert);
  if (kind == F64) return put8(to, orderF64(load<u64>(values + ((<usize>row) << 3))), invert);
  if (kind == I32) return put4(to, load<u32>(values + ((<usize>row) << 2)) ^ 0x80000000, invert);
  if (kind == F32) return put4(to, orderF32(load<u32>(values + ((<usize>row) << 2))), invert);
  if (kind == BOOL) {
    store<u8>(to, <u8>(<u64>(bitAt(values, row) ? 1 : 0) ^ invert));
    return to + 1;
  }
  if (kind >= DECIMAL) {
    keyOf(values + ((<usize>row) << 4));
    return put8(put8(to, keyHigh, invert), keyLow, invert);
  }
  return putText(to, values + ((<usize>row) << 4), <u8>invert);
}

function put8(to: usize, value: u64, invert: u64): usize { store<u64>(to, bswap(value ^ invert)); return to + 8; }
function put4(to: usize, value: u32, invert: u64): usize { store<u32>(to, bswap(value ^ <u32>invert)); return to + 4; }

function putBits(to: usize, kind: u32, values: usize, row: u32): usize {
  if (kind == F32) { store<u32>(to, load<u32>(values + ((<usize>row) << 2))); return to + 4; }
  if (kind >= DECIMAL) { store<u8>(to, load<u8>(values + ((<usize>row) << 4), 15) & 127); return to + 1; }
  store<u64>(to, load<u64>(values + ((<usize>row) << 3)));
  return to + 8;
}

/** Doubles by value: negative ones reversed, -0 as 0, every NaN one and the greatest (as in PostgreSQL). */
export function orderF64(bits: u64): u64 {
  if ((bits & 0x7fffffffffffffff) > 0x7ff0000000000000) return 0xfff8000000000000;
  if (bits == 0x8000000000000000) return 0x8000000000000000;
  return (bits >> 63) != 0 ? ~bits : bits | 0x8000000000000000;
}

export function orderF32(bits: u32): u32 {
  if ((bits & 0x7fffffff) > 0x7f800000) return 0xffc00000;
  if (bits == 0x80000000) return 0x80000000;
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000;
}

function unorderF64(key: u64): u64 { return (key >> 63) != 0 ? key & 0x7fffffffffffffff : ~key; }
function unorderF32(key: u32): u32 { return (key >> 31) != 0 ? key & 0x7fffffff : ~key; }

export function putText(to: usize, view: usize, invert: u8): usize {
  const length = viewLength(view);
  const bytes = viewBytes(view);
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(bytes + i);
    store<u8>(to++, byte ^ invert);
    if (byte == 0) store<u8>(to++, ESCAPED ^ invert);
  }
  store<u8>(to, invert);
  store<u8>(to, TERMINATOR ^ invert, 1);
  return to + 2;
}

/**
 * Keys back to columns (unless exact, -0 has become 0). `keys` are n addresses; validity bits are set in bitmaps that
 * were zeroed. A column whose values lie at 0 is passed over.
 */
export function keyDecode(n: u32, keys: usize, columns: u32, descs: usize, flags: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    let from: usize = load<u32>(keys + ((<usize>i) << 2));
    for (let c: u32 = 0; c < columns; c++)
      from = readColumn(from, descs + <usize>c * DESC, <u32>load<u8>(flags + c), i);
  }
}

function readColumn(from: usize, desc: usize, flags: u32, row: u32): usize {
  const values: usize = load<u32>(desc, 4);
  const valid: usize = load<u32>(desc, 8);
  const kind = load<u32>(desc);
  if (load<u8>(from) != VALUE) {
    if (valid != 0) clearBit(valid, row);
    if (kind > F64 && values != 0) v128.store(values + ((<usize>row) << 4), i64x2.splat(0));
    return from + 1;
  }
  if (values == 0) return from + valueLength(from, kind, flags);
  if (valid != 0) setBit(valid, row);
  const exact = (flags & EXACT) != 0 && kind >= F32 && kind != VIEW;
  // An exact decimal has its scale behind its place.
  const shown = exact && kind >= DECIMAL ? DECIMAL | ((<u32>load<u8>(from, 17) + 1) << 8) : kind;
  const end = readValue(from + 1, shown, values, row, (flags & DESCENDING) != 0 ? <u64>-1 : 0);
  if (!exact) return end;
  if (kind >= DECIMAL) return end + 1;
  if (kind == F32) { store<u32>(values + ((<usize>row) << 2), load<u32>(end)); return end + 4; }
  store<u64>(values + ((<usize>row) << 3), load<u64>(end));
  return end + 8;
}

/** Bytes of a column's part of a key, marker included. */
function valueLength(key: usize, kind: u32, flags: u32): u32 {
  if (load<u8>(key) != VALUE) return 1;
  if (kind != VIEW) return 1 + fixedBytes(kind, flags);
  const invert: u8 = (flags & DESCENDING) != 0 ? 0xff : 0;
  let from = key + 1;
  while (true) {
    if ((load<u8>(from) ^ invert) != 0) from += 1;
    else if ((load<u8>(from, 1) ^ invert) == ESCAPED) from += 2;
    else break;
  }
  return <u32>(from - key) + 2;
}

export function readValue(from: usize, kind: u32, values: usize, row: u32, invert: u64): usize {
  if (kind == I64 || kind == F64) {
    const key = bswap(load<u64>(from)) ^ invert;
    store<u64>(values + ((<usize>row) << 3), kind == I64 ? key ^ 0x8000000000000000 : unorderF64(key));
    return from + 8;
  }
  if (kind == I32 || kind == F32) {
    const key = bswap(load<u32>(from)) ^ <u32>invert;
    store<u32>(values + ((<usize>row) << 2), kind == I32 ? key ^ 0x80000000 : unorderF32(key));
    return from + 4;
  }
  if (kind == BOOL) {
    if ((<u64>load<u8>(from) ^ invert) & 1) setBit(values, row); else clearBit(values, row);
    return from + 1;
  }
  if (kind >= DECIMAL) {
    ofKey(bswap(load<u64>(from)) ^ invert, bswap(load<u64>(from, 8)) ^ invert, declaredScale(kind));
    put(values + ((<usize>row) << 4));
    return from + 16;
  }
  return readText(from, values + ((<usize>row) << 4), <u8>invert);
}

export function readText(from: usize, view: usize, invert: u8): usize {
  let escapes: u32 = 0;
  let at = from;
  while (true) {
    if ((load<u8>(at) ^ invert) != 0) at += 1;
    else if ((load<u8>(at, 1) ^ invert) == ESCAPED) { at += 2; escapes++; }
    else break;
  }
  const length = <u32>(at - from) - escapes;
  v128.store(view, i64x2.splat(0));
  const bytes = length <= INLINE ? view + 4 : take(length);
  if (invert == 0 && escapes == 0) memory.copy(bytes, from, length); else unescape(from, bytes, length, invert);
  if (length > INLINE) putView(view, bytes, length); else store<u32>(view, length);
  return at + 2;
}

function unescape(from: usize, to: usize, length: u32, invert: u8): void {
  let next = from;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(next) ^ invert;
    store<u8>(to + i, byte);
    next += byte == 0 ? 2 : 1;
  }
}

/** Bytes that one encoded key of these columns takes: to find where the key of a longer one ends. */
export function keyLength(key: usize, columns: u32, descs: usize, flags: usize): u32 {
  let from = key;
  for (let c: u32 = 0; c < columns; c++) from += valueLength(from, load<u32>(descs + <usize>c * DESC), <u32>load<u8>(flags + c));
  return <u32>(from - key);
}

/** For n keys (addresses): where each ends. */
export function keyBehind(n: u32, keys: usize, columns: u32, descs: usize, flags: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const key: usize = load<u32>(keys + ((<usize>i) << 2));
    store<u32>(out + ((<usize>i) << 2), <u32>key + keyLength(key, columns, descs, flags));
  }
}
