// Which query an aggregate belongs to: the innermost of those whose columns it takes (SQL:2023, 6.10). One that takes columns of
// queries around its own alone is a value of theirs: in (SELECT max(o.x)) FROM o, the outer query is the one that is grouped.
import { type Block, scopeIn } from './block.ts'
import type { ColumnRef, FuncCall } from './parser.ts'
import { lookup } from './scope.ts'
import { hasSubquery, textOf } from './tree.ts'

/** How many queries further out: 0 is the one that it stands in. */
export function levelOf(
  { args, agg_filter, agg_order }: Pick<FuncCall, 'args' | 'agg_filter' | 'agg_order'>,
  block: Block,
): number {
  const taken = [args, agg_filter, agg_order]
  // What a query within it takes is of that one first.
  if (block.outer === undefined || hasSubquery(taken)) return 0
  const levels = namesIn(taken).map(names => levelOfName(names, block))
  return levels.length === 0 ? 0 : Math.min(...levels)
}

function levelOfName(names: readonly string[], block: Block): number {
  const { outer, query } = block
  if (outer === undefined || lookup(scopeIn(block), names, query.text, undefined) !== undefined) return 0
  return 1 + levelOfName(names, outer)
}

/** The columns that stand in a tree, by their parts. */
function namesIn(tree: unknown): (readonly string[])[] {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([kind, value]) => {
    if (kind !== 'ColumnRef') return namesIn(value)
    const names = ((value as ColumnRef).fields ?? []).map(textOf)
    return names.every(each => each !== undefined) ? [names] : []
  })
}
