// The twin of count windows: all windows of the first rows are made one by one, and each row is looked for in them.
import { net, type Weighted } from './zset.ts'

export interface CountWindowTwin {
  /** The column of the row's number, from 1. */
  readonly number: string
  readonly size: number
  readonly every: number
  readonly hasShort: boolean
}

export function countWindowTwin(input: readonly Weighted[], spec: CountWindowTwin): Weighted[] {
  const { number, size, every, hasShort } = spec
  const most = Math.max(0, ...input.map(({ row }) => Number(row[number])))
  const windows: { start: number; end: number }[] = []
  for (let end = every; end - size < most; end += every)
    if (end >= size || hasShort) windows.push({ start: Math.max(0, end - size), end })
  return net(
    input.flatMap(({ row: { [number]: n, ...row }, weight }) =>
      windows
        .filter(({ start, end }) => start < Number(n) && Number(n) <= end)
        .map(window => ({ row: { ...row, ...window }, weight })),
    ),
  )
}
