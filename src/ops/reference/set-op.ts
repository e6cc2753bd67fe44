// The twin of set operations: every row of either side is counted on both.
import type { SetOpKind } from '../set-op.ts'
import { identity, net, type Row, type Weighted } from './zset.ts'

export function setOpTwin(op: SetOpKind, left: readonly Weighted[], right: readonly Weighted[]): Weighted[] {
  const canonical = (side: readonly Weighted[]) =>
    net(side.map(({ row, weight }) => ({ row: withoutSign(row), weight })))
  const [a, b] = [canonical(left), canonical(right)]
  const count = (side: readonly Weighted[], row: Row): number =>
    Math.max(0, side.find(each => identity(each.row) === identity(row))?.weight ?? 0)
  return net(a.map(({ row }) => ({ row, weight: rowsOf(op, count(a, row), count(b, row)) })))
}

function rowsOf(op: SetOpKind, left: number, right: number): number {
  switch (op) {
    case 'intersect':
      return Math.min(left, right, 1)
    case 'intersect all':
      return Math.min(left, right)
    case 'except':
      return right > 0 ? 0 : Math.min(left, 1)
    case 'except all':
      return Math.max(0, left - right)
  }
}

/** -0 is 0. */
function withoutSign(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === 0 ? 0 : value]))
}
