// The schema builder: `t.row({ at: t.timestamp(), delay: t.int().nullable() })`. A schema is plain frozen data;
// the row type rides along as a phantom, so that readers can say what a row is without running anything.
import { describeValue, excerpt, fail } from '../base/index.ts'
import {
  type ColumnType,
  DECIMAL_DIGITS,
  decimalOf,
  type Field,
  field,
  isKeyType,
  listOf,
  mapOf,
  type Schema,
  type StructType,
  scalars,
  schemaOf,
  showType,
} from './column.ts'
import type { Day, Decimal, Flat, Interval, List, Struct, TimeOfDay, Uuid } from './values.ts'

declare const value: unique symbol
declare const row: unique symbol

/** One column: its type, whether it may be null, and (in types only) its JavaScript value. */
export interface ColumnSpec<V> {
  readonly type: ColumnType
  readonly isNullable: boolean
  /** The same column, possibly null. */
  nullable(): ColumnSpec<V | null>
  readonly [value]?: V
}

/** A schema that knows its row type. */
export interface RowSchema<Row extends object = object> extends Schema {
  readonly [row]?: Row
}

/** The row type of a schema. */
export type RowFrom<S> = S extends RowSchema<infer Row> ? Row : never

/** What may stand in `t.row({…})`; anything else is an error at the property. */
export type ColumnSpecs = { readonly [name: string]: ColumnSpec<unknown> }

/** The JavaScript row of `t.row(specs)`. */
export type RowOfSpecs<Specs> = Flat<{ -readonly [K in keyof Specs]: Specs[K] extends ColumnSpec<infer V> ? V : never }>

/** Names are data: any text goes, but none that is empty, longer than this, or holds a control character. */
export const NAME_LIMIT = 256

const spec = <V>(type: ColumnType, isNullable = false): ColumnSpec<V> =>
  Object.freeze({ type, isNullable, nullable: () => spec<V | null>(type, true) })

/**
 * Columns and rows.
 *
 * @example
 * import { t } from 'millrace'
 * const Flight = t.row({ at: t.timestamp(), carrier: t.string(), delay: t.int().nullable() })
 * if (Flight.fields.map(f => f.name).join() !== 'at,carrier,delay') throw new Error('three columns, in this order')
 */
export const t = Object.freeze({
  boolean: () => spec<boolean>(scalars.boolean),
  /** 64-bit, a JavaScript number; a value beyond 2^53 is an error that names `t.bigint()`. */
  int: () => spec<number>(scalars.int),
  /** 64-bit, a JavaScript bigint. */
  bigint: () => spec<bigint>(scalars.bigint),
  /** 32-bit floating point. */
  float: () => spec<number>(scalars.float),
  /** 64-bit floating point. */
  double: () => spec<number>(scalars.double),
  string: () => spec<string>(scalars.string),
  binary: () => spec<Uint8Array>(scalars.binary),
  /** Microseconds, UTC; a JavaScript Date. */
  timestamp: () => spec<Date>(scalars.timestamp),
  /** A calendar date; a JavaScript Date at midnight UTC. */
  date: () => spec<Day>(scalars.date),
  /** A time of day without a date, to the microsecond; text such as '12:30:00.25'. */
  time: () => spec<TimeOfDay>(scalars.time),
  /** Months, days and microseconds, as PostgreSQL's interval; `{ months, days, micros }`. */
  interval: () => spec<Interval>(scalars.interval),
  /** A UUID; text in lower case. */
  uuid: () => spec<Uuid>(scalars.uuid),
  /**
   * Exact numbers of up to 36 digits, as PostgreSQL's numeric; text such as '1.10'. Given a precision (digits at most) and a
   * scale (digits behind the point, 0 if left out), values are rounded to it, and one that does not fit is refused.
   */
  decimal: (precision?: number, scale?: number) => spec<Decimal>(decimalType(precision, scale)),
  /** Any JSON value; `T` is what you know of it, unchecked. */
  json: <T = unknown>() => spec<T>(scalars.json),
  /** A record of columns, as `window` is; one that is nullable is null where all of its fields are. */
  struct: <const Specs extends ColumnSpecs>(specs: Specs): ColumnSpec<Struct<RowOfSpecs<Specs>>> => {
    const type: StructType = Object.freeze({ kind: 'struct', fields: fieldsOf(specs) })
    return spec<Struct<RowOfSpecs<Specs>>>(type)
  },
  /** An array of values of one type: `t.list(t.int())`, `t.list(t.string().nullable())`. */
  list: <V>(of: ColumnSpec<V>): ColumnSpec<List<V>> => {
    const { type, isNullable } = checkedSpec(of, 'the elements of a list')
    return spec<List<V>>(listOf(type, isNullable))
  },
  /** A JavaScript Map; keys of one type, each once: `t.map(t.string(), t.double())`. */
  map: <K, V>(key: ColumnSpec<K>, value: ColumnSpec<V>): ColumnSpec<Map<K, V>> => {
    const keys = checkedSpec(key, 'the keys of a map')
    const values = checkedSpec(value, 'the values of a map')
    if (!isKeyType(keys.type) || keys.isNullable)
      return badSchema(`the keys of a map are ${showType(keys.type)}${keys.isNullable ? ', nullable' : ''}`)
    return spec<Map<K, V>>(mapOf(keys.type, values.type, values.isNullable))
  },
  /** A row: columns in the order written. */
  row: <const Specs extends ColumnSpecs>(specs: Specs): RowSchema<RowOfSpecs<Specs>> => schemaOf(fieldsOf(specs)),
})

function decimalType(precision: number | undefined, scale: number | undefined): ColumnType {
  if (precision === undefined && scale === undefined) return scalars.decimal
  const digits = precision ?? 0
  const places = scale ?? 0
  if (!Number.isInteger(digits) || digits < 1 || digits > DECIMAL_DIGITS)
    return fail('BAD_SCHEMA', {
      reason: `a decimal has 1 to ${DECIMAL_DIGITS} digits, and not ${describeValue(precision)}`,
      fix: 'write t.decimal(12, 2), or t.decimal() for any number of them',
    })
  if (!Number.isInteger(places) || places < 0 || places > digits)
    return fail('BAD_SCHEMA', {
      reason: `of ${digits} digits ${describeValue(scale)} can't be behind the point`,
      fix: 'write t.decimal(12, 2): of 12 digits 2 are behind the point',
    })
  return decimalOf(digits, places)
}

/** The struct column that windows add. */
export const windowType: StructType = Object.freeze({
  kind: 'struct',
  fields: Object.freeze([field('start', scalars.timestamp), field('end', scalars.timestamp)]),
})

/** That of the global window, which has no bounds. */
export const globalType: StructType = Object.freeze({
  kind: 'struct',
  fields: Object.freeze([field('start', scalars.timestamp, true), field('end', scalars.timestamp, true)]),
})

/** That of windows by count, whose bounds are rows. */
export const countWindowType: StructType = Object.freeze({
  kind: 'struct',
  fields: Object.freeze([field('start', scalars.int), field('end', scalars.int)]),
})

function fieldsOf(specs: ColumnSpecs): readonly Field[] {
  if (specs === null || typeof specs !== 'object') return badSchema('it is not an object of columns')
  const names = Object.keys(specs)
  if (names.length === 0) return badSchema('it has no columns')
  const fields = names.map(name => {
    const each = specs[name]
    if (each === undefined || each === null || typeof each !== 'object' || each.type === undefined)
      return badSchema(`column '${excerpt(name)}' is not a column type`)
    return field(checkedName(name), each.type, each.isNullable)
  })
  return Object.freeze(fields)
}

function checkedSpec<V>(of: ColumnSpec<V>, what: string): ColumnSpec<V> {
  if (of === null || typeof of !== 'object' || of.type === undefined) return badSchema(`${what} are of no column type`)
  return of
}

/** A column name that is safe to carry around, or BAD_COLUMN_NAME. */
export function checkedName(name: string): string {
  const reason = nameProblem(name)
  return reason === undefined ? name : fail('BAD_COLUMN_NAME', { name: excerpt(name, 40), reason })
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'it is not a string'
  if (name === '') return 'it is empty'
  if (name.length > NAME_LIMIT) return `it is longer than ${NAME_LIMIT} characters`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'it holds a control character'
  if (!name.isWellFormed()) return 'it is not well-formed Unicode (a lone surrogate)'
  return undefined
}

function badSchema(reason: string): never {
  fail('BAD_SCHEMA', { reason, fix: 'write t.row({ name: t.string(), n: t.int().nullable() })' })
}
