// ORDER BY: a name is a column of the select list first, then one of FROM; nulls come last, and first when descending.
import type { SortKey } from '../expr/index.ts'
import type { Block } from './block.ts'
import { bind } from './expressions/bind.ts'
import { fieldsOf } from './expressions/record.ts'
import type { Node, SortBy } from './parser.ts'
import { sortKey } from './sort-key.ts'
import { type Target, targetFor } from './targets.ts'

export function orderKeys(list: readonly Node[], targets: readonly Target[], block: Block): readonly SortKey[] {
  return list.flatMap(each => ('SortBy' in each ? keysOf(each.SortBy, targets, block) : []))
}

/** The key, of a row one for each field. */
function keysOf(node: SortBy, targets: readonly Target[], block: Block): readonly SortKey[] {
  const of = node.node as Node
  const expr = targetFor(of, targets, block, 'ORDER BY')?.expr ?? bind(of, block)
  const exprs = fieldsOf(expr, block)?.map(each => each.expr) ?? [expr]
  return exprs.map(each => sortKey(each, node, block.query.text))
}
