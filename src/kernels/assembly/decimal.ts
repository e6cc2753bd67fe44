// A decimal is 16 bytes: a magnitude below 10^36 with its sign and its scale, the digits it shows behind the point
// (docs/notes/numeric.md; the other half is src/data/decimal.ts).
//   [magnitude, low 64 bits][sign 1 bit | scale 7 bits | magnitude, high 56 bits]
// Scale 127 is NaN, 126 an infinity; zero has no sign. The functions here leave their number in `low`, `high`, `scale`
// and `negative`: kernels are never re-entered.
import { highProduct } from './wide';

export const DIGITS_MOST: u32 = 36;
export const SCALE_MOST: u32 = 88;
export const INFINITE: u32 = 126;
export const NAN: u32 = 127;
const SIGN: u64 = 0x8000000000000000;
const HIGH: u64 = 0x00ffffffffffffff;

/** 10^0 … 10^36, two words each. */
const POWERS = memory.data<u64>([
  0x1, 0x0, 0xa, 0x0, 0x64, 0x0,
  0x3e8, 0x0, 0x2710, 0x0, 0x186a0, 0x0,
  0xf4240, 0x0, 0x989680, 0x0, 0x5f5e100, 0x0,
  0x3b9aca00, 0x0, 0x2540be400, 0x0, 0x174876e800, 0x0,
  0xe8d4a51000, 0x0, 0x9184e72a000, 0x0, 0x5af3107a4000, 0x0,
  0x38d7ea4c68000, 0x0, 0x2386f26fc10000, 0x0, 0x16345785d8a0000, 0x0,
  0xde0b6b3a7640000, 0x0, 0x8ac7230489e80000, 0x0, 0x6bc75e2d63100000, 0x5,
  0x35c9adc5dea00000, 0x36, 0x19e0c9bab2400000, 0x21e, 0x2c7e14af6800000, 0x152d,
  0x1bcecceda1000000, 0xd3c2, 0x161401484a000000, 0x84595, 0xdcc80cd2e4000000, 0x52b7d2,
  0x9fd0803ce8000000, 0x33b2e3c, 0x3e25026110000000, 0x204fce5e, 0x6d7217caa0000000, 0x1431e0fae,
  0x4674edea40000000, 0xc9f2c9cd0, 0xc0914b2680000000, 0x7e37be2022, 0x85acef8100000000, 0x4ee2d6d415b,
  0x38c15b0a00000000, 0x314dc6448d93, 0x378d8e6400000000, 0x1ed09bead87c0, 0x2b878fe800000000, 0x13426172c74d82,
  0xb34b9f1000000000, 0xc097ce7bc90715,
], 16);

export let low: u64 = 0;
export let high: u64 = 0;
export let scale: u32 = 0;
export let negative: bool = false;

// @ts-ignore: decorator
@inline
export function scaleOf(word: u64): u32 { return <u32>(word >> 56) & 127; }

// @ts-ignore: decorator
@inline
export function isSpecial(word: u64): bool { return scaleOf(word) >= INFINITE; }

/** Whether low and high are below 10^k. */
// @ts-ignore: decorator
@inline
export function below(k: u32): bool {
  const power = load<u64>(POWERS + ((<usize>k) << 4), 8);
  return high < power || (high == power && low < load<u64>(POWERS + ((<usize>k) << 4)));
}

export function set(l: u64, h: u64, s: u32, minus: bool): void { low = l; high = h; scale = s; negative = minus; }

/** The number at `at`. */
export function take(at: usize): void {
  const word = load<u64>(at, 8);
  set(load<u64>(at), word & HIGH, scaleOf(word), word >> 63 != 0);
}

/** Store the number. */
export function put(at: usize): void {
  const minus = negative && ((low | high) != 0 || scale >= INFINITE);
  store<u64>(at, low);
  store<u64>(at, high | (<u64>scale << 56) | (minus ? SIGN : 0), 8);
}

/** Digits of the magnitude; none of zero. */
export function digits(): u32 {
  const bits = high != 0 ? 128 - <u32>clz(high) : 64 - <u32>clz(low);
  const least = (bits * 1233) >> 12;
  return least + <u32>!below(least);
}

/** The magnitude times 10^k; false: it would have more digits than a decimal has. */
export function raiseBy(k: u32): bool {
  if (k == 0 || (low | high) == 0) return true;
  if (k > DIGITS_MOST || digits() + k > DIGITS_MOST) return false;
  const a = load<u64>(POWERS + ((<usize>k) << 4)), b = load<u64>(POWERS + ((<usize>k) << 4), 8);
  high = highProduct(low, a) + high * a + low * b;
  low = low * a;
  return true;
}

/** Divide the magnitude by less than 2^32; the rest. */
export function divide(by: u64): u64 {
  if (high == 0) {
    const rest = low % by;
    low = low / by;
    return rest;
  }
  const upper = ((high % by) << 32) | (low >> 32);
  high = high / by;
  const lower = ((upper % by) << 32) | (low & 0xffffffff);
  low = ((upper / by) << 32) | (lower / by);
  return lower % by;
}

function small(k: u32): u64 { return load<u64>(POWERS + ((<usize>k) << 4)); }

/** Drop the last k digits; the first of them. */
export function drop(k: u32): u64 {
  if (k > DIGITS_MOST) { low = 0; high = 0; return 0; }
  let left = k - 1;
  for (; left > 9; left -= 9) divide(small(9));
  divide(small(left));
  return divide(10);
}

/** The number with `digits` behind the point, half away from zero (or cut off); false: too many digits. */
export function rescale(to: u32, cut: bool): bool {
  if (to >= scale) {
    const more = to - scale;
    scale = to;
    return raiseBy(more);
  }
  const first = drop(scale - to);
  scale = to;
  if (!cut && first >= 5) { low += 1; high += <u64>(low == 0); }
  return below(DIGITS_MOST);
}

/**
 * The number as a decimal(precision, to); false: it does not fit. NaN always does, an infinity never. Without a
 * precision the number is left alone.
 */
export function fit(precision: u32, to: u32): bool {
  if (precision == 0 || scale == NAN) return true;
  return scale != INFINITE && rescale(to, false) && below(precision);
}

/** Strip zeros from the end while more than `least` digits are behind the point. */
export function strip(least: u32): void {
  for (let step: u32 = 9; step > 0; step = step >> 1) {
    while (scale >= least + step) {
      const l = low, h = high;
      if (divide(small(step)) != 0) { low = l; high = h; break; }
      scale -= step;
    }
  }
}

export let keyHigh: u64 = 0;
export let keyLow: u64 = 0;

/**
 * The place of the number at `at` in the order of decimals, the same for 1.1 and 1.10: for numbers above 0 [1][place of
 * the first digit][36 digits as an integer], the complement for those below. NaN is the greatest.
 */
export function keyOf(at: usize): void {
  take(at);
  if (scale >= INFINITE) { keyHigh = SIGN | (<u64>scale << 56); keyLow = 0; }
  else if ((low | high) == 0) { keyHigh = SIGN; keyLow = 0; }
  else {
    const count = digits();
    raiseBy(DIGITS_MOST - count);
    keyHigh = SIGN | (<u64>(count + SCALE_MOST - scale) << 56) | high;
    keyLow = low;
  }
  if (negative) { keyHigh = ~keyHigh; keyLow = ~keyLow; }
}

/** The number of a place, with at least `least` digits behind the point. */
export function ofKey(h: u64, l: u64, least: u32): void {
  const minus = h >> 63 == 0, word = minus ? ~h : h;
  const place = <u32>(word >> 56) & 127;
  set(minus ? ~l : l, word & HIGH, place, minus);
  if (place >= INFINITE) return;
  if (place == 0) { scale = least; return; }
  scale = DIGITS_MOST + SCALE_MOST - place;
  strip(least);
}

/** The order of two decimals. */
export function compareDecimals(a: usize, b: usize): i32 {
  keyOf(a);
  const h = keyHigh, l = keyLow;
  keyOf(b);
  if (h != keyHigh) return h < keyHigh ? -1 : 1;
  return l == keyLow ? 0 : l < keyLow ? -1 : 1;
}
