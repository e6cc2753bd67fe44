// Rows as CSV (RFC 4180), lines ending with LF. A field is quoted where it must be: it holds a delimiter, a quote or a
// line's end, or it is not null but its text is the one for null.

import { printCell } from './cells-print';
import { BINARY, DOUBLE, JSON, LIST, MAP, STRING } from './decode';
import {
  CAREFUL, COLUMN, COLUMNS, COUNT, DELIMITER, HEAD, HEAD_BYTES, KIND, NULL_BYTES, NULL_TEXT, PARTS, TAIL, TAIL_BYTES, VALIDITY, VALUES,
  encoderBytes, notFinite, putBase64, putPlain, putShort, repeatRow, room,
} from './encode';
import { isValid, rowAt, viewBytes, viewLength } from './layout';

/** Call before encoderColumn. `careful`: bounded values may hold the delimiter or be the null text. */
export function encoderCsv(h: usize, delimiter: u32, nullText: usize, nullBytes: u32, careful: u32): void {
  store<u32>(h, delimiter, DELIMITER); store<u32>(h, <u32>nullText, NULL_TEXT);
  store<u32>(h, nullBytes, NULL_BYTES); store<u32>(h, careful, CAREFUL);
}

/** As encodeJson. */
export function encodeCsv(h: usize, n: u32, sel: usize, weights: usize): i32 {
  const columns: usize = load<u32>(h, COLUMNS), end = columns + load<u32>(h, COUNT) * COLUMN;
  const tail: usize = load<u32>(h, TAIL), tailBytes = load<u32>(h, TAIL_BYTES);
  let to = room(h, encoderBytes(h), 0);
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const weight: i64 = weights == 0 ? 1 : load<i64>(weights + ((<usize>row) << 3));
    if (weight < 1) return -1;
    to = room(h, to, 0);
    const offset = to - encoderBytes(h);
    for (let col = columns; col < end; col += COLUMN) {
      to = putShort(to, load<u32>(col, HEAD), load<u32>(col, HEAD_BYTES));
      if (isValid(load<u32>(col, VALIDITY), row)) to = putValue(h, to, col, row);
      else { memory.copy(to, load<u32>(h, NULL_TEXT), load<u32>(h, NULL_BYTES)); to += load<u32>(h, NULL_BYTES); }
    }
    to = putShort(to, tail, tailBytes);
    if (weight > 1) to = repeatRow(h, encoderBytes(h) + offset, to, weight);
  }
  return <i32>(to - encoderBytes(h));
}

function putValue(h: usize, to: usize, col: usize, row: u32): usize {
  const kind = load<u32>(col, KIND);
  const values: usize = load<u32>(col, VALUES);
  if (kind == LIST || kind == MAP) return putNested(h, to, col, viewBytes(values + ((<usize>row) << 4)));
  if (kind == STRING || kind == JSON) {
    const view = values + ((<usize>row) << 4);
    return putText(h, to, viewBytes(view), viewLength(view));
  }
  const from = to;
  if (kind == BINARY) {
    const view = values + ((<usize>row) << 4);
    to = putBase64(h, to, viewBytes(view), viewLength(view));
    // The buffer may have moved.
    return careful(h, to - encodedBytes(viewLength(view)), to);
  }
  to = notFinite(kind, values, row) ? putWord(to, kind, values, row) : putPlain(to, kind, values, row);
  return load<u32>(h, CAREFUL) == 0 ? to : careful(h, from, to);
}

/** A list or a map is its JSON text, in quotes: the text is moved to make room for them. */
function putNested(h: usize, to: usize, col: usize, cell: usize): usize {
  const offset = to - encoderBytes(h);
  to = printCell(h, to, load<u32>(col, PARTS), cell);
  let quotes: u32 = 2;
  for (let p = encoderBytes(h) + offset; p < to; p++) quotes += <u32>(load<u8>(p) == 0x22);
  to = room(h, to, quotes);
  const start = encoderBytes(h) + offset, end = to + quotes;
  let at = end - 1;
  store<u8>(at, 0x22);
  for (let p = to - 1; p >= start; p--) {
    const c = load<u8>(p);
    at--;
    store<u8>(at, c);
    if (c == 0x22) { at--; store<u8>(at, c); }
  }
  store<u8>(start, 0x22);
  return end;
}

function encodedBytes(length: u32): u32 { return (length + 2) / 3 * 4; }

/** NaN, Infinity, -Infinity. */
function putWord(to: usize, kind: u32, values: usize, row: u32): usize {
  const value: f64 = kind == DOUBLE ? load<f64>(values + ((<usize>row) << 3)) : <f64>load<f32>(values + ((<usize>row) << 2));
  if (value != value) { store<u32>(to, 0x4e614e); return to + 3; }
  if (value < 0) { store<u8>(to, 0x2d); to++; }
  store<u64>(to, 0x7974696e69666e49);
  return to + 8;
}

function isNullText(h: usize, from: usize, length: usize): bool {
  return length == load<u32>(h, NULL_BYTES) && memory.compare(from, load<u32>(h, NULL_TEXT), length) == 0;
}

/** Quote [from, to) if it must be; there is room for two bytes, and no quote in it. */
function careful(h: usize, from: usize, to: usize): usize {
  let quote = isNullText(h, from, to - from);
  const delimiter = <u8>load<u32>(h, DELIMITER);
  for (let p = from; p < to && !quote; p++) quote = load<u8>(p) == delimiter;
  if (!quote) return to;
  memory.copy(from + 1, from, to - from);
  store<u8>(from, 0x22); store<u8>(to, 0x22, 1);
  return to + 2;
}

function putText(h: usize, to: usize, p: usize, length: u32): usize {
  to = room(h, to, <u64>length * 2 + 32);
  const delimiter = <i8>load<u32>(h, DELIMITER);
  const end = p + length, readable = (<usize>memory.size() << 16) - 16;
  let quote = isNullText(h, p, length);
  for (let q = p; q < end && !quote; q += 16) {
    // At the very end of the memory, nothing may be read behind the text.
    if (q > readable) { quote = mustQuote(q, end, <u8>delimiter); memory.copy(to + (q - p), q, end - q); break; }
    const v = v128.load(q);
    v128.store(to + (q - p), v);
    const marks = i8x16.bitmask(v128.or(
      v128.or(i8x16.eq(v, i8x16.splat(delimiter)), i8x16.eq(v, i8x16.splat(0x22))),
      v128.or(i8x16.eq(v, i8x16.splat(0x0a)), i8x16.eq(v, i8x16.splat(0x0d))),
    ));
    quote = <usize>ctz(marks | 0x10000) < min<usize>(end - q, 16);
  }
  return quote ? putQuoted(to, p, end) : to + length;
}

function mustQuote(p: usize, end: usize, delimiter: u8): bool {
  for (; p < end; p++) {
    const c = load<u8>(p);
    if (c == delimiter || c == 0x22 || c == 0x0a || c == 0x0d) return true;
  }
  return false;
}

function putQuoted(to: usize, p: usize, end: usize): usize {
  store<u8>(to, 0x22);
  to++;
  for (; p < end; p++) {
    const c = load<u8>(p);
    store<u8>(to, c);
    to++;
    if (c == 0x22) { store<u8>(to, c); to++; }
  }
  store<u8>(to, 0x22);
  return to + 1;
}
