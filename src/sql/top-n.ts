// `row_number() … <= n` over a subquery's rank: the rank keeps no more rows than those. The condition stays, so nothing
// depends on it but what is kept: a live table's best rows, and the first or last of each key (`= 1`).
import { type Expr, literalValue } from '../expr/index.ts'
import { type Node, rankOf, selectOf, whereOf } from '../plan/index.ts'
import type { Relation } from './relation.ts'

/** The relation, with its ranks up to what the conditions allow. */
export function withTopN(relation: Relation, parts: readonly Expr[]): Relation {
  const node = parts.reduce<Node>((from, part) => {
    const most = mostOf(part)
    const name = most && relation.names.get(most.column)
    return most === undefined || name === undefined ? from : limitedTo(from, name, most.rank)
  }, relation.node)
  return node === relation.node ? relation : { ...relation, node }
}

/** `column <= n`, `n > column`, `column = n`, `column BETWEEN 1 AND n`. */
function mostOf(part: Expr): { readonly column: string; readonly rank: number } | undefined {
  if (part.kind !== 'call') return undefined
  const [a, b, c] = part.args as readonly [Expr, Expr, Expr?]
  switch (part.fn) {
    case 'eq':
      return bounded(a, b, 0) ?? bounded(b, a, 0)
    case 'le':
      return bounded(a, b, 0)
    case 'lt':
      return bounded(a, b, -1)
    case 'ge':
      return bounded(b, a, 0)
    case 'gt':
      return bounded(b, a, -1)
    case 'between':
      return c === undefined ? undefined : bounded(a, c, 0)
    default:
      return undefined
  }
}

function bounded(column: Expr, by: Expr, more: number): { readonly column: string; readonly rank: number } | undefined {
  if (column.kind !== 'column' || column.path.length !== 1 || by.kind !== 'literal') return undefined
  const value = literalValue(by)
  if (by.type.kind !== 'int' || typeof value !== 'bigint') return undefined
  const rank = Number(value) + more
  return Number.isSafeInteger(rank) && rank >= 1 ? { column: column.path[0] as string, rank } : undefined
}

/** The node with the rank that makes the column limited; looked for under what only passes it on. */
function limitedTo(node: Node, column: string, most: number): Node {
  if (node.kind === 'rank' && node.as === column) {
    const isLess = node.limit !== undefined && node.limit <= most
    return isLess ? node : rankOf(node.input, { ...node, limit: most }, 'over')
  }
  if (node.kind === 'where') {
    const made = limitedTo(node.input, column, most)
    return made === node.input ? node : whereOf(made, node.predicate)
  }
  if (node.kind === 'join') {
    const of = node.columns.find(each => each.name === column)?.expr
    if (of?.kind !== 'column' || of.path.length !== 1) return node
    // A partner that is gone leaves nulls, for which the condition does not hold either.
    const side = of.input === 0 ? 'left' : 'right'
    const made = limitedTo(node[side], of.path[0] as string, most)
    return made === node[side] ? node : Object.freeze({ ...node, [side]: made })
  }
  if (node.kind !== 'select') return node
  const of = node.columns.find(each => each.name === column)?.expr
  if (of?.kind !== 'column' || of.path.length !== 1) return node
  const made = limitedTo(node.input, of.path[0] as string, most)
  return made === node.input ? node : selectOf(made, node.columns)
}
