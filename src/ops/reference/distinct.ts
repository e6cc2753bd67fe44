// The twin of distinct: every row that is there at all, once.
import { net, type Weighted } from './zset.ts'

export function distinctTwin(input: readonly Weighted[]): Weighted[] {
  return net(input)
    .filter(({ weight }) => weight > 0)
    .map(({ row }) => ({ row, weight: 1 }))
}
