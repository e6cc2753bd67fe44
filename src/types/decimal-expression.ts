// What expressions of decimals can do. Beside one, a number or a text is a decimal too: `price.mul(0.908)` is exact.
import type { BigExpr, NullableBigExpr, NullableNumExpr, NullOf, NumArg, NumExpr, Ordered } from './expression.ts'
import type { Printed } from './time-expression.ts'
import type { Decimal } from './values.ts'

export type DecArg = string | number | bigint | DecExpr | NullableDecExpr | BigExpr | NullableBigExpr

export type Dec<N extends null> = [N] extends [never] ? DecExpr : NullableDecExpr

interface DecOps<N extends null> extends Ordered<Decimal, DecArg, N>, Printed<N> {
  /** Shows as many digits behind the point as the argument that shows more. */
  add<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  sub<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  /** Shows the digits behind the point of both arguments together. */
  mul<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  /** To at least 16 significant digits, half away from zero. */
  div<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  /** The rest, with the sign of the dividend. */
  mod<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  neg(): Dec<N>
  abs(): Dec<N>
  sign(): Dec<N>
  /** To the nearest whole number, or to so many digits behind the point, half away from zero; `round(-3)` to thousands. */
  round<B extends NumArg = never>(digits?: B): Dec<N | NullOf<B>>
  /** Without the digits behind the point, or behind so many of them. */
  trunc<B extends NumArg = never>(digits?: B): Dec<N | NullOf<B>>
  floor(): Dec<N>
  ceil(): Dec<N>
  sqrt(): Dec<N>
  exp(): Dec<N>
  /** Natural logarithm. */
  ln(): Dec<N>
  log10(): Dec<N>
  pow<B extends DecArg>(exponent: B): Dec<N | NullOf<B>>
  /** The quotient as a whole number, cut off towards zero. */
  quotient<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  gcd<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  lcm<B extends DecArg>(other: B): Dec<N | NullOf<B>>
  /** The number of the bucket, from 1, of `count` equal ones from `low` to `high`. */
  widthBucket<B extends DecArg, C extends DecArg, D extends NumArg>(
    low: B,
    high: C,
    count: D,
  ): [N | NullOf<B> | NullOf<C> | NullOf<D>] extends [never] ? NumExpr : NullableNumExpr
  /** The same number without zeros at its end. */
  trimScale(): Dec<N>
  /** The digits it shows behind the point; null for NaN and infinities. */
  scale(): NullableNumExpr
  /** The digits behind the point that it needs; null for NaN and infinities. */
  minScale(): NullableNumExpr
}

/** A decimal: an exact number. */
export interface DecExpr extends DecOps<never> {}
export interface NullableDecExpr extends DecOps<null> {}
