// What explode makes of a row: the element takes the place of the column.
import type { Flat } from './values.ts'

/** Names of the columns of lists, and of json columns that may hold arrays. */
export type ListColumn<Row> = {
  [K in keyof Row & string]: unknown extends Row[K] ? K : NonNullable<Row[K]> extends readonly unknown[] ? K : never
}[keyof Row & string]

/** Names of the columns of maps. */
export type MapColumn<Row> = {
  [K in keyof Row & string]: unknown extends Row[K]
    ? never
    : NonNullable<Row[K]> extends ReadonlyMap<unknown, unknown>
      ? K
      : never
}[keyof Row & string]

type ElementOf<V> = unknown extends V ? unknown : NonNullable<V> extends readonly (infer E)[] ? E : never
type KeyOf<V> = NonNullable<V> extends ReadonlyMap<infer K, unknown> ? K : never
type ValueIn<V> = NonNullable<V> extends ReadonlyMap<unknown, infer E> ? E : never
type Loose<V, Outer> = Outer extends true ? V | null : V

export interface ExplodeOptions<As, Ordinal extends string, Outer extends boolean> {
  /** The name of the element, default: that of the column. Of a map: the names of key and value, default `['key', 'value']`. */
  readonly as?: As
  /** The name of one more column: the element's number, from 0. */
  readonly ordinal?: Ordinal
  /** Keep rows without elements (null or empty), with nulls. */
  readonly outer?: Outer
}

export type ExplodedList<Row, K extends keyof Row, As extends string, Ordinal extends string, Outer> = Flat<
  Omit<Row, K> & { [P in As]: Loose<ElementOf<Row[K]>, Outer> } & { [P in Ordinal]: Loose<number, Outer> }
>

export type ExplodedMap<
  Row,
  K extends keyof Row,
  Key extends string,
  Value extends string,
  Ordinal extends string,
  Outer,
> = Flat<
  Omit<Row, K> & { [P in Key]: Loose<KeyOf<Row[K]>, Outer> } & { [P in Value]: Loose<ValueIn<Row[K]>, Outer> } & {
    [P in Ordinal]: Loose<number, Outer>
  }
>
