// The twin of select: what it means, on plain rows.
import type { Row, Weighted } from './zset.ts'

export function selectTwin(
  input: readonly Weighted[],
  columns: Readonly<Record<string, (row: Row) => unknown>>,
): Weighted[] {
  return input.map(({ row, weight }) => ({
    row: Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, value(row)])),
    weight,
  }))
}
