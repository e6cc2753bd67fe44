// Batches as plain objects, for the edge: results, sinks in TypeScript, tests. No row is shared with the engine:
// what is returned may be kept. Decoding goes column by column; a row is a copy of one template, so that all have
// one shape and a column called __proto__ is a property like any other.
import { fail } from '../base/index.ts'
import type { Field, Leaf, Schema } from '../types/index.ts'
import { leaves } from '../types/index.ts'
import type { Batch } from './batch.ts'
import type { Memory } from './memory.ts'
import { readerOf } from './read.ts'

export type Row = Record<string, unknown>

/** A row and how many of it came (positive) or went (negative). */
export interface Change {
  readonly row: Row
  readonly weight: number
}

/**
 * The selected rows as plain objects, weights left aside.
 * Throws UNSAFE_INTEGER where an int column holds more than a number can, naming the column.
 */
export function rowsOf(batch: Batch, schema: Schema, memory: Memory): Row[] {
  const columns = decode(batch, schema, memory)
  return assemble(schema.fields, columns, batch.count)
}

/** The selected rows with their weights. */
export function changesOf(batch: Batch, schema: Schema, memory: Memory): Change[] {
  const rows = rowsOf(batch, schema, memory)
  const weights = weightsOf(batch, memory)
  return rows.map((row, i) => ({ row, weight: weights[i] as number }))
}

/** The weights of the selected rows. */
export function weightsOf(batch: Batch, memory: Memory): number[] {
  const numbers = rowNumbers(batch, memory)
  if (batch.weights === 0) return numbers.map(() => 1)
  const base = batch.weights >>> 3
  const i64 = memory.i64
  return numbers.map(row => Number(i64[base + row] as bigint))
}

/** The physical numbers of the selected rows, ascending. */
export function rowNumbers(batch: Batch, memory: Memory): number[] {
  const numbers: number[] = new Array(batch.count)
  const base = batch.sel >>> 2
  const u32 = memory.u32
  for (let i = 0; i < batch.count; i++) numbers[i] = batch.sel === 0 ? i : (u32[base + i] as number)
  return numbers
}

function decode(batch: Batch, schema: Schema, memory: Memory): unknown[][] {
  const numbers = rowNumbers(batch, memory)
  return leaves(schema).map((leaf, i) => decodeColumn(leaf, i, batch, memory, numbers))
}

function decodeColumn(leaf: Leaf, index: number, batch: Batch, memory: Memory, numbers: number[]): unknown[] {
  const column = batch.columns[index]
  if (column === undefined)
    return fail('ASSERTION', { reason: `a batch has no column ${index} (${leaf.path.join('.')})` })
  const read = readerOf(leaf, column, memory, batch.origin)
  const values: unknown[] = new Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) values[i] = read(numbers[i] as number)
  return values
}

/** Columns of values to rows; takes the columns of `fields` off the front of `columns`. */
function assemble(fields: readonly Field[], columns: unknown[][], count: number): Row[] {
  const parts = fields.map(each => part(each, columns, count))
  const names = fields.map(each => each.name)
  const template = templateOf(names)
  const rows: Row[] = new Array(count)
  for (let i = 0; i < count; i++) {
    const row = { ...template }
    for (let k = 0; k < names.length; k++) row[names[k] as string] = (parts[k] as unknown[])[i]
    rows[i] = row
  }
  return rows
}

function part(field: Field, columns: unknown[][], count: number): unknown[] {
  if (field.type.kind !== 'struct') return columns.shift() as unknown[]
  const { fields } = field.type
  const inner = assemble(fields, columns, count)
  return field.nullable ? inner.map(each => (isEmpty(fields, each) ? null : each)) : inner
}

/** A struct without a value in any of its columns: what is null where it may be. */
export function isEmpty(fields: readonly Field[], struct: Row): boolean {
  return fields.every(({ name, type }) => {
    const value = struct[name]
    return value === null || (type.kind === 'struct' && isEmpty(type.fields, value as Row))
  })
}

/**
 * An object that has the names as own properties, in order. Parsed, because V8 then gives it, and each copy, room for these
 * names and no more; __proto__ is a name like any other there too.
 */
export function templateOf(names: readonly string[]): Row {
  return JSON.parse(`{${names.map(name => `${JSON.stringify(name)}:null`).join(',')}}`) as Row
}
