// The JSON grammar (RFC 8259) over memory that ends with a newline: strings 16 bytes at a time, white space, and any
// value checked without being kept. Everything in a line is checked, asked for or not.

import { BAD_ESCAPE, BAD_UTF8, CONTROL, LINE_ENDS, OPEN_STRING, TOO_DEEP, UNEXPECTED, bad } from './decode';
import { marksIn, textMarks } from './json-marks';
import { numberEnd } from './number';
import { putCodePoint } from './utf8';
import { utf8Check } from './utf8-check';

/** Levels of arrays and objects inside a row's value at most. */
export const DEPTH: u32 = 1024;

/** After spaces, tabs and carriage returns; a newline ends the line and is no white space here. */
export function white(p: usize): usize {
  let c = load<u8>(p);
  while (c == 0x20 || c == 0x09 || c == 0x0d) { p++; c = load<u8>(p); }
  return p;
}

/** Not what the grammar wants here: the line's end gets a reason of its own. */
export function unexpected(p: usize): usize { return bad(load<u8>(p) == 0x0a ? LINE_ENDS : UNEXPECTED, p); }

let escapes: bool = false;
/** Whether the string that stringEnd has read has escapes. */
// @ts-ignore: decorator
@inline
export function hasEscapes(): bool { return escapes; }

/** From after the opening quote: the closing quote, or 0. */
export function stringEnd(p: usize): usize {
  escapes = false;
  const start = p;
  let marks = textMarks(v128.load(p));
  while (marks == 0) {
    marks = textMarks(v128.load(p, 16)) | (textMarks(v128.load(p, 32)) << 16);
    p += marks == 0 ? 32 : 16;
  }
  p += <usize>ctz(marks);
  return load<u8>(p) == 0x22 ? p : oddStringEnd(start, p);
}

/** The same from `p` on, where something stands that is neither plain text nor its end. */
function oddStringEnd(start: usize, p: usize): usize {
  let all = i8x16.splat(0);
  while (true) {
    const v = v128.load(p);
    const marks = marksIn(v);
    all = v128.or(all, v);
    if (marks == 0) { p += 16; continue; }
    p += <usize>ctz(marks);
    if (load<u8>(p) == 0x22) break;
    p = special(start, p);
    if (p == 0) return 0;
  }
  // Some byte of the blocks is not ASCII, most often of the string.
  return i8x16.bitmask(all) == 0 ? p : checkedText(start, p);
}

function checkedText(start: usize, end: usize): usize {
  const broken = utf8Check(start, end);
  return broken == end ? end : bad(BAD_UTF8, broken);
}

/** What stops the search: an escape, or a control character. */
function special(start: usize, p: usize): usize {
  if (load<u8>(p) == 0x5c) { escapes = true; return escapeEnd(p); }
  return load<u8>(p) == 0x0a ? bad(OPEN_STRING, start - 1) : bad(CONTROL, p);
}

function escapeEnd(p: usize): usize {
  const c = load<u8>(p, 1);
  if (c == 0x75) return hex4(p + 2) > 0xffff ? bad(BAD_ESCAPE, p) : p + 6;
  // " / \ b f n r t
  const known = c == 0x22 || c == 0x2f || c == 0x5c || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74;
  return known ? p + 2 : bad(BAD_ESCAPE, p);
}

function hexDigit(c: u32): u32 {
  if (c - 48 <= 9) return c - 48;
  const letter = (c | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 0x10000;
}

/** Four hexadecimal digits; above 0xffff if they aren't. */
function hex4(p: usize): u32 {
  const a = hexDigit(load<u8>(p)), b = hexDigit(load<u8>(p, 1)), c = hexDigit(load<u8>(p, 2)), d = hexDigit(load<u8>(p, 3));
  return (a | b | c | d) > 15 ? 0x10000 : (a << 12) | (b << 8) | (c << 4) | d;
}

/** Write the valid string [p, end) without its escapes; the bytes written are never more than those read. */
export function unescape(p: usize, end: usize, to: usize): u32 {
  const start = to;
  while (p < end) {
    const c = load<u8>(p);
    if (c != 0x5c) { store<u8>(to, c); p++; to++; continue; }
    const kind = load<u8>(p, 1);
    if (kind != 0x75) { store<u8>(to, plain(kind)); p += 2; to++; continue; }
    let point = hex4(p + 2);
    p += 6;
    if (point >= 0xd800 && point < 0xdc00 && load<u16>(p) == 0x755c) {
      const low = hex4(p + 2);
      if (low >= 0xdc00 && low < 0xe000) { point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00); p += 6; }
    }
    to += putCodePoint(to, point);
  }
  return <u32>(to - start);
}

function plain(c: u8): u8 {
  if (c == 0x6e) return 0x0a;
  if (c == 0x74) return 0x09;
  if (c == 0x72) return 0x0d;
  if (c == 0x62) return 0x08;
  return c == 0x66 ? 0x0c : c;
}

export const TRUE: u32 = 0x65757274;
export const NULL: u32 = 0x6c6c756e;
export const ALSE: u32 = 0x65736c61;

/** The end of a valid value that begins at p (white space is behind), or 0. */
// @ts-ignore: decorator
@inline
export function valueEnd(p: usize): usize {
  const c = load<u8>(p);
  if (c == 0x22) {
    const end = stringEnd(p + 1);
    return end == 0 ? 0 : end + 1;
  }
  return otherEnd(p, c);
}

function otherEnd(p: usize, c: u8): usize {
  if (c - 48 <= 9 || c == 0x2d) return numberEnd(p);
  if (c == 0x7b || c == 0x5b) return nestedEnd(p);
  return wordEnd(p);
}

function wordEnd(p: usize): usize {
  const word = load<u32>(p);
  if (word == TRUE || word == NULL) return p + 4;
  if (load<u8>(p) == 0x66 && load<u32>(p, 1) == ALSE) return p + 5;
  return unexpected(p);
}

function scalarEnd(p: usize, c: u8): usize {
  if (c == 0x22) {
    const end = stringEnd(p + 1);
    return end == 0 ? 0 : end + 1;
  }
  return c - 48 <= 9 || c == 0x2d ? numberEnd(p) : wordEnd(p);
}

// One bit a level: 1 is an object.
const levels = memory.data(1024 / 8, 16);

function pushLevel(depth: u32, object: bool): void {
  const at = levels + (depth >> 3), bit: u8 = 1 << <u8>(depth & 7);
  store<u8>(at, object ? load<u8>(at) | bit : load<u8>(at) & ~bit);
}

function inObject(depth: u32): bool { return ((load<u8>(levels + (depth >> 3)) >> <u8>(depth & 7)) & 1) != 0; }

/** The end of the array or object at p, without recursion. */
function nestedEnd(p: usize): usize {
  let depth: u32 = 0;
  while (true) {
    // p is at a value, or at the bracket that opens one.
    const c = load<u8>(p);
    if (c == 0x7b || c == 0x5b) {
      if (depth == DEPTH) return bad(TOO_DEEP, p);
      pushLevel(depth, c == 0x7b);
      p = white(p + 1);
      // The closing brackets are 2 above the opening ones.
      if (load<u8>(p) != c + 2) {
        depth++;
        if (c == 0x7b) { p = keyEnd(p); if (p == 0) return 0; }
        continue;
      }
      p++;
    } else {
      p = scalarEnd(p, c);
      if (p == 0) return 0;
    }
    // A value is behind: close what ends here, or go on to the next value.
    while (true) {
      if (depth == 0) return p;
      const object = inObject(depth - 1);
      p = white(p);
      const next = load<u8>(p);
      if (next == 0x2c) {
        p = white(p + 1);
        if (object) { p = keyEnd(p); if (p == 0) return 0; }
        break;
      }
      if (next != (object ? 0x7d : 0x5d)) return unexpected(p);
      p++; depth--;
    }
  }
}

/** A key and its colon at p: where the value begins, or 0. */
export function keyEnd(p: usize): usize {
  if (load<u8>(p) != 0x22) return unexpected(p);
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  p = white(quote + 1);
  return load<u8>(p) == 0x3a ? white(p + 1) : unexpected(p);
}
