// The twin of union: what it means, on plain rows.
import type { Weighted } from './zset.ts'

export function unionTwin(inputs: readonly (readonly Weighted[])[]): Weighted[] {
  return inputs.flat()
}
