// The rows of a table as objects, exact: integers of 64 bits and instants are bigints, json is its text. A memory input takes
// them back as they are.
import { memoryInput, resultSink } from '../connectors/index.ts'
import { type Batch, JsonText, type Memory, rowsOf, type World, weightsOf } from '../data/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { deliver } from '../runtime/index.ts'
import { type ColumnType, field, type Schema, scalars, schemaOf } from '../types/index.ts'

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

export const countOf = (rows: readonly Weighted[]): number => rows.reduce((sum, each) => sum + each.weight, 0)

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

/** Exact rows as a table. */
export const tableOfRows = (schema: Schema, rows: readonly Row[]): Node =>
  sourceOf(memoryInput(schema, {}, rows).spec, undefined)
