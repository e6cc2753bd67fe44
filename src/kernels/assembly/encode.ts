// What the encoders share: rows of columns to bytes in one growing buffer. The buffer is kept large enough for all
// parts of a row that have a bound (`fixed`); what has none (text) makes its own room.

import { base64Encode } from './base64';
import { printDecimal } from './decimal-text';
import { BOOLEAN, DATE, DECIMAL, DOUBLE, FLOAT, INT, INTERVAL, TIME, TIMESTAMP, UUID } from './decode';
import { printDate, printTimestamp } from './datetime-print';
import { bitAt } from './layout';
import { alloc, free, grow, sizeOf } from './memory';
import { printDouble, printFloat, printInt } from './number-print';
import { printTimeType } from './time-types';

// Encoder: [columns][their number][buffer][capacity][fixed bytes of a row][text behind a row][its bytes]
export const COLUMNS: usize = 0;
export const COUNT: usize = 4;
const BUFFER: usize = 8;
const CAPACITY: usize = 12;
const FIXED: usize = 16;
export const TAIL: usize = 20;
export const TAIL_BYTES: usize = 24;
// Of CSV: [delimiter][null text][its bytes][whether numbers may need quotes]
export const DELIMITER: usize = 28;
export const NULL_TEXT: usize = 32;
export const NULL_BYTES: usize = 36;
export const CAREFUL: usize = 40;
const HANDLE: u32 = 48;

// Column: [text before its value][bytes][logical kind][values][validity][shape of a list or a map]
export const COLUMN: u32 = 32;
export const HEAD: usize = 0;
export const HEAD_BYTES: usize = 4;
export const KIND: usize = 8;
export const VALUES: usize = 12;
export const VALIDITY: usize = 16;
export const PARTS: usize = 20;

/** Bytes that any value of a bounded kind stays below, quotes and all. */
const VALUE_MOST: u32 = 112;
/** Copies of 16 bytes may write this much behind what they copy. */
const SLACK: u32 = 32;

export function encoderNew(count: u32, tail: usize, tailBytes: u32): usize {
  const h = alloc(HANDLE);
  memory.fill(h, 0, HANDLE);
  store<u32>(h, <u32>alloc(count * COLUMN + 16), COLUMNS);
  store<u32>(h, count, COUNT);
  store<u32>(h, <u32>tail, TAIL);
  store<u32>(h, tailBytes, TAIL_BYTES);
  store<u32>(h, tailBytes + SLACK, FIXED);
  return h;
}

export function encoderFree(h: usize): void {
  free(load<u32>(h, BUFFER));
  free(load<u32>(h, COLUMNS));
  free(h);
}

export function encoderColumn(h: usize, index: u32, kind: u32, head: usize, headBytes: u32): void {
  const col = <usize>load<u32>(h, COLUMNS) + index * COLUMN;
  store<u32>(col, <u32>head, HEAD); store<u32>(col, headBytes, HEAD_BYTES); store<u32>(col, kind, KIND);
  store<u32>(h, load<u32>(h, FIXED) + headBytes + VALUE_MOST + load<u32>(h, NULL_BYTES), FIXED);
}

/** Column `index` is a list or a map: its shape (cells.ts). */
export function encoderShape(h: usize, index: u32, shape: usize): void {
  store<u32>(<usize>load<u32>(h, COLUMNS) + index * COLUMN, <u32>shape, PARTS);
}

/** The column's values in the next batch. */
export function encoderValues(h: usize, index: u32, values: usize, validity: usize): void {
  const col = <usize>load<u32>(h, COLUMNS) + index * COLUMN;
  store<u32>(col, <u32>values, VALUES); store<u32>(col, <u32>validity, VALIDITY);
}

/** Where the bytes are that the last call has written: valid until the next. */
export function encoderBytes(h: usize): usize { return load<u32>(h, BUFFER); }

/** Room for `bytes` and a whole row's bounded parts at `to`: the same place, in a larger buffer if need be. */
// @ts-ignore: decorator
@inline
export function room(h: usize, to: usize, bytes: u64): usize {
  const need = bytes + <u64>load<u32>(h, FIXED);
  return <u64><u32>(<usize>load<u32>(h, BUFFER) + load<u32>(h, CAPACITY) - to) >= need ? to : larger(h, to, need);
}

function larger(h: usize, to: usize, need: u64): usize {
  const buffer: usize = load<u32>(h, BUFFER), used = <u32>(to - buffer);
  const capacity = sizeOf(max(<u64>load<u32>(h, CAPACITY) * 2, <u64>used + need + 65536));
  const moved = grow(buffer, used, capacity);
  store<u32>(h, <u32>moved, BUFFER);
  store<u32>(h, capacity, CAPACITY);
  return moved + used;
}

/** Short text that is followed by readable bytes, into the buffer. */
// @ts-ignore: decorator
@inline
export function putShort(to: usize, text: usize, bytes: u32): usize {
  if (bytes <= 16) v128.store(to, v128.load(text)); else memory.copy(to, text, bytes);
  return to + bytes;
}

/** A value of a bounded kind. */
// @ts-ignore: decorator
@inline
export function putPlain(to: usize, kind: u32, values: usize, row: u32): usize {
  switch (kind) {
    case INT: return printInt(to, load<i64>(values + ((<usize>row) << 3)));
    case TIMESTAMP: return printTimestamp(to, load<i64>(values + ((<usize>row) << 3)));
    case DOUBLE: return printDouble(to, load<f64>(values + ((<usize>row) << 3)));
    case FLOAT: return printFloat(to, load<f32>(values + ((<usize>row) << 2)));
    case DATE: return printDate(to, load<i32>(values + ((<usize>row) << 2)));
    case BOOLEAN: {
      const yes = bitAt(values, row);
      // 'true' or 'fals', and an 'e' that only the longer one keeps.
      store<u32>(to, yes ? 0x65757274 : 0x736c6166); store<u8>(to, 0x65, 4);
      return to + (yes ? 4 : 5);
    }
    case TIME: case INTERVAL: case UUID: return printTimeType(to, kind, values, row);
    default: return kind >= DECIMAL ? printDecimal(to, values + ((<usize>row) << 4)) : to;
  }
}

/** Whether a float or double is not a number that JSON has. */
// @ts-ignore: decorator
@inline
export function notFinite(kind: u32, values: usize, row: u32): bool {
  if (kind == DOUBLE) {
    const value = load<f64>(values + ((<usize>row) << 3));
    return value - value != 0;
  }
  if (kind == FLOAT) {
    const value = load<f32>(values + ((<usize>row) << 2));
    return value - value != 0;
  }
  return false;
}

export function putBase64(h: usize, to: usize, bytes: usize, length: u32): usize {
  to = room(h, to, (<u64>length / 3 + 1) * 4);
  return base64Encode(bytes, length, to);
}

/** Write the bytes of the row again until it is there `weight` times. */
export function repeatRow(h: usize, from: usize, to: usize, weight: i64): usize {
  const bytes = <u32>(to - from);
  for (; weight > 1; weight--) {
    to = room(h, to, bytes);
    memory.copy(to, to - bytes, bytes);
    to += bytes;
  }
  return to;
}
