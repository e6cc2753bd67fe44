// The twin of window: every start that could be is tried.
import type { Row, Weighted } from './zset.ts'

export interface WindowTwin {
  readonly time: string
  /** Milliseconds here, as Dates have them. */
  readonly size: number
  readonly slide: number
  readonly offset: number
  /** Cumulating: windows that begin together end this far apart. */
  readonly step?: number
}

export function windowTwin(input: readonly Weighted[], spec: WindowTwin): Weighted[] {
  return input.flatMap(({ row, weight }) =>
    windowsOf(row[spec.time] as Date | null, spec).map(window => ({ row: { ...row, ...window }, weight })),
  )
}

function windowsOf(time: Date | null, { size, slide, offset, step = size }: WindowTwin): Row[] {
  if (time === null) return []
  const at = time.getTime()
  const first = Math.floor((at - offset) / slide) - Math.ceil(size / slide) - 1
  const starts = Array.from({ length: Math.ceil(size / slide) + 3 }, (_, k) => offset + (first + k) * slide)
  const sizes = Array.from({ length: size / step }, (_, k) => (k + 1) * step)
  return starts
    .flatMap(start => sizes.map(each => ({ start, end: start + each })))
    .filter(({ start, end }) => start <= at && at < end)
    .map(({ start, end }) => ({ start: new Date(start), end: new Date(end) }))
}

/** Each row in the window that its columns `from` and `to` say. */
export function ownWindowTwin(input: readonly Weighted[]): Weighted[] {
  return input.flatMap(({ row, weight }) =>
    row['at'] === null ? [] : [{ row: { ...row, start: row['from'], end: row['to'] }, weight }],
  )
}
