// The rows of a table: packed, or as objects, exact: integers of 64 bits and instants are bigints, json is its text. Inputs
// take both back as they are.
import { blockInput, memoryInput, resultSink } from '../connectors/index.ts'
import {
  type Batch,
  type Column,
  JsonText,
  type Memory,
  packed,
  type RowBlock,
  rowsOf,
  type World,
  weightsOf,
} from '../data/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { deliver } from '../runtime/index.ts'
import { type ColumnType, field, leaves, type Schema, scalars, schemaOf } from '../types/index.ts'

export type Row = Readonly<Record<string, unknown>>

/** A row that comes (weight > 0) or goes (weight < 0). */
export interface Weighted {
  readonly row: Row
  readonly weight: number
}

/** What is in a table now. */
export async function rowsNow(world: World, node: Node, signal: AbortSignal | undefined): Promise<Weighted[]> {
  const rows: Weighted[] = []
  const spec = resultSink(({ schema, memory }) => {
    const read = exactReader(schema, memory)
    return { write: batch => void rows.push(...read(batch)) }
  })
  await deliver(world, node, spec, { signal })
  return rows
}

/**
 * The same packed: a list for each of `parts`, which are names of its columns. `look` sees every batch before.
 */
export async function blocksNow(
  world: World,
  node: Node,
  parts: readonly (readonly string[])[],
  signal: AbortSignal | undefined,
  look: (batch: Batch, memory: Memory) => void = () => {},
): Promise<RowBlock[][]> {
  const blocks = parts.map((): RowBlock[] => [])
  const spec = resultSink(({ schema, memory }) => {
    const numbers = parts.map(names => physical(schema, names))
    const arena = memory.arena()
    return {
      write(batch) {
        look(batch, memory)
        for (const [part, columns] of numbers.entries()) {
          if (columns.length === 0) continue
          const own = columns.map(i => batch.columns[i] as Column)
          blocks[part]?.push(packed(batch, own, arena))
          arena.reset()
        }
      },
      close: async () => arena.free(),
    }
  })
  await deliver(world, node, spec, { signal })
  return blocks
}

/** The physical columns of columns, in their order. */
function physical(schema: Schema, names: readonly string[]): number[] {
  const all = leaves(schema)
  return names.flatMap(name => all.flatMap(({ path }, i) => (path[0] === name ? [i] : [])))
}

/** Reads the rows of batches without a loss. */
export function exactReader(schema: Schema, memory: Memory): (batch: Batch) => Weighted[] {
  const exact = exactly(schema)
  const documents = schema.fields.filter(each => each.type.kind === 'json').map(each => each.name)
  return batch => {
    const weights = weightsOf(batch, memory)
    return rowsOf(batch, exact, memory).map((row, i) => {
      for (const name of documents) if (row[name] !== null) row[name] = new JsonText(row[name] as string)
      return { row, weight: weights[i] as number }
    })
  }
}

const exactly = (schema: Schema): Schema =>
  schemaOf(schema.fields.map(({ name, type, nullable }) => field(name, exactType(type), nullable)))

function exactType(type: ColumnType): ColumnType {
  if (type.kind === 'int' || type.kind === 'timestamp') return scalars.bigint
  if (type.kind === 'json') return scalars.string
  return type.kind === 'struct' ? { ...type, fields: exactly({ fields: type.fields } as Schema).fields } : type
}

/** Packed rows as a table. */
export const tableOfBlocks = (schema: Schema, blocks: readonly RowBlock[]): Node =>
  sourceOf(blockInput('memory', schema, blocks).spec, undefined)

/** Exact rows as a table. */
export const tableOfRows = (schema: Schema, rows: readonly Row[]): Node =>
  sourceOf(memoryInput(schema, {}, rows).spec, undefined)
