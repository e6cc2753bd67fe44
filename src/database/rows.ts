// The rows of a table as objects, exact: integers of 64 bits and instants are bigints, which a memory input takes back as
// they are.
import { resultSink } from '../connectors/index.ts'
import { rowsOf, type World, weightsOf } from '../data/index.ts'
import type { Node } from '../plan/index.ts'
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
    const exact = exactly(schema)
    return {
      write(batch) {
        const weights = weightsOf(batch, memory)
        for (const [i, row] of rowsOf(batch, exact, memory).entries()) rows.push({ row, weight: weights[i] as number })
      },
    }
  })
  await deliver(world, node, spec, { signal })
  return rows
}

export const countOf = (rows: readonly Weighted[]): number => rows.reduce((sum, each) => sum + each.weight, 0)

/** The schema by which rows are read without a loss. */
export function exactly(schema: Schema): Schema {
  return schemaOf(schema.fields.map(({ name, type, nullable }) => field(name, exactType(type), nullable)))
}

function exactType(type: ColumnType): ColumnType {
  if (type.kind === 'int' || type.kind === 'timestamp') return scalars.bigint
  return type.kind === 'struct' ? { ...type, fields: exactly({ fields: type.fields } as Schema).fields } : type
}
