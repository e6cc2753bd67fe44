// The twin of an iteration: the step, applied round after round to the whole table.
import { net, type Weighted } from './zset.ts'

export interface IterateTwin {
  readonly step: (table: readonly Weighted[]) => readonly Weighted[]
  readonly maxRounds: number
  /** The iteration stops after the first round in which this is empty: has no more rows than deletes without a row. */
  readonly until?: (now: readonly Weighted[], next: readonly Weighted[]) => readonly Weighted[]
}

export function iterateTwin(seed: readonly Weighted[], { step, maxRounds, until }: IterateTwin): readonly Weighted[] {
  let table: readonly Weighted[] = net(seed)
  for (let round = 0; round < maxRounds; round++) {
    const next = net(step(table))
    const stops = until !== undefined && until(table, next).reduce((sum, each) => sum + each.weight, 0) <= 0
    table = next
    if (stops) break
  }
  return table
}
