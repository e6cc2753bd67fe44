// Exact sums of decimals: integers wide enough for every term, in units of 10^-unit. The part of a group is
//   [NaNs i64][Infinities i64][-Infinities i64][limbs, two's complement][scales]
// Where the type says how many digits every value shows, the unit is that and 3 limbs do; else the unit is 10^-88, there
// are 8 limbs, and the sum shows as many digits as the value that shows most: `scales` is how often each occurs, or (48 +
// 48 bytes: rows only come) the greatest so far.
import { INFINITE, NAN, high, low, negative, scale, strip, take } from './decimal'
import { isValid, rowAt } from './layout'
import { highProduct } from './wide'

const LIMBS_AT: usize = 24;
/** Bytes of the part with a known scale, and of one that takes only rows that come. */
const KNOWN: u32 = 48;
const COMING: u32 = 96;
const LIMBS: u32 = 8;
const SCRATCH = memory.data(112, 16);
const TEN_19: u64 = 10000000000000000000;

// @ts-ignore: decorator
@inline
function limbsOf(bytes: u32): u32 { return bytes == KNOWN ? 3 : LIMBS; }

/** Multiply the scratch number of `count` limbs. */
function times(count: u32, by: u64): void {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = SCRATCH + (i << 3), limb = load<u64>(at), product = limb * by + carry;
    carry = highProduct(limb, by) + <u64>(product < carry);
    store<u64>(at, product);
  }
}

function timesPower(count: u32, power: u32): void {
  let left = power;
  for (; left >= 19; left -= 19) times(count, TEN_19);
  let by: u64 = 1;
  for (; left > 0; left--) by *= 10;
  if (by != 1) times(count, by);
}

/** Add a number to another, or subtract it. */
function addNumber(to: usize, from: usize, count: u32, minus: bool): void {
  let carry: u64 = minus ? 1 : 0;
  for (let i: u32 = 0; i < count; i++) {
    const a = load<u64>(to + (i << 3)), b = minus ? ~load<u64>(from + (i << 3)) : load<u64>(from + (i << 3));
    const part = a + b, all = part + carry;
    store<u64>(to + (i << 3), all);
    carry = <u64>(part < a) | <u64>(all < part);
  }
}

// @ts-ignore: decorator
@inline
function weightAt(weights: usize, row: u32): i64 { return weights == 0 ? 1 : load<i64>(weights + (row << 3)); }

// @ts-ignore: decorator
@inline
function more(at: usize, by: i64): void { store<i64>(at, load<i64>(at) + by); }

/** @param bare of equal values (DISTINCT) any may stand for the others: the digits that they need count */
function countScale(scales: usize, bytes: u32, weight: i64, bare: bool): void {
  if (bare) strip(0);
  if (bytes == COMING) store<u64>(scales, max<u64>(load<u64>(scales), scale));
  else more(scales + (scale << 3), weight);
}

export function aggSumDecimal(
  n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize, unit: u32, bytes: u32, bare: bool,
): void {
  const limbs = limbsOf(bytes);
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    const part = <usize>load<u32>(records + (i << 2)) + at, weight = weightAt(weights, row);
    take(values + (row << 4));
    if (scale >= INFINITE) { more(part + (scale == NAN ? 0 : negative ? 16 : 8), weight); continue; }
    memory.fill(SCRATCH, 0, limbs << 3);
    store<u64>(SCRATCH, low); store<u64>(SCRATCH, high, 8);
    timesPower(limbs, unit - scale);
    if (weight != 1 && weight != -1) times(limbs, <u64>(weight < 0 ? 0 - weight : weight));
    addNumber(part + LIMBS_AT, SCRATCH, limbs, negative != (weight < 0));
    if (bytes != KNOWN) countScale(part + LIMBS_AT + (limbs << 3), bytes, weight, bare);
  }
}

/** Sums of squares, in units of 10^-2unit, of 5 or (without a known scale) 14 limbs; what is not finite counts nothing. */
export function aggSquareDecimal(
  n: u32, sel: usize, records: usize, at: u32, mask: usize, weights: usize, values: usize, unit: u32, bytes: u32,
): void {
  const limbs = bytes >> 3;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(mask, row)) continue;
    take(values + (row << 4));
    if (scale >= INFINITE) continue;
    const weight = weightAt(weights, row);
    putSquare(limbs);
    timesPower(limbs, (unit - scale) << 1);
    times(limbs, <u64>(weight < 0 ? 0 - weight : weight));
    addNumber(<usize>load<u32>(records + (i << 2)) + at, SCRATCH, limbs, weight < 0);
  }
}

/** The square of the number's magnitude: low^2 + 2 low high 2^64 + high^2 2^128, high having 56 bits. */
function putSquare(limbs: u32): void {
  memory.fill(SCRATCH, 0, limbs << 3);
  const cross = low * high, crossHigh = highProduct(low, high);
  store<u64>(SCRATCH, low * low);
  const second = highProduct(low, low), twice = cross << 1, middle = second + twice;
  store<u64>(SCRATCH, middle, 8);
  const carry = <u64>(middle < twice), upper = (crossHigh << 1) | (cross >> 63), square = high * high;
  const third = square + upper, all = third + carry;
  store<u64>(SCRATCH, all, 16);
  store<u64>(SCRATCH, highProduct(high, high) + <u64>(third < square) + <u64>(all < third), 24);
}

/** Add the part of another group. */
export function mergeDecimal(to: usize, from: usize, bytes: u32): void {
  for (let at: u32 = 0; at < LIMBS_AT; at += 8) more(to + at, load<i64>(from + at));
  const limbs = limbsOf(bytes), behind = <u32>LIMBS_AT + (limbs << 3);
  addNumber(to + LIMBS_AT, from + LIMBS_AT, limbs, false);
  if (bytes == COMING) store<u64>(to + behind, max<u64>(load<u64>(to + behind), load<u64>(from + behind)));
  else for (let at = behind; at < bytes; at += 8) more(to + at, load<i64>(from + at));
}

export function mergeSquares(to: usize, from: usize, bytes: u32): void { addNumber(to, from, bytes >> 3, false); }
