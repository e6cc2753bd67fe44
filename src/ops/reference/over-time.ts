// The twin of over by event time: of the rows that the watermark has passed the results are computed anew, and those are
// left out that may still change: because fewer than `ahead` rows, or sets of peers, of their group are behind them, or
// because the watermark has not passed the end of their range.
import { type OverTwin, resultsInOrder } from './over.ts'
import { compareBy, net, type Row, type Weighted } from './zset.ts'

export interface OverTimeTwin extends OverTwin {
  readonly time: string
  readonly ahead: number
}

/** @param passed the watermark; undefined: the input has ended. */
export function overTimeTwin(input: readonly Weighted[], spec: OverTimeTwin, passed: Date | undefined): Weighted[] {
  const rows = input.filter(({ row }) => passed === undefined || (row[spec.time] as Date) < passed)
  const told = resultsInOrder(rows, spec).flatMap(group =>
    passed === undefined ? group : group.filter((_, i) => isFinal(group, i, spec, passed)),
  )
  return net(told.map(row => ({ row, weight: 1 })))
}

function isFinal(group: readonly Row[], i: number, { keys, time, ahead, functions }: OverTimeTwin, passed: Date) {
  const [row, behind] = [group[i] as Row, group.slice(i + 1)]
  const order = compareBy(keys)
  const peers = behind.filter((each, j) => order(j === 0 ? row : (behind[j - 1] as Row), each) !== 0)
  return Object.values(functions).every(({ frame }) => {
    if (behind.length < ahead) return false
    if (frame?.mode === 'groups') return peers.length >= (frame.to ?? 0)
    if (frame?.mode === 'range' && (frame.to ?? 0) > 0) return Number(row[time]) + (frame.to as number) < Number(passed)
    return true
  })
}
