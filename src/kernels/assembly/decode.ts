// What every text decoder shares: the columns it writes to, and how it reports a row it can't decode.
// A parser returns the address after what it read, or 0 after `bad(code, at)`. Every line a parser sees ends with a
// newline and 64 readable bytes, so that no parser checks bounds: the newline stops all of them.
// The codes and kinds are named in src/data/decode/codes.ts (a test compares them).

import { clearBit, setBit } from './layout';
import { arenaAlloc } from './memory';

// Logical kinds.
export const BOOLEAN: u32 = 0;
export const INT: u32 = 1;
export const FLOAT: u32 = 2;
export const DOUBLE: u32 = 3;
export const STRING: u32 = 4;
export const BINARY: u32 = 5;
export const TIMESTAMP: u32 = 6;
export const DATE: u32 = 7;
export const JSON: u32 = 8;
export const TIME: u32 = 9;
export const INTERVAL: u32 = 10;
export const UUID: u32 = 11;
export const LIST: u32 = 12;
export const MAP: u32 = 13;
export const STRUCT: u32 = 14;
/** A kind from here on is a decimal, with its precision (0: none) and scale in the upper bytes. */
export const DECIMAL: u32 = 15;
export function precisionOf(kind: u32): u32 { return (kind >> 8) & 255; }
export function scaleOf(kind: u32): u32 { return kind >> 16; }

// Why a row is bad: the text is not JSON …
export const UNEXPECTED: i32 = 1;
export const OPEN_STRING: i32 = 2;
export const CONTROL: i32 = 3;
export const BAD_ESCAPE: i32 = 4;
export const BAD_UTF8: i32 = 5;
export const BAD_NUMBER: i32 = 6;
export const TOO_DEEP: i32 = 7;
export const NOT_OBJECT: i32 = 8;
export const TRAILING: i32 = 9;
export const LINE_ENDS: i32 = 10;
// … a value does not fit its column …
export const WRONG_TYPE: i32 = 20;
export const NOT_INTEGRAL: i32 = 21;
export const TOO_LARGE: i32 = 22;
export const BAD_TIMESTAMP: i32 = 23;
export const NO_ZONE: i32 = 24;
export const BAD_DATE: i32 = 25;
export const BAD_BASE64: i32 = 26;
export const NULL_VALUE: i32 = 27;
export const MISSING: i32 = 28;
export const BAD_TIME: i32 = 29;
export const BAD_INTERVAL: i32 = 30;
export const BAD_UUID: i32 = 31;
export const BAD_DECIMAL: i32 = 32;
export const LONG_DECIMAL: i32 = 33;
// … or the text is not CSV.
export const AFTER_QUOTE: i32 = 40;
export const STRAY_QUOTE: i32 = 41;
export const TOO_FEW: i32 = 42;
export const TOO_MANY: i32 = 43;
export const OPEN_QUOTE: i32 = 44;

let code: i32 = 0;
let address: usize = 0;
let column: u32 = 0;

/** Code of the last bad row; 0 if the last call found none. */
export function badCode(): i32 { return code; }
/** Where in memory the offending text begins. */
export function badAt(): usize { return address; }
/** 1 + the number of the column it was for; 0: none. */
export function badColumn(): u32 { return column; }

export function bad(what: i32, at: usize): usize { code = what; address = at; column = 0; return 0; }

export const INCOMPLETE: i32 = 50;
export const TOO_LONG: i32 = 51;

let next: usize = 0;
/** Where the record after the bad one begins. */
export function badNext(): usize { return next; }
export function setNext(p: usize): void { next = p; }

/** No bad row so far. */
export function clearBad(): void { code = 0; }

/** Tell again what was told before. */
export function rebad(what: i32, at: usize, forColumn: u32): usize { bad(what, at); column = forColumn; return 0; }

/** Tell which column the failed value was for. */
export function blame(col: usize): void { column = load<u32>(col, INDEX) + 1; }

// A column to write: [name][name bytes][kind][nullable][values][validity][nulls in this batch][seen in row][index]
export const COLUMN: u32 = 48;
export const NAME: usize = 0;
export const NAME_BYTES: usize = 4;
export const KIND: usize = 8;
export const NULLABLE: usize = 12;
export const VALUES: usize = 16;
export const VALIDITY: usize = 20;
export const NULLS: usize = 24;
export const SEEN: usize = 28;
export const INDEX: usize = 32;
/** Of a list or a map: what its parts are (cells.ts). */
export const PARTS: usize = 36;
/** Of a struct: PARTS are its members (json-struct.ts), so many; and the last object in which its column occurred. */
export const PARTS_COUNT: usize = 40;
export const OCCURRENCE: usize = 44;

export function setColumn(
  col: usize, index: u32, name: usize, nameBytes: u32, kind: u32, nullable: u32, values: usize, validity: usize,
): void {
  store<u32>(col, <u32>name, NAME); store<u32>(col, nameBytes, NAME_BYTES);
  store<u32>(col, kind, KIND); store<u32>(col, nullable, NULLABLE);
  store<u32>(col, <u32>values, VALUES); store<u32>(col, <u32>validity, VALIDITY);
  store<u32>(col, 0, NULLS); store<u32>(col, 0, SEEN); store<u32>(col, index, INDEX);
  store<u32>(col, 0, PARTS); store<u32>(col, 0, PARTS_COUNT); store<u32>(col, 0, OCCURRENCE);
}

// A decoder of any format begins with: [columns][their number][rows in the batch][lines of the last call]
// [row starts][number of the row tried]. It and all it points to live in the arena it was made in.
export const COLUMNS: usize = 0;
export const COUNT: usize = 4;
export const ROWS: usize = 8;
export const LINES: usize = 12;
export const STARTS: usize = 16;
export const SERIAL: usize = 20;
export const HEADER: usize = 24;

export function newDecoder(arena: usize, count: u32, starts: usize, own: u32): usize {
  const bytes = <u32>HEADER + own;
  const h = arenaAlloc(arena, bytes);
  memory.fill(h, 0, bytes);
  store<u32>(h, <u32>arenaAlloc(arena, count * COLUMN), COLUMNS);
  store<u32>(h, count, COUNT);
  store<u32>(h, <u32>starts, STARTS);
  return h;
}

export function decoderColumn(
  h: usize, index: u32, name: usize, nameBytes: u32, kind: u32, nullable: u32, values: usize, validity: usize,
): void {
  setColumn(<usize>load<u32>(h, COLUMNS) + index * COLUMN, index, name, nameBytes, kind, nullable, values, validity);
}

/** Column `index` is a list or a map: its shape (cells.ts). */
export function decoderShape(h: usize, index: u32, shape: usize): void {
  store<u32>(<usize>load<u32>(h, COLUMNS) + index * COLUMN, <u32>shape, PARTS);
}

/**
 * Column `index`, declared as a STRUCT, stands for columns declared before: `members` are `count` times [number of the
 * column][name][its bytes][whether it must be there]. Columns that are members have no name of their own.
 */
export function decoderStruct(h: usize, index: u32, members: usize, count: u32): void {
  const columns: usize = load<u32>(h, COLUMNS), col = columns + index * COLUMN;
  store<u32>(col, <u32>members, PARTS); store<u32>(col, count, PARTS_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const member = members + i * 16;
    store<u32>(member, <u32>(columns + load<u32>(member) * COLUMN));
  }
}

/** A new batch: rows count from 0. */
export function decoderBegin(h: usize): void {
  const columns: usize = load<u32>(h, COLUMNS), count = load<u32>(h, COUNT);
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(columns + i * COLUMN, 0, NULLS);
    store<u32>(columns + i * COLUMN, 0, SEEN);
  }
  store<u32>(h, 0, SERIAL);
  store<u32>(h, 0, ROWS);
}

/** Rows in the batch so far. */
export function decoderRows(h: usize): u32 { return load<u32>(h, ROWS); }
/** Lines that the last call has consumed. */
export function decoderLines(h: usize): u32 { return load<u32>(h, LINES); }
/** Whether column `index` has a null in this batch. */
export function decoderNulls(h: usize, index: u32): u32 {
  return load<u32>(<usize>load<u32>(h, COLUMNS) + index * COLUMN, NULLS);
}

/** Column `col` has a value in the row tried; so has all that a struct is made of. */
export function see(col: usize, serial: u32): void {
  store<u32>(col, serial, SEEN);
  if (load<u32>(col, KIND) != STRUCT) return;
  const members: usize = load<u32>(col, PARTS), count = load<u32>(col, PARTS_COUNT);
  for (let i: u32 = 0; i < count; i++) see(load<u32>(members + i * 16), serial);
}

/** Columns without a value in this row are null, if they may be. */
export function missing(h: usize, row: u32, serial: u32, start: usize): bool {
  const columns: usize = load<u32>(h, COLUMNS), count = load<u32>(h, COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const col = columns + i * COLUMN;
    if (load<u32>(col, SEEN) == serial || putNull(col, row)) continue;
    bad(MISSING, start);
    blame(col);
    return false;
  }
  return true;
}

/** The validity bitmap is only written from the first null of a batch on. */
// @ts-ignore: decorator
@inline
export function putValid(col: usize, row: u32): void {
  if (load<u32>(col, NULLS) != 0) setBit(load<u32>(col, VALIDITY), row);
}

/** Row `row` is null; false if the column takes none. */
export function putNull(col: usize, row: u32): bool {
  if (load<u32>(col, NULLABLE) == 0) return false;
  if (load<u32>(col, KIND) == STRUCT) return putNulls(col, row);
  const validity: usize = load<u32>(col, VALIDITY);
  if (load<u32>(col, NULLS) == 0) {
    store<u32>(col, 1, NULLS);
    memory.fill(validity, 0xff, BATCH_BITS);
  }
  clearBit(validity, row);
  const kind = load<u32>(col, KIND);
  // What lies under a null is defined, so that a view never points to released memory.
  if (kind == STRING || kind == BINARY || kind == JSON || kind >= INTERVAL) {
    const view: usize = <usize>load<u32>(col, VALUES) + ((<usize>row) << 4);
    store<u64>(view, 0); store<u64>(view, 0, 8);
  }
  return true;
}

/** A struct is null where all of its fields are. */
function putNulls(col: usize, row: u32): bool {
  const members: usize = load<u32>(col, PARTS), count = load<u32>(col, PARTS_COUNT);
  for (let i: u32 = 0; i < count; i++) putNull(load<u32>(members + i * 16), row);
  return true;
}

/** Bytes of a bitmap of BATCH_ROWS rows. */
export const BATCH_BITS: u32 = 512;

const INLINE_MASKS = memory.data<u8>([
  0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);
const FIRST_LANES = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** A view of text with 4 readable bytes before it and 16 after. Like putView, without a loop. */
// @ts-ignore: decorator
@inline
export function putText(view: usize, text: usize, length: u32): void {
  if (length <= 12) {
    const keep = v128.and(v128.load(INLINE_MASKS), v128.load(FIRST_LANES + 12 - length));
    v128.store(view, i32x4.replace_lane(v128.and(v128.load(text - 4), keep), 0, <i32>length));
  } else {
    store<u64>(view, <u64>length | (<u64>load<u32>(text) << 32));
    store<u64>(view, <u64>text << 32, 8);
  }
}
