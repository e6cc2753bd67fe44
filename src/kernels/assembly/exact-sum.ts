// Sums of doubles without any rounding: integers wide enough for every double, so that a sum depends neither on the
// order of its terms nor on terms that came and went (R. M. Neal, "Fast exact summation using small and large
// superaccumulators", 2015). Two forms of one number:
//   inline  256 bits, two's complement, counted in units of 2^base; base is set by the first term, 72 bits below it.
//           40 bytes: [limb 0..3][address of the full form u32, 0 = inline][base + 8192 u32, 0 = nothing added yet]
//   full    all that fits nowhere else: [NaNs i64][+Infinities i64][-Infinities i64][68 limbs], in units of 2^-2176:
//           enough for 2^63 squares of any doubles. It lies on the heap.
import { alloc, free } from './memory';
import { OWNED } from './group-layout';

export const EXACT_BYTES: u32 = 40;
export const FULL_LIMBS: u32 = 68;
export const FULL_BASE: i32 = -2176;
export const FULL_BYTES: u32 = 24 + (FULL_LIMBS << 3);
const SLACK: i32 = 72;
const ANCHOR: i32 = 8192;
const AWAY: usize = 32;
const BASE: usize = 36;
const ROOMY: i64 = (<i64>1) << 61;

/** Add `weight` times the double with these bits. */
export function exactAdd(table: usize, sum: usize, bits: u64, weight: i64): void {
  const exponent = <i32>((bits >> 52) & 0x7ff);
  if (exponent == 0x7ff) { addSpecial(table, sum, bits, weight); return; }
  const mantissa = exponent == 0 ? bits & 0xfffffffffffff : (bits & 0xfffffffffffff) | 0x10000000000000;
  if (mantissa == 0 || weight == 0) return;
  const at = max(exponent, 1) - 1075;
  const negative = (<i64>bits < 0) != (weight < 0);
  if (weight == 1 || weight == -1) addPart(table, sum, mantissa, at, negative);
  else addProduct(table, sum, mantissa, <u64>(weight < 0 ? 0 - weight : weight), at, negative);
}

/** Add `weight` times the square of the double with these bits. */
export function exactAddSquare(table: usize, sum: usize, bits: u64, weight: i64): void {
  const exponent = <i32>((bits >> 52) & 0x7ff);
  if (exponent == 0x7ff) { addSpecial(table, sum, bits & 0x7fffffffffffffff, weight); return; }
  const mantissa = exponent == 0 ? bits & 0xfffffffffffff : (bits & 0xfffffffffffff) | 0x10000000000000;
  if (mantissa == 0 || weight == 0) return;
  const at = (max(exponent, 1) - 1075) << 1;
  const low = mantissa & 0xffffffff, high = mantissa >> 32;
  const times = <u64>(weight < 0 ? 0 - weight : weight), negative = weight < 0;
  addProduct(table, sum, low * low, times, at, negative);
  addProduct(table, sum, low * high, times, at + 33, negative);
  addProduct(table, sum, high * high, times, at + 64, negative);
}

/** part * times * 2^at, of any 64-bit factors. */
function addProduct(table: usize, sum: usize, part: u64, times: u64, at: i32, negative: bool): void {
  if (times == 1) { addPart(table, sum, part, at, negative); return; }
  const a = part & 0xffffffff, b = part >> 32, c = times & 0xffffffff, d = times >> 32;
  addPart(table, sum, a * c, at, negative);
  addPart(table, sum, b * c, at + 32, negative);
  addPart(table, sum, a * d, at + 32, negative);
  addPart(table, sum, b * d, at + 64, negative);
}

function addPart(table: usize, sum: usize, given: u64, at: i32, negative: bool): void {
  if (given == 0) return;
  const away: usize = load<u32>(sum, AWAY);
  if (away != 0) { addLimbs(away + 24, FULL_LIMBS, given, at - FULL_BASE, negative); return; }
  let anchor = load<i32>(sum, BASE), part = given;
  if (anchor == 0) { anchor = at - SLACK + ANCHOR; store<i32>(sum, anchor, BASE); }
  let shift = at - (anchor - ANCHOR);
  if (shift < 0 && <i32>ctz(part) >= 0 - shift) { part >>= 0 - shift; shift = 0; }
  if (shift < 0 || shift + 64 - <i32>clz(part) > 252) {
    addLimbs(spill(table, sum) + 24, FULL_LIMBS, given, at - FULL_BASE, negative);
    return;
  }
  addLimbs(sum, 4, part, shift, negative);
  const top = load<i64>(sum, 24);
  if (top >= ROOMY || top <= 0 - ROOMY) spill(table, sum);
}

/** Add or subtract part * 2^shift to `limbs`, carrying as far as needed. A negative shift drops bits that are zero. */
export function addLimbs(limbs: usize, count: u32, given: u64, offset: i32, negative: bool): void {
  const part = offset < 0 ? given >> (0 - offset) : given, shift = max(offset, 0);
  const s = <u64>(shift & 63), low = part << s, high = s == 0 ? 0 : part >> (64 - s);
  let at = limbs + ((shift >> 6) << 3);
  const end = limbs + (count << 3);
  const first = load<u64>(at);
  if (!negative) {
    const sum = first + low;
    store<u64>(at, sum);
    let carry = <u64>(sum < first);
    if ((at += 8) == end) return;
    const next = load<u64>(at), t = next + high, u = t + carry;
    store<u64>(at, u);
    carry = <u64>(t < next) | <u64>(u < t);
    while (carry != 0 && (at += 8) < end) { const v = load<u64>(at) + 1; store<u64>(at, v); carry = <u64>(v == 0); }
  } else {
    store<u64>(at, first - low);
    let borrow = <u64>(first < low);
    if ((at += 8) == end) return;
    const next = load<u64>(at), t = next - high;
    store<u64>(at, t - borrow);
    borrow = <u64>(next < high) | <u64>(t < borrow);
    while (borrow != 0 && (at += 8) < end) { const v = load<u64>(at); store<u64>(at, v - 1); borrow = <u64>(v == 0); }
  }
}

/** Move to the full form; its address. */
function spill(table: usize, sum: usize): usize {
  const away: usize = load<u32>(sum, AWAY);
  if (away != 0) return away;
  const full = alloc(FULL_BYTES);
  memory.fill(full, 0, FULL_BYTES);
  if (table != 0) store<u32>(table, load<u32>(table, OWNED) + FULL_BYTES, OWNED);
  addNumber(full + 24, sum, 4, load<i32>(sum, BASE) - ANCHOR, false);
  memory.fill(sum, 0, EXACT_BYTES);
  store<u32>(sum, <u32>full, AWAY);
  return full;
}

/** Add (or subtract) a two's complement number of `count` limbs in units of 2^base to full limbs. */
function addNumber(target: usize, limbs: usize, count: u32, base: i32, minus: bool): void {
  const negative = load<i64>(limbs + ((count - 1) << 3)) < 0;
  let borrow: u64 = 1;
  for (let i: u32 = 0; i < count; i++) {
    let limb = load<u64>(limbs + (i << 3));
    if (negative) { limb = ~limb + borrow; borrow = <u64>(borrow != 0 && limb == 0); }
    if (limb != 0) addLimbs(target, FULL_LIMBS, limb, base + <i32>(i << 6) - FULL_BASE, negative != minus);
  }
}

/** Add all of another sum, which is 0 of no terms then. */
export function exactMerge(table: usize, sum: usize, other: usize): void {
  const full: usize = load<u32>(other, AWAY);
  if (full == 0) {
    if (load<u32>(other, BASE) != 0) addInline(table, sum, other, load<i32>(other, BASE) - ANCHOR);
    memory.fill(other, 0, EXACT_BYTES);
    return;
  }
  const target = spill(table, sum);
  for (let at: u32 = 0; at < 24; at += 8) store<i64>(target + at, load<i64>(target + at) + load<i64>(full + at));
  let carry: u64 = 0;
  for (let at: u32 = 24; at < FULL_BYTES; at += 8) {
    const a = load<u64>(target + at), b = load<u64>(full + at), part = a + b, all = part + carry;
    store<u64>(target + at, all);
    carry = <u64>(part < a) | <u64>(all < part);
  }
  exactDrop(table, other);
}

/** Add an inline number, limb by limb, as far as it is small enough to stay inline. */
function addInline(table: usize, sum: usize, limbs: usize, base: i32): void {
  const negative = load<i64>(limbs, 24) < 0;
  let borrow: u64 = 1;
  for (let i: u32 = 0; i < 4; i++) {
    let limb = load<u64>(limbs + (i << 3));
    if (negative) { limb = ~limb + borrow; borrow = <u64>(borrow != 0 && limb == 0); }
    addPart(table, sum, limb, base + <i32>(i << 6), negative);
  }
}

function addSpecial(table: usize, sum: usize, bits: u64, weight: i64): void {
  const full = spill(table, sum);
  const nan = (bits & 0xfffffffffffff) != 0;
  const at = full + (nan ? 0 : <i64>bits < 0 ? 16 : 8);
  store<i64>(at, load<i64>(at) + weight);
}

/** Where the limbs of a sum are, how many, and their unit: for the functions below. */
export function limbsOf(sum: usize): usize { const away: usize = load<u32>(sum, AWAY); return away == 0 ? sum : away + 24; }
export function limbCount(sum: usize): u32 { return load<u32>(sum, AWAY) == 0 ? 4 : FULL_LIMBS; }
export function limbBase(sum: usize): i32 { return load<u32>(sum, AWAY) == 0 ? load<i32>(sum, BASE) - ANCHOR : FULL_BASE; }

/** NaN, Infinity or -Infinity when such terms are in the sum, else 0. */
export function exactSpecial(sum: usize): f64 {
  const full: usize = load<u32>(sum, AWAY);
  if (full == 0) return 0;
  const up = load<i64>(full, 8) > 0, down = load<i64>(full, 16) > 0;
  if (load<i64>(full) > 0 || (up && down)) return NaN;
  return up ? Infinity : down ? -Infinity : 0;
}

/** The sum as the nearest double, ties to even; beyond the range an Infinity. */
export function exactRound(sum: usize): f64 {
  const special = exactSpecial(sum);
  if (special != 0) return special;
  return roundLimbs(limbsOf(sum), limbCount(sum), limbBase(sum));
}

/** Give back what is not needed: the full form of 0, the anchor of 0. Whether the sum is 0 of no terms. */
export function exactSettle(table: usize, sum: usize): bool {
  const full: usize = load<u32>(sum, AWAY);
  if (full == 0) {
    if ((load<u64>(sum) | load<u64>(sum, 8) | load<u64>(sum, 16) | load<u64>(sum, 24)) != 0) return false;
    store<u32>(sum, 0, BASE);
    return true;
  }
  for (let at: u32 = 0; at < FULL_BYTES; at += 8) if (load<u64>(full + at) != 0) return false;
  exactDrop(table, sum);
  return true;
}

export function exactDrop(table: usize, sum: usize): void {
  const full: usize = load<u32>(sum, AWAY);
  if (full == 0) return;
  free(full);
  if (table != 0) store<u32>(table, load<u32>(table, OWNED) - FULL_BYTES, OWNED);
  memory.fill(sum, 0, EXACT_BYTES);
}

/** The full form as saved, or read back. */
export function exactPayload(sum: usize): usize { return load<u32>(sum, AWAY); }
export function exactRestore(table: usize, sum: usize, payload: usize): void {
  memory.fill(sum, 0, EXACT_BYTES);
  memory.copy(spill(table, sum), payload, FULL_BYTES);
}

// Scratch for magnitudes and products; kernels are never re-entered.
const magnitude: usize = memory.data(544, 16);
const product: usize = memory.data(544, 16);

/** The absolute value of a number, in `to`; whether it was negative. */
function absolute(limbs: usize, count: u32, to: usize): bool {
  memory.copy(to, limbs, count << 3);
  if (load<i64>(limbs + ((count - 1) << 3)) >= 0) return false;
  let carry: u64 = 1;
  for (let i: u32 = 0; i < count; i++) {
    const limb = ~load<u64>(to + (i << 3)) + carry;
    store<u64>(to + (i << 3), limb);
    carry = <u64>(carry != 0 && limb == 0);
  }
  return true;
}

function topBit(limbs: usize, count: u32): i32 {
  for (let i = <i32>count - 1; i >= 0; i--) {
    const limb = load<u64>(limbs + (i << 3));
    if (limb != 0) return (i << 6) + 63 - <i32>clz(limb);
  }
  return -1;
}

/** 64 bits from bit `from` on. */
function bitsFrom(limbs: usize, count: u32, from: i32): u64 {
  const i = from >> 6, s = <u64>(from & 63);
  if (i >= <i32>count) return 0;
  const low = load<u64>(limbs + (i << 3)) >> s;
  return s == 0 || i + 1 >= <i32>count ? low : low | (load<u64>(limbs + ((i + 1) << 3)) << (64 - s));
}

function anyBelow(limbs: usize, count: u32, bit: i32): bool {
  const whole = min(bit >> 6, <i32>count);
  for (let i = 0; i < whole; i++) if (load<u64>(limbs + (i << 3)) != 0) return true;
  const rest = <u64>(bit & 63);
  return rest != 0 && whole < <i32>count && (load<u64>(limbs + (whole << 3)) << (64 - rest)) != 0;
}

/** A two's complement number in units of 2^base as the nearest double, ties to even. */
export function roundLimbs(limbs: usize, count: u32, base: i32): f64 {
  const negative = absolute(limbs, count, magnitude);
  const top = topBit(magnitude, count);
  if (top < 0) return 0;
  const last = max(base + top - 52, -1074), shift = last - base;
  let q: u64 = 0;
  if (shift <= 0) q = load<u64>(magnitude) << (0 - shift);
  else {
    q = bitsFrom(magnitude, count, shift);
    const half = (bitsFrom(magnitude, count, shift - 1) & 1) != 0;
    if (half && ((q & 1) != 0 || anyBelow(magnitude, count, shift - 1))) q++;
  }
  let bits = q;
  if (q >= 0x10000000000000) {
    const field = <u64>(last + 1075);
    bits = field >= 2047 ? 0x7ff0000000000000 : (field << 52) + (q - 0x10000000000000);
    if (bits > 0x7ff0000000000000) bits = 0x7ff0000000000000;
  }
  return reinterpret<f64>(negative ? bits | 0x8000000000000000 : bits);
}

/**
 * The spread of n terms: (n * squares - sum * sum), exactly, then rounded once and divided by `divisor`. There is no
 * cancellation, whatever the mean.
 */
export function spreadOf(n: u64, sum: usize, sumCount: u32, sumBase: i32, squares: usize, squareCount: u32, squareBase: i32, divisor: f64): f64 {
  memory.fill(product, 0, FULL_LIMBS << 3);
  // Only deletes without their rows make a sum of squares negative.
  if (absolute(squares, squareCount, magnitude)) return NaN;
  const halves = squareCount << 1, a = n & 0xffffffff, b = n >> 32;
  for (let i: u32 = 0; i < halves; i++) {
    const half = <u64>load<u32>(magnitude + (i << 2));
    if (half == 0) continue;
    const at = squareBase + <i32>(i << 5) - FULL_BASE;
    addLimbs(product, FULL_LIMBS, half * a, at, false);
    if (b != 0) addLimbs(product, FULL_LIMBS, half * b, at + 32, false);
  }
  subtractSquare(sum, sumCount, sumBase);
  const top = topBit(product, FULL_LIMBS);
  if (top < 0) return 0;
  if (load<i64>(product, (FULL_LIMBS - 1) << 3) < 0) return NaN;
  // Far from 1 the rounded number is kept in range by an even power of two.
  const exponent = FULL_BASE + top, away = exponent > 900 || exponent < -900 ? exponent & ~1 : 0;
  const rounded = roundLimbs(product, FULL_LIMBS, FULL_BASE - away) / divisor;
  return away == 0 ? rounded : scale(rounded, away);
}

function subtractSquare(sum: usize, count: u32, base: i32): void {
  absolute(sum, count, magnitude);
  const halves = count << 1;
  for (let i: u32 = 0; i < halves; i++) {
    const a = <u64>load<u32>(magnitude + (i << 2));
    if (a == 0) continue;
    for (let j = i; j < halves; j++) {
      const b = <u64>load<u32>(magnitude + (j << 2));
      if (b == 0) continue;
      addLimbs(product, FULL_LIMBS, a * b, base * 2 + <i32>((i + j) << 5) + <i32>(i != j) - FULL_BASE, true);
    }
  }
}

/** value * 2^power, in two exact steps where they are in range. */
function scale(value: f64, power: i32): f64 {
  const half = power >> 1;
  return value * powerOfTwo(half) * powerOfTwo(power - half);
}

function powerOfTwo(power: i32): f64 {
  if (power > 1023) return Infinity;
  if (power < -1022) return 0;
  return reinterpret<f64>(<u64>(power + 1023) << 52);
}
