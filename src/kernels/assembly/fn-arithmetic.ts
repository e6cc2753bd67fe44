// Arithmetic with PostgreSQL's errors. Whole columns go through SIMD first, collecting a flag wherever a result looks
// wrong; only if a flag is up (garbage in a null row is enough) the exact loop runs and finds the row, if there is one.
import { rowAt, isValid } from './layout'
import { OK, raise, INTEGER_OVERFLOW, DIVISION_BY_ZERO, OUT_OF_RANGE } from './raise'

const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;
const MOD: i32 = 4;

// @ts-ignore: decorator
@inline
function at<T>(column: usize, row: u32): T { return load<T>(column + (<usize>row) * sizeof<T>()); }

// @ts-ignore: decorator
@inline
function put<T>(column: usize, row: u32, value: T): void { store<T>(column + (<usize>row) * sizeof<T>(), value); }

function mulOverflows(x: i64, y: i64, r: i64): bool {
  if (((<u64>(x + 0x80000000)) | (<u64>(y + 0x80000000))) >> 32 == 0) return false;
  if (x == 0) return false;
  if (x == -1) return y == i64.MIN_VALUE;
  return r / x != y;
}

// @ts-ignore: decorator
@inline
function whole(op: i32, constant: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = at<i64>(a, row);
    const y = at<i64>(b, constant ? 0 : row);
    let r: i64 = 0;
    if (op == ADD) {
      r = x + y;
      if (((x ^ r) & (y ^ r)) < 0) return raise(INTEGER_OVERFLOW, row);
    } else if (op == SUB) {
      r = x - y;
      if (((x ^ y) & (x ^ r)) < 0) return raise(INTEGER_OVERFLOW, row);
    } else if (op == MUL) {
      r = x * y;
      if (mulOverflows(x, y, r)) return raise(INTEGER_OVERFLOW, row);
    } else if (op == DIV) {
      if (y == 0) return raise(DIVISION_BY_ZERO, row);
      if (y == -1) {
        if (x == i64.MIN_VALUE) return raise(INTEGER_OVERFLOW, row);
        r = -x;
      } else r = x / y;
    } else {
      if (y == 0) return raise(DIVISION_BY_ZERO, row);
      r = y == -1 ? 0 : x % y;
    }
    put<i64>(out, row, r);
  }
  return OK;
}

/** True if no lane needs a second look. Products are looked at where a factor has more than 32 bits. */
// @ts-ignore: decorator
@inline
function denseI64(op: i32, constant: bool, n: u32, a: usize, b: usize, out: usize): bool {
  const same = v128.splat<i64>(load<i64>(b));
  const half = v128.splat<i64>(0x80000000);
  let flags = i64x2.splat(0);
  const bytes = (<usize>n) << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(a + i);
    const y = constant ? same : v128.load(b + i);
    const r = op == ADD ? i64x2.add(x, y) : op == SUB ? i64x2.sub(x, y) : i64x2.mul(x, y);
    v128.store(out + i, r);
    if (op == ADD) flags = v128.or(flags, v128.and(v128.xor(x, r), v128.xor(y, r)));
    else if (op == SUB) flags = v128.or(flags, v128.and(v128.xor(x, y), v128.xor(x, r)));
    else flags = v128.or(flags, i64x2.shr_u(v128.or(i64x2.add(x, half), i64x2.add(y, half)), 32));
  }
  return op == MUL ? !v128.any_true(flags) : i64x2.bitmask(flags) == 0;
}

export function addI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseI64(ADD, false, n, a, b, out)) return OK;
  return whole(ADD, false, n, sel, valid, a, b, out);
}
export function addI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseI64(ADD, true, n, a, b, out)) return OK;
  return whole(ADD, true, n, sel, valid, a, b, out);
}
export function subI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseI64(SUB, false, n, a, b, out)) return OK;
  return whole(SUB, false, n, sel, valid, a, b, out);
}
export function subI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseI64(SUB, true, n, a, b, out)) return OK;
  return whole(SUB, true, n, sel, valid, a, b, out);
}
export function mulI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseI64(MUL, false, n, a, b, out)) return OK;
  return whole(MUL, false, n, sel, valid, a, b, out);
}
export function mulI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseI64(MUL, true, n, a, b, out)) return OK;
  return whole(MUL, true, n, sel, valid, a, b, out);
}
export function divI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return whole(DIV, false, n, sel, valid, a, b, out);
}
export function divI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return whole(DIV, true, n, sel, valid, a, b, out);
}
export function modI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return whole(MOD, false, n, sel, valid, a, b, out);
}

// @ts-ignore: decorator
@inline
function isFinite_<T>(x: T): bool { return x - x == 0; }

// @ts-ignore: decorator
@inline
function real<T>(op: i32, constant: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = at<T>(a, row);
    const y = at<T>(b, constant ? 0 : row);
    let r: T = 0;
    if (op == ADD) r = x + y;
    else if (op == SUB) r = x - y;
    else if (op == MUL) {
      r = x * y;
      if (r == 0 && x != 0 && y != 0) return raise(OUT_OF_RANGE, row);
    } else if (op == DIV) {
      if (y == 0 && x == x) return raise(DIVISION_BY_ZERO, row);
      r = x / y;
      if (r == 0 && x != 0 && isFinite_<T>(y)) return raise(OUT_OF_RANGE, row);
    } else {
      if (y == 0 && x == x) return raise(DIVISION_BY_ZERO, row);
      r = remainder<T>(x, y);
    }
    // An infinite result (not a NaN, which differs from itself) of finite operands.
    if (op != MOD && !isFinite_<T>(r) && r == r && isFinite_<T>(x) && (op == DIV || isFinite_<T>(y))) return raise(OUT_OF_RANGE, row);
    put<T>(out, row, r);
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function remainder<T>(x: T, y: T): T { return x % y; }

// @ts-ignore: decorator
@inline
function lanes(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return f64x2.add(x, y);
  if (op == SUB) return f64x2.sub(x, y);
  if (op == MUL) return f64x2.mul(x, y);
  return f64x2.div(x, y);
}

/** True if no lane needs a second look. */
// @ts-ignore: decorator
@inline
function denseF64(op: i32, constant: bool, n: u32, a: usize, b: usize, out: usize): bool {
  const zero = f64x2.splat(0);
  const same = f64x2.splat(load<f64>(b));
  let flags = i64x2.splat(0);
  let zeros = i64x2.splat(0);
  const bytes = (<usize>n) << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(a + i);
    const y = constant ? same : v128.load(b + i);
    const r = lanes(op, x, y);
    v128.store(out + i, r);
    // Division by zero is infinite or NaN: it needs no look of its own.
    flags = v128.or(flags, f64x2.ne(f64x2.sub(r, r), zero));
    if (op == MUL || op == DIV) zeros = v128.or(zeros, f64x2.eq(r, zero));
  }
  if (v128.any_true(flags)) return false;
  return (op != MUL && op != DIV) || !v128.any_true(zeros) || !vanishes(op, constant, n, a, b, out);
}

/** Is a result zero though its operands are not? A zero of a zero is common, and no reason for the exact loop. */
// @ts-ignore: decorator
@inline
function vanishes(op: i32, constant: bool, n: u32, a: usize, b: usize, out: usize): bool {
  const zero = f64x2.splat(0);
  const same = f64x2.splat(load<f64>(b));
  let flags = i64x2.splat(0);
  const bytes = (<usize>n) << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = constant ? same : v128.load(b + i);
    const lost = v128.and(f64x2.eq(v128.load(out + i), zero), f64x2.ne(v128.load(a + i), zero));
    flags = v128.or(flags, op == MUL ? v128.and(lost, f64x2.ne(y, zero)) : lost);
  }
  return v128.any_true(flags);
}

export function addF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(ADD, false, n, a, b, out)) return OK;
  return real<f64>(ADD, false, n, sel, valid, a, b, out);
}
export function addF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(ADD, true, n, a, b, out)) return OK;
  return real<f64>(ADD, true, n, sel, valid, a, b, out);
}
export function subF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(SUB, false, n, a, b, out)) return OK;
  return real<f64>(SUB, false, n, sel, valid, a, b, out);
}
export function subF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(SUB, true, n, a, b, out)) return OK;
  return real<f64>(SUB, true, n, sel, valid, a, b, out);
}
export function mulF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(MUL, false, n, a, b, out)) return OK;
  return real<f64>(MUL, false, n, sel, valid, a, b, out);
}
export function mulF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(MUL, true, n, a, b, out)) return OK;
  return real<f64>(MUL, true, n, sel, valid, a, b, out);
}
export function divF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(DIV, false, n, a, b, out)) return OK;
  return real<f64>(DIV, false, n, sel, valid, a, b, out);
}
export function divF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && denseF64(DIV, true, n, a, b, out)) return OK;
  return real<f64>(DIV, true, n, sel, valid, a, b, out);
}
export function modF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return real<f64>(MOD, false, n, sel, valid, a, b, out);
}
export function addF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return real<f32>(ADD, false, n, sel, valid, a, b, out);
}
export function subF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return real<f32>(SUB, false, n, sel, valid, a, b, out);
}
export function mulF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return real<f32>(MUL, false, n, sel, valid, a, b, out);
}
export function divF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return real<f32>(DIV, false, n, sel, valid, a, b, out);
}
export function modF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return real<f32>(MOD, false, n, sel, valid, a, b, out);
}

// -- one argument

export function negI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = at<i64>(a, row);
    if (x == i64.MIN_VALUE) return raise(INTEGER_OVERFLOW, row);
    put<i64>(out, row, -x);
  }
  return OK;
}

export function absI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = at<i64>(a, row);
    if (x == i64.MIN_VALUE) return raise(INTEGER_OVERFLOW, row);
    put<i64>(out, row, x < 0 ? -x : x);
  }
  return OK;
}

// SQL's narrow integers: what does not fit is refused.

// @ts-ignore: decorator
@inline
function narrow(n: u32, sel: usize, valid: usize, a: usize, out: usize, most: i64): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = at<i64>(a, row);
    if (x > most || x < ~most) return raise(INTEGER_OVERFLOW, row);
    put<i64>(out, row, x);
  }
  return OK;
}

export function narrowI32(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  return narrow(n, sel, valid, a, out, i32.MAX_VALUE);
}
export function narrowI16(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  return narrow(n, sel, valid, a, out, i16.MAX_VALUE);
}

export function negF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); put<f64>(out, row, -at<f64>(a, row)); }
  return OK;
}
export function absF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); put<f64>(out, row, abs<f64>(at<f64>(a, row))); }
  return OK;
}
export function negF32(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); put<f32>(out, row, -at<f32>(a, row)); }
  return OK;
}
export function absF32(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); put<f32>(out, row, abs<f32>(at<f32>(a, row))); }
  return OK;
}

// -- dates: 32-bit days, and whole numbers of days

// @ts-ignore: decorator
@inline
function moveDays(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize, back: bool): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const days = at<i64>(b, row);
    const from: i64 = at<i32>(a, row);
    // Beyond ±2^33 no date is in range, and below it nothing overflows.
    if (days > 0x200000000 || days < -0x200000000) return raise(OUT_OF_RANGE, row);
    const day = back ? from - days : from + days;
    if (day > i32.MAX_VALUE || day < i32.MIN_VALUE) return raise(OUT_OF_RANGE, row);
    put<i32>(out, row, <i32>day);
  }
  return OK;
}

export function addDays(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return moveDays(n, sel, valid, a, b, out, false);
}
export function subDays(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return moveDays(n, sel, valid, a, b, out, true);
}
export function diffDays(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    put<i64>(out, row, <i64>at<i32>(a, row) - <i64>at<i32>(b, row));
  }
  return OK;
}
