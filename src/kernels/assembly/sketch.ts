// Quantiles within 1% of the value: DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch
// with relative-error guarantees", VLDB 2019). Bucket i counts the values in (g^(i-1), g^i], g = 1.01 / 0.99; counts are
// integers, so the sketch is exact under merging, any order, and rows that are taken back. Buckets are never collapsed:
// their number grows with the logarithm of the values' range, 115 for each power of ten.
// State: [address u32][0]. Block: [buckets u32][room u32][0 u64], then by bucket: [bucket i64][count i64].
import { alloc, free } from './memory';
import { OWNED } from './group-layout';

const LOG_GAMMA: f64 = 0.020000666706669435;
/** ln(2 / (1 + g)): from the end of a bucket to its middle. */
const LOG_MIDDLE: f64 = -0.01005033585350145;
const OFFSET: i64 = 40000;
const INFINITE: i64 = 100000;
const NOT_A_NUMBER: i64 = 200000;
const HEADER: u32 = 16;

function bucketOf(value: f64): i64 {
  if (value != value) return NOT_A_NUMBER;
  if (value == 0) return 0;
  const size = Math.abs(value);
  const bucket = size == Infinity ? INFINITE : <i64>Math.ceil(Math.log(size) / LOG_GAMMA) + OFFSET;
  return value < 0 ? 0 - bucket : bucket;
}

/** The middle of a bucket: no value of it is further away than 1%. */
function valueOf(bucket: i64): f64 {
  if (bucket == NOT_A_NUMBER) return NaN;
  if (bucket == 0) return 0;
  const size = bucket < 0 ? 0 - bucket : bucket;
  const value = size == INFINITE ? Infinity : Math.exp(<f64>(size - OFFSET) * LOG_GAMMA + LOG_MIDDLE);
  return bucket < 0 ? -value : value;
}

/** Index of the first bucket not below `bucket`. */
function search(block: usize, bucket: i64): u32 {
  let low: u32 = 0, high = load<u32>(block);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i64>(block + HEADER + (middle << 4)) < bucket) low = middle + 1; else high = middle;
  }
  return low;
}

function charge(table: usize, bytes: i32): void { store<i32>(table, load<i32>(table, OWNED) + bytes, OWNED); }

function widen(table: usize, sketch: usize): usize {
  const old: usize = load<u32>(sketch), count = old == 0 ? 0 : load<u32>(old);
  const room = old == 0 ? 4 : load<u32>(old, 4) * 2;
  const block = alloc(HEADER + (room << 4));
  if (old != 0) { memory.copy(block, old, HEADER + (count << 4)); free(old); }
  else { store<u32>(block, 0); store<u64>(block, 0, 8); }
  charge(table, <i32>(old == 0 ? HEADER + (room << 4) : room << 3));
  store<u32>(block, room, 4);
  store<u32>(sketch, <u32>block);
  return block;
}

export function sketchAdd(table: usize, sketch: usize, value: f64, weight: i64): void { addBucket(table, sketch, bucketOf(value), weight); }

/** Add all of another sketch, which is empty then. */
export function sketchMerge(table: usize, sketch: usize, other: usize): void {
  const block: usize = load<u32>(other);
  const count: u32 = block == 0 ? 0 : load<u32>(block);
  for (let i: u32 = 0; i < count; i++) addBucket(table, sketch, load<i64>(block + HEADER + (i << 4)), load<i64>(block + HEADER + (i << 4), 8));
  sketchDrop(table, other);
}

function addBucket(table: usize, sketch: usize, bucket: i64, weight: i64): void {
  let block: usize = load<u32>(sketch);
  if (block == 0) block = widen(table, sketch);
  const at = search(block, bucket), count = load<u32>(block);
  const entry = block + HEADER + (at << 4);
  if (at < count && load<i64>(entry) == bucket) {
    const total = load<i64>(entry, 8) + weight;
    if (total != 0) { store<i64>(entry, total, 8); return; }
    memory.copy(entry, entry + 16, (count - at - 1) << 4);
    store<u32>(block, count - 1);
    return;
  }
  if (count == load<u32>(block, 4)) block = widen(table, sketch);
  const target = block + HEADER + (at << 4);
  memory.copy(target + 16, target, (count - at) << 4);
  store<i64>(target, bucket); store<i64>(target, weight, 8);
  store<u32>(block, count + 1);
}

/**
 * The quantile `p` (0 .. 1) of the values, those with a negative count left aside; NaN of none. Its rank is that of
 * PostgreSQL's percentile_disc: the first value up to which a share of at least `p` lies.
 */
export function sketchQuantile(sketch: usize, p: f64): f64 {
  const block: usize = load<u32>(sketch);
  if (block == 0) return NaN;
  const count = load<u32>(block);
  let total: i64 = 0;
  for (let i: u32 = 0; i < count; i++) total += max(load<i64>(block + HEADER + (i << 4), 8), 0);
  const rank = <i64>Math.ceil(p * <f64>total);
  let seen: i64 = 0, bucket: i64 = NOT_A_NUMBER;
  for (let i: u32 = 0; i < count && (seen < rank || seen == 0); i++) {
    seen += max(load<i64>(block + HEADER + (i << 4), 8), 0);
    bucket = load<i64>(block + HEADER + (i << 4));
  }
  return valueOf(bucket);
}

/** Whether nothing is in it; an empty one gives its block back. */
export function sketchEmpty(table: usize, sketch: usize): bool {
  const block: usize = load<u32>(sketch);
  if (block != 0 && load<u32>(block) != 0) return false;
  sketchDrop(table, sketch);
  return true;
}

export function sketchDrop(table: usize, sketch: usize): void {
  const block: usize = load<u32>(sketch);
  if (block == 0) return;
  charge(table, 0 - <i32>(HEADER + (load<u32>(block, 4) << 4)));
  free(block);
  store<u32>(sketch, 0);
}

/** Saved as [buckets u32] and the buckets. */
export function sketchBytes(sketch: usize): u32 {
  const block: usize = load<u32>(sketch);
  return block == 0 ? 4 : 4 + (load<u32>(block) << 4);
}

export function sketchWrite(sketch: usize, to: usize): u32 {
  const block: usize = load<u32>(sketch), count = block == 0 ? 0 : load<u32>(block);
  store<u32>(to, count);
  if (count != 0) memory.copy(to + 4, block + HEADER, count << 4);
  return 4 + (count << 4);
}

export function sketchRestore(table: usize, sketch: usize, from: usize): u32 {
  const count = load<u32>(from);
  store<u32>(sketch, 0);
  if (count == 0) return 4;
  const room = max(count, 4), block = alloc(HEADER + (room << 4));
  charge(table, <i32>(HEADER + (room << 4)));
  store<u32>(block, count); store<u32>(block, room, 4); store<u64>(block, 0, 8);
  memory.copy(block + HEADER, from + 4, count << 4);
  store<u32>(sketch, <u32>block);
  return 4 + (count << 4);
}
