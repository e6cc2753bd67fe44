// CSV records (RFC 4180) to columns, 16 bytes at a time. A record ends with LF or CRLF outside quotes; a field that
// begins with a quote ends with one, and two quotes inside are one. All fields are checked to be UTF-8.

import { putField } from './csv-value';
import {
  AFTER_QUOTE, BAD_UTF8, COLUMN, COLUMNS, HEADER, INCOMPLETE, LINES, OPEN_QUOTE, ROWS, STARTS, STRAY_QUOTE, TOO_FEW, TOO_LONG, TOO_MANY,
  bad, badAt, badCode, badColumn, badNext, clearBad, newDecoder, rebad, setNext,
} from './decode';
import { arenaAlloc, take } from './memory';
import { countNewlines, lineEnd } from './utf8';
import { utf8Check } from './utf8-check';

const FIELDS: usize = HEADER;
const FIELD_COUNT: usize = HEADER + 4;
const DELIMITER: usize = HEADER + 8;
const NULL_TEXT: usize = HEADER + 12;
const NULL_BYTES: usize = HEADER + 16;

const QUOTE: u8 = 0x22;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

export function csvNew(arena: usize, count: u32, starts: usize, delimiter: u32, nullText: usize, nullBytes: u32): usize {
  const h = newDecoder(arena, count, starts, 32);
  store<u32>(h, delimiter, DELIMITER);
  store<u32>(h, <u32>nullText, NULL_TEXT);
  store<u32>(h, nullBytes, NULL_BYTES);
  return h;
}

/** Records have `fields` fields; say with csvField which columns they are. */
export function csvFields(h: usize, arena: usize, fields: u32): void {
  store<u32>(h, fields, FIELD_COUNT);
  store<u32>(h, <u32>arenaAlloc(arena, fields * 4), FIELDS);
  memory.fill(load<u32>(h, FIELDS), 0, fields * 4);
}

/** Field `field` is the asked column `column`. */
export function csvField(h: usize, field: u32, column: u32): void {
  store<u32>(<usize>load<u32>(h, FIELDS) + field * 4, load<u32>(h, COLUMNS) + column * COLUMN);
}

// What fieldEnd has found.
let text: usize = 0;
let textEnd: usize = 0;
let quoted: bool = false;
let doubled: bool = false;

/** The delimiter or newline after the field at p, or 0; the field's text is in `text`, `textEnd`. */
// @ts-ignore: decorator
@inline
function fieldEnd(p: usize, end: usize, delimiter: u8): usize {
  return load<u8>(p) == QUOTE ? quotedEnd(p, end, delimiter) : bareEnd(p, delimiter);
}

/** Stops at the last line's newline at the latest. */
function bareEnd(p: usize, delimiter: u8): usize {
  text = p; quoted = false; doubled = false;
  let all = i8x16.splat(0);
  while (true) {
    const v = v128.load(p);
    const marks = i8x16.bitmask(v128.or(
      i8x16.eq(v, i8x16.splat(<i8>delimiter)),
      v128.or(i8x16.eq(v, i8x16.splat(<i8>LF)), i8x16.eq(v, i8x16.splat(<i8>QUOTE))),
    ));
    all = v128.or(all, v);
    if (marks != 0) { p += <usize>ctz(marks); break; }
    p += 16;
  }
  const c = load<u8>(p);
  if (c == QUOTE) return bad(STRAY_QUOTE, p);
  textEnd = c == LF && p > text && load<u8>(p - 1) == CR ? p - 1 : p;
  return i8x16.bitmask(all) == 0 ? p : checkedText(p);
}

/** p, if the field's text is UTF-8. */
function checkedText(p: usize): usize {
  const broken = utf8Check(text, textEnd);
  return broken == textEnd ? p : bad(BAD_UTF8, broken);
}

function quotedEnd(start: usize, end: usize, delimiter: u8): usize {
  let p = start + 1;
  text = p; quoted = true; doubled = false;
  let all = i8x16.splat(0);
  while (true) {
    const v = v128.load(p);
    const marks = i8x16.bitmask(i8x16.eq(v, i8x16.splat(<i8>QUOTE)));
    all = v128.or(all, v);
    p += marks == 0 ? 16 : <usize>ctz(marks);
    // What lies behind the end is not there yet.
    if (p >= end) return bad(OPEN_QUOTE, start);
    if (marks == 0) continue;
    if (load<u8>(p, 1) != QUOTE) break;
    doubled = true;
    p += 2;
  }
  textEnd = p;
  p++;
  if (i8x16.bitmask(all) != 0 && checkedText(p) == 0) {
    // Go on behind the line in which the field ends, not in the middle of the field.
    recordEnd = lineEnd(p, end);
    return 0;
  }
  const c = load<u8>(p);
  if (c == CR && load<u8>(p, 1) == LF) return p + 1;
  return c == delimiter || c == LF ? p : bad(AFTER_QUOTE, p);
}

/** The text of a field with doubled quotes, in the arena, followed by a newline. */
function single(): void {
  const to = take(<u32>(textEnd - text) + 64);
  let at = to;
  for (let p = text; p < textEnd; p++, at++) {
    const c = load<u8>(p);
    store<u8>(at, c);
    if (c == QUOTE) p++;
  }
  store<u8>(at, LF);
  text = to; textEnd = at;
}

/**
 * Decode records of [p, end), the last byte being a newline, until the batch has `most` rows. Returns where it
 * stopped; before `end` and with fewer rows, the record there is bad, or goes on behind the end (INCOMPLETE).
 */
export function csvDecode(h: usize, p: usize, end: usize, most: u32, longest: u32, closed: bool): usize {
  const starts: usize = load<u32>(h, STARTS);
  const from = p;
  let row = load<u32>(h, ROWS);
  let stopped = false;
  while (p < end && row < most) {
    const blank = load<u8>(p) == LF ? p + 1 : load<u8>(p) == CR && load<u8>(p, 1) == LF ? p + 2 : 0;
    // With one column, an empty line is a record: its field is empty.
    if (blank != 0 && load<u32>(h, FIELD_COUNT) != 1) { p = blank; continue; }
    const next = decodeRecord(h, p, end, row);
    if (next == 0) { stop(p, end, longest, closed); stopped = true; break; }
    if (next - p > longest) { bad(TOO_LONG, p); stopped = true; break; }
    store<u32>(starts + ((<usize>row) << 2), <u32>p);
    p = next;
    row++;
  }
  store<u32>(h, row, ROWS);
  store<u32>(h, countNewlines(from, p), LINES);
  if (!stopped) clearBad();
  return p;
}

/** Where to go on after the bad record at p. */
function stop(p: usize, end: usize, longest: u32, closed: bool): void {
  if (badCode() == OPEN_QUOTE && !closed) { bad(INCOMPLETE, p); return; }
  if (recordEnd != 0) setNext(recordEnd); else setNext(lineEnd(badAt(), end));
  const rest = badCode() == OPEN_QUOTE ? end - p : badNext() - p;
  if (rest > longest) bad(TOO_LONG, p);
}

/** Behind the bad record, if it could be read to its end. */
let recordEnd: usize = 0;

/** After the record's newline, or 0. */
function decodeRecord(h: usize, p: usize, end: usize, row: u32): usize {
  const delimiter = <u8>load<u32>(h, DELIMITER), fields: usize = load<u32>(h, FIELDS), count = load<u32>(h, FIELD_COUNT);
  const start = p;
  let index: u32 = 0, code: i32 = 0, at: usize = 0, column: u32 = 0;
  recordEnd = 0;
  while (true) {
    const stop = fieldEnd(p, end, delimiter);
    if (stop == 0) return 0;
    if (index < count && code == 0) {
      const col: usize = load<u32>(fields + index * 4);
      if (col != 0 && !putText(h, col, row)) { code = badCode(); at = badAt(); column = badColumn(); }
    }
    index++;
    p = stop + 1;
    if (load<u8>(stop) == LF) break;
  }
  if (index == count && code == 0) return p;
  recordEnd = p;
  if (index != count) return bad(index < count ? TOO_FEW : TOO_MANY, start);
  return rebad(code, at, column);
}

function putText(h: usize, col: usize, row: u32): bool {
  const bytes = load<u32>(h, NULL_BYTES);
  const isNull = !quoted && textEnd - text == bytes && memory.compare(text, load<u32>(h, NULL_TEXT), bytes) == 0;
  if (doubled) single();
  return putField(col, row, text, textEnd, isNull);
}

/** Behind the record at p, or p if it is bad or goes on behind the end. */
export function csvRecord(h: usize, p: usize, end: usize, closed: bool): usize {
  const delimiter = <u8>load<u32>(h, DELIMITER);
  const start = p;
  clearBad();
  store<u32>(h, 0, LINES);
  recordEnd = 0;
  while (true) {
    const at = fieldEnd(p, end, delimiter);
    if (at == 0) { stop(start, end, 0xffffffff, closed); return start; }
    p = at + 1;
    if (load<u8>(at) == LF) break;
  }
  store<u32>(h, countNewlines(start, p), LINES);
  return p;
}
