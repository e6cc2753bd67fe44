// The types of window functions: what `over(options, w => …)` gets. Nothing but counts and ranks is sure to have a value:
// a frame may be empty, and there may be no row before the first.
import type { Columns, Expression, ValueOf } from './expression.ts'
import type { Decimal, IsDecimal } from './values.ts'

interface AnyOver<V> {
  /** The value `n` rows before, 1 if left out; null where there is none. */
  lag(n?: number): Expression<V | null>
  /** The value `n` rows on, 1 if left out; null where there is none. */
  lead(n?: number): Expression<V | null>
  /** The value of the frame's first row. */
  firstValue(): Expression<V | null>
  /** The value of the frame's last row. */
  lastValue(): Expression<V | null>
  /** The value of the frame's `n`-th row, from 1. */
  nthValue(n: number): Expression<V | null>
  /** Rows of the frame whose value is not null. */
  count(): Expression<number>
}
interface OrderedOver<V> extends AnyOver<V> {
  min(): Expression<V | null>
  max(): Expression<V | null>
}
interface NumOver<V> extends OrderedOver<V> {
  sum(): Expression<V | null>
  avg(): Expression<number | null>
  /** Of a sample (n - 1); null for fewer than two values. */
  variance(): Expression<number | null>
  stddev(): Expression<number | null>
}
interface DecOver<V> extends OrderedOver<V> {
  sum(): Expression<V | null>
  avg(): Expression<V | null>
  /** Of a sample (n - 1); null for fewer than two values. */
  variance(): Expression<Decimal | null>
  stddev(): Expression<Decimal | null>
}
interface BoolOver<V> extends OrderedOver<V> {
  /** True if all values of the frame that are not null are true. */
  every(): Expression<boolean | null>
  /** True if one value of the frame is true. */
  some(): Expression<boolean | null>
}

/** The window functions of a column whose value is `V`. */
export type OverOf<V> = unknown extends V
  ? AnyOver<V>
  : [V] extends [number | bigint | null]
    ? NumOver<V>
    : [V] extends [boolean | null]
      ? BoolOver<V>
      : IsDecimal<V> extends true
        ? DecOver<V>
        : [V] extends [string | Date | Uint8Array | null]
          ? OrderedOver<V>
          : AnyOver<V>

interface OverFunctions<Row> {
  /** 1, 2, 3 … in the group's order. */
  rowNumber(): Expression<number>
  /** 1 + the rows before in the order: rows that tie have the same. */
  rank(): Expression<number>
  /** 1 + the different order keys before. */
  denseRank(): Expression<number>
  /** (rank - 1) / (rows of the group - 1); 0 for a single row. */
  percentRank(): Expression<number>
  /** The share of the group's rows that are not behind this one. */
  cumeDist(): Expression<number>
  /** Which of `n` parts of nearly equal size the row is in, from 1. */
  ntile(n: number): Expression<number>
  /** Rows of the frame. */
  count(): Expression<number>
  /** Functions of an expression: `w.of(r => r.price.mul(r.quantity)).sum()`. */
  of<X>(expression: (row: Columns<Row>) => X): OverOf<ValueOf<X>>
}

/** What `over(options, w => …)` gets. */
export type OverColumns<Row> = OverFunctions<Row> & { readonly [K in keyof Row]-?: OverOf<Row[K]> }
