// The twin of upsert: of each key the last row in the order (table before changes, then the columns).
import { compareBy, net, type Row, type Weighted } from './zset.ts'

export function upsertTwin(
  table: readonly Weighted[],
  changes: readonly Weighted[],
  key: (row: Row) => string,
  columns: readonly string[],
): Weighted[] {
  const there = (rows: readonly Weighted[]): Row[] =>
    net(rows)
      .filter(each => each.weight > 0)
      .map(each => each.row)
      .sort(compareBy(columns.map(column => ({ column, descending: false, nulls: 'last' }))))
  const last = new Map<string, Row>()
  for (const row of [...there(table), ...there(changes)]) last.set(key(row), row)
  return [...last.values()].map(row => ({ row, weight: 1 }))
}
