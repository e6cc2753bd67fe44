// Plain objects as a batch: every value is checked against the schema before it enters the engine, and what does
// not fit is told with its row, column and reason. What each type accepts is told in docs/notes/rows.md.
import { assert, type Position } from '../base/index.ts'
import type { Leaf, Schema } from '../types/index.ts'
import { leaves } from '../types/index.ts'
import { BATCH_ROWS, type Batch, type Column, type Origin } from './batch.ts'
import { encoderOf } from './encode.ts'
import { bitmapBytes, columnBytes, kindOf } from './kind.ts'
import type { Arena, Ptr } from './memory.ts'

export interface BuildOptions {
  /** What the rows are called in errors; 'rows' by default. */
  readonly source?: string
  /** Number of the first row in errors; 1 by default. */
  readonly first?: number
  /** Where the rows came from, when it is known better. */
  readonly origin?: Origin
}

/**
 * At most BATCH_ROWS rows as a batch in `arena`. A property that is missing or undefined is null; properties
 * that the schema does not name are left out.
 *
 * @param weights one integer per row; none = all +1.
 * Throws BAD_VALUE with row number, column and reason.
 */
export function batchFromRows(
  rows: readonly object[],
  schema: Schema,
  arena: Arena,
  weights?: readonly number[],
  options: BuildOptions = {},
): Batch {
  assert(rows.length <= BATCH_ROWS, `a batch of ${rows.length} rows`)
  const origin = options.origin ?? counted(options.source ?? 'rows', options.first ?? 1)
  const columns = leaves(schema).map(leaf => build(leaf, rows, arena, origin))
  const pointer = weights === undefined ? 0 : putWeights(weights, rows.length, arena)
  return { columns, rows: rows.length, sel: 0, count: rows.length, weights: pointer, origin }
}

function counted(source: string, first: number): Origin {
  return { position: (row): Position => ({ source, row: first + row }) }
}

function build(leaf: Leaf, rows: readonly object[], arena: Arena, origin: Origin): Column {
  const kind = kindOf(leaf.type)
  const values = arena.zeroed(columnBytes(kind, rows.length))
  const encode = encoderOf(leaf, values, arena, origin)
  const nulls: number[] = []
  const name = ownName(leaf.path)
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row] as Record<string, unknown>
    const value = name === undefined ? valueAt(from, leaf.path) : from[name]
    if (value !== null && value !== undefined) encode(value, row)
    else if (leaf.nullable) nulls.push(row)
    else encode(null, row)
  }
  return { kind, values, validity: nulls.length === 0 ? 0 : putNulls(nulls, rows.length, arena) }
}

/** The property that a path of one step names, if every object may be asked for it as it is. */
function ownName(path: readonly string[]): string | undefined {
  const [name] = path
  return path.length === 1 && name !== undefined && !(name in Object.prototype) ? name : undefined
}

function valueAt(row: object, path: readonly string[]): unknown {
  let value: unknown = row
  for (const name of path) {
    if (value === null || value === undefined) return null
    value = property(value as Record<string, unknown>, name)
  }
  return value
}

/** A property of a row: its own, or a getter of its class; never one of Object.prototype (`constructor`). */
function property(row: Record<string, unknown>, name: string): unknown {
  if (name in Object.prototype && !Object.hasOwn(row, name)) return null
  return row[name]
}

/** A bitmap of the rows that are not null. */
function putNulls(nulls: readonly number[], rows: number, arena: Arena): Ptr {
  const bytes = bitmapBytes(rows)
  const pointer = arena.alloc(bytes)
  const u8 = arena.memory.u8
  u8.fill(0xff, pointer, pointer + bytes)
  for (const row of nulls) u8[pointer + (row >>> 3)] = (u8[pointer + (row >>> 3)] as number) & ~(1 << (row & 7))
  return pointer
}

function putWeights(weights: readonly number[], rows: number, arena: Arena): Ptr {
  assert(weights.length === rows, `${weights.length} weights for ${rows} rows`)
  const pointer = arena.alloc(columnBytes(2, rows))
  const i64 = arena.memory.i64
  for (let row = 0; row < rows; row++) {
    assert(Number.isSafeInteger(weights[row]) && weights[row] !== 0, `the weight ${weights[row]}`)
    i64[(pointer >>> 3) + row] = BigInt(weights[row] as number)
  }
  return pointer
}
