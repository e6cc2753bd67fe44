// The twin of dedup: rows in the order in which they came, each compared with all that were kept.
import { identity, net, type Row, type Weighted } from './zset.ts'

export interface DedupTwin {
  readonly by: readonly string[]
  readonly time?: string
  /** Milliseconds here, as Dates have them. */
  readonly within?: number
}

export function dedupTwin(input: readonly Weighted[], { by, time, within = 0 }: DedupTwin): Weighted[] {
  const kept: Row[] = []
  const key = (row: Row): string => identity(by.map(name => (row[name] === 0 ? 0 : row[name])))
  const at = (row: Row): number => (time === undefined ? 0 : (row[time] as Date).getTime())
  for (const { row } of input) {
    if (time !== undefined && row[time] === null) continue
    const repeats = (one: Row): boolean => key(one) === key(row) && Math.abs(at(one) - at(row)) <= within
    if (!kept.some(repeats)) kept.push(row)
  }
  return net(kept.map(row => ({ row, weight: 1 })))
}
