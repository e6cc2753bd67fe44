// LIMIT, OFFSET and FETCH. Without ORDER BY any rows do: those that came first, or where rows may go, the least.
import { column, type Expr, evaluateConstant, isConstant, type SortKey } from '../expr/index.ts'
import { type Node, properties, schema, topOf } from '../plan/index.ts'
import { leaves } from '../types/index.ts'
import type { Block } from './block.ts'
import { bind } from './expressions/bind.ts'
import type { SelectStmt, Node as Tree } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { locationOf } from './tree.ts'

export interface Limits {
  readonly limit: number | undefined
  readonly offset: number
}

export function limitsOf({ limitCount, limitOffset, limitOption }: SelectStmt, block: Block): Limits {
  if (limitOption === 'LIMIT_OPTION_WITH_TIES')
    unsupported(block.query.text, locationOf(limitCount), 'WITH TIES', 'use rank() OVER (ORDER BY …) <= n')
  return { limit: countOf(limitCount, 'LIMIT', block), offset: countOf(limitOffset, 'OFFSET', block) ?? 0 }
}

function countOf(node: Tree | undefined, of: string, block: Block): number | undefined {
  if (node === undefined) return undefined
  const { text } = block.query
  const expr = bind(node, block)
  if (!isConstant(expr)) return unsupported(text, locationOf(node), `a ${of} that is no constant`, 'write a number')
  const { value } = evaluateConstant(expr)
  if (value === null) return undefined
  const count = Number(value)
  if (Number.isSafeInteger(count) && count >= 0) return count
  return invalid(text, locationOf(node), `${of} must not be negative`, 'write a whole number from 0')
}

/** Rows in an order, from `offset` on, at most `limit`. */
export function limited(
  node: Node,
  keys: readonly SortKey[],
  { limit, offset }: Limits,
  domain: readonly Expr[],
  block: Block,
): Node {
  if (limit === undefined && offset === 0)
    return keys.length === 0 || domain.length > 0 || block.outer !== undefined ? node : topOf(node, keys, undefined, 0)
  if (domain.length > 0)
    return unsupported(block.query.text, undefined, 'LIMIT in a correlated subquery', 'use min, max or row_number()')
  return topOf(node, keys.length > 0 || properties(node).appendOnly ? keys : allColumns(node), limit, offset)
}

const allColumns = (node: Node): readonly SortKey[] =>
  leaves(schema(node))
    .filter(leaf => leaf.type.kind !== 'json')
    .map(leaf => ({ expr: column(...leaf.path), descending: false, nulls: 'last' as const }))
