// The twins of top, sort and limit: all rows in order, cut.
import { compareBy, compareRows, net, type Order, type Row, rowsIn, type Weighted } from './zset.ts'

export interface TopTwin {
  readonly keys: readonly Order[]
  /** All columns, in order: they break ties. */
  readonly columns: readonly string[]
  readonly offset: number
  readonly limit: number | undefined
}

/** The rows of the window, in order. */
export function topRows(input: readonly Weighted[], spec: TopTwin): Row[] {
  const [byKeys, byRow] = [compareBy(spec.keys), compareRows(spec.columns)]
  const sorted = rowsIn(input).sort((a, b) => byKeys(a, b) || byRow(a, b))
  return sorted.slice(spec.offset, spec.limit === undefined ? undefined : spec.offset + spec.limit)
}

export function topTwin(input: readonly Weighted[], spec: TopTwin): Weighted[] {
  return net(topRows(input, spec).map(row => ({ row, weight: 1 })))
}
