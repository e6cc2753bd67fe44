// Results of groups, as columns: one call per aggregate. The i-th record gives row first + i of the column, whose bitmap
// (where the result may be null) was zeroed. `count` is the offset of the number of values, weights included: a group
// that has none has no result but a count.
import { ofKey, put } from './decimal';
import { BOOL, DECIMAL, F32, I32, I64, VIEW, declaredScale, setBit } from './layout';
import { exactRound, exactSpecial, limbBase, limbCount, limbsOf, roundLimbs, spreadOf } from './exact-sum';
import { sketchQuantile } from './sketch';
import { copyView } from './group-keys';

@inline
function recordAt(records: usize, i: u32): usize { return <usize>load<u32>(records + (i << 2)); }

/** Which of n groups have rows (a weight above 0), or all when `always`: a bit each; how many. */
export function groupPresent(n: u32, records: usize, first: u32, always: bool, bits: usize): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i++) if (always || load<i64>(recordAt(records, i)) > 0) { setBit(bits, first + i); count++; }
  return count;
}

export function resultCount(n: u32, records: usize, first: u32, count: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) store<i64>(out + ((first + i) << 3), load<i64>(recordAt(records, i) + count));
}

/** -1, or the index of the first group whose sum is beyond 64 bits. */
export function resultSumInteger(n: u32, records: usize, first: u32, count: u32, at: u32, out: usize, validity: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i);
    if (load<i64>(record + count) <= 0) continue;
    const low = load<i64>(record + at);
    if (load<i64>(record + at, 8) != low >> 63) return i;
    store<i64>(out + ((first + i) << 3), low);
    setBit(validity, first + i);
  }
  return -1;
}

/** Sum (mean: divided by the count) of the 128-bit integers, as a double. */
export function resultMeanInteger(n: u32, records: usize, first: u32, count: u32, at: u32, out: usize, validity: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i), values = load<i64>(record + count);
    if (values <= 0) continue;
    const low = load<i64>(record + at);
    const sum = load<i64>(record + at, 8) == low >> 63 ? <f64>low : roundLimbs(record + at, 2, 0);
    store<f64>(out + ((first + i) << 3), sum / <f64>values);
    setBit(validity, first + i);
  }
}

export function resultSumDouble(n: u32, records: usize, first: u32, count: u32, at: u32, mean: bool, out: usize, validity: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i), values = load<i64>(record + count);
    if (values <= 0) continue;
    const sum = exactRound(record + at);
    store<f64>(out + ((first + i) << 3), mean ? sum / <f64>values : sum);
    setBit(validity, first + i);
  }
}

/** Variance or (root) standard deviation, of a sample or of the population; of integers or doubles. */
export function resultSpread(
  n: u32, records: usize, first: u32, count: u32, sum: u32, squares: u32, integers: bool, sample: bool, root: bool,
  out: usize, validity: usize,
): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i), values = load<i64>(record + count);
    const least: i64 = sample ? 2 : 1;
    if (values < least) continue;
    const divisor = <f64>values * <f64>(sample ? values - 1 : values);
    const spread = integers
      ? spreadOf(values, record + sum, 2, 0, record + squares, 3, 0, divisor)
      : spreadOfDoubles(values, record + sum, record + squares, divisor);
    store<f64>(out + ((first + i) << 3), root ? Math.sqrt(spread) : spread);
    setBit(validity, first + i);
  }
}

function spreadOfDoubles(values: u64, s: usize, q: usize, divisor: f64): f64 {
  if (exactSpecial(s) != 0) return NaN;
  return spreadOf(values, limbsOf(s), limbCount(s), limbBase(s), limbsOf(q), limbCount(q), limbBase(q), divisor);
}

/** Write a word that orderedAt made as the value it stands for. */
@inline
export function putOrdered(kind: u32, out: usize, row: u32, word: i64): void {
  if (kind == I64) store<i64>(out + (row << 3), word);
  else if (kind == I32) store<i32>(out + (row << 2), <i32>word);
  else if (kind == BOOL) { if (word != 0) setBit(out, row); }
  else {
    const value = reinterpret<f64>(word >= 0 ? word : word ^ i64.MAX_VALUE);
    if (kind == F32) store<f32>(out + (row << 2), <f32>value); else store<f64>(out + (row << 3), value);
  }
}

/** A value kept in the record (min, max, first, last); texts are copied to the arena in use when `copy`. */
export function resultKept(n: u32, records: usize, first: u32, count: u32, at: u32, kind: u32, copy: bool, out: usize, validity: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i);
    if (load<i64>(record + count) <= 0) continue;
    if (kind == VIEW) copyView(out + ((first + i) << 4), record + at, copy);
    else if (kind >= DECIMAL) { ofKey(load<u64>(record + at), load<u64>(record + at, 8), declaredScale(kind)); put(out + ((first + i) << 4)); }
    else putOrdered(kind, out, first + i, load<i64>(record + at));
    setBit(validity, first + i);
  }
}

/** bool_and: no value is false (`wanted` 0 of them); bool_or: some value is true. `hits` counts the true ones. */
export function resultBoolean(n: u32, records: usize, first: u32, count: u32, hits: u32, all: bool, out: usize, validity: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i), values = load<i64>(record + count), trues = load<i64>(record + hits);
    if (values <= 0) continue;
    if (all ? trues == values : trues > 0) setBit(out, first + i);
    setBit(validity, first + i);
  }
}

export function resultQuantile(n: u32, records: usize, first: u32, count: u32, at: u32, p: f64, out: usize, validity: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = recordAt(records, i);
    if (load<i64>(record + count) <= 0) continue;
    store<f64>(out + ((first + i) << 3), sketchQuantile(record + at, p));
    setBit(validity, first + i);
  }
}

/** The groups that have rows: to `kept`; how many. */
export function groupKeepPresent(n: u32, records: usize, kept: usize): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(kept + (count << 2), load<u32>(records + (i << 2)));
    count += <u32>(load<i64>(recordAt(records, i)) > 0);
  }
  return count;
}
