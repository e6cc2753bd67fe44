// Adding rows to their groups: one call per part of the state and batch. Row i of the selection belongs to the i-th
// record; `at` is the part's offset in a record; rows outside `mask` (null argument, filter not true) are passed over;
// a row of weight w counts w times.
import { keyHigh, keyLow, keyOf } from './decimal';
import { DECIMAL, F32, F64, I32, I64, INLINE, VIEW, isValid, rowAt, viewBytes, bitmapBytes } from './layout';
import { exactAdd, exactAddSquare } from './exact-sum';
import { sketchAdd } from './sketch';
import { NO_TEXT, dropText } from './group-state';
import { copyOf } from './group-keys';
import { OWNED } from './group-layout';
import { highProduct } from './wide';

@inline
function weightAt(weights: usize, row: u32): i64 { return weights == 0 ? 1 : load<i64>(weights + (row << 3)); }

@inline
function recordAt(records: usize, i: u32): usize { return <usize>load<u32>(records + (i << 2)); }

/** a AND b, bit by bit, over n rows; buffers of bitmapBytes(n). */
export function maskAnd(n: u32, a: usize, b: usize, out: usize): void {
  const bytes = bitmapBytes(n);
  for (let i: u32 = 0; i < bytes; i += 16) v128.store(out + i, v128.and(v128.load(a + i), v128.load(b + i)));
}

/** The rows of a selection that are in the mask, and their records; how many. */
export function maskRows(n: u32, sel: usize, records: usize, mask: usize, rowsOut: usize, recordsOut: usize): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    store<u32>(rowsOut + (count << 2), row);
    store<u32>(recordsOut + (count << 2), load<u32>(records + (i << 2)));
    count += <u32>isValid(mask, row);
  }
  return count;
}

export function aggCount(n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = recordAt(records, i) + at;
    store<i64>(part, load<i64>(part) + weightAt(weights, row));
  }
}

/** 128-bit sums of 64-bit integers. */
export function aggSumInteger(n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = recordAt(records, i) + at;
    const value = load<i64>(values + (row << 3)), weight = weightAt(weights, row);
    if (weight == 1) add128(part, <u64>value, value >> 63);
    else addTimes(part, value, weight);
  }
}

@inline
export function add128(part: usize, low: u64, high: i64): void {
  const before = load<u64>(part), sum = before + low;
  store<u64>(part, sum);
  store<i64>(part, load<i64>(part, 8) + high + <i64>(sum < before), 8);
}

function addTimes(part: usize, value: i64, weight: i64): void {
  const negative = (value < 0) != (weight < 0);
  const a = <u64>(value < 0 ? 0 - value : value), b = <u64>(weight < 0 ? 0 - weight : weight);
  let high = highProduct(a, b), low = a * b;
  if (negative) { low = 0 - low; high = ~high + <u64>(low == 0); }
  add128(part, low, <i64>high);
}

/** 192-bit sums of the squares of 64-bit integers. */
export function aggSquareInteger(n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const value = load<i64>(values + (row << 3)), weight = weightAt(weights, row);
    const size = <u64>(value < 0 ? 0 - value : value), times = <u64>(weight < 0 ? 0 - weight : weight);
    const low = size * size, high = highProduct(size, size);
    const carry = highProduct(low, times), middle = high * times + carry;
    add192(recordAt(records, i) + at, low * times, middle, highProduct(high, times) + <u64>(middle < carry), weight < 0);
  }
}

export function add192(part: usize, a: u64, b: u64, c: u64, negative: bool): void {
  let x = a, y = b, z = c;
  if (negative) { x = ~x + 1; const cx = <u64>(x == 0); y = ~y + cx; z = ~z + <u64>(cx != 0 && y == 0); }
  const p = load<u64>(part), s = p + x, carry = <u64>(s < p);
  const q = load<u64>(part, 8), t = q + y, u = t + carry;
  store<u64>(part, s); store<u64>(part, u, 8);
  store<u64>(part, load<u64>(part, 16) + z + <u64>(t < q) + <u64>(u < t), 16);
}

@inline
function bitsAt(kind: u32, values: usize, row: u32): u64 {
  return kind == F64 ? load<u64>(values + (row << 3)) : reinterpret<u64>(<f64>load<f32>(values + (row << 2)));
}

/** Exact sums of doubles or floats. */
export function aggSumDouble(table: usize, n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize, kind: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(mask, row)) exactAdd(table, recordAt(records, i) + at, bitsAt(kind, values, row), weightAt(weights, row));
  }
}

export function aggSquareDouble(table: usize, n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize, kind: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(mask, row)) exactAddSquare(table, recordAt(records, i) + at, bitsAt(kind, values, row), weightAt(weights, row));
  }
}

/** A fixed-width value as an integer of the same order (-0 as 0, NaN greatest, as SQL orders them). */
@inline
export function orderedAt(kind: u32, values: usize, row: u32): i64 {
  if (kind == I64) return load<i64>(values + (row << 3));
  if (kind == I32) return load<i32>(values + (row << 2));
  return orderedDouble(kind == F64 ? load<f64>(values + (row << 3)) : <f64>load<f32>(values + (row << 2)));
}

@inline
function orderedDouble(value: f64): i64 {
  if (value != value) return 0x7ff8000000000000;
  const bits = reinterpret<i64>(value + 0.0);
  return bits >= 0 ? bits : bits ^ i64.MAX_VALUE;
}

/** The least (or greatest) value of an append-only input; records start with the greatest (least) integer. */
export function aggExtreme(n: u32, sel: usize, records: usize, at: u32, mask: usize, values: usize, kind: u32, greatest: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = recordAt(records, i) + at, value = orderedAt(kind, values, row), best = load<i64>(part);
    if (greatest ? value > best : value < best) store<i64>(part, value);
  }
}

/** Of two places of decimals (two words each, decimal.ts): whether the first is the greater, or the less. */
@inline
export function placeWins(h: u64, l: u64, place: usize, greatest: bool): bool {
  const high = load<u64>(place), low = load<u64>(place, 8);
  return greatest ? h > high || (h == high && l > low) : h < high || (h == high && l < low);
}

/** The same of decimals, by their places; records start with the greatest (least) place. */
export function aggExtremeDecimal(n: u32, sel: usize, records: usize, at: u32, mask: usize, values: usize, greatest: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = recordAt(records, i) + at;
    keyOf(values + (row << 4));
    if (placeWins(keyHigh, keyLow, part, greatest)) { store<u64>(part, keyHigh); store<u64>(part, keyLow, 8); }
  }
}

/** memcmp of two texts, the shorter first: the order of strings and binaries. */
export function compareViews(a: usize, b: usize): i32 {
  const m = load<u32>(a), n = load<u32>(b);
  const order = memory.compare(viewBytes(a), viewBytes(b), min(m, n));
  return order != 0 ? order : m < n ? -1 : <i32>(m > n);
}

/** Keep a copy of a text in place of the one before. */
export function keepText(table: usize, part: usize, view: usize): void {
  // The copy comes first: where the memory ends, the record still owns the text before.
  let low = load<u64>(view), high = load<u64>(view, 8);
  const length = <u32>low;
  if (length > INLINE) {
    high = <u64>copyOf(<usize>(high >> 32), length) << 32;
    store<u32>(table, load<u32>(table, OWNED) + length, OWNED);
  }
  dropText(table, part);
  store<u64>(part, low); store<u64>(part, high, 8);
}

export function aggExtremeText(table: usize, n: u32, sel: usize, records: usize, at: u32, mask: usize, values: usize, greatest: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = recordAt(records, i) + at, view = values + (row << 4);
    if (load<u32>(part) != NO_TEXT) {
      const order = compareViews(view, part);
      if (greatest ? order <= 0 : order >= 0) continue;
    }
    keepText(table, part, view);
  }
}

/**
 * The value at the least (or greatest) time of an append-only input; of equal times the least (greatest) value, so
 * that no order of rows matters. Part: [time][has a value][value, one word or a view].
 */
export function aggPick(
  table: usize, n: u32, sel: usize, records: usize, at: u32, mask: usize,
  values: usize, kind: u32, times: usize, timeKind: u32, latest: bool,
): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = recordAt(records, i) + at, time = orderedAt(timeKind, times, row), best = load<i64>(part);
    if (load<u64>(part, 8) != 0 && time != best && (latest ? time < best : time > best)) continue;
    if (load<u64>(part, 8) != 0 && time == best && !wins(part + 16, values, kind, row, latest)) continue;
    store<i64>(part, time); store<u64>(part, 1, 8);
    if (kind == VIEW) keepText(table, part + 16, values + (row << 4));
    else if (kind >= DECIMAL) { keyOf(values + (row << 4)); store<u64>(part, keyHigh, 16); store<u64>(part, keyLow, 24); }
    else store<i64>(part, pickWord(kind, values, row), 16);
  }
}

@inline
function pickWord(kind: u32, values: usize, row: u32): i64 {
  return kind == 0 ? <i64>((load<u8>(values + (row >> 3)) >> (row & 7)) & 1) : orderedAt(kind, values, row);
}

function wins(part: usize, values: usize, kind: u32, row: u32, latest: bool): bool {
  if (kind == VIEW) { const order = compareViews(values + (row << 4), part); return latest ? order > 0 : order < 0; }
  if (kind >= DECIMAL) { keyOf(values + (row << 4)); return placeWins(keyHigh, keyLow, part, latest); }
  const value = pickWord(kind, values, row);
  return latest ? value > load<i64>(part) : value < load<i64>(part);
}

export function aggSketch(table: usize, n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize, kind: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const value = kind == F64 ? load<f64>(values + (row << 3)) : kind == F32 ? <f64>load<f32>(values + (row << 2)) : <f64>load<i64>(values + (row << 3));
    sketchAdd(table, recordAt(records, i) + at, value, weightAt(weights, row));
  }
}
