// Equality and order, one bit a row. Only = and < exist (and > against a constant): the rest are the same with swapped
// arguments or the complement. Eight rows make a byte; with no selection they are compared in vectors.
// NaN equals NaN and is greater than all numbers, as in PostgreSQL; -0 equals 0 by IEEE.
import { rowAt, isValid, viewLength, viewBytes } from './layout'
import { OK } from './raise'

const EQ: i32 = 0;
const LT: i32 = 1;
const GT: i32 = 2;

// @ts-ignore: decorator
@inline
function putBit(out: usize, row: u32, bit: bool): void {
  const at = out + (row >> 3);
  const mask: u32 = 1 << (row & 7);
  store<u8>(at, <u8>((load<u8>(at) & ~mask) | (bit ? mask : 0)));
}

// @ts-ignore: decorator
@inline
function lanesI64(op: i32, x: v128, y: v128): i32 {
  if (op == EQ) return i64x2.bitmask(i64x2.eq(x, y));
  if (op == LT) return i64x2.bitmask(i64x2.lt_s(x, y));
  return i64x2.bitmask(i64x2.gt_s(x, y));
}

// @ts-ignore: decorator
@inline
function lessF64(x: v128, y: v128): v128 {
  return v128.or(f64x2.lt(x, y), v128.and(f64x2.ne(y, y), f64x2.eq(x, x)));
}

// @ts-ignore: decorator
@inline
function lanesF64(op: i32, x: v128, y: v128): i32 {
  if (op == EQ) return i64x2.bitmask(v128.or(f64x2.eq(x, y), v128.and(f64x2.ne(x, x), f64x2.ne(y, y))));
  if (op == LT) return i64x2.bitmask(lessF64(x, y));
  return i64x2.bitmask(lessF64(y, x));
}

// @ts-ignore: decorator
@inline
function lanesI32(op: i32, x: v128, y: v128): i32 {
  if (op == EQ) return i32x4.bitmask(i32x4.eq(x, y));
  if (op == LT) return i32x4.bitmask(i32x4.lt_s(x, y));
  return i32x4.bitmask(i32x4.gt_s(x, y));
}

// @ts-ignore: decorator
@inline
function lessF32(x: v128, y: v128): v128 {
  return v128.or(f32x4.lt(x, y), v128.and(f32x4.ne(y, y), f32x4.eq(x, x)));
}

// @ts-ignore: decorator
@inline
function lanesF32(op: i32, x: v128, y: v128): i32 {
  if (op == EQ) return i32x4.bitmask(v128.or(f32x4.eq(x, y), v128.and(f32x4.ne(x, x), f32x4.ne(y, y))));
  if (op == LT) return i32x4.bitmask(lessF32(x, y));
  return i32x4.bitmask(lessF32(y, x));
}

// @ts-ignore: decorator
@inline
function lanes<T>(op: i32, x: v128, y: v128): i32 {
  if (isFloat<T>()) return sizeof<T>() == 8 ? lanesF64(op, x, y) : lanesF32(op, x, y);
  return sizeof<T>() == 8 ? lanesI64(op, x, y) : lanesI32(op, x, y);
}

// @ts-ignore: decorator
@inline
function splat<T>(value: T): v128 {
  return v128.splat<T>(value);
}

/** Vectors read up to 7 rows beyond n: columns are rounded up, and what lies there decides nothing. */
// @ts-ignore: decorator
@inline
function dense<T>(op: i32, constant: bool, n: u32, a: usize, b: usize, out: usize): void {
  const same = splat<T>(load<T>(b));
  const end = n & ~7;
  let x = a;
  let y = b;
  for (let row: u32 = 0; row < end; row += 8) {
    let bits: i32 = 0;
    if (sizeof<T>() == 8) {
      bits = lanes<T>(op, v128.load(x), constant ? same : v128.load(y))
        | (lanes<T>(op, v128.load(x, 16), constant ? same : v128.load(y, 16)) << 2)
        | (lanes<T>(op, v128.load(x, 32), constant ? same : v128.load(y, 32)) << 4)
        | (lanes<T>(op, v128.load(x, 48), constant ? same : v128.load(y, 48)) << 6);
    } else {
      bits = lanes<T>(op, v128.load(x), constant ? same : v128.load(y))
        | (lanes<T>(op, v128.load(x, 16), constant ? same : v128.load(y, 16)) << 4);
    }
    store<u8>(out + (row >> 3), <u8>bits);
    x += 8 * sizeof<T>();
    if (!constant) y += 8 * sizeof<T>();
  }
  for (let row = end; row < n; row++) one<T>(op, constant, row, a, b, out);
}

// @ts-ignore: decorator
@inline
function one<T>(op: i32, constant: bool, row: u32, a: usize, b: usize, out: usize): void {
  const x = load<T>(a + <usize>row * sizeof<T>());
  const y = load<T>(constant ? b : b + <usize>row * sizeof<T>());
  let bit = false;
  if (op == EQ) bit = isFloat<T>() ? x == y || (x != x && y != y) : x == y;
  else if (op == LT) bit = isFloat<T>() ? x < y || (y != y && x == x) : x < y;
  else bit = isFloat<T>() ? y < x || (x != x && y == y) : y < x;
  putBit(out, row, bit);
}

// @ts-ignore: decorator
@inline
function compare<T>(op: i32, constant: bool, n: u32, sel: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0) dense<T>(op, constant, n, a, b, out);
  else for (let i: u32 = 0; i < n; i++) one<T>(op, constant, load<u32>(sel + (<usize>i << 2)), a, b, out);
  return OK;
}

export function eqI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i64>(EQ, false, n, sel, a, b, out);
}
export function ltI64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i64>(LT, false, n, sel, a, b, out);
}
export function eqI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i64>(EQ, true, n, sel, a, b, out);
}
export function ltI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i64>(LT, true, n, sel, a, b, out);
}
export function gtI64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i64>(GT, true, n, sel, a, b, out);
}
export function eqI32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i32>(EQ, false, n, sel, a, b, out);
}
export function ltI32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i32>(LT, false, n, sel, a, b, out);
}
export function eqI32Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i32>(EQ, true, n, sel, a, b, out);
}
export function ltI32Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i32>(LT, true, n, sel, a, b, out);
}
export function gtI32Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<i32>(GT, true, n, sel, a, b, out);
}
export function eqF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f64>(EQ, false, n, sel, a, b, out);
}
export function ltF64(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f64>(LT, false, n, sel, a, b, out);
}
export function eqF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f64>(EQ, true, n, sel, a, b, out);
}
export function ltF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f64>(LT, true, n, sel, a, b, out);
}
export function gtF64Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f64>(GT, true, n, sel, a, b, out);
}
export function eqF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f32>(EQ, false, n, sel, a, b, out);
}
export function ltF32(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f32>(LT, false, n, sel, a, b, out);
}
export function eqF32Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f32>(EQ, true, n, sel, a, b, out);
}
export function ltF32Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f32>(LT, true, n, sel, a, b, out);
}
export function gtF32Constant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compare<f32>(GT, true, n, sel, a, b, out);
}

// -- strings: length and first bytes lie together in the view and decide most rows

/** a = b, for two views. */
export function sameView(a: usize, b: usize): bool {
  if (load<u64>(a) != load<u64>(b)) return false;
  const length = viewLength(a);
  if (length <= 12) return load<u64>(a, 8) == load<u64>(b, 8);
  return memory.compare(load<u32>(a, 12), load<u32>(b, 12), length) == 0;
}

/** a < b by bytes, for two views. */
export function lessView(a: usize, b: usize): bool {
  const x = bswap<u32>(load<u32>(a, 4));
  const y = bswap<u32>(load<u32>(b, 4));
  if (x != y) return x < y;
  const lengthA = viewLength(a);
  const lengthB = viewLength(b);
  const order = memory.compare(viewBytes(a), viewBytes(b), min(lengthA, lengthB));
  return order < 0 || (order == 0 && lengthA < lengthB);
}

// @ts-ignore: decorator
@inline
function compareViews(op: i32, constant: bool, n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = a + (<usize>row << 4);
    const y = constant ? b : b + (<usize>row << 4);
    putBit(out, row, op == EQ ? sameView(x, y) : op == LT ? lessView(x, y) : lessView(y, x));
  }
  return OK;
}

export function eqView(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compareViews(EQ, false, n, sel, valid, a, b, out);
}
export function ltView(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compareViews(LT, false, n, sel, valid, a, b, out);
}
/** A text of up to 12 bytes is its view: sixteen bytes are compared at once, and no row is looked through. */
function eqInline(n: u32, a: usize, b: usize, out: usize): void {
  const same = v128.load(b);
  const end = n & ~7;
  for (let row: u32 = 0; row < end; row += 8) {
    let bits: u32 = 0;
    for (let k: u32 = 0; k < 8; k++) {
      bits |= <u32>i64x2.all_true(i64x2.eq(v128.load(a), same)) << k;
      a += 16;
    }
    store<u8>(out + (row >> 3), <u8>bits);
  }
  for (let row = end; row < n; row++) { putBit(out, row, i64x2.all_true(i64x2.eq(v128.load(a), same))); a += 16; }
}

export function eqViewConstant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  if (sel == 0 && viewLength(b) <= 12) { eqInline(n, a, b, out); return OK; }
  return compareViews(EQ, true, n, sel, valid, a, b, out);
}
export function ltViewConstant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compareViews(LT, true, n, sel, valid, a, b, out);
}
export function gtViewConstant(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  return compareViews(GT, true, n, sel, valid, a, b, out);
}
