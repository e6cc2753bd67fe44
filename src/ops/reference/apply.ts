// The twin of apply: the arrays' own verbs.
import type { Row, Weighted } from './zset.ts'

export function flatMapTwin(input: readonly Weighted[], fn: (row: Row) => Iterable<Row>): Weighted[] {
  return input.flatMap(({ row, weight }) => [...fn(row)].map(result => ({ row: result, weight })))
}
