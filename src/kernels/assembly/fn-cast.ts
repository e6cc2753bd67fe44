// Conversions between types. Text in the plain forms is read here; anything unusual, and every mistake, is declined and
// left to the twin, which knows all forms and says what is wrong.
import { rowAt, isValid, bitAt, setBit, clearBit, putView, viewBytes, viewLength } from './layout'
import { OK, raise, OUT_OF_RANGE, DECLINED } from './raise'
import { take } from './memory'

const DAY: i64 = 86400000000;

export function i64ToF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const at = <usize>rowAt(sel, i) << 3; store<f64>(out + at, <f64>load<i64>(a + at)); }
  return OK;
}

export function i64ToF32(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = <usize>rowAt(sel, i); store<f32>(out + (row << 2), <f32>load<i64>(a + (row << 3))); }
  return OK;
}

export function f32ToF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = <usize>rowAt(sel, i); store<f64>(out + (row << 3), <f64>load<f32>(a + (row << 2))); }
  return OK;
}

export function f64ToF32(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = load<f64>(a + (<usize>row << 3));
    const r = <f32>x;
    if ((r - r != 0 && x - x == 0) || (r == 0 && x != 0)) return raise(OUT_OF_RANGE, row);
    store<f32>(out + (<usize>row << 2), r);
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function toWhole(x: f64, row: u32, out: usize): bool {
  const r = nearest<f64>(x);
  if (!(r >= -9223372036854775808.0 && r < 9223372036854775808.0)) return false;
  store<i64>(out + (<usize>row << 3), <i64>r);
  return true;
}

export function f64ToI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row) && !toWhole(load<f64>(a + (<usize>row << 3)), row, out)) return raise(OUT_OF_RANGE, row);
  }
  return OK;
}

export function f32ToI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row) && !toWhole(<f64>load<f32>(a + (<usize>row << 2)), row, out)) return raise(OUT_OF_RANGE, row);
  }
  return OK;
}

export function bitsToI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); store<i64>(out + (<usize>row << 3), bitAt(a, row) ? 1 : 0); }
  return OK;
}

export function i64ToBits(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (load<i64>(a + (<usize>row << 3)) != 0) setBit(out, row); else clearBit(out, row);
  }
  return OK;
}

export function bitsToText(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const to = out + (<usize>row << 4);
    const yes = bitAt(a, row);
    store<u32>(to, yes ? 4 : 5);
    store<u64>(to, yes ? 0x65757274 : 0x65736c6166, 4);
    store<u32>(to, 0, 12);
  }
  return OK;
}

const digits = memory.data(24);

/** The decimal digits of a number, with its sign, into a view. */
export function putInteger(value: i64, view: usize): void {
  let rest: u64 = value < 0 ? 0 - <u64>value : <u64>value;
  let at = digits + 24;
  do { at--; store<u8>(at, <u8>(48 + rest % 10)); rest /= 10; } while (rest != 0);
  if (value < 0) { at--; store<u8>(at, 45); }
  const length = <u32>(digits + 24 - at);
  if (length <= 12) { putView(view, at, length); return; }
  const far = take(length);
  memory.copy(far, at, length);
  putView(view, far, length);
}

export function i64ToText(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row)) putInteger(load<i64>(a + (<usize>row << 3)), out + (<usize>row << 4));
  }
  return OK;
}

/** Where a text begins, blanks left out. */
// @ts-ignore: decorator
@inline
function afterBlanks(view: usize): usize {
  let at = viewBytes(view);
  const end = at + viewLength(view);
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

/** Where a text that begins at `from` ends, blanks left out. */
// @ts-ignore: decorator
@inline
function beforeBlanks(view: usize, from: usize): usize {
  let end = viewBytes(view) + viewLength(view);
  while (from < end && isBlank(load<u8>(end - 1))) end--;
  return end;
}

/** Up to 18 digits with a sign; blanks around are cut. */
export function textToI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const view = a + (<usize>row << 4);
    let at = afterBlanks(view);
    const end = beforeBlanks(view, at);
    const minus = at < end && load<u8>(at) == 45;
    if (minus || (at < end && load<u8>(at) == 43)) at++;
    if (at == end || end - at > 18) return raise(DECLINED, row);
    let value: i64 = 0;
    for (; at < end; at++) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) return raise(DECLINED, row);
      value = value * 10 + digit;
    }
    store<i64>(out + (<usize>row << 3), minus ? -value : value);
  }
  return OK;
}

export function isBlank(byte: u32): bool { return byte == 32 || (byte >= 9 && byte <= 13); }

const POWERS = memory.data<f64>([1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22]);

/**
 * Digits with a point, at most 15 of them and 22 decimal places: then digits and power of ten are exact doubles, and one
 * division rounds correctly (Clinger, How to Read Floating Point Numbers Accurately, PLDI 1990).
 */
export function textToF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const view = a + (<usize>row << 4);
    let at = afterBlanks(view);
    const end = beforeBlanks(view, at);
    const minus = at < end && load<u8>(at) == 45;
    if (minus) at++;
    let mantissa: u64 = 0;
    let count: u32 = 0;
    let places: i32 = -1;
    for (; at < end; at++) {
      const byte = <u32>load<u8>(at);
      if (byte == 46 && places < 0) { places = 0; continue; }
      if (byte - 48 > 9) return raise(DECLINED, row);
      mantissa = mantissa * 10 + (byte - 48);
      count++;
      if (places >= 0) places++;
    }
    if (count == 0 || count > 15) return raise(DECLINED, row);
    const value = <f64>mantissa / load<f64>(POWERS + (<usize>max(places, 0) << 3));
    store<f64>(out + (<usize>row << 3), minus ? -value : value);
  }
  return OK;
}

export function dateToTimestamp(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const day = load<i32>(a + (<usize>row << 2));
    if (day > 106751991 || day < -106751991) return raise(OUT_OF_RANGE, row);
    store<i64>(out + (<usize>row << 3), <i64>day * DAY);
  }
  return OK;
}

export function timestampToDate(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = <usize>rowAt(sel, i);
    const at = load<i64>(a + (row << 3));
    const day = at / DAY;
    store<i32>(out + (row << 2), <i32>(at % DAY < 0 ? day - 1 : day));
  }
  return OK;
}
