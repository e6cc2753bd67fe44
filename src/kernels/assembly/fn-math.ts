// Rounding, signs and roots. Exponentials and logarithms have no kernel: the host's own give the twin's very bits.
import { rowAt, isValid } from './layout'
import { OK, raise, INVALID_ARGUMENT } from './raise'

const CEIL: i32 = 0;
const FLOOR: i32 = 1;
const NEAREST: i32 = 2;
const TRUNC: i32 = 3;

// @ts-ignore: decorator
@inline
function lanes(op: i32, x: v128): v128 {
  return op == CEIL ? f64x2.ceil(x) : op == FLOOR ? f64x2.floor(x) : op == NEAREST ? f64x2.nearest(x) : f64x2.trunc(x);
}

// @ts-ignore: decorator
@inline
function one(op: i32, x: f64): f64 {
  return op == CEIL ? ceil<f64>(x) : op == FLOOR ? floor<f64>(x) : op == NEAREST ? nearest<f64>(x) : trunc<f64>(x);
}

// @ts-ignore: decorator
@inline
function rounded(op: i32, n: u32, sel: usize, a: usize, out: usize): i32 {
  if (sel == 0) {
    const bytes = <usize>n << 3;
    for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, lanes(op, v128.load(a + i)));
  } else {
    for (let i: u32 = 0; i < n; i++) { const at = <usize>rowAt(sel, i) << 3; store<f64>(out + at, one(op, load<f64>(a + at))); }
  }
  return OK;
}

/** Up to the next whole number. */
export function ceilF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return rounded(CEIL, n, sel, a, out); }
export function floorF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return rounded(FLOOR, n, sel, a, out); }
/** Half to even. */
export function roundF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return rounded(NEAREST, n, sel, a, out); }
export function truncF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 { return rounded(TRUNC, n, sel, a, out); }

export function sqrtF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = load<f64>(a + (<usize>row << 3));
    if (x < 0) return raise(INVALID_ARGUMENT, row);
    store<f64>(out + (<usize>row << 3), sqrt<f64>(x));
  }
  return OK;
}

/** -1, 0 or 1; 0 for NaN, as in PostgreSQL. */
export function signF64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const at = <usize>rowAt(sel, i) << 3;
    const x = load<f64>(a + at);
    store<f64>(out + at, x > 0 ? 1 : x < 0 ? -1 : 0);
  }
  return OK;
}

export function signI64(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const at = <usize>rowAt(sel, i) << 3;
    const x = load<i64>(a + at);
    store<i64>(out + at, x > 0 ? 1 : x < 0 ? -1 : 0);
  }
  return OK;
}
