// ORDER BY: a name is a column of the select list first, then one of FROM; nulls come last, and first when descending.
import type { Expr, SortKey } from '../expr/index.ts'
import type { Block } from './block.ts'
import { bind } from './expressions/bind.ts'
import type { Node, SortBy } from './parser.ts'
import { unsupported } from './refuse.ts'
import { type Target, targetFor } from './targets.ts'
import { locationOf, textOf } from './tree.ts'

export function orderKeys(list: readonly Node[], targets: readonly Target[], block: Block): readonly SortKey[] {
  return list.flatMap(each => ('SortBy' in each ? [keyOf(each.SortBy, targets, block)] : []))
}

function keyOf(node: SortBy, targets: readonly Target[], block: Block): SortKey {
  const of = node.node as Node
  const expr = targetFor(of, targets, block, 'ORDER BY')?.expr ?? bind(of, block)
  return sortKey(expr, node, block.query.text)
}

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
