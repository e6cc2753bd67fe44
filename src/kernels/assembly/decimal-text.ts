// Decimals as text, in and out. Text is read with every digit, whatever a double would make of it: a sign, digits with
// a point, an exponent; NaN, Infinity, inf in any case.
import { DIGITS_MOST, INFINITE, NAN, SCALE_MOST, digits, divide, drop, high, low, negative, raiseBy, scale, set, take } from './decimal';

const WHOLE_MOST: u64 = 0x20000000000000;

let tooLong: bool = false;
/** Whether the text read last was a number, but of too many digits. */
export function isTooLong(): bool { return tooLong; }

let l: u64 = 0, h: u64 = 0;

function push(digit: u64): void {
  if (h == 0 && l < 1000000000000000000) { l = l * 10 + digit; return; }
  set(l, h, 0, false);
  if (!raiseBy(1)) { tooLong = true; return; }
  l = low + digit;
  h = high + <u64>(l < low);
}

// @ts-ignore: decorator
@inline
function digitAt(p: usize): u32 { return <u32>load<u8>(p) - 48; }

/** The text at p, which is followed by a byte that can't go on with a number, as the number of decimal.ts; its end, or 0. */
export function readDecimal(start: usize): usize {
  let p = start, fraction: i32 = 0, seen = false;
  const minus = load<u8>(p) == 0x2d;
  if (minus || load<u8>(p) == 0x2b) p++;
  tooLong = false;
  l = 0; h = 0;
  if ((load<u8>(p) | 0x20) >= 0x61) return readWord(p, minus);
  for (; digitAt(p) < 10; p++) { push(digitAt(p)); seen = true; }
  if (load<u8>(p) == 0x2e) {
    p++;
    for (; digitAt(p) < 10; p++) { push(digitAt(p)); fraction++; seen = true; }
  }
  if (!seen) return 0;
  if ((load<u8>(p) | 0x20) == 0x65) {
    const end = readExponent(p + 1);
    if (end == 0) return 0;
    p = end;
    fraction -= exponent;
  }
  set(l, h, <u32>max(fraction, 0), minus);
  if (fraction < 0 && !raiseBy(<u32>(0 - fraction))) tooLong = true;
  if (fraction > <i32>SCALE_MOST) tooLong = true;
  return p;
}

let exponent: i32 = 0;

function readExponent(start: usize): usize {
  let p = start;
  const minus = load<u8>(p) == 0x2d;
  if (minus || load<u8>(p) == 0x2b) p++;
  if (digitAt(p) > 9) return 0;
  exponent = 0;
  for (; digitAt(p) < 10; p++) exponent = min(exponent * 10 + <i32>digitAt(p), 100000);
  if (minus) exponent = 0 - exponent;
  return p;
}

/** Three letters, lower case. */
// @ts-ignore: decorator
@inline
function isWord(p: usize, a: u32, b: u32, c: u32): bool {
  return (load<u8>(p) | 0x20) == a && (load<u8>(p, 1) | 0x20) == b && (load<u8>(p, 2) | 0x20) == c;
}

function readWord(p: usize, minus: bool): usize {
  if (isWord(p, 0x6e, 0x61, 0x6e)) {
    set(0, 0, NAN, false);
    return minus ? 0 : p + 3;
  }
  if (!isWord(p, 0x69, 0x6e, 0x66)) return 0;
  set(0, 0, INFINITE, minus);
  const whole = isWord(p + 3, 0x69, 0x6e, 0x69) && (load<u8>(p, 6) | 0x20) == 0x74 && (load<u8>(p, 7) | 0x20) == 0x79;
  return whole ? p + 8 : p + 3;
}

const DIGITS = memory.data(48, 16);

/** The decimal at `at` as text, in less than 96 bytes; its end. */
export function printDecimal(to: usize, at: usize): usize {
  take(at);
  if (negative) store<u8>(to++, 0x2d);
  if (scale == NAN) { store<u16>(to, 0x614e); store<u8>(to, 0x4e, 2); return to + 3; }
  if (scale == INFINITE) { store<u64>(to, 0x7974696e69666e49); return to + 8; }
  const count = digits(), places = scale;
  for (let left = count; left > 0; ) {
    let part = divide(1000000000);
    for (let i = 0; i < 9 && left > 0; i++, part /= 10) store<u8>(DIGITS + --left, <u8>(48 + part % 10));
  }
  const whole = count > places ? count - places : 0;
  if (whole == 0) store<u8>(to++, 0x30);
  else { memory.copy(to, DIGITS, whole); to += whole; }
  if (places == 0) return to;
  store<u8>(to++, 0x2e);
  const zeros = places > count ? places - count : 0;
  memory.fill(to, 0x30, zeros);
  memory.copy(to + zeros, DIGITS + whole, count - whole);
  return to + zeros + count - whole;
}

/** Whether it is printed as a number in JSON, digits and all: it is within 2^53, as integers that a double holds are. */
export function isPlainNumber(at: usize): bool {
  take(at);
  if (scale >= INFINITE) return false;
  if (scale > 0 && (high != 0 || low > WHOLE_MOST)) drop(scale);
  return high == 0 && low <= WHOLE_MOST;
}
