// Numbers as text. Integers two digits at a time. Doubles and floats as the shortest decimal that reads back as the same
// value, the nearest of the shortest, by Schubfach (R. Giulietti, The Schubfach way to render doubles, 2020), laid out
// as ECMAScript's Number::toString does. Minus zero keeps its sign, so that every value reads back.

import { power, productHigh, productLow } from './number-powers';

const PAIRS = memory.data(200);
let pairsReady: bool = false;

function preparePairs(): void {
  for (let i: u32 = 0; i < 100; i++) store<u16>(PAIRS + (i << 1), <u16>((48 + i / 10) | ((48 + (i % 10)) << 8)));
  pairsReady = true;
}

function digitsOf(v: u32): u32 {
  if (v < 10000) return v < 100 ? (v < 10 ? 1 : 2) : v < 1000 ? 3 : 4;
  if (v < 100000000) return v < 1000000 ? (v < 100000 ? 5 : 6) : v < 10000000 ? 7 : 8;
  return v < 1000000000 ? 9 : 10;
}

/** Exactly `digits` digits of v, with leading zeros. */
export function printFixed(to: usize, v: u32, digits: u32): void {
  if (!pairsReady) preparePairs();
  let at = to + digits;
  while (digits >= 2) {
    const rest = v / 100;
    at -= 2; digits -= 2;
    store<u16>(at, load<u16>(PAIRS + ((v - rest * 100) << 1)));
    v = rest;
  }
  if (digits == 1) store<u8>(at - 1, <u8>(48 + (v % 10)));
}

/** The end of what was written: at most 20 bytes. */
export function printUnsigned(to: usize, v: u64): usize {
  if (v <= 0xffffffff) {
    const digits = digitsOf(<u32>v);
    printFixed(to, <u32>v, digits);
    return to + digits;
  }
  const rest = v / 100000000;
  const end = printUnsigned(to, rest);
  printFixed(end, <u32>(v - rest * 100000000), 8);
  return end + 8;
}

/** The end of what was written: at most 20 bytes. */
export function printInt(to: usize, v: i64): usize {
  if (v >= 0) return printUnsigned(to, <u64>v);
  store<u8>(to, 0x2d);
  return printUnsigned(to + 1, 0 - <u64>v);
}

// The decimal: digits × 10^scale.
let digits: u64 = 0;
let scale: i32 = 0;

const MASK_63: u64 = 0x7fffffffffffffff;

/** The product of a 126-bit power (in two halves of 63 bits) and cp, rounded to odd. */
function roundToOdd(g1: u64, g0: u64, cp: u64): u64 {
  const x1 = productHigh(g0, cp);
  const y1 = productHigh(g1, cp), y0 = productLow();
  const z = (y0 >> 1) + x1;
  return (y1 + (z >> 63)) | (((z & MASK_63) + MASK_63) >> 63);
}

/** The shortest decimal of c × 2^q; `regular`: the value below is as near as the one above. */
function shortest(c: u64, q: i32, regular: bool): void {
  const out = c & 1, cb = c << 2;
  const k = <i32>((<i64>q * 661971961083 - (regular ? 0 : 274743187321)) >> 41);
  const h = <u64>(q + <i32>((<i64>-k * 913124641741) >> 38) + 2);
  // The power 10^-k to 126 bits, rounded up.
  const entry = power(-k);
  const top = load<u64>(entry);
  const low = ((top << 62) | (load<u64>(entry, 8) >> 2)) + 1;
  const g1 = ((top >> 2) << 1) | (low >> 63), g0 = low & MASK_63;
  const carry: u64 = low == 0 ? 2 : 0;
  const v = roundToOdd(g1 + carry, g0, cb << h);
  const left = roundToOdd(g1 + carry, g0, (cb - (regular ? 2 : 1)) << h);
  const right = roundToOdd(g1 + carry, g0, (cb + 2) << h);
  const s = v >> 2;
  if (s >= 10) {
    const short = s / 10 * 10, next = short + 10;
    const below = left + out <= short << 2, above = (next << 2) + out <= right;
    if (below != above) { digits = below ? short : next; scale = k; return; }
  }
  const t = s + 1;
  const below = left + out <= s << 2, above = (t << 2) + out <= right;
  scale = k;
  if (below != above) { digits = below ? s : t; return; }
  const half = (s + t) << 1;
  digits = v < half || (v == half && (s & 1) == 0) ? s : t;
}

/** A finite double: at most 25 bytes. */
export function printDouble(to: usize, value: f64): usize {
  const bits = reinterpret<u64>(value);
  if (<i64>bits < 0) { store<u8>(to, 0x2d); to++; value = -value; }
  if (value < 9007199254740992 && floor(value) == value) return printUnsigned(to, <u64>value);
  const fraction = bits & 0x000fffffffffffff, exponent = <i32>((bits >> 52) & 0x7ff);
  if (exponent == 0) shortest(fraction, -1074, true);
  else shortest(fraction | 0x0010000000000000, exponent - 1075, fraction != 0 || exponent == 1);
  return layOut(to);
}

/** A finite float: the shortest text that reads back as this float. */
export function printFloat(to: usize, value: f32): usize {
  const bits = reinterpret<u32>(value);
  if (<i32>bits < 0) { store<u8>(to, 0x2d); to++; value = -value; }
  if (value < 16777216 && floor(value) == value) return printUnsigned(to, <u64>value);
  const fraction = bits & 0x007fffff, exponent = <i32>((bits >> 23) & 0xff);
  if (exponent == 0) shortest(<u64>fraction, -149, true);
  else shortest(<u64>(fraction | 0x00800000), exponent - 150, fraction != 0 || exponent == 1);
  return layOut(to);
}

/** digits × 10^scale as Number::toString writes it. */
function layOut(to: usize): usize {
  while (digits % 10 == 0) { digits /= 10; scale++; }
  const end = printUnsigned(to, digits);
  const count = <i32>(end - to), point = count + scale;
  if (scale >= 0 && point <= 21) {
    memory.fill(end, 0x30, scale);
    return end + scale;
  }
  if (point > 0 && point <= 21) {
    memory.copy(to + point + 1, to + point, count - point);
    store<u8>(to + point, 0x2e);
    return end + 1;
  }
  if (point > -6 && point <= 0) {
    memory.copy(to + 2 - point, to, count);
    memory.fill(to, 0x30, 2 - point);
    store<u8>(to, 0x2e, 1);
    return end + 2 - point;
  }
  return layOutExponent(to, end, count, point - 1);
}

function layOutExponent(to: usize, end: usize, count: i32, exponent: i32): usize {
  if (count > 1) {
    memory.copy(to + 2, to + 1, count - 1);
    store<u8>(to, 0x2e, 1);
    end++;
  }
  store<u8>(end, 0x65);
  store<u8>(end, exponent < 0 ? 0x2d : 0x2b, 1);
  return printUnsigned(end + 2, <u64>abs(exponent));
}
