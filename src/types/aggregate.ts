// The types of aggregates: what `agg(g => …)` gets. A group that may be empty (no keys, or a filter on the
// aggregate) gives null for everything but counts; `E` carries that.
import type { ColumnSpec } from './build.ts'
import type { BoolExpr, Columns, Expression, ExprOf, NullableBoolExpr, ValueOf } from './expression.ts'
import type { Decimal, Interval, IsDecimal, IsList, List } from './values.ts'

/** An aggregate, usable in expressions: `g.delay.sum().div(g.count())`. */
export type Aggregated<Row, V, Empty = null> = ExprOf<V> & Filterable<Row, V, Empty>

export interface Filterable<Row, V, Empty> {
  /** Only the rows of the group for which the condition is true. */
  filter(condition: (row: Columns<Row>) => BoolExpr | NullableBoolExpr): ExprOf<V | Empty>
}

/** An aggregate of your own: plain functions over values. Without `remove` it is computed anew when rows go. */
export interface AggregateDefinition<State, Value, Result> {
  /** Part of the plan: rename it when its meaning changes. */
  readonly name: string
  readonly type: ColumnSpec<Result>
  init(): State
  add(state: State, value: Value): State
  remove?(state: State, value: Value): State
  result(state: State): Result
}

export interface CollectOptions {
  /** At most so many values, the least: a list has to fit a row. */
  readonly max: number
  /** Each value once. */
  readonly distinct?: boolean
}

/** What rows can be ordered by in first and last. */
type Moment = Date | number | bigint | null

interface AnyGroup<Row, V, E extends null> {
  /** Rows whose value is not null. */
  count(): Aggregated<Row, number, never>
  /** The value of the earliest row by event time, of rows where it is not null. */
  first(): Aggregated<Row, V | E>
  /** The value of the earliest row by what `by` says, of rows where neither is null. */
  first<B extends Expression<Moment>>(by: (row: Columns<Row>) => B): Aggregated<Row, V | E | Extract<ValueOf<B>, null>>
  /** The value of the latest row by event time, of rows where it is not null. */
  last(): Aggregated<Row, V | E>
  /** The value of the latest row by what `by` says, of rows where neither is null. */
  last<B extends Expression<Moment>>(by: (row: Columns<Row>) => B): Aggregated<Row, V | E | Extract<ValueOf<B>, null>>
  /** The values in their order, at most `max` of them (the least); nulls are passed over. */
  collect(options: CollectOptions): Aggregated<Row, List<NonNullable<V>>, never>
  /** Your own aggregate of the values. */
  aggregate<State, Result>(definition: AggregateDefinition<State, V, Result>): Aggregated<Row, Result>
}
interface OrderedGroup<Row, V, E extends null> extends AnyGroup<Row, V, E> {
  /** Different values that are not null, exactly. */
  countDistinct(): Aggregated<Row, number, never>
  min(): Aggregated<Row, V | E>
  max(): Aggregated<Row, V | E>
}
interface NumGroup<Row, V, E extends null> extends OrderedGroup<Row, V, E> {
  sum(): Aggregated<Row, V | E>
  avg(): Aggregated<Row, number | Extract<V, null> | E>
  /** Of a sample (n - 1); null for fewer than two values. */
  variance(): Aggregated<Row, number | null>
  stddev(): Aggregated<Row, number | null>
  /** The value below which a share `p` (0 to 1) of the values lie, nearly. */
  approxQuantile(p: number): Aggregated<Row, number | Extract<V, null> | E>
}
interface DecGroup<Row, V, E extends null> extends OrderedGroup<Row, V, E> {
  /** Shows as many digits behind the point as the value that shows most. */
  sum(): Aggregated<Row, V | E>
  /** To at least 16 significant digits. */
  avg(): Aggregated<Row, V | E>
  /** Of a sample (n - 1); null for fewer than two values. */
  variance(): Aggregated<Row, Decimal | null>
  stddev(): Aggregated<Row, Decimal | null>
}
interface BoolGroup<Row, V, E extends null> extends OrderedGroup<Row, V, E> {
  /** True if all values that are not null are true. */
  every(): Aggregated<Row, V | E>
  /** True if one value is true. */
  some(): Aggregated<Row, V | E>
}

/** The aggregates of a column whose value is `V`. */
export type GroupOf<Row, V, E extends null> = unknown extends V
  ? AnyGroup<Row, V, E>
  : [V] extends [boolean | null]
    ? BoolGroup<Row, V, E>
    : [V] extends [number | bigint | null]
      ? NumGroup<Row, V, E>
      : IsDecimal<V> extends true
        ? DecGroup<Row, V, E>
        : [V] extends [string | Date | Uint8Array | Interval | null]
          ? OrderedGroup<Row, V, E>
          : IsList<V> extends true
            ? OrderedGroup<Row, V, E>
            : AnyGroup<Row, V, E>

/** What `agg(g => …)` gets: the columns of the group's rows, and the row count. */
export type Group<Row, E extends null> = GroupFunctions<Row, E> & {
  readonly [K in keyof Row]-?: GroupOf<Row, Row[K], E>
}
interface GroupFunctions<Row, E extends null> {
  /** Rows of the group. */
  count(): Aggregated<Row, number, never>
  /** Aggregates of an expression: `g.of(r => r.price.mul(r.quantity)).sum()`. */
  of<X extends ExprOf<boolean | null> | ExprOf<number | null> | object>(
    expression: (row: Columns<Row>) => X,
  ): GroupOf<Row, ValueOf<X>, E>
}
