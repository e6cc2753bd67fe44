// The twin of enrich with a function that answers alike for alike rows: each row with its columns.
import type { Row, Weighted } from './zset.ts'

export function enrichTwin(rows: readonly Weighted[], answer: (row: Row) => Row): Weighted[] {
  return rows.map(({ row, weight }) => ({ row: { ...row, ...answer(row) }, weight }))
}
