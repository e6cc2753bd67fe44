// The order of a result. A table is a multiset: its order is a property of the outermost orderBy, made when the rows
// leave. Sort keys that are not among the result's columns travel along and are taken off again. Ties are broken by
// all columns, ascending, nulls last, as the top operator breaks them.
import { compareDecimals, partsOf } from '../data/index.ts'
import { column, type SortKey } from '../expr/index.ts'
import { byAllColumns, type Named, type Node, type Select, schema, selectOf, type Top } from '../plan/index.ts'
import { type Field, field, type Schema, scalars, schemaOf } from '../types/index.ts'

export interface Ordering {
  /** What to run instead: the table with its sort keys, if it has an order to be made. */
  readonly node: Node
  /** The schema to read its rows by: 64-bit sort keys are bigints. */
  readonly schema: Schema
  /** The operators emit in order already (a full sort). */
  readonly arrives: boolean
  /** The columns of `node` beyond those of the table, by which it is sorted. */
  readonly hidden: readonly SortKey[]
  /** Rows of `node` in order, without the extra columns. */
  sort(rows: object[]): object[]
}

type Keyed = Record<string, unknown>

/** How the rows of a table are ordered, if its outermost steps say so. */
export function ordered(node: Node): Ordering {
  const { selects, top } = outermost(node)
  if (top === undefined) return asItCame(node, false)
  return top.limit === undefined ? asItCame(node, true) : byKeys(node, selects, top)
}

/** The same for a table that is written whole, again and again: its rows are sorted each time, a full sort's too. */
export function orderedAnew(node: Node): Ordering {
  const { selects, top } = outermost(node)
  return top === undefined ? asItCame(node, false) : byKeys(node, selects, top)
}

function outermost(node: Node): { readonly selects: readonly Select[]; readonly top: Top | undefined } {
  const selects: Select[] = []
  let below = node
  while (below.kind === 'select') {
    selects.push(below)
    below = below.input
  }
  return { selects, top: below.kind === 'top' && below.keys.length > 0 ? below : undefined }
}

function asItCame(node: Node, arrives: boolean): Ordering {
  return { node, schema: schema(node), arrives, hidden: [], sort: rows => rows }
}

function byKeys(node: Node, selects: readonly Select[], top: Top): Ordering {
  const keys = [...top.keys, ...byAllColumns(schema(top))]
  const prefix = freePrefix(schema(top), schema(node))
  const names = keys.map((_, i) => `${prefix}${i}`)
  const hidden = keys.map(({ expr }, i): Named => ({ name: names[i] as string, expr }))
  let made: Node = selectOf(top, [...columnsOf(schema(top)), ...hidden])
  const passed = names.map((name): Named => ({ name, expr: column(name) }))
  for (const each of selects.toReversed()) made = selectOf(made, [...each.columns, ...passed])
  if (selects.length === 0) made = selectOf(made, [...columnsOf(schema(top)), ...passed])
  const kinds = new Map(schema(made).fields.map(each => [each.name, each.type.kind]))
  const comparisons = keys.map((key, i) => comparison(key, kinds.get(names[i] as string) === 'decimal'))
  const isHidden = new Set(names)
  return {
    node: made,
    schema: schemaOf(schema(made).fields.map(each => (isHidden.has(each.name) ? exact(each) : each))),
    arrives: false,
    hidden: keys.map((key, i) => ({ ...key, expr: column(names[i] as string) })),
    sort: rows => {
      const sorted = (rows as Keyed[]).toSorted((a, b) => compareRows(a, b, names, comparisons))
      for (const row of sorted) for (const name of names) delete row[name]
      return sorted
    },
  }
}

const columnsOf = (of: Schema): Named[] => of.fields.map(({ name }) => ({ name, expr: column(name) }))

function freePrefix(...schemas: readonly Schema[]): string {
  let prefix = '__order_'
  const isTaken = (): boolean => schemas.some(of => of.fields.some(each => each.name.startsWith(prefix)))
  while (isTaken()) prefix = `_${prefix}`
  return prefix
}

/** 64-bit integers and instants as they are in memory, which a Date or a number would round. */
function exact(each: Field): Field {
  const { kind } = each.type
  return kind === 'timestamp' || kind === 'int' ? field(each.name, scalars.bigint, each.nullable) : each
}

type Comparison = (a: unknown, b: unknown) => number

function compareRows(a: Keyed, b: Keyed, names: readonly string[], comparisons: readonly Comparison[]): number {
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    const order = (comparisons[i] as Comparison)(a[name], b[name])
    if (order !== 0) return order
  }
  return 0
}

function comparison({ descending, nulls }: SortKey, isDecimal: boolean): Comparison {
  const nullOrder = nulls === 'first' ? -1 : 1
  const sign = descending ? -1 : 1
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nullOrder : -nullOrder
    if (isDecimal) return sign * compareDecimals(partsOf(a as string), partsOf(b as string))
    return sign * compareValues(a, b)
  }
}

/** PostgreSQL's order: NaN is the greatest number and equal to itself, text goes by its UTF-8 bytes. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBinary(a, b)
  const [x, y] = [a, b] as [number, number]
  if (x < y) return -1
  if (x > y) return 1
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
}

/** By code points, which is the order of UTF-8 bytes (UTF-16 units are not: surrogates sort before U+E000). */
function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit)

function compareBinary(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
