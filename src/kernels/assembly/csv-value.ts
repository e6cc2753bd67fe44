// One CSV field into one column's row. The text [p, end) is followed by a byte that can't go on with a number or a
// date (a delimiter, a quote, a newline), so that the readers of JSON values serve here too. Beside what JSON has,
// numbers may have a plus, leading zeros, a bare point; doubles may be NaN and Infinity; booleans t, f, 1, 0.

import { base64Decode } from './base64';
import { putNested } from './cells-json';
import { fit, put } from './decimal';
import { isTooLong, readDecimal } from './decimal-text';
import { readDate, readTimestamp, theDay, theInstant } from './datetime';
import {
  BAD_BASE64, BAD_DATE, BAD_DECIMAL, BAD_NUMBER, BAD_TIMESTAMP, BINARY, BOOLEAN, DATE, DECIMAL, DOUBLE, FLOAT, INT, INTERVAL, JSON, KIND, LIST, LONG_DECIMAL, MAP, NULL_VALUE, PARTS, STRING, TIME,
  TIMESTAMP, TOO_LARGE, TRAILING, UUID, VALUES, WRONG_TYPE, bad, badCode, blame, putNull, putText, putValid, precisionOf, scaleOf,
} from './decode';
import { valueEnd, white } from './json-text';
import { clearBit, putView, setBit } from './layout';
import { take } from './memory';
import { isDigit, readDouble, readInt, theDouble, theInt } from './number';
import { notOfKind, readTimeType } from './time-types';

/** False after `bad`. `isNull`: the text is the one that stands for null. */
export function putField(col: usize, row: u32, p: usize, end: usize, isNull: bool): bool {
  const kind = load<u32>(col, KIND);
  if (isNull) {
    if (putNull(col, row)) return true;
    if (kind != STRING) { bad(NULL_VALUE, p); blame(col); return false; }
  }
  if (kind == STRING) putText(<usize>load<u32>(col, VALUES) + ((<usize>row) << 4), p, <u32>(end - p));
  else if (kind == LIST || kind == MAP) {
    if (!putJson(col, row, trimLeft(p, end), trimRight(p, end))) { blame(col); return false; }
  } else if (!putOther(load<u32>(col, VALUES), kind, row, trimLeft(p, end), trimRight(p, end))) { blame(col); return false; }
  putValid(col, row);
  return true;
}

/** A list or a map is its JSON text. */
function putJson(col: usize, row: u32, p: usize, end: usize): bool {
  const after = putNested(load<u32>(col, PARTS), <usize>load<u32>(col, VALUES) + ((<usize>row) << 4), p);
  return after == end || (after != 0 && refuse(TRAILING, after));
}

function isSpace(c: u8): bool { return c == 0x20 || c == 0x09; }

function trimLeft(p: usize, end: usize): usize {
  while (p < end && isSpace(load<u8>(p))) p++;
  return p;
}

function trimRight(p: usize, end: usize): usize {
  while (end > p && isSpace(load<u8>(end - 1))) end--;
  return end;
}

function putDecimal(kind: u32, at: usize, p: usize, end: usize): bool {
  if (readDecimal(p) != end) return refuse(BAD_DECIMAL, p);
  if (isTooLong() || !fit(precisionOf(kind), scaleOf(kind))) return refuse(LONG_DECIMAL, p);
  put(at);
  return true;
}

function putOther(values: usize, kind: u32, row: u32, p: usize, end: usize): bool {
  switch (kind) {
    case INT: return putInt(values + ((<usize>row) << 3), p, end);
    case DOUBLE: {
      if (!numeric(p, end)) return false;
      store<f64>(values + ((<usize>row) << 3), theNumber);
      return true;
    }
    case FLOAT: return putFloat(values + ((<usize>row) << 2), p, end);
    case TIMESTAMP: return putTimestamp(values + ((<usize>row) << 3), p, end);
    case DATE: {
      const after = readDate(p);
      if (after != end) return refuse(BAD_DATE, p);
      store<i32>(values + ((<usize>row) << 2), theDay());
      return true;
    }
    case BOOLEAN: return putBoolean(values, row, p, end);
    case BINARY: return putBinary(values + ((<usize>row) << 4), p, end);
    case JSON: {
      const after = valueEnd(p);
      if (after == 0) return false;
      if (white(after) < end || after > end) return refuse(TRAILING, after);
      putText(values + ((<usize>row) << 4), p, <u32>(after - p));
      return true;
    }
    case TIME: case INTERVAL: case UUID:
      return readTimeType(kind, values, row, p) == end || refuse(notOfKind(kind), p);
    default: return kind >= DECIMAL ? putDecimal(kind, values + ((<usize>row) << 4), p, end) : refuse(WRONG_TYPE, p);
  }
}

function refuse(what: i32, at: usize): bool { bad(what, at); return false; }

function putInt(at: usize, p: usize, end: usize): bool {
  let after = readInt(p);
  if (after != end) {
    if (after == 0 && badCode() != BAD_NUMBER) return false;
    const usual = usualNumber(p, end);
    if (usual == 0) return refuse(WRONG_TYPE, p);
    if (readInt(usual) == 0) return refuse(badCode(), p);
  }
  store<i64>(at, theInt());
  return true;
}

let theNumber: f64 = 0;

/** A double, or one of the words for what is not finite. */
function numeric(p: usize, end: usize): bool {
  const after = readDouble(p);
  if (after == end && p < end) { theNumber = theDouble(); return true; }
  if (after == 0 && badCode() == TOO_LARGE) return false;
  if (notFinite(p, end)) return true;
  const usual = usualNumber(p, end);
  if (usual == 0) return refuse(WRONG_TYPE, p);
  if (readDouble(usual) == 0) return refuse(badCode(), p);
  theNumber = theDouble();
  return true;
}

const WORDS = memory.data<u8>([73, 110, 102, 105, 110, 105, 116, 121, 78, 97, 78]);

function notFinite(p: usize, end: usize): bool {
  const negative = load<u8>(p) == 0x2d;
  const word = p + <usize>negative;
  if (end - word == 8 && memory.compare(word, WORDS, 8) == 0) { theNumber = negative ? -Infinity : Infinity; return true; }
  if (end - p == 3 && memory.compare(p, WORDS + 8, 3) == 0) { theNumber = NaN; return true; }
  return false;
}

/** The number as JSON writes it, in the arena: +7, 007, .5 and 5. are numbers here. 0 if it is none. */
function usualNumber(p: usize, end: usize): usize {
  const text = take(<u32>(end - p) + 32);
  let to = text;
  const sign = load<u8>(p);
  if (p < end && (sign == 0x2d || sign == 0x2b)) { if (sign == 0x2d) { store<u8>(to, sign); to++; } p++; }
  const whole = p;
  while (p < end && isDigit(p)) p++;
  const fraction = p < end && load<u8>(p) == 0x2e ? p + 1 : p;
  const digits = to;
  for (let q = whole; q < p; q++) if (load<u8>(q) != 0x30 || to > digits) { store<u8>(to, load<u8>(q)); to++; }
  if (to == digits) { store<u8>(to, 0x30); to++; }
  p = fraction;
  while (p < end && isDigit(p)) p++;
  if (p - whole == <usize>(fraction > whole && load<u8>(fraction - 1) == 0x2e)) return 0;
  if (p > fraction) {
    store<u8>(to, 0x2e);
    memory.copy(to + 1, fraction, p - fraction);
    to += p - fraction + 1;
  }
  memory.copy(to, p, end - p);
  store<u8>(to + (end - p), 0x0a);
  const after = readDouble(text);
  return after == to + (end - p) || (after == 0 && badCode() == TOO_LARGE) ? text : 0;
}

function putFloat(at: usize, p: usize, end: usize): bool {
  if (!numeric(p, end)) return false;
  const value = <f32>theNumber;
  if (value - value != 0 && theNumber - theNumber == 0) return refuse(TOO_LARGE, p);
  store<f32>(at, value);
  return true;
}

function putTimestamp(at: usize, p: usize, end: usize): bool {
  const after = readTimestamp(p);
  if (after == end) { store<i64>(at, theInstant()); return true; }
  const why = after == 0 ? badCode() : BAD_TIMESTAMP;
  if (readInt(p) != end) return refuse(why, p);
  const ms = theInt();
  if (ms > 9223372036854775 || ms < -9223372036854775) return refuse(TOO_LARGE, p);
  store<i64>(at, ms * 1000);
  return true;
}

function putBoolean(values: usize, row: u32, p: usize, end: usize): bool {
  const bytes = end - p, first = load<u8>(p) | 0x20;
  const word = load<u32>(p) | 0x20202020;
  if ((bytes == 4 && word == 0x65757274) || (bytes == 1 && (first == 0x74 || load<u8>(p) == 0x31))) setBit(values, row);
  else if ((bytes == 5 && first == 0x66 && (load<u32>(p, 1) | 0x20202020) == 0x65736c61) ||
    (bytes == 1 && (first == 0x66 || load<u8>(p) == 0x30))) clearBit(values, row);
  else return refuse(WRONG_TYPE, p);
  return true;
}

function putBinary(view: usize, p: usize, end: usize): bool {
  const bytes = take(<u32>(end - p) + 16);
  const length = base64Decode(p, <u32>(end - p), bytes);
  if (length < 0) return refuse(BAD_BASE64, p);
  putView(view, bytes, <u32>length);
  return true;
}
