// Parts of json texts without copying them: members and elements are views of the text. The text is valid json (the
// column's type says so); whatever it is, nothing outside it is read. Escapes are left to the twin.
import { rowAt, isValid, clearBit, viewLength, viewBytes, putView } from './layout'
import { OK, raise, INVALID_ARGUMENT, DECLINED } from './raise'

/** The length of a view that stands for null, until markNulls has made it one. */
const NULL: u32 = 0xffffffff;

const MISSING: i32 = 0;
const FOUND: i32 = 1;
const ESCAPED: i32 = 2;

// The words of jsonType, as they lie in a view.
const OBJECT: u64 = 0x7463656a626f; // object
const ARRAY: u64 = 0x7961727261; // array
const STRING: u64 = 0x676e69727473; // string
const BOOLEAN: u64 = 0x6e61656c6f6f62; // boolean
const NOTHING: u64 = 0x6c6c756e; // null
const NUMBER: u64 = 0x7265626d756e; // number

let pieceStart: usize = 0;
let pieceEnd: usize = 0;

// @ts-ignore: decorator
@inline
function view(column: usize, row: u32): usize { return column + (<usize>row << 4); }

function isSpace(byte: u32): bool { return byte == 32 || byte == 10 || byte == 13 || byte == 9; }

function skipSpace(p: usize, end: usize): usize { while (p < end && isSpace(load<u8>(p))) p++; return p; }

function byteAt(p: usize, end: usize): u32 { return p < end ? <u32>load<u8>(p) : 0; }

/** The end of the string that begins at p. */
function textEnd(p: usize, end: usize): usize {
  p++;
  while (p < end && load<u8>(p) != 34) p += load<u8>(p) == 92 ? 2 : 1;
  return min(p + 1, end);
}

/** The end of the value that begins at p. */
function partEnd(p: usize, end: usize): usize {
  let depth: i32 = 0;
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte == 34) { p = textEnd(p, end); if (depth == 0) return p; continue; }
    if (byte == 123 || byte == 91) depth++;
    else if (byte == 125 || byte == 93) {
      if (depth == 0) return p;
      if (--depth == 0) return p + 1;
    } else if (depth == 0 && (byte == 44 || isSpace(byte))) return p;
    p++;
  }
  return end;
}

function hasEscape(p: usize, end: usize): bool { for (; p < end; p++) if (load<u8>(p) == 92) return true; return false; }

/** Behind a value: the start of the next member, or end if there is none. */
function nextPart(p: usize, end: usize): usize {
  p = skipSpace(p, end);
  return byteAt(p, end) == 44 ? skipSpace(p + 1, end) : end;
}

/** The last member of an object with this key; sets the piece. */
function member(p: usize, end: usize, key: usize, length: u32): i32 {
  let found = MISSING;
  p = skipSpace(p, end);
  if (byteAt(p, end) != 123) return MISSING;
  p = skipSpace(p + 1, end);
  while (p < end && load<u8>(p) == 34) {
    const stop = textEnd(p, end);
    if (hasEscape(p, stop)) return ESCAPED;
    const same = <u32>(stop - p) == length + 2 && memory.compare(p + 1, key, length) == 0;
    // Behind the key lies a colon.
    const start = min(skipSpace(skipSpace(stop, end) + 1, end), end);
    p = partEnd(start, end);
    if (same) { pieceStart = start; pieceEnd = p; found = FOUND; }
    p = nextPart(p, end);
  }
  return found;
}

/** The number of elements of the array at p. */
function count(p: usize, end: usize): i64 {
  p = skipSpace(p + 1, end);
  if (byteAt(p, end) == 93) return 0;
  let elements: i64 = 0;
  while (p < end) { elements++; p = nextPart(partEnd(p, end), end); }
  return elements;
}

/** An element of an array, from the end if the index is negative; sets the piece. */
function element(p: usize, end: usize, index: i64): i32 {
  p = skipSpace(p, end);
  if (byteAt(p, end) != 91) return MISSING;
  if (index < 0) { const elements = count(p, end); if (index < -elements) return MISSING; index += elements; }
  p = skipSpace(p + 1, end);
  if (byteAt(p, end) == 93) return MISSING;
  for (; p < end; index--) {
    const stop = partEnd(p, end);
    if (index == 0) { pieceStart = p; pieceEnd = stop; return FOUND; }
    p = nextPart(stop, end);
  }
  return MISSING;
}

/** Write the piece as json, or as text: a string without its quotes, null for null. */
// @ts-ignore: decorator
@inline
function putPiece(found: i32, asText: bool, to: usize): bool {
  if (found == ESCAPED) return false;
  const length = <u32>(pieceEnd - pieceStart);
  if (found == MISSING || (asText && length == 4 && load<u32>(pieceStart) == 0x6c6c756e)) { store<u32>(to, NULL); return true; }
  if (!asText || load<u8>(pieceStart) != 34) { putView(to, pieceStart, length); return true; }
  if (hasEscape(pieceStart, pieceEnd)) return false;
  putView(to, pieceStart + 1, length - 2);
  return true;
}

// @ts-ignore: decorator
@inline
function fields(asText: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const p = viewBytes(view(a, row));
    const found = member(p, p + viewLength(view(a, row)), viewBytes(view(b, row)), viewLength(view(b, row)));
    if (!putPiece(found, asText, view(out, row))) return raise(DECLINED, row);
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function elements(asText: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const p = viewBytes(view(a, row));
    const found = element(p, p + viewLength(view(a, row)), load<i64>(b + (<usize>row << 3)));
    if (!putPiece(found, asText, view(out, row))) return raise(DECLINED, row);
  }
  return OK;
}

export function jsonField(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return fields(false, n, sel, valid, a, b, out); }
export function jsonFieldText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return fields(true, n, sel, valid, a, b, out); }
export function jsonElement(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return elements(false, n, sel, valid, a, b, out); }
export function jsonElementText(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 { return elements(true, n, sel, valid, a, b, out); }

export function jsonLength(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const end = viewBytes(view(a, row)) + viewLength(view(a, row));
    const p = skipSpace(viewBytes(view(a, row)), end);
    if (byteAt(p, end) != 91) return raise(INVALID_ARGUMENT, row);
    store<i64>(out + (<usize>row << 3), count(p, end));
  }
  return OK;
}

export function jsonType(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const end = viewBytes(view(a, row)) + viewLength(view(a, row));
    const first = byteAt(skipSpace(viewBytes(view(a, row)), end), end);
    const to = view(out, row);
    store<u32>(to, 0, 12);
    if (first == 123) { store<u32>(to, 6); store<u64>(to, OBJECT, 4); }
    else if (first == 91) { store<u32>(to, 5); store<u64>(to, ARRAY, 4); }
    else if (first == 34) { store<u32>(to, 6); store<u64>(to, STRING, 4); }
    else if (first == 116 || first == 102) { store<u32>(to, 7); store<u64>(to, BOOLEAN, 4); }
    else if (first == 110) { store<u32>(to, 4); store<u64>(to, NOTHING, 4); }
    else { store<u32>(to, 6); store<u64>(to, NUMBER, 4); }
  }
  return OK;
}

/** Views that stand for null become null: their bits are cleared. */
export function markNulls(n: u32, sel: usize, valid: usize, a: usize, bits: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row) && viewLength(view(a, row)) == NULL) clearBit(bits, row);
  }
}
