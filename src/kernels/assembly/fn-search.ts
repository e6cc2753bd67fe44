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

export function likeText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  let checked: usize = 0;
  let checkedLength: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const pattern = view(b, row);
    const p = viewBytes(pattern);
    const length = viewLength(pattern);
    if (p != checked || length != checkedLength) {
      if (endsInEscape(p, p + length)) return raise(INVALID_ARGUMENT, row);
      checked = p;
      checkedLength = length;
    }
    const s = viewBytes(view(a, row));
    setTo(out, row, like(s, s + viewLength(view(a, row)), p, p + length));
  }
  return OK;
}
