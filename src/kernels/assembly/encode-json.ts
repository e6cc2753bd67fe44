// Rows as JSON lines. Strings are escaped as JSON.stringify does; NaN and the infinities are null. A decimal is a number
// with all of its digits up to 2^53, beyond that (and NaN and Infinity) a string.

import { printCell } from './cells-print';
import { isPlainNumber } from './decimal-text';
import { BINARY, DATE, DECIMAL, DOUBLE, FLOAT, INTERVAL, JSON, LIST, MAP, STRING, TIME, TIMESTAMP, UUID } from './decode';
import {
  COLUMN, COLUMNS, COUNT, HEAD, HEAD_BYTES, KIND, PARTS, TAIL, TAIL_BYTES, VALIDITY, VALUES, encoderBytes, notFinite, putBase64, putPlain,
  putShort, repeatRow, room,
} from './encode';
import { isValid, rowAt, viewBytes, viewLength } from './layout';
import { marksIn } from './json-marks';

/**
 * The n selected rows, each as often as its weight says: the number of bytes, now at encoderBytes.
 * A weight below 1 stops: -1 is returned.
 */
export function encodeJson(h: usize, n: u32, sel: usize, weights: usize): i32 {
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
      to = isValid(load<u32>(col, VALIDITY), row) ? putValue(h, to, col, row) : putNull(to);
    }
    to = putShort(to, tail, tailBytes);
    if (weight > 1) to = repeatRow(h, encoderBytes(h) + offset, to, weight);
  }
  return <i32>(to - encoderBytes(h));
}

function putNull(to: usize): usize {
  store<u32>(to, 0x6c6c756e);
  return to + 4;
}

// @ts-ignore: decorator
@inline
function putValue(h: usize, to: usize, col: usize, row: u32): usize {
  const kind = load<u32>(col, KIND);
  const values: usize = load<u32>(col, VALUES);
  if (kind == LIST || kind == MAP) return printCell(h, to, load<u32>(col, PARTS), viewBytes(values + ((<usize>row) << 4)));
  return putJsonValue(h, to, kind, values, row);
}

/** A value of a plain kind. */
// @ts-ignore: decorator
@inline
export function putJsonValue(h: usize, to: usize, kind: u32, values: usize, row: u32): usize {
  if (kind == STRING || kind == BINARY || kind == JSON) return putView(h, to, kind, values + ((<usize>row) << 4));
  if ((kind >= DECIMAL && !isPlainNumber(values + ((<usize>row) << 4))) || kind == TIMESTAMP || kind == DATE || kind == TIME || kind == INTERVAL || kind == UUID) {
    store<u8>(to, 0x22);
    to = putPlain(to + 1, kind, values, row);
    store<u8>(to, 0x22);
    return to + 1;
  }
  if ((kind == DOUBLE || kind == FLOAT) && notFinite(kind, values, row)) return putNull(to);
  return putPlain(to, kind, values, row);
}

function putView(h: usize, to: usize, kind: u32, view: usize): usize {
  const bytes = viewBytes(view), length = viewLength(view);
  if (kind == JSON) {
    to = room(h, to, length);
    memory.copy(to, bytes, length);
    return to + length;
  }
  if (kind == STRING) return putString(h, to, bytes, length);
  store<u8>(to, 0x22);
  to = putBase64(h, to + 1, bytes, length);
  store<u8>(to, 0x22);
  return to + 1;
}

/** A character is at most six bytes long: \u001f. */
function putString(h: usize, to: usize, p: usize, length: u32): usize {
  to = room(h, to, <u64>length * 6 + 32);
  store<u8>(to, 0x22);
  to++;
  const end = p + length, readable = (<usize>memory.size() << 16) - 16;
  while (p < end) {
    if (p > readable) { to = putCharacter(to, load<u8>(p)); p++; continue; }
    const v = v128.load(p);
    v128.store(to, v);
    const clean = min<usize>(ctz(marksIn(v) | 0x10000), end - p);
    p += clean; to += clean;
    if (clean < 16 && p < end) { to = putCharacter(to, load<u8>(p)); p++; }
  }
  store<u8>(to, 0x22);
  return to + 1;
}

const HEX = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

function putCharacter(to: usize, c: u8): usize {
  if (c >= 0x20 && c != 0x22 && c != 0x5c) { store<u8>(to, c); return to + 1; }
  store<u8>(to, 0x5c);
  const short: u8 = c == 0x08 ? 0x62 : c == 0x09 ? 0x74 : c == 0x0a ? 0x6e : c == 0x0c ? 0x66 : c == 0x0d ? 0x72 : c >= 0x20 ? c : 0;
  if (short != 0) { store<u8>(to, short, 1); return to + 2; }
  store<u32>(to, 0x30303075, 1);
  store<u8>(to, load<u8>(HEX + (c >> 4)), 4); store<u8>(to, load<u8>(HEX + (c & 15)), 5);
  return to + 6;
}
