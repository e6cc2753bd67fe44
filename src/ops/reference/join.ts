// The twin of join: every row with every row.
import { net, type Row, type Weighted } from './zset.ts'

export interface JoinTwin {
  readonly type: 'inner' | 'left'
  /** Never called with a row whose key has a null. */
  readonly match: (left: Row, right: Row) => boolean
  /** The right columns as nulls. */
  readonly missing: Row
}

export function joinTwin(left: readonly Weighted[], right: readonly Weighted[], spec: JoinTwin): Weighted[] {
  const table = net(right)
  return left.flatMap(a => {
    const pairs = table
      .filter(b => spec.match(a.row, b.row))
      .map(b => ({ row: { ...a.row, ...b.row }, weight: a.weight * b.weight }))
    return pairs.length > 0 || spec.type === 'inner'
      ? pairs
      : [{ row: { ...a.row, ...spec.missing }, weight: a.weight }]
  })
}
