// The twin of as-of: every row of the left looks at every version.
import { compareRows, net, type Row, type Weighted } from './zset.ts'

export interface AsOfTwin {
  readonly type: 'inner' | 'left'
  readonly direction: 'backward' | 'forward' | 'nearest'
  readonly key: (row: Row) => unknown
  readonly time: (row: Row) => number | null
  readonly tolerance: number | undefined
  /** Columns of the right, for ties. */
  readonly columns: readonly string[]
  /** The right columns as nulls. */
  readonly missing: Row
}

export function asOfTwin(left: readonly Weighted[], right: readonly Weighted[], spec: AsOfTwin): Weighted[] {
  const versions = net(right).map(each => each.row)
  return left.flatMap(({ row, weight }) => {
    const version = versionFor(row, versions, spec)
    if (version === undefined && spec.type === 'inner') return []
    return [{ row: { ...row, ...(version ?? spec.missing) }, weight }]
  })
}

function versionFor(row: Row, versions: readonly Row[], spec: AsOfTwin): Row | undefined {
  const { direction, key, time, tolerance = Number.POSITIVE_INFINITY, columns } = spec
  const at = time(row)
  if (at === null || key(row) === null) return undefined
  const ordered = versions
    .filter(each => key(each) === key(row) && time(each) !== null && Math.abs((time(each) as number) - at) <= tolerance)
    .sort((a, b) => (time(a) as number) - (time(b) as number) || compareRows(columns)(a, b))
  const before = ordered.findLast(each => (time(each) as number) <= at)
  const after = ordered.find(each => (time(each) as number) >= at)
  if (direction === 'backward') return before
  if (direction === 'forward') return after
  if (before === undefined || after === undefined) return before ?? after
  return (time(after) as number) - at < at - (time(before) as number) ? after : before
}
