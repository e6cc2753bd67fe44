// Rows as they were pushed: objects of code, or packed ones of another query. What a query reads of them is a batch.
import { type Arena, type Batch, batchFromRows, type Column, kindOf, placed, type RowBlock } from '../../data/index.ts'
import { leaves, type Schema } from '../../types/index.ts'

export interface Rows {
  readonly count: number
  /** The rows `from` .. `to`, of these columns. `at`: what they are called in errors, and the number of the first. */
  batch(from: number, to: number, columns: Schema, arena: Arena, at: At): Batch
}

interface At {
  readonly source: string
  readonly first: number
}

/** @param weights one integer per row; undefined: all +1. */
export const objectRows = (rows: readonly object[], weights?: readonly number[]): Rows => ({
  count: rows.length,
  batch: (from, to, columns, arena, at) =>
    batchFromRows(rows.slice(from, to), columns, arena, weights?.slice(from, to), at),
})

/** @param schema of all their columns */
export function blockRows(block: RowBlock, schema: Schema): Rows {
  const all = leaves(schema)
  const kinds = all.map(each => kindOf(each.type))
  return {
    count: block.count,
    batch(from, to, columns, arena, { source, first }) {
      const { batch } = placed(block, from, to, kinds, arena)
      const asked = new Set(columns.fields.map(each => each.name))
      const picked = all.flatMap(({ path }, i) => (asked.has(path[0] as string) ? [batch.columns[i] as Column] : []))
      return { ...batch, columns: picked, origin: { position: row => ({ source, row: first + row }) } }
    },
  }
}
