// Row bytes: rows of typed columns as byte strings that lose nothing (-0, every NaN), for what state keeps of a row.
// A row is its validity bits, then the values that are not null: fixed ones as they lie, strings with their length.
// Equal bytes mean equal rows; the order of the bytes means nothing (see keybytes for that).
import { compareDecimals } from './decimal';
import { orderF32, orderF64 } from './keybytes';
import { BOOL, DECIMAL, DESC, F32, F64, I32, I64, VIEW, bitAt, clearBit, isValid, putView, rowAt, setBit, viewBytes, viewLength } from './layout';
import { take, takeSum } from './memory';

function bitsBytes(columns: u32): u32 { return (columns + 7) >> 3; }
function fixedBytes(kind: u32): u32 { return kind == BOOL ? 1 : kind == I32 || kind == F32 ? 4 : kind < VIEW ? 8 : 16; }

/** Rows of n selected rows are written to the arena in use; `offsets` takes n + 1 numbers. Returns the blob. */
export function rowEncode(n: u32, sel: usize, columns: u32, descs: usize, offsets: usize): usize {
  let total: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(offsets + ((<usize>i) << 2), <u32>total);
    total += rowSize(rowAt(sel, i), columns, descs);
  }
  store<u32>(offsets + ((<usize>n) << 2), <u32>total);
  const blob = takeSum(total);
  let to = blob;
  for (let i: u32 = 0; i < n; i++) to = writeRow(to, rowAt(sel, i), columns, descs);
  return blob;
}

function rowSize(row: u32, columns: u32, descs: usize): u64 {
  let size: u64 = bitsBytes(columns);
  for (let c: u32 = 0; c < columns; c++) {
    const desc = descs + <usize>c * DESC;
    if (!isValid(load<u32>(desc, 8), row)) continue;
    const kind = load<u32>(desc);
    size += kind != VIEW ? fixedBytes(kind) : 4 + viewLength(<usize>load<u32>(desc, 4) + ((<usize>row) << 4));
  }
  return size;
}

function writeRow(start: usize, row: u32, columns: u32, descs: usize): usize {
  const bits = bitsBytes(columns);
  memory.fill(start, 0, bits);
  let to = start + bits;
  for (let c: u32 = 0; c < columns; c++) {
    const desc = descs + <usize>c * DESC;
    if (!isValid(load<u32>(desc, 8), row)) continue;
    setBit(start, c);
    to = writeValue(to, load<u32>(desc), load<u32>(desc, 4), row);
  }
  return to;
}

function writeValue(to: usize, kind: u32, values: usize, row: u32): usize {
  if (kind == BOOL) { store<u8>(to, bitAt(values, row) ? 1 : 0); return to + 1; }
  if (kind == I32 || kind == F32) { store<u32>(to, load<u32>(values + ((<usize>row) << 2))); return to + 4; }
  if (kind <= F64) { store<u64>(to, load<u64>(values + ((<usize>row) << 3))); return to + 8; }
  const view = values + ((<usize>row) << 4);
  if (kind >= DECIMAL) { v128.store(to, v128.load(view)); return to + 16; }
  const length = viewLength(view);
  store<u32>(to, length);
  memory.copy(to + 4, viewBytes(view), length);
  return to + 4 + length;
}

/**
 * Rows back to columns: `rows` are n addresses, row i goes to row `first + i`. Long strings are not copied: their
 * views point into the row bytes, unless `own`, which copies them to the arena in use.
 */
export function rowDecode(n: u32, rows: usize, first: u32, columns: u32, descs: usize, own: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    const start: usize = load<u32>(rows + ((<usize>i) << 2));
    let from = start + bitsBytes(columns);
    for (let c: u32 = 0; c < columns; c++) from = readColumn(from, bitAt(start, c), descs + <usize>c * DESC, first + i, own);
  }
}

function readColumn(from: usize, present: bool, desc: usize, row: u32, own: bool): usize {
  const kind = load<u32>(desc);
  const values: usize = load<u32>(desc, 4);
  const valid: usize = load<u32>(desc, 8);
  if (!present) {
    if (valid != 0) clearBit(valid, row);
    if (kind > F64) v128.store(values + ((<usize>row) << 4), i64x2.splat(0));
    return from;
  }
  if (valid != 0) setBit(valid, row);
  if (kind == BOOL) { if (load<u8>(from) != 0) setBit(values, row); else clearBit(values, row); return from + 1; }
  if (kind == I32 || kind == F32) { store<u32>(values + ((<usize>row) << 2), load<u32>(from)); return from + 4; }
  if (kind <= F64) { store<u64>(values + ((<usize>row) << 3), load<u64>(from)); return from + 8; }
  if (kind >= DECIMAL) { v128.store(values + ((<usize>row) << 4), v128.load(from)); return from + 16; }
  const length = load<u32>(from);
  let bytes = from + 4;
  if (own && length > 12) { bytes = take(length); memory.copy(bytes, from + 4, length); }
  putView(values + ((<usize>row) << 4), bytes, length);
  return from + 4 + length;
}

/**
 * The order of two rows, column by column (kinds: one u32 each): ascending, nulls last, floats by value and then by
 * their bits. It is that of exact key bytes; 0 means the same row.
 */
export function rowCompare(a: usize, aBytes: u32, b: usize, bBytes: u32, columns: u32, kinds: usize): i32 {
  if (aBytes == bBytes && memory.compare(a, b, aBytes) == 0) return 0;
  let x = a + bitsBytes(columns), y = b + bitsBytes(columns);
  for (let c: u32 = 0; c < columns; c++) {
    const inA = bitAt(a, c), inB = bitAt(b, c);
    if (!inA && !inB) continue;
    if (inA != inB) return inA ? -1 : 1;
    const kind = load<u32>(kinds + (<usize>c << 2));
    const way = compareValue(x, y, kind);
    if (way != 0) return way;
    x += valueBytes(x, kind); y += valueBytes(y, kind);
  }
  return 0;
}

function valueBytes(at: usize, kind: u32): u32 { return kind != VIEW ? fixedBytes(kind) : 4 + load<u32>(at); }

function compareValue(x: usize, y: usize, kind: u32): i32 {
  if (kind == I64) return sign(<i64>load<u64>(x) < <i64>load<u64>(y), load<u64>(x) == load<u64>(y));
  if (kind == I32) return sign(<i32>load<u32>(x) < <i32>load<u32>(y), load<u32>(x) == load<u32>(y));
  if (kind == BOOL) return <i32>load<u8>(x) - <i32>load<u8>(y);
  if (kind == F64) {
    const p = load<u64>(x), q = load<u64>(y), m = orderF64(p), n = orderF64(q);
    return m != n ? sign(m < n, false) : sign(bswap(p) < bswap(q), p == q);
  }
  if (kind == F32) {
    const p = load<u32>(x), q = load<u32>(y), m = orderF32(p), n = orderF32(q);
    return m != n ? sign(m < n, false) : sign(bswap(p) < bswap(q), p == q);
  }
  if (kind >= DECIMAL) {
    const order = compareDecimals(x, y);
    return order != 0 ? order : <i32>(load<u8>(x, 15) & 127) - <i32>(load<u8>(y, 15) & 127);
  }
  const length = load<u32>(x), other = load<u32>(y);
  const way = memory.compare(x + 4, y + 4, min(length, other));
  return way != 0 ? way : sign(length < other, length == other);
}

function sign(less: bool, same: bool): i32 { return same ? 0 : less ? -1 : 1; }
