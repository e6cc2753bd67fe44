// Questions about text: does it start with, end with, hold, match another, and where.
import { rowAt, isValid, setBit, clearBit, viewLength, viewBytes } from './layout'
import { OK, raise, INVALID_ARGUMENT } from './raise'
import { characters, find, width } from './fn-string'

// @ts-ignore: decorator
@inline
function view(column: usize, row: u32): usize { return column + (<usize>row << 4); }

// @ts-ignore: decorator
@inline
function setTo(out: usize, row: u32, bit: bool): void { if (bit) setBit(out, row); else clearBit(out, row); }

export function startsWith(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = view(a, row);
    const y = view(b, row);
    const length = viewLength(y);
    setTo(out, row, viewLength(x) >= length && memory.compare(viewBytes(x), viewBytes(y), length) == 0);
  }
  return OK;
}

export function endsWith(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = view(a, row);
    const y = view(b, row);
    const length = viewLength(y);
    setTo(out, row, viewLength(x) >= length && memory.compare(viewBytes(x) + viewLength(x) - length, viewBytes(y), length) == 0);
  }
  return OK;
}

export function containsText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const p = viewBytes(view(a, row));
    setTo(out, row, find(p, p + viewLength(view(a, row)), viewBytes(view(b, row)), viewLength(view(b, row))) != 0);
  }
  return OK;
}

export function positionOf(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const p = viewBytes(view(a, row));
    const at = find(p, p + viewLength(view(a, row)), viewBytes(view(b, row)), viewLength(view(b, row)));
    store<i64>(out + (<usize>row << 3), at == 0 ? 0 : 1 + characters(p, <u32>(at - p)));
  }
  return OK;
}

// -- LIKE: % any text, _ any character, \ takes the next literally

/** A pattern that ends with the escape character is an error, whatever the text. */
function endsInEscape(p: usize, end: usize): bool {
  for (; p < end; p++) if (load<u8>(p) == 92) { p++; if (p == end) return true; }
  return false;
}

/** Greedy with one place to come back to: the last % (anything before it is settled). */
function like(s: usize, end: usize, p: usize, stop: usize): bool {
  let star: usize = 0;
  let mark: usize = 0;
  while (s < end) {
    const byte = p < stop ? <u32>load<u8>(p) : 0;
    if (p < stop && byte == 37) { star = ++p; mark = s; continue; }
    if (p < stop && byte == 95) { p++; s += width(load<u8>(s)); continue; }
    const escaped: usize = p < stop && byte == 92 ? 1 : 0;
    if (p < stop && load<u8>(p + escaped) == load<u8>(s)) { p += 1 + escaped; s++; continue; }
    if (star == 0) return false;
    p = star;
    mark += width(load<u8>(mark));
    s = mark;
  }
  while (p < stop && load<u8>(p) == 37) p++;
  return p == stop;
}

// Most patterns are plain text with % at an end: those need no matching.
const GENERAL: i32 = 0;
const EXACT: i32 = 1;
const PREFIX: i32 = 2;
const SUFFIX: i32 = 3;
const INSIDE: i32 = 4;

function shapeOf(p: usize, stop: usize): i32 {
  const open = p < stop && load<u8>(p) == 37;
  const close = p < stop && stop - p > (open ? 1 : 0) && load<u8>(stop - 1) == 37;
  const end = close ? stop - 1 : stop;
  for (let at = open ? p + 1 : p; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 37 || byte == 95 || byte == 92) return GENERAL;
  }
  return open ? (close ? INSIDE : SUFFIX) : close ? PREFIX : EXACT;
}

// @ts-ignore: decorator
@inline
function matches(shape: i32, s: usize, length: u32, p: usize, size: u32): bool {
  if (shape == GENERAL) return like(s, s + length, p, p + size);
  if (shape == INSIDE) return find(s, s + length, p + 1, size - 2) != 0;
  if (shape == EXACT) return length == size && memory.compare(s, p, size) == 0;
  if (length < size - 1) return false;
  if (shape == PREFIX) return memory.compare(s, p, size - 1) == 0;
  return memory.compare(s + length - (size - 1), p + 1, size - 1) == 0;
}

export function likeText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  let shape: i32 = GENERAL;
  let low: u64 = 0;
  let high: u64 = 0;
  let first = true;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const pattern = view(b, row);
    const p = viewBytes(pattern);
    const length = viewLength(pattern);
    // The same view is the same pattern: a constant is looked through once.
    if (first || load<u64>(pattern) != low || load<u64>(pattern, 8) != high) {
      if (endsInEscape(p, p + length)) return raise(INVALID_ARGUMENT, row);
      shape = shapeOf(p, p + length);
      low = load<u64>(pattern);
      high = load<u64>(pattern, 8);
      first = false;
    }
    const x = view(a, row);
    setTo(out, row, matches(shape, viewBytes(x), viewLength(x), p, length));
  }
  return OK;
}
