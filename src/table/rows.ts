// The row types of the verbs: each takes row types apart and gives a flat one back.
import type { ChangeKind, Expression, Flat, Nullable, ValueOf, WindowSpan } from '../types/index.ts'
import type { Selectable } from './helpers.ts'

/** What select and withColumns return: a column per property. */
export type Selection = { readonly [name: string]: Selectable }

/** The row a selection makes. */
export type SelectedRow<S> = Flat<{ -readonly [K in keyof S]: ValueOf<S[K]> }>

/** The row with columns added or replaced. */
export type ExtendedRow<Row, S> = Flat<Omit<Row, keyof S> & { -readonly [K in keyof S]: ValueOf<S[K]> }>

/** The row with columns renamed: `{ from: 'to' }`. */
export type RenamedRow<Row, Names> = Flat<{
  [K in keyof Row as K extends keyof Names ? (Names[K] extends string ? Names[K] : K) : K]: Row[K]
}>

/** A row with its rank in the column `As`. */
export type RankedRow<Row, As extends string> = Flat<Row & { [K in As]: number }>

/** A row of grouping sets: keys that are not in a row's set are null. */
export type GroupingRow<Row, K extends keyof Row, A, Id extends string> = Flat<
  { [P in K]: Row[P] | null } & Omit<SelectedRow<A>, K> & { [P in Id]: number }
>

type Pairs<V, N> = V extends V ? (N extends N ? readonly [V, N] : never) : never

/** A column per value, or per value and aggregate. */
export type PivotRow<V extends string | number | bigint | boolean | null, A> =
  A extends Expression<infer X>
    ? { [P in V as `${P}`]: X }
    : { [P in Pairs<V, keyof A & string> as `${P[0]}_${P[1]}`]: ValueOf<A[P[1] & keyof A]> }

/** A row in its window. */
export type WindowedRow<Row, Span = WindowSpan> = Flat<Omit<Row, 'window'> & { window: Span }>

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross'

/**
 * Both rows of a join side by side; a column that both have (and that is equal) is there once, of the side that has a row.
 * Semi and anti joins give the left row.
 */
export type JoinedRow<Left, Right, Type extends JoinType> = Type extends 'semi' | 'anti'
  ? Flat<Left>
  : Type extends 'right'
    ? Flat<Nullable<Omit<Left, keyof Right>> & Right>
    : Flat<LeftRow<Left, Type> & Omit<RightRow<Right, Type>, keyof Left>>

/** The left side in a join's select: possibly null in right and full joins. */
export type LeftRow<Left, Type extends JoinType> = Type extends 'right' | 'full' ? Nullable<Left> : Left

/** The right side in a join's select: possibly null in left and full joins; there is none in semi and anti joins. */
export type RightRow<Right, Type extends JoinType> = Type extends 'left' | 'full'
  ? Nullable<Right>
  : Type extends 'semi' | 'anti'
    ? Record<never, never>
    : Right

/** Right and full joins keep rows of both sides. */
export type JoinKind<Left extends ChangeKind, Right extends ChangeKind, Type extends JoinType> = Type extends
  | 'right'
  | 'full'
  ? EitherKind<Left, Right>
  : Left

/** update if one of both is. */
export type EitherKind<A extends ChangeKind, B extends ChangeKind> = 'update' extends A | B ? 'update' : 'append'

/** A row that could not be decoded. */
export interface ErrorRow {
  source: string
  line: number | null
  byte: number | null
  column: string | null
  code: string
  reason: string
  raw: string
}

/** What `.late` adds to the row that came too late; `No` is null for rows without event time, which are late for everything. */
interface LateFields<No> {
  reason: string
  /** microseconds between the watermark and the row's event time */
  lateness: number | No
  watermark: Date | No
}

/** A timestamp of such a row may be null, and with it the event time. */
type LacksTime<Row> = true extends {
  [K in keyof Row]: null extends Row[K] ? (NonNullable<Row[K]> extends Date | WindowSpan ? true : false) : false
}[keyof Row]
  ? true
  : false

/** Rows without event time lie in no window. */
type InNone<Row> = { [K in keyof Row]: Row[K] extends WindowSpan ? Row[K] | null : Row[K] }

/** A row behind the watermark. */
export type BehindRow<Row> = Flat<Row & LateFields<never>>

/** A row that an operator left out: it was behind the watermark, or its event time is null. */
export type LateRow<Row> = LacksTime<Row> extends true ? Flat<InNone<Row> & LateFields<null>> : BehindRow<Row>

/** What `.emit` adds to a window's result. */
export interface PaneFields {
  /** Of the panes of its window, from 0 on. */
  paneIndex: number
  paneTiming: string
  isFirstPane: boolean
  isLastPane: boolean
}

export type PaneRow<Row> = Flat<Row & PaneFields>

/** A value of an agg callback. */
export type Aggregates = { readonly [name: string]: Expression<unknown> }
