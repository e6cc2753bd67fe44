// The twins of the views, given what each epoch changed.
import { identity, net, type Row, rowsIn, type Weighted } from './zset.ts'

export function retractTwin(epoch: readonly Weighted[]): Weighted[] {
  return net(epoch).sort((a, b) => a.weight - b.weight)
}

/** The table after all epochs: what complete tells, and what update's upserts and deletes lead to. */
export function completeTwin(epochs: readonly (readonly Weighted[])[]): Row[] {
  return rowsIn(epochs.flat())
}

/** A table with a key, from what update told. */
export function upserted(told: readonly Weighted[], keyOf: (row: Row) => unknown): Row[] {
  const table = new Map<string, Row>()
  for (const { row, weight } of told) {
    if (weight === 1) table.set(identity(keyOf(row)), row)
    else table.delete(identity(keyOf(row)))
  }
  return [...table.values()]
}
