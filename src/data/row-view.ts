// The row that functions of the user get, in two forms that look the same.
//   a view        one object for all rows, whose properties are read when they are asked for, so that a string nobody
//                 reads is never decoded. Its getters are own and enumerable: { ...row }, Object.entries(row) and
//                 JSON.stringify(row) work as on a plain object. Two views take turns, and one is readable only during
//                 its own call: a row that was kept for later says so (STALE_ROW) instead of being another.
//   a plain row   where the function wants whole rows anyway. Calling a getter per value is what { ...row } would cost;
//                 a batch decoded column by column costs a fifth.
// The first row of a batch is a view behind a proxy, which tells whether the function asked for the names of its
// properties (spread, rest, Object.entries); then the rest of the batch are plain rows. Both forms are frozen.
import { assert, fail } from '../base/index.ts'
import type { Field, Schema } from '../types/index.ts'
import { leaves } from '../types/index.ts'
import type { Batch, Column } from './batch.ts'
import type { Memory } from './memory.ts'
import { type Reader, readerOf, readerOfBits } from './read.ts'
import { isEmpty, type Row, rowsOf } from './rows.ts'

/** The rows of one batch after another, as functions see them. */
export interface RowViews {
  /** Read this batch from now on; good until the next allocation. */
  bind(batch: Batch): void
  /** The selected row `i`, physical row `row`, which follows on the one before; that one's view can't be read any more. */
  at(row: number, i: number): Row
  /** No view can be read any more. */
  release(): void
}

/** The place a view stands at: shared by its getters, also those of nested structs. */
interface Cursor {
  row: number
}

/** What the getters of both views read from. */
interface Bound {
  readers: readonly Reader[]
  columns: readonly Column[]
}

const NOWHERE = -1
const RAW = Symbol('raw 64-bit values of a row view')

type Raw = (column: string) => bigint | null | undefined

/** A plain row that a function is looking at, and how to read its raw values. */
interface Shown {
  row: Row | undefined
  raw: Raw
}

// Which plain row is being looked at: `exact` gets nothing but the row. Functions do not run inside functions.
let shown: Shown | undefined

/** Rows of `schema` for functions. */
export function rowViews(schema: Schema, memory: Memory): RowViews {
  const physical = leaves(schema)
  const bound: Bound = { readers: [], columns: [] }
  const cursors: Cursor[] = [{ row: NOWHERE }, { row: NOWHERE }]
  const views = cursors.map(cursor => viewOf(schema, memory, bound, cursor))
  const plain: Cursor = { row: NOWHERE }
  const here: Shown = { row: undefined, raw: rawOf(schema, memory, bound, plain) }
  let turn = 0
  let batch: Batch | undefined
  let whole = false
  /** The plain rows of the batch, once the function has shown that it wants them. */
  let rows: Row[] | undefined
  const release = (): void => {
    for (const cursor of cursors) cursor.row = NOWHERE
    if (shown === here) shown = undefined
    here.row = undefined
    rows = undefined
    whole = false
  }
  const watched = (view: Row): Row =>
    new Proxy(view, {
      ownKeys(target) {
        whole = true
        return Reflect.ownKeys(target)
      },
    })
  return {
    bind(next) {
      release()
      batch = next
      bound.columns = next.columns
      bound.readers = physical.map((leaf, i) => readerOf(leaf, next.columns[i] as Column, memory, next.origin))
    },
    at(row, i) {
      ;(cursors[turn] as Cursor).row = NOWHERE
      if (whole) {
        assert(batch !== undefined, 'a row of no batch')
        rows ??= rowsOf(batch, schema, memory)
        const value = Object.freeze(rows[i] as Row)
        plain.row = row
        here.row = value
        shown = here
        return value
      }
      turn = 1 - turn
      ;(cursors[turn] as Cursor).row = row
      const view = views[turn] as Row
      return i === 0 ? watched(view) : view
    },
    release,
  }
}

function viewOf(schema: Schema, memory: Memory, bound: Bound, cursor: Cursor): Row {
  const view = define({}, schema.fields, 0, bound, cursor)
  Object.defineProperty(view, RAW, { value: rawOf(schema, memory, bound, cursor) })
  return Object.freeze(view)
}

/** Give `target` a getter per field; the leaves of the fields start at column `first`. */
function define(target: Row, fields: readonly Field[], first: number, bound: Bound, cursor: Cursor): Row {
  let index = first
  for (const field of fields) {
    Object.defineProperty(target, field.name, { get: getterOf(field, index, bound, cursor), enumerable: true })
    index += leaves({ fields: [field] }).length
  }
  return target
}

function getterOf(field: Field, index: number, bound: Bound, cursor: Cursor): () => unknown {
  if (field.type.kind === 'struct') return structGetter(field, index, bound, cursor)
  return () => {
    const { row } = cursor
    return row < 0 ? stale(field.name) : (bound.readers[index] as Reader)(row)
  }
}

/** A struct is a plain object of its own, made when it is asked for: it may be kept, as a spread row keeps it. */
function structGetter(field: Field, index: number, bound: Bound, cursor: Cursor): () => unknown {
  const fields = field.type.kind === 'struct' ? field.type.fields : []
  const inner = define({}, fields, index, bound, cursor)
  return () => {
    if (cursor.row < 0) stale(field.name)
    const value = { ...inner }
    return field.nullable && isEmpty(fields, value) ? null : value
  }
}

function stale(column: string): never {
  return fail('STALE_ROW', { column })
}

function rawOf(schema: Schema, memory: Memory, bound: Bound, cursor: Cursor): Raw {
  const physical = leaves(schema)
  return name => {
    const index = physical.findIndex(leaf => leaf.path.join('.') === name)
    const leaf = physical[index]
    if (leaf === undefined) return undefined
    if (cursor.row < 0) return stale(name)
    return readerOfBits(leaf.type, bound.columns[index] as Column, memory)(cursor.row)
  }
}

/**
 * The exact microseconds since 1970 (or the exact 64-bit integer) in a column of a row that a function was given:
 * a Date has whole milliseconds only.
 * A row that is no view (a copy) gives what its value holds.
 */
export function exact(row: object, column: string): bigint | null | undefined {
  const raw = (row as { [RAW]?: Raw })[RAW]
  if (raw !== undefined) return raw(column)
  if (shown !== undefined && shown.row === row) return shown.raw(column)
  const value = (row as Row)[column]
  if (value instanceof Date) return BigInt(value.getTime()) * 1000n
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  return typeof value === 'bigint' || value === null ? value : undefined
}
