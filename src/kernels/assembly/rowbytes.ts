// Row bytes: rows of typed columns as byte strings that lose nothing (-0, every NaN), for what state keeps of a row.
// A row is its validity bits, then the values that are not null: fixed ones as they lie, strings with their length.
// Equal bytes mean equal rows; the order of the bytes means nothing (see keybytes for that).
import { BOOL, DESC, F32, F64, I32, bitAt, clearBit, isValid, putView, rowAt, setBit, viewBytes, viewLength } from './layout';
import { take, takeSum } from './memory';

function bitsBytes(columns: u32): u32 { return (columns + 7) >> 3; }
function fixedBytes(kind: u32): u32 { return kind == BOOL ? 1 : kind == I32 || kind == F32 ? 4 : 8; }

/** Rows of n selected rows are written to the arena in use; `offsets` takes n + 1 numbers. Returns the blob. */
export function rowEncode(n: u32, sel: usize, columns: u32, descs: usize, offsets: usize): usize {
  let total: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(offsets + ((<usize>i) << 2), <u32>total);
    total += rowSize(rowAt(sel, i), columns, descs);
  }
  store<u32>(offsets + ((<usize>n) << 2), <u32>total);
  const blob = takeSum(total);
  let to = blob;
  for (let i: u32 = 0; i < n; i++) to = writeRow(to, rowAt(sel, i), columns, descs);
  return blob;
}

function rowSize(row: u32, columns: u32, descs: usize): u64 {
  let size: u64 = bitsBytes(columns);
  for (let c: u32 = 0; c < columns; c++) {
    const desc = descs + <usize>c * DESC;
    if (!isValid(load<u32>(desc, 8), row)) continue;
    const kind = load<u32>(desc);
    size += kind <= F64 ? fixedBytes(kind) : 4 + viewLength(<usize>load<u32>(desc, 4) + ((<usize>row) << 4));
  }
  return size;
}

function writeRow(start: usize, row: u32, columns: u32, descs: usize): usize {
  const bits = bitsBytes(columns);
  memory.fill(start, 0, bits);
  let to = start + bits;
  for (let c: u32 = 0; c < columns; c++) {
    const desc = descs + <usize>c * DESC;
    if (!isValid(load<u32>(desc, 8), row)) continue;
    setBit(start, c);
    to = writeValue(to, load<u32>(desc), load<u32>(desc, 4), row);
  }
  return to;
}

function writeValue(to: usize, kind: u32, values: usize, row: u32): usize {
  if (kind == BOOL) { store<u8>(to, bitAt(values, row) ? 1 : 0); return to + 1; }
  if (kind == I32 || kind == F32) { store<u32>(to, load<u32>(values + ((<usize>row) << 2))); return to + 4; }
  if (kind <= F64) { store<u64>(to, load<u64>(values + ((<usize>row) << 3))); return to + 8; }
  const view = values + ((<usize>row) << 4);
  const length = viewLength(view);
  store<u32>(to, length);
  memory.copy(to + 4, viewBytes(view), length);
  return to + 4 + length;
}

/**
 * Rows back to columns: `rows` are n addresses, row i goes to row `first + i`. Long strings are not copied: their
 * views point into the row bytes, unless `own`, which copies them to the arena in use.
 */
export function rowDecode(n: u32, rows: usize, first: u32, columns: u32, descs: usize, own: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    const start: usize = load<u32>(rows + ((<usize>i) << 2));
    let from = start + bitsBytes(columns);
    for (let c: u32 = 0; c < columns; c++) from = readColumn(from, bitAt(start, c), descs + <usize>c * DESC, first + i, own);
  }
}

function readColumn(from: usize, present: bool, desc: usize, row: u32, own: bool): usize {
  const kind = load<u32>(desc);
  const values: usize = load<u32>(desc, 4);
  const valid: usize = load<u32>(desc, 8);
  if (!present) {
    if (valid != 0) clearBit(valid, row);
    if (kind > F64) v128.store(values + ((<usize>row) << 4), i64x2.splat(0));
    return from;
  }
  if (valid != 0) setBit(valid, row);
  if (kind == BOOL) { if (load<u8>(from) != 0) setBit(values, row); else clearBit(values, row); return from + 1; }
  if (kind == I32 || kind == F32) { store<u32>(values + ((<usize>row) << 2), load<u32>(from)); return from + 4; }
  if (kind <= F64) { store<u64>(values + ((<usize>row) << 3), load<u64>(from)); return from + 8; }
  const length = load<u32>(from);
  let bytes = from + 4;
  if (own && length > 12) { bytes = take(length); memory.copy(bytes, from + 4, length); }
  putView(values + ((<usize>row) << 4), bytes, length);
  return from + 4 + length;
}
