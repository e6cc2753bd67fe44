// Text functions on views. A result that is a piece of its argument is a view of the same bytes: nothing is copied.
// Text is valid UTF-8; positions and lengths count characters (code points), as in PostgreSQL.
import { rowAt, isValid, viewLength, viewBytes, putView } from './layout'
import { OK, raise, INVALID_ARGUMENT, OUT_OF_RANGE, DECLINED } from './raise'
import { take } from './memory'

/** Results longer than this are refused rather than tried. */
const LONGEST: u64 = 1 << 28;

// @ts-ignore: decorator
@inline
function view(column: usize, row: u32): usize { return column + (<usize>row << 4); }

// @ts-ignore: decorator
@inline
function number(column: usize, row: u32): i64 { return load<i64>(column + (<usize>row << 3)); }

/** Bytes of the character that starts with this byte. */
export function width(lead: u32): u32 { return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4; }

function isAscii(p: usize, length: u32): bool {
  const end = p + length;
  for (; p + 8 <= end; p += 8) if ((load<u64>(p) & 0x8080808080808080) != 0) return false;
  for (; p < end; p++) if (load<u8>(p) > 127) return false;
  return true;
}

export function characters(p: usize, length: u32): u32 {
  const end = p + length;
  let count: u32 = length;
  // A continuation byte is 10xxxxxx: bit 7 set, bit 6 not.
  for (; p + 8 <= end; p += 8) {
    const word = load<u64>(p);
    count -= <u32>popcnt((word >> 7) & ~(word >> 6) & 0x0101010101010101);
  }
  for (; p < end; p++) if ((load<u8>(p) & 0xc0) == 0x80) count--;
  return count;
}

/** The address behind `count` characters from p. */
function skip(p: usize, end: usize, count: u64): usize {
  for (; count > 0 && p < end; count--) p += width(load<u8>(p));
  return min(p, end);
}

/** The address of the character `count` before end. */
function back(p: usize, end: usize, count: u64): usize {
  let at = end;
  for (; count > 0 && at > p; count--) { at--; while (at > p && (load<u8>(at) & 0xc0) == 0x80) at--; }
  return at;
}

/** First place of a text in another from p on, or 0. */
export function find(p: usize, end: usize, text: usize, length: u32): usize {
  if (length == 0) return p;
  if (end - p < length) return 0;
  const last = end - length;
  const first = load<u8>(text);
  const lanes = i8x16.splat(first);
  for (; p + 16 <= end && p <= last; p += 16) {
    let mask = i8x16.bitmask(i8x16.eq(v128.load(p), lanes));
    for (; mask != 0; mask &= mask - 1) {
      const at = p + ctz(mask);
      if (at > last) return 0;
      if (memory.compare(at, text, length) == 0) return at;
    }
  }
  for (; p <= last; p++) if (load<u8>(p) == first && memory.compare(p, text, length) == 0) return p;
  return 0;
}

export function octetLength(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); store<i64>(out + (<usize>row << 3), viewLength(view(a, row))); }
  return OK;
}

export function charLength(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = view(a, row);
    store<i64>(out + (<usize>row << 3), characters(viewBytes(x), viewLength(x)));
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function changeCase(first: u32, n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const length = viewLength(view(a, row));
    const from = viewBytes(view(a, row));
    if (!isAscii(from, length)) return raise(DECLINED, row);
    if (length <= 12) store<u64>(view(out, row), 0, 8);
    const to = length <= 12 ? view(out, row) + 4 : take(length);
    if (length <= 12) store<u64>(to, 0);
    for (let k: u32 = 0; k < length; k++) {
      const byte = <u32>load<u8>(from + k);
      store<u8>(to + k, <u8>(byte - first < 26 ? byte ^ 32 : byte));
    }
    if (length <= 12) store<u32>(view(out, row), length); else putView(view(out, row), to, length);
  }
  return OK;
}

export function upperText(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return changeCase(97, n, sel, valid, a, out); }
export function lowerText(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return changeCase(65, n, sel, valid, a, out); }

export function reverseText(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const length = viewLength(view(a, row));
    const to = take(length);
    let p = viewBytes(view(a, row));
    let at = to + length;
    while (at > to) {
      const size = width(load<u8>(p));
      at -= size;
      memory.copy(at, p, size);
      p += size;
    }
    putView(view(out, row), to, length);
  }
  return OK;
}

// -- pieces

// @ts-ignore: decorator
@inline
function trimmed(left: bool, right: bool, low: u64, high: u64, x: usize, out: usize): void {
  let p = viewBytes(x);
  let end = p + viewLength(x);
  if (left) while (p < end && inSet(load<u8>(p), low, high)) p++;
  if (right) while (p < end && inSet(load<u8>(end - 1), low, high)) end--;
  putView(out, p, <u32>(end - p));
}

// @ts-ignore: decorator
@inline
function inSet(byte: u32, low: u64, high: u64): bool {
  return byte < 64 ? ((low >> byte) & 1) != 0 : byte < 128 ? ((high >> (byte - 64)) & 1) != 0 : false;
}

// @ts-ignore: decorator
@inline
function trimBlanks(left: bool, right: bool, n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row)) trimmed(left, right, (<u64>1) << 32, 0, view(a, row), view(out, row));
  }
  return OK;
}

/** A set of ASCII characters trims bytes; other characters are left to the twin. */
// @ts-ignore: decorator
@inline
function trimSet(left: bool, right: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const set = view(b, row);
    let low: u64 = 0;
    let high: u64 = 0;
    for (let k: u32 = 0; k < viewLength(set); k++) {
      const byte = <u32>load<u8>(viewBytes(set) + k);
      if (byte > 127) return raise(DECLINED, row);
      if (byte < 64) low |= (<u64>1) << byte; else high |= (<u64>1) << (byte - 64);
    }
    trimmed(left, right, low, high, view(a, row), view(out, row));
  }
  return OK;
}

export function trimBoth(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return trimBlanks(true, true, n, sel, valid, a, out); }
export function trimLeft(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return trimBlanks(true, false, n, sel, valid, a, out); }
export function trimRight(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return trimBlanks(false, true, n, sel, valid, a, out); }
export function trimBothSet(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return trimSet(true, true, n, sel, valid, a, b, out); }
export function trimLeftSet(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return trimSet(true, false, n, sel, valid, a, b, out); }
export function trimRightSet(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return trimSet(false, true, n, sel, valid, a, b, out); }

/** Characters from .. from + count - 1, counted from 1; count < 0 is an error. */
// @ts-ignore: decorator
@inline
function piece(x: usize, from: i64, count: i64, out: usize): void {
  let skipped: u64 = 0;
  let kept: u64 = <u64>count;
  if (from > 0) skipped = <u64>(from - 1);
  else {
    // The characters before the first count too; nothing overflows in unsigned arithmetic.
    const missing: u64 = 1 - <u64>from;
    kept = kept > missing ? kept - missing : 0;
  }
  const p = viewBytes(x);
  const end = p + viewLength(x);
  const start = skip(p, end, skipped);
  putView(out, start, <u32>(skip(start, end, kept) - start));
}

export function substringFrom(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const from = number(b, row);
    piece(view(a, row), max(from, 1), i64.MAX_VALUE, view(out, row));
  }
  return OK;
}

export function substringFor(n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const count = number(c, row);
    if (count < 0) return raise(INVALID_ARGUMENT, row);
    piece(view(a, row), number(b, row), count, view(out, row));
  }
  return OK;
}

export function leftText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const count = number(b, row);
    const p = viewBytes(view(a, row));
    const end = p + viewLength(view(a, row));
    const stop = count >= 0 ? skip(p, end, <u64>count) : back(p, end, 0 - <u64>count);
    putView(view(out, row), p, <u32>(stop - p));
  }
  return OK;
}

export function rightText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const count = number(b, row);
    const p = viewBytes(view(a, row));
    const end = p + viewLength(view(a, row));
    const start = count >= 0 ? back(p, end, <u64>count) : skip(p, end, 0 - <u64>count);
    putView(view(out, row), start, <u32>(end - start));
  }
  return OK;
}

/** The field-th piece between delimiters, from 1, or from the end if negative. */
export function splitPart(n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    let field = number(c, row);
    if (field == 0) return raise(INVALID_ARGUMENT, row);
    const text = view(b, row);
    const length = viewLength(text);
    const mark = viewBytes(text);
    let p = viewBytes(view(a, row));
    const end = p + viewLength(view(a, row));
    if (length == 0 || p == end) { putView(view(out, row), p, field == 1 || field == -1 ? <u32>(end - p) : 0); continue; }
    if (field < 0) {
      let fields: i64 = 1;
      for (let at = find(p, end, mark, length); at != 0; at = find(at + length, end, mark, length)) fields++;
      field += fields + 1;
      if (field <= 0) { putView(view(out, row), p, 0); continue; }
    }
    let stop = find(p, end, mark, length);
    for (; field > 1 && stop != 0; field--) { p = stop + length; stop = find(p, end, mark, length); }
    if (field > 1) putView(view(out, row), p, 0);
    else putView(view(out, row), p, <u32>((stop == 0 ? end : stop) - p));
  }
  return OK;
}

// -- new text

export function concatText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = view(a, row);
    const y = view(b, row);
    const lengthX = viewLength(x);
    const lengthY = viewLength(y);
    if (lengthX == 0 || lengthY == 0) { v128.store(view(out, row), v128.load(lengthX == 0 ? y : x)); continue; }
    if (<u64>lengthX + lengthY > LONGEST) return raise(OUT_OF_RANGE, row);
    const to = take(lengthX + lengthY);
    memory.copy(to, viewBytes(x), lengthX);
    memory.copy(to + lengthX, viewBytes(y), lengthY);
    putView(view(out, row), to, lengthX + lengthY);
  }
  return OK;
}

export function repeatText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const length = viewLength(view(a, row));
    const times = max(number(b, row), 0);
    if (length == 0 || times == 0) { putView(view(out, row), 0, 0); continue; }
    if (times > <i64>LONGEST || <u64>times * length > LONGEST) return raise(OUT_OF_RANGE, row);
    const total = <u32>times * length;
    const to = take(total);
    for (let at: u32 = 0; at < total; at += length) memory.copy(to + at, viewBytes(view(a, row)), length);
    putView(view(out, row), to, total);
  }
  return OK;
}

export function replaceText(n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = view(a, row);
    const old = view(b, row);
    const lengthOld = viewLength(old);
    const bytesOld = viewBytes(old);
    const p = viewBytes(x);
    const end = p + viewLength(x);
    let found: u64 = 0;
    if (lengthOld > 0) for (let at = find(p, end, bytesOld, lengthOld); at != 0; at = find(at + lengthOld, end, bytesOld, lengthOld)) found++;
    if (found == 0) { v128.store(view(out, row), v128.load(x)); continue; }
    const lengthNew = viewLength(view(c, row));
    const total = <u64>viewLength(x) + found * lengthNew - found * lengthOld;
    if (total > LONGEST) return raise(OUT_OF_RANGE, row);
    const to = take(<u32>total);
    fill(to, p, end, bytesOld, lengthOld, viewBytes(view(c, row)), lengthNew);
    putView(view(out, row), to, <u32>total);
  }
  return OK;
}

function fill(to: usize, p: usize, end: usize, old: usize, lengthOld: u32, by: usize, length: u32): void {
  for (let at = find(p, end, old, lengthOld); at != 0; at = find(p, end, old, lengthOld)) {
    memory.copy(to, p, at - p);
    to += at - p;
    memory.copy(to, by, length);
    to += length;
    p = at + lengthOld;
  }
  memory.copy(to, p, end - p);
}

/** Fill up to, or cut to, so many characters. */
// @ts-ignore: decorator
@inline
function pad(left: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = view(a, row);
    const wanted = max(number(b, row), 0);
    if (wanted > <i64>LONGEST) return raise(OUT_OF_RANGE, row);
    const p = viewBytes(x);
    const length = viewLength(x);
    const have = characters(p, length);
    const by = view(c, row);
    if (<i64>have >= wanted || viewLength(by) == 0) { putView(view(out, row), p, <u32>(skip(p, p + length, wanted) - p)); continue; }
    const to = take(length + 4 * (<u32>wanted - have));
    const room = left ? to : to + length;
    const filled = fillUp(room, viewBytes(by), viewLength(by), <u32>wanted - have);
    memory.copy(left ? to + filled : to, p, length);
    putView(view(out, row), to, length + filled);
  }
  return OK;
}

/** Write so many characters of a text, over and over; how many bytes. */
function fillUp(to: usize, text: usize, length: u32, count: u32): u32 {
  const start = to;
  let p = text;
  for (; count > 0; count--) {
    const size = width(load<u8>(p));
    memory.copy(to, p, size);
    to += size;
    p += size;
    if (p >= text + length) p = text;
  }
  return <u32>(to - start);
}

export function padLeft(n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 { return pad(true, n, sel, valid, a, b, c, out); }
export function padRight(n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 { return pad(false, n, sel, valid, a, b, c, out); }
