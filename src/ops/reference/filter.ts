// The twin of filter: what it means, on plain rows.
import type { Row, Weighted } from './zset.ts'

export function filterTwin(input: readonly Weighted[], keep: (row: Row) => boolean): Weighted[] {
  return input.filter(({ row }) => keep(row))
}
