// One JSON value into one column's row. The address of the value is past white space. Types are strict: a string
// column takes strings, a number column numbers; see docs of src/data/decode/index.ts for the few exceptions.

import { base64Decode } from './base64';
import { putNested } from './cells-json';
import { fit, put } from './decimal';
import { isTooLong, readDecimal } from './decimal-text';
import { readDate, readTimestamp, theDay, theInstant } from './datetime';
import {
  BAD_BASE64, BAD_DATE, BAD_DECIMAL, BAD_TIMESTAMP, BINARY, BOOLEAN, DATE, DECIMAL, DOUBLE, FLOAT, INT, INTERVAL, JSON, KIND, LIST, LONG_DECIMAL, MAP, NULL_VALUE, PARTS, STRING, STRUCT, TIME,
  TIMESTAMP, TOO_LARGE, UUID, VALUES, WRONG_TYPE, bad, badCode, blame, putNull, putText, putValid, precisionOf, scaleOf,
} from './decode';
import { putStructOf } from './json-struct';
import { ALSE, NULL, TRUE, hasEscapes, stringEnd, unescape, valueEnd } from './json-text';
import { clearBit, putView, setBit } from './layout';
import { take } from './memory';
import { readDouble, readInt, theDouble, theInt } from './number';
import { notOfKind, readTimeType } from './time-types';

/** The end of the value, or 0. */
// @ts-ignore: decorator
@inline
export function putValue(col: usize, row: u32, p: usize): usize {
  if (load<u8>(p) == 0x6e) {
    const end = putNullWord(col, row, p);
    if (end != 0 || load<u32>(col, KIND) != JSON) return end;
  }
  const end = putSome(col, load<u32>(col, KIND), row, p);
  if (end == 0) { if (load<u32>(col, KIND) != STRUCT) blame(col); return 0; }
  putValid(col, row);
  return end;
}

/** The same out of line, for the fields of structs: what is inline can't be inlined into itself. */
export function putField(col: usize, row: u32, p: usize): usize {
  const kind = load<u32>(col, KIND);
  if (load<u8>(p) == 0x6e) {
    const end = putNullWord(col, row, p);
    if (end != 0 || kind != JSON) return end;
  }
  const end = putSome(col, kind, row, p);
  if (end == 0) { if (kind != STRUCT) blame(col); return 0; }
  putValid(col, row);
  return end;
}

/** `null`, or 0. In a json column that is not nullable it is a value like others: the text `null`. */
function putNullWord(col: usize, row: u32, p: usize): usize {
  if (load<u32>(p) != NULL) { valueEnd(p); blame(col); return 0; }
  if (putNull(col, row)) return p + 4;
  bad(NULL_VALUE, p);
  blame(col);
  return 0;
}

function putSome(col: usize, kind: u32, row: u32, p: usize): usize {
  const values: usize = load<u32>(col, VALUES);
  if (kind == LIST || kind == MAP) return putNested(load<u32>(col, PARTS), values + ((<usize>row) << 4), p);
  if (kind == STRUCT) return putStructOf(col, row, p);
  return putScalar(kind, values, row, p);
}

/** A value of a plain kind into row `row` of the column at `values`. */
export function putScalar(kind: u32, values: usize, row: u32, p: usize): usize {
  switch (kind) {
    case INT: return putInt(values + ((<usize>row) << 3), p);
    case STRING: return putString(values + ((<usize>row) << 4), p);
    case TIMESTAMP: return putTimestamp(values + ((<usize>row) << 3), p);
    case DOUBLE: return putDouble(values + ((<usize>row) << 3), p);
    case FLOAT: return putFloat(values + ((<usize>row) << 2), p);
    case BOOLEAN: return putBoolean(values, row, p);
    case DATE: return putDate(values + ((<usize>row) << 2), p);
    case JSON: return putJson(values + ((<usize>row) << 4), p);
    case BINARY: return putBinary(values + ((<usize>row) << 4), p);
    case TIME: case INTERVAL: case UUID: return putTimeType(kind, values, row, p);
    default: return kind >= DECIMAL ? putDecimal(kind, values + ((<usize>row) << 4), p) : bad(WRONG_TYPE, p);
  }
}

/** The value is valid JSON but not of the column's type, or it is not valid. */
function wrong(what: i32, p: usize): usize { return valueEnd(p) == 0 ? 0 : bad(what, p); }

// @ts-ignore: decorator
@inline
function isNumber(p: usize): bool {
  const c = load<u8>(p);
  return c - 48 <= 9 || c == 0x2d;
}

function putInt(at: usize, p: usize): usize {
  if (!isNumber(p)) return wrong(WRONG_TYPE, p);
  const end = readInt(p);
  if (end == 0) return 0;
  store<i64>(at, theInt());
  return end;
}

function putDouble(at: usize, p: usize): usize {
  if (!isNumber(p)) return wrong(WRONG_TYPE, p);
  const end = readDouble(p);
  if (end == 0) return 0;
  store<f64>(at, theDouble());
  return end;
}

/** A number, digit by digit, or a string of one. */
function putDecimal(kind: u32, at: usize, p: usize): usize {
  const quoted = load<u8>(p) == 0x22;
  if (!quoted && !isNumber(p)) return wrong(WRONG_TYPE, p);
  const end = valueEnd(p);
  if (end == 0) return 0;
  const after = readDecimal(p + <usize>quoted);
  if (after == 0 || after + <usize>quoted != end) return bad(BAD_DECIMAL, p);
  if (isTooLong() || !fit(precisionOf(kind), scaleOf(kind))) return bad(LONG_DECIMAL, p);
  put(at);
  return end;
}

function putFloat(at: usize, p: usize): usize {
  if (!isNumber(p)) return wrong(WRONG_TYPE, p);
  const end = readDouble(p);
  if (end == 0) return 0;
  const value = <f32>theDouble();
  if (value - value != 0) return bad(TOO_LARGE, p);
  store<f32>(at, value);
  return end;
}

function putBoolean(values: usize, row: u32, p: usize): usize {
  if (load<u32>(p) == TRUE) { setBit(values, row); return p + 4; }
  if (load<u8>(p) == 0x66 && load<u32>(p, 1) == ALSE) { clearBit(values, row); return p + 5; }
  return wrong(WRONG_TYPE, p);
}

function putString(view: usize, p: usize): usize {
  if (load<u8>(p) != 0x22) return wrong(WRONG_TYPE, p);
  const end = stringEnd(p + 1);
  if (end == 0) return 0;
  if (hasEscapes()) {
    const text = take(<u32>(end - p - 1));
    putView(view, text, unescape(p + 1, end, text));
  } else putText(view, p + 1, <u32>(end - p - 1));
  return end + 1;
}

function putJson(view: usize, p: usize): usize {
  const end = valueEnd(p);
  if (end != 0) putText(view, p, <u32>(end - p));
  return end;
}

/** A text without escapes that ends with a quote, for values that are written as strings. */
export function plainText(p: usize, end: usize): usize {
  const text = take(<u32>(end - p) + 32);
  store<u8>(text + unescape(p, end, text), 0x22);
  return text;
}

function putTimestamp(at: usize, p: usize): usize {
  if (load<u8>(p) == 0x22) {
    const end = readTimestamp(p + 1);
    if (end != 0 && load<u8>(end) == 0x22) { store<i64>(at, theInstant()); return end + 1; }
    return putOddTimestamp(at, p);
  }
  // Milliseconds since 1970, as Date.now() gives them.
  if (!isNumber(p)) return wrong(WRONG_TYPE, p);
  const end = readInt(p);
  if (end == 0) return 0;
  const ms = theInt();
  if (ms > 9223372036854775 || ms < -9223372036854775) return bad(TOO_LARGE, p);
  store<i64>(at, ms * 1000);
  return end;
}

function putOddTimestamp(at: usize, p: usize): usize {
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  const text = hasEscapes() ? plainText(p + 1, quote) : p + 1;
  const end = readTimestamp(text);
  if (end == 0) return bad(badCode(), p);
  if (load<u8>(end) != 0x22) return bad(BAD_TIMESTAMP, p);
  store<i64>(at, theInstant());
  return quote + 1;
}

function putDate(at: usize, p: usize): usize {
  if (load<u8>(p) != 0x22) return wrong(WRONG_TYPE, p);
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  const text = hasEscapes() ? plainText(p + 1, quote) : p + 1;
  const end = readDate(text);
  if (end == 0 || load<u8>(end) != 0x22) return bad(BAD_DATE, p);
  store<i32>(at, theDay());
  return quote + 1;
}

function putTimeType(kind: u32, values: usize, row: u32, p: usize): usize {
  if (load<u8>(p) != 0x22) return wrong(WRONG_TYPE, p);
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  const text = hasEscapes() ? plainText(p + 1, quote) : p + 1;
  const end = readTimeType(kind, values, row, text);
  return end != 0 && load<u8>(end) == 0x22 ? quote + 1 : bad(notOfKind(kind), p);
}

function putBinary(view: usize, p: usize): usize {
  if (load<u8>(p) != 0x22) return wrong(WRONG_TYPE, p);
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  const text = take(<u32>(quote - p) + 16);
  const length = unescape(p + 1, quote, text);
  const bytes = base64Decode(text, length, text);
  if (bytes < 0) return bad(BAD_BASE64, p);
  putView(view, text, <u32>bytes);
  return quote + 1;
}
