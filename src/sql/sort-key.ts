// The direction of a sort key, and where its nulls go: last, and first when descending.
import type { Expr, SortKey } from '../expr/index.ts'
import type { SortBy } from './parser.ts'
import { unsupported } from './refuse.ts'
import { locationOf, textOf } from './tree.ts'

/** An expression with the direction that stands behind it. */
export function sortKey(expr: Expr, node: SortBy, text: string): SortKey {
  const using = textOf(node.useOp?.at(-1))
  if (using !== undefined && using !== '<' && using !== '>')
    unsupported(text, locationOf(node.node), `ORDER BY USING ${using}`, 'write ASC or DESC')
  const descending = node.sortby_dir === 'SORTBY_DESC' || using === '>'
  const byDefault = descending ? 'first' : 'last'
  const given = { SORTBY_NULLS_FIRST: 'first', SORTBY_NULLS_LAST: 'last' } as const
  const nulls = given[node.sortby_nulls as keyof typeof given] ?? byDefault
  return Object.freeze({ expr, descending, nulls })
}
