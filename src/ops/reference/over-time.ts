// The twin of over by event time: of the rows that the watermark has passed the results are computed anew, and those are
// left out that may still change because fewer than `ahead` rows of their group are behind them.
import { type OverTwin, resultsInOrder } from './over.ts'
import { net, type Weighted } from './zset.ts'

export interface OverTimeTwin extends OverTwin {
  readonly time: string
  readonly ahead: number
}

/** @param passed the watermark; undefined: the input has ended. */
export function overTimeTwin(input: readonly Weighted[], spec: OverTimeTwin, passed: Date | undefined): Weighted[] {
  const rows = input.filter(({ row }) => passed === undefined || (row[spec.time] as Date) < passed)
  const told = resultsInOrder(rows, spec).flatMap(group =>
    passed === undefined ? group : group.slice(0, Math.max(0, group.length - spec.ahead)),
  )
  return net(told.map(row => ({ row, weight: 1 })))
}
