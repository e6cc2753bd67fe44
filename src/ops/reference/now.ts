// The twin of now: the rows of each epoch with the epoch's time, or all with that of the first.
import { net, type Weighted } from './zset.ts'

export interface Epoch {
  readonly time: Date
  readonly rows: readonly Weighted[]
}

export function nowTwin(epochs: readonly Epoch[], once: boolean): Weighted[] {
  const first = epochs[0]?.time
  return net(
    epochs.flatMap(({ time, rows }) =>
      rows.map(({ row, weight }) => ({ row: { ...row, now: once ? first : time }, weight })),
    ),
  )
}
