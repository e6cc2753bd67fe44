// orderBy and limit: the rows `offset` .. `offset + limit` of the order; no keys: by arrival.
import { canonical, show } from '../../expr/index.ts'
import type { Top } from '../node.ts'
import { bound, FINITE, type NodeKind, namesIn, oneInput } from './kind.ts'
import { list } from './texts.ts'

export const top: NodeKind<Top> = {
  ...oneInput,
  schema: (node, of) => of(node.input),
  properties({ keys, limit, offset }, base) {
    const byArrival = keys.length === 0
    // Without a limit the rows are the input's rows: only their order is new. By arrival a row never makes room.
    const appendOnly = base.appendOnly && (byArrival || (limit === undefined && offset === 0))
    const rows = limit === undefined ? undefined : `≤ ${limit + offset} rows`
    const state = rows !== undefined && base.appendOnly ? bound('keys', rows) : base.bounded ? FINITE : base.size
    const size = rows === undefined ? base.size : bound('keys', rows)
    return { appendOnly, state, size, keys: limit === 1 ? [] : base.keys }
  },
  parts: node => [
    ...node.keys.map(each => list(canonical(each.expr), String(each.descending), each.nulls)),
    String(node.limit),
    String(node.offset),
  ],
  words({ keys, limit, offset }) {
    const order = keys.map(each => `${show(each.expr)}${each.descending ? ' desc' : ''}`).join(', ')
    const parts = [order === '' ? 'by arrival' : `order by ${order}`]
    if (limit !== undefined) parts.push(`limit ${limit}`)
    if (offset > 0) parts.push(`offset ${offset}`)
    return parts.join(', ')
  },
  // Ties are broken by all columns, and decide which rows there are.
  needs: (node, wanted, all) => [
    [
      node.input,
      node.limit !== undefined && node.keys.length > 0
        ? all(node.input)
        : [...wanted, ...namesIn(node.keys.map(each => each.expr))],
    ],
  ],
  refuse({ limit, keys }, { endless }) {
    return endless && limit === undefined && keys.length > 0 ? { code: 'SORT_UNBOUNDED', params: {} } : undefined
  },
}
