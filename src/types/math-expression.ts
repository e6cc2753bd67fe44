// What expressions of numbers can do beside arithmetic: angles, logarithms' kin, and the bits of whole numbers. Functions of
// bits and divisors take integers; the planner refuses them on a column of doubles.
import type { NullOf, Num, NumArg, Str } from './expression.ts'

/** `R`, `S`: a number and a text that are null where this is; named once, for the type checker's sake. */
export interface MathOps<N extends null, R = Num<N>, S = Str<N>> {
  /** The cube root. */
  cbrt(): R
  /** Radians as degrees. */
  degrees(): R
  /** Degrees as radians. */
  radians(): R
  /** Of an angle in radians, as are all without a d at the end. */
  sin(): R
  cos(): R
  tan(): R
  cot(): R
  /** Outside of -1 to 1 an error, as for acos and atanh. */
  asin(): R
  acos(): R
  atan(): R
  /** The angle of the point whose y this is. */
  atan2<B extends NumArg>(x: B): Num<N | NullOf<B>>
  /** Of an angle in degrees: exact where the sine is. */
  sind(): R
  cosd(): R
  tand(): R
  cotd(): R
  asind(): R
  acosd(): R
  atand(): R
  atan2d<B extends NumArg>(x: B): Num<N | NullOf<B>>
  sinh(): R
  cosh(): R
  tanh(): R
  asinh(): R
  /** Below 1 an error. */
  acosh(): R
  atanh(): R
  /** n!, up to 20. */
  factorial(): R
  /** The greatest common divisor. */
  gcd<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** The least common multiple. */
  lcm<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** The number of the bucket, from 1, of `count` equal ones from `low` to `high`. */
  widthBucket<B extends NumArg, C extends NumArg, D extends NumArg>(
    low: B,
    high: C,
    count: D,
  ): Num<N | NullOf<B> | NullOf<C> | NullOf<D>>
  /** The bits that both have. */
  bitwiseAnd<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** The bits that one has. */
  bitwiseOr<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** The bits that only one has. */
  bitwiseXor<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** All 64 bits turned. */
  bitwiseNot(): R
  shiftLeft<B extends NumArg>(places: B): Num<N | NullOf<B>>
  /** The sign stays. */
  shiftRight<B extends NumArg>(places: B): Num<N | NullOf<B>>
  /** Hexadecimal digits of a whole number. */
  toHex(): S
  /** Octal digits of a whole number. */
  toOct(): S
  /** Binary digits of a whole number. */
  toBin(): S
  /** The character whose code point this is. */
  chr(): S
}
