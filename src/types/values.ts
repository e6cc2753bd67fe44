// What a column's value is in JavaScript, and how row types stay readable: every row type that leaves the API
// goes through Flat, so that hovering shows `{ carrier: string; late: number }` and not how it was derived.

declare const day: unique symbol

/** A calendar date: a `Date` at midnight UTC. The mark only tells date columns from timestamps in types. */
export interface Day extends Date {
  readonly [day]?: true
}

declare const time: unique symbol
declare const uuid: unique symbol

/** A time of day: `'12:30:00'`, `'12:30:00.25'`. The mark only tells such columns from text in types. */
export type TimeOfDay = string & { readonly [time]?: true }

/** A UUID in lower case: `'9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10'`. The mark only tells such columns from text in types. */
export type Uuid = string & { readonly [uuid]?: true }

declare const decimal: unique symbol

/** A decimal as text, with every digit it shows: `'1.10'`, also `'NaN'` and `'Infinity'`. The mark only tells such columns from text in types. */
export type Decimal = string & { readonly [decimal]?: true }

declare const list: unique symbol
declare const struct: unique symbol

/** The value of a list column: an array. The mark only tells such columns from json arrays in types. */
export interface List<T> extends Array<T> {
  readonly [list]?: true
}

/** The value of a struct column: an object. The mark only tells such columns from json objects in types. */
export type Struct<Fields> = Fields & { readonly [struct]?: true }

/** A span of calendar time: a month is as long as the month it is added to. */
export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: number
}

/** The value of a `window` column: from `start` (inclusive) to `end` (exclusive). */
export interface WindowSpan {
  readonly start: Date
  readonly end: Date
}

/** The value of a `window` column that is all of time. */
export interface GlobalSpan {
  readonly start: null
  readonly end: null
}

/** The value of a `window` column of rows by count: rows `start` (from 0) to `end` (exclusive) of their group. */
export type CountSpan = Struct<{ readonly start: number; readonly end: number }>

/** append: rows only come. update: rows also go or change. Part of a table's type. */
export type ChangeKind = 'append' | 'update'

/** The same object type, written out. */
export type Flat<T> = { [K in keyof T]: T[K] } & {}

/** Names of the columns that are timestamps. */
export type TimeColumn<Row> = {
  [K in keyof Row & string]: NonNullable<Row[K]> extends Date
    ? typeof day extends keyof NonNullable<Row[K]>
      ? never
      : K
    : never
}[keyof Row & string]

/** The same row with every column possibly null: the right side of a left join. */
export type Nullable<Row> = { [K in keyof Row]: Row[K] | null }

/** Is a column of this value type a time of day, a uuid, or a decimal (and not any text)? */
export type IsTimeOfDay<V> = typeof time extends keyof NonNullable<V> ? true : false
export type IsUuid<V> = typeof uuid extends keyof NonNullable<V> ? true : false

export type IsDecimal<V> = typeof decimal extends keyof NonNullable<V> ? true : false

/** Is a column of this value type a list, or a struct (and not json)? */
export type IsList<V> = typeof list extends keyof NonNullable<V> ? true : false
export type IsStruct<V> = typeof struct extends keyof NonNullable<V> ? true : false

/** Is a column of this value type a date (and not a timestamp)? */
export type IsDay<V> = typeof day extends keyof NonNullable<V> ? true : false
