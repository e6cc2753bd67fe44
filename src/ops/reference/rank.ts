// The twin of rank: each group's rows in order, numbered, cut.
import { compareBy, compareRows, identity, net, type Order, type Row, rowsIn, type Weighted } from './zset.ts'

export interface RankTwin {
  readonly per: readonly string[]
  readonly keys: readonly Order[]
  /** All columns, in order: they break ties. */
  readonly columns: readonly string[]
  readonly rank: 'row_number' | 'rank' | 'dense_rank'
  readonly limit: number
  /** The name of the rank's column; none if it is not shown. */
  readonly as?: string | undefined
}

/** The rows of each group in order. */
export function groupsInOrder(input: readonly Weighted[], spec: Pick<RankTwin, 'per' | 'keys' | 'columns'>): Row[][] {
  const [order, ties] = [compareBy(spec.keys), compareRows(spec.columns)]
  const groups = new Map<string, Row[]>()
  for (const row of rowsIn(input)) {
    const key = identity(spec.per.map(name => (Object.is(row[name], -0) ? 0 : row[name])))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map(rows => rows.sort((a, b) => order(a, b) || ties(a, b)))
}

export function rankTwin(input: readonly Weighted[], spec: RankTwin): Weighted[] {
  const ranked = groupsInOrder(input, spec).flatMap(rows =>
    rows.map((row, i) => ({ row, rank: rankOf(rows, i, spec) })),
  )
  const shown = ranked.filter(each => each.rank <= spec.limit)
  return net(
    shown.map(({ row, rank }) => ({ row: spec.as === undefined ? row : { ...row, [spec.as]: rank }, weight: 1 })),
  )
}

function rankOf(rows: readonly Row[], i: number, { keys, rank }: RankTwin): number {
  const isBefore = (other: Row): boolean => compareBy(keys)(other, rows[i] as Row) < 0
  const before = rows.filter(isBefore)
  if (rank === 'row_number') return i + 1
  if (rank === 'rank') return before.length + 1
  return before.filter((row, at) => at === 0 || compareBy(keys)(before[at - 1] as Row, row) !== 0).length + 1
}
