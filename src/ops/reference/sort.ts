// The twin of sort: all rows in order.
import { topRows } from './top.ts'
import type { Order, Row, Weighted } from './zset.ts'

export function sortTwin(
  input: readonly Weighted[],
  keys: readonly Order[],
  columns: readonly string[],
  offset: number,
): Row[] {
  return topRows(input, { keys, columns, offset, limit: undefined })
}
