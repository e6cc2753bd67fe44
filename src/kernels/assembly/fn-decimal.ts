// Functions of decimals; what is not here goes through its twin (src/expr/registry/decimal.ts).
import {
  DIGITS_MOST, INFINITE, NAN, SCALE_MOST, below, compareDecimals, digits, divide, fit, high, isSpecial, low, negative, put, raiseBy, rescale, scale, set, take,
} from './decimal'
import { highProduct } from './wide'
import { isValid, rowAt } from './layout'
import { DECLINED, DIVISION_BY_ZERO, NUMERIC_OVERFLOW, OK, OUT_OF_RANGE, raise } from './raise'

// @ts-ignore: decorator
@inline
function at(column: usize, row: u32): usize { return column + ((<usize>row) << 4); }

// @ts-ignore: decorator
@inline
function putBit(out: usize, row: u32, bit: bool): void {
  const to = out + (row >> 3);
  const mask: u32 = 1 << (row & 7);
  store<u8>(to, <u8>((load<u8>(to) & ~mask) | (bit ? mask : 0)));
}

/** Two infinities or NaNs, or one with a number. */
function addSpecials(x: u32, minusX: bool, y: u32, minusY: bool): void {
  if (x == NAN || y == NAN || (x == INFINITE && y == INFINITE && minusX != minusY)) set(0, 0, NAN, false);
  else set(0, 0, INFINITE, x == INFINITE ? minusX : minusY);
}

/** x + y, or x - y when `minus`; false: too many digits, here or of an argument that shows as many as the other. */
function sum(x: usize, y: usize, minus: bool): bool {
  take(y);
  let yl = low, yh = high;
  const ys = scale, yn = negative != minus;
  take(x);
  if (scale >= INFINITE || ys >= INFINITE) { addSpecials(scale, negative, ys, yn); return true; }
  let xl = low, xh = high;
  const xs = scale, xn = negative, most = max(xs, ys);
  if (xs < ys) {
    if (!raiseBy(ys - xs)) return false;
    xl = low; xh = high;
  } else if (ys < xs) {
    set(yl, yh, ys, yn);
    if (!raiseBy(xs - ys)) return false;
    yl = low; yh = high;
  }
  if (xn == yn) {
    const l = xl + yl;
    set(l, xh + yh + <u64>(l < xl), most, xn);
    return below(DIGITS_MOST);
  }
  const less = xh < yh || (xh == yh && xl < yl);
  if (less) set(yl - xl, yh - xh - <u64>(yl < xl), most, yn);
  else set(xl - yl, xh - yh - <u64>(xl < yl), most, xn);
  return true;
}

function sums(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize, minus: bool): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    if (!sum(at(a, row), at(b, row), minus)) return raise(DECLINED, row);
    put(at(out, row));
  }
  return OK;
}

export function addDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return sums(n, sel, valid, a, b, out, false);
}
export function subDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return sums(n, sel, valid, a, b, out, true);
}

function mulSpecials(x: u32, y: u32, isZero: bool, minus: bool): void {
  if (x == NAN || y == NAN || isZero) set(0, 0, NAN, false); else set(0, 0, INFINITE, minus);
}

function product(x: usize, y: usize): bool {
  take(y);
  const yl = low, yh = high, ys = scale, yn = negative, count = digits();
  take(x);
  const minus = negative != yn, places = scale + ys;
  if (scale >= INFINITE || ys >= INFINITE) {
    mulSpecials(scale, ys, (scale < INFINITE && (low | high) == 0) || (ys < INFINITE && (yl | yh) == 0), minus);
    return true;
  }
  if (places > SCALE_MOST || digits() + count > DIGITS_MOST + 1) return false;
  set(low * yl, highProduct(low, yl) + high * yl + low * yh, places, minus);
  return below(DIGITS_MOST);
}

export function mulDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    if (!product(at(a, row), at(b, row))) return raise(NUMERIC_OVERFLOW, row);
    put(at(out, row));
  }
  return OK;
}

/** Of the number: its first digit to base 10000 and, in `weight`, that digit's place, which PostgreSQL reckons scales by. */
function firstGroup(): u64 {
  if ((low | high) == 0) { weight = 0; return 0; }
  const place = <i32>digits() - <i32>scale - 1;
  weight = (place >= 0 ? place : place - 3) / 4;
  const shift = <i32>scale + weight * 4;
  if (shift > 0) { dropWhole(<u32>shift); return low; }
  raiseBy(<u32>(0 - shift));
  return low;
}
let weight: i32 = 0;

/** Drop digits without a look at them. */
function dropWhole(count: u32): void {
  let left = count;
  for (; left > 9; left -= 9) divide(1000000000);
  let by: u64 = 1;
  for (; left > 0; left--) by *= 10;
  divide(by);
}

/** x / y where the divisor has 32 bits and the dividend, with the digits that the result shows, fits; else it is the twin's. */
function quotient(x: usize, y: usize): i32 {
  if (isSpecial(load<u64>(x, 8)) || isSpecial(load<u64>(y, 8))) return DECLINED;
  take(y);
  if ((low | high) == 0) return DIVISION_BY_ZERO;
  if (high != 0 || low >> 32 != 0) return DECLINED;
  const by = low, ys = scale, yn = negative, second = firstGroup(), under = weight;
  take(x);
  const xs = scale, xn = negative, first = firstGroup();
  const place = weight - under - <i32>(first <= second), shown = max(max<i32>(16 - place * 4, <i32>xs), max<i32>(<i32>ys, 0));
  if (shown > <i32>SCALE_MOST) return DECLINED;
  take(x);
  if (!raiseBy(<u32>shown + ys - xs)) return DECLINED;
  const rest = divide(by);
  if (rest << 1 >= by) { low += 1; high += <u64>(low == 0); }
  set(low, high, <u32>shown, xn != yn);
  return OK;
}

export function divDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const failed = quotient(at(a, row), at(b, row));
    if (failed != OK) return raise(failed, row);
    put(at(out, row));
  }
  return OK;
}

export function negDecimal(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    take(at(a, row));
    set(low, high, scale, scale != NAN && !negative);
    put(at(out, row));
  }
  return OK;
}

export function absDecimal(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    take(at(a, row));
    set(low, high, scale, false);
    put(at(out, row));
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function same(x: usize, y: usize): bool {
  const a = load<u64>(x, 8), b = load<u64>(y, 8);
  if (((a ^ b) >> 56) == 0) return a == b && load<u64>(x) == load<u64>(y);
  return compareDecimals(x, y) == 0;
}

// @ts-ignore: decorator
@inline
function less(x: usize, y: usize): bool {
  const a = load<u64>(x, 8), b = load<u64>(y, 8);
  if (((a ^ b) >> 56) != 0 || isSpecial(a)) return compareDecimals(x, y) < 0;
  const c = load<u64>(x), d = load<u64>(y);
  return a >> 63 == 0 ? a < b || (a == b && c < d) : b < a || (a == b && d < c);
}

export function eqDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row)) putBit(out, row, same(at(a, row), at(b, row)));
  }
  return OK;
}

export function ltDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row)) putBit(out, row, less(at(a, row), at(b, row)));
  }
  return OK;
}

export function i64ToDecimal(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const value = load<i64>(a + ((<usize>row) << 3));
    set(<u64>(value < 0 ? 0 - value : value), 0, 0, value < 0);
    put(at(out, row));
  }
  return OK;
}

/** To the nearest whole number, half away from zero. */
export function decimalToI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    take(at(a, row));
    if (scale >= INFINITE || !rescale(0, false)) return raise(OUT_OF_RANGE, row);
    if (high != 0 || low > 0x7fffffffffffffff + <u64>negative) return raise(OUT_OF_RANGE, row);
    store<i64>(out + ((<usize>row) << 3), negative ? 0 - <i64>low : <i64>low);
  }
  return OK;
}

const TENS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
], 16);

/** The nearest double where both parts are doubles: one division rounds once. The rest is for the twin. */
export function decimalToF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    take(at(a, row));
    if (high != 0 || low > 0x20000000000000 || scale > 22) return raise(DECLINED, row);
    const value = <f64>low / load<f64>(TENS + ((<usize>scale) << 3));
    store<f64>(out + ((<usize>row) << 3), negative ? 0 - value : value);
  }
  return OK;
}

/** As decimals of a precision and a scale (columns of 64-bit integers). */
export function fitDecimal(n: u32, sel: usize, valid: usize, a: usize, precision: usize, to: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    take(at(a, row));
    const p = <u32>load<u64>(precision + ((<usize>row) << 3)), s = <u32>load<u64>(to + ((<usize>row) << 3));
    if (!fit(p, s)) return raise(NUMERIC_OVERFLOW, row);
    put(at(out, row));
  }
  return OK;
}

/** Rounded (or cut) to a number of digits behind the point; before it when negative, without showing any then. */
function rounded(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize, cut: bool): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    take(at(a, row));
    const wanted = load<i64>(b + ((<usize>row) << 3));
    if (scale < INFINITE && !roundTo(wanted, cut)) return raise(NUMERIC_OVERFLOW, row);
    put(at(out, row));
  }
  return OK;
}

function roundTo(wanted: i64, cut: bool): bool {
  if (wanted >= 0) return rescale(<u32>min<i64>(wanted, SCALE_MOST), cut);
  const before = <u32>min<i64>(0 - max<i64>(wanted, -40), 40);
  // The digits before the point are moved behind it, and back.
  scale += before;
  if (!rescale(0, cut)) return false;
  return raiseBy(before);
}

export function roundDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return rounded(n, sel, valid, a, b, out, false);
}
export function truncDecimal(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return rounded(n, sel, valid, a, b, out, true);
}
