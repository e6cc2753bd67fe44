// The twin of join: every row with every row. A row has partners when the weights of those that match it sum to more than 0.
import { net, type Row, type Weighted } from './zset.ts'

export interface JoinTwin {
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'
  /** Never true of a row whose key has a null. */
  readonly match: (left: Row, right: Row) => boolean
  /** The columns of a side as nulls. */
  readonly missingLeft: Row
  readonly missingRight: Row
}

export function joinTwin(left: readonly Weighted[], right: readonly Weighted[], spec: JoinTwin): Weighted[] {
  const { type, match, missingLeft, missingRight } = spec
  const [ls, rs] = [net(left), net(right)]
  const has = (of: readonly Weighted[], matches: (row: Row) => boolean): boolean =>
    of.reduce((sum, { row, weight }) => sum + (matches(row) ? weight : 0), 0) > 0
  const leftHas = ({ row }: Weighted): boolean => has(rs, each => match(row, each))
  const rightHas = ({ row }: Weighted): boolean => has(ls, each => match(each, row))
  if (type === 'semi') return ls.filter(leftHas)
  if (type === 'anti') return ls.filter(each => !leftHas(each))
  const pairs = ls.flatMap(a =>
    rs.filter(b => match(a.row, b.row)).map(b => ({ row: { ...a.row, ...b.row }, weight: a.weight * b.weight })),
  )
  const lefts = type === 'left' || type === 'full' ? ls.filter(each => !leftHas(each)) : []
  const rights = type === 'right' || type === 'full' ? rs.filter(each => !rightHas(each)) : []
  return [
    ...pairs,
    ...lefts.map(({ row, weight }) => ({ row: { ...row, ...missingRight }, weight })),
    ...rights.map(({ row, weight }) => ({ row: { ...missingLeft, ...row }, weight })),
  ]
}
