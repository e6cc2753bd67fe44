// JSON numbers (RFC 8259, section 6) in place: `numberEnd` checks the grammar, `readInt` gives the exact 64-bit
// value, `readDouble` the nearest double (ties to even). Doubles: Clinger's exact case (How to read floating point
// numbers accurately, PLDI 1990), else Eisel-Lemire (Lemire, Number parsing at a gigabyte per second, 2021), which is
// exact for 19 digits (Mushtak & Lemire 2023); longer ones that stay ambiguous ask the host.

import { BAD_NUMBER, NOT_INTEGRAL, TOO_LARGE, bad } from './decode';
import { EXACT, digitsAt, plainLong, plainNumber, stopsOf, valueOf, eightDigits } from './number-plain';
import { LEAST, power, productHigh, productLow } from './number-powers';

@external("env", "number")
declare function hostNumber(text: usize, length: u32): f64;

// @ts-ignore: decorator
@inline
export function isDigit(p: usize): bool { return <u32>load<u8>(p) - 48 <= 9; }

function digitsEnd(p: usize): usize {
  while (isDigit(p)) p++;
  return p;
}

/** The end of the number at p, or 0. */
// @ts-ignore: decorator
@inline
export function numberEnd(p: usize): usize {
  const end = plainNumber(p);
  return end != 0 && (<u32>load<u8>(end) | 0x20) != 0x65 ? end : anyNumberEnd(p);
}

function anyNumberEnd(p: usize): usize {
  const start = p;
  if (load<u8>(p) == 0x2d) p++;
  if (load<u8>(p) == 0x30) p++;
  else {
    if (!isDigit(p)) return bad(BAD_NUMBER, start);
    p = digitsEnd(p + 1);
  }
  const c = load<u8>(p);
  if (c - 48 <= 9) return bad(BAD_NUMBER, start);
  return c == 0x2e || (c | 0x20) == 0x65 ? restEnd(start, p) : p;
}

/** After the integer part: fraction and exponent. */
function restEnd(start: usize, p: usize): usize {
  if (load<u8>(p) == 0x2e) {
    if (!isDigit(p + 1)) return bad(BAD_NUMBER, start);
    p = digitsEnd(p + 2);
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    p++;
    const sign = load<u8>(p);
    if (sign == 0x2b || sign == 0x2d) p++;
    if (!isDigit(p)) return bad(BAD_NUMBER, start);
    p = digitsEnd(p + 1);
  }
  return p;
}

/** Where readInt puts what it reads. */
const INT = memory.data(8, 8);
let doubleValue: f64 = 0;

/** What readInt has read. */
export function theInt(): i64 { return load<i64>(INT); }
/** What readDouble has read. */
export function theDouble(): f64 { return doubleValue; }

/** An integral number that fits 64 bits at p (1.0 and 1e3 are integral): its end, or 0. */
// @ts-ignore: decorator
@inline
export function readInt(p: usize): usize {
  const end = plainLong(p, INT), c = load<u8>(end);
  return end != 0 && c != 0x2e && (c | 0x20) != 0x65 ? end : readLongInt(p);
}

function readLongInt(p: usize): usize {
  const end = numberEnd(p);
  if (end == 0) return 0;
  const negative = load<u8>(p) == 0x2d;
  scan(p + <usize>negative, end);
  let value = mantissa, exponent = exponent10;
  if (value == 0) { store<i64>(INT, 0); return end; }
  if (dropped) return bad(digitsBefore > 19 ? TOO_LARGE : NOT_INTEGRAL, p);
  while (exponent < 0) {
    if (value % 10 != 0) return bad(NOT_INTEGRAL, p);
    value /= 10; exponent++;
  }
  while (exponent > 0) {
    if (value > 922337203685477580) return bad(TOO_LARGE, p);
    value *= 10; exponent--;
  }
  if (value > 0x7fffffffffffffff + <u64>negative) return bad(TOO_LARGE, p);
  store<i64>(INT, negative ? <i64>(0 - value) : <i64>value);
  return end;
}

// The number is mantissa × 10^exponent10, plus something smaller than 1 in the mantissa's last place if `dropped`.
let mantissa: u64 = 0;
let exponent10: i32 = 0;
let dropped: bool = false;
/** Decimal digits before the point of the whole number (can be negative). */
let digitsBefore: i32 = 0;

/** Split the valid, unsigned number [p, end). */
function scan(p: usize, end: usize): void {
  let value: u64 = 0, taken: i32 = 0, scale: i32 = 0, point = false;
  dropped = false;
  for (; p < end; p++) {
    const c: u32 = load<u8>(p);
    if (c == 0x2e) { point = true; continue; }
    const digit = c - 48;
    if (digit > 9) break;
    if (taken < 19) {
      value = value * 10 + digit;
      if (value != 0) taken++;
      if (point) scale--;
    } else {
      if (digit != 0) dropped = true;
      if (!point) scale++;
    }
  }
  if (p < end) scale += writtenExponent(p + 1, end);
  mantissa = value;
  exponent10 = scale;
  digitsBefore = taken + scale;
}

/** The exponent's value, held within ±100,000,000: enough for any line length. */
function writtenExponent(p: usize, end: usize): i32 {
  const negative = load<u8>(p) == 0x2d;
  if (negative || load<u8>(p) == 0x2b) p++;
  let value: i32 = 0;
  for (; p < end; p++) value = min(value * 10 + <i32>(load<u8>(p) - 48), 100000000);
  return negative ? -value : value;
}


/** The number at p as the nearest double: its end, or 0. In one pass where it has at most 18 digits and no exponent. */
export function readDouble(p: usize): usize {
  const negative = load<u8>(p) == 0x2d;
  const first = p + <usize>negative;
  let at = digitRun(first, 0);
  let w = runValue, digits = <u32>(at - first), decimals: i32 = 0;
  if (digits == 0 || (digits > 1 && load<u8>(first) == 0x30)) return readLongDouble(p);
  if (load<u8>(at) == 0x2e) {
    const end = digitRun(at + 1, w);
    w = runValue;
    decimals = <i32>(end - at) - 1;
    digits += <u32>decimals;
    if (decimals == 0) return readLongDouble(p);
    at = end;
  }
  if (digits > 18 || (load<u8>(at) | 0x20) == 0x65) return readLongDouble(p);
  let value: f64;
  if (w <= 9007199254740992) value = decimals == 0 ? <f64>w : <f64>w / load<f64>(EXACT + (<usize>decimals << 3));
  else value = eiselLemire(w, -decimals);
  doubleValue = negative ? -value : value;
  return at;
}

let runValue: u64 = 0;

/** The end of the digits at p; runValue is `before` with them appended (and of no use if they are too many). */
// @ts-ignore: decorator
@inline
function digitRun(p: usize, before: u64): usize {
  let word = digitsAt(p);
  let stops = stopsOf(word);
  while (stops == 0) {
    before = before * 100000000 + eightDigits(word);
    p += 8;
    word = digitsAt(p);
    stops = stopsOf(word);
  }
  const digits = <u32>ctz(stops) >> 3;
  if (digits != 0) before = before * <u64>load<f64>(EXACT + (<usize>digits << 3)) + valueOf(word, digits);
  runValue = before;
  return p + <usize>digits;
}

function readLongDouble(p: usize): usize {
  const end = numberEnd(p);
  if (end == 0) return 0;
  const negative = load<u8>(p) == 0x2d;
  scan(p + <usize>negative, end);
  const value = nearest(p + <usize>negative, end);
  if (value == Infinity) return bad(TOO_LARGE, p);
  doubleValue = negative ? -value : value;
  return end;
}

function nearest(p: usize, end: usize): f64 {
  const w = mantissa, q = exponent10;
  if (!dropped && w <= 9007199254740992) {
    if (q == 0) return <f64>w;
    if (q > 0 && q <= 22) return <f64>w * load<f64>(EXACT + (<usize>q << 3));
    if (q < 0 && q >= -22) return <f64>w / load<f64>(EXACT + (<usize>-q << 3));
  }
  const value = eiselLemire(w, q);
  if (dropped && eiselLemire(w + 1, q) != value) return hostNumber(p, <u32>(end - p));
  return value;
}

/** The double nearest to w × 10^q. */
function eiselLemire(w: u64, q: i32): f64 {
  if (w == 0 || q < LEAST) return 0;
  if (q > 308) return Infinity;
  const zeros = <i32>clz(w);
  w <<= zeros;
  multiply(w, q);
  const upper = <i32>(high >> 63);
  const shift = upper + 64 - 52 - 3;
  let m = high >> shift;
  let e: i32 = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
  if (e <= 0) {
    if (1 - e >= 64) return 0;
    m >>= 1 - e;
    m = (m + (m & 1)) >> 1;
    return reinterpret<f64>(m);
  }
  // Exactly half way between two doubles: to even.
  if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && (m << shift) == high) m &= ~1;
  m = (m + (m & 1)) >> 1;
  if (m >= 1 << 53) { m = 1 << 52; e++; }
  if (e >= 0x7ff) return Infinity;
  return reinterpret<f64>((m & 0x000fffffffffffff) | (<u64>e << 52));
}

let high: u64 = 0;
let low: u64 = 0;

/** high:low = w × 5^q to 128 bits; the second half of the power is only used where it can matter. */
function multiply(w: u64, q: i32): void {
  const entry = power(q);
  let top = load<u64>(entry), rest = load<u64>(entry, 8);
  // Reciprocals that are short enough to be exact products are rounded up.
  if (q < 0 && q >= -27) { rest++; if (rest == 0) top++; }
  high = productHigh(w, top);
  low = productLow();
  if ((high & 0x1ff) == 0x1ff) {
    const second = productHigh(w, rest);
    low += second;
    if (second > low) high++;
  }
}
