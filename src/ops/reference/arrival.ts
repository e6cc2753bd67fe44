// The twin of a limit by arrival: the rows as they came, cut.
import type { Weighted } from './zset.ts'

export function arrivalTwin(input: readonly Weighted[], offset: number, limit: number | undefined): Weighted[] {
  return input
    .flatMap(({ row, weight }) => Array.from({ length: weight }, () => ({ row, weight: 1 })))
    .slice(offset, limit === undefined ? undefined : offset + limit)
}
