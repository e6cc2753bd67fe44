// LIMIT, OFFSET and FETCH. Without ORDER BY any rows do: those that came first, or where rows may go, the least.
import { call, cast, column, type Expr, evaluateConstant, isConstant, literal, type SortKey } from '../expr/index.ts'
import {
  byAllColumns,
  type Named,
  type Node,
  properties,
  rankOf,
  schema,
  selectOf,
  topOf,
  whereOf,
} from '../plan/index.ts'
import { scalars } from '../types/index.ts'
import { type Block, typeIn } from './block.ts'
import { bind } from './expressions/bind.ts'
import { coerce } from './expressions/coerce.ts'
import { distinctNames } from './names.ts'
import type { SelectStmt, Node as Tree } from './parser.ts'
import { invalid, unsupported, within } from './refuse.ts'
import { locationOf } from './tree.ts'

export interface Limits {
  readonly limit: number | undefined
  readonly offset: number
  /** FETCH … WITH TIES: rows that tie with the last one too. */
  readonly ties: boolean
}

export function limitsOf({ limitCount, limitOffset, limitOption }: SelectStmt, block: Block): Limits {
  const limit = countOf(limitCount, 'LIMIT', block)
  const offset = countOf(limitOffset, 'OFFSET', block) ?? 0
  const ties = limitOption === 'LIMIT_OPTION_WITH_TIES'
  if (ties && offset > 0)
    unsupported(block.query.text, locationOf(limitOffset), 'OFFSET with WITH TIES', 'use rank() OVER (ORDER BY …)')
  return { limit, offset, ties }
}

function countOf(node: Tree | undefined, of: string, block: Block): number | undefined {
  if (node === undefined) return undefined
  const { text } = block.query
  const expr = coerce(block, bind(node, block), scalars.int)
  if (!isConstant(expr)) return unsupported(text, locationOf(node), `a ${of} that is no constant`, 'write a number')
  const { kind } = typeIn(block, expr).type
  if (!NUMBERS.has(kind))
    return invalid(text, locationOf(node), `the argument of ${of} is a number, and not a ${kind}`, 'write a number')
  // A part of a row is rounded to a row.
  const { value } = within(text, locationOf(node), () => evaluateConstant(cast(expr, scalars.int)))
  if (value === null) return undefined
  const count = Number(value)
  if (Number.isSafeInteger(count) && count >= 0) return count
  return invalid(text, locationOf(node), `${of} must not be negative`, 'write a whole number from 0')
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'bigint', 'float', 'double', 'decimal'])

/** Rows in an order, from `offset` on, at most `limit`; for each value of the domain, if there is one. */
export function limited(
  node: Node,
  keys: readonly SortKey[],
  { limit, offset, ties }: Limits,
  domain: readonly Expr[],
  block: Block,
): Node {
  // The order of a subquery's rows is nobody's business, unless it decides which there are.
  if (limit === undefined && offset === 0)
    return keys.length === 0 || block.query.depth > 0 ? node : topOf(node, keys, undefined, 0)
  if (limit === 0) return whereOf(node, literal(false, scalars.boolean))
  if (!ties && domain.length === 0)
    return topOf(
      node,
      keys.length > 0 || properties(node).appendOnly ? keys : byAllColumns(schema(node)),
      limit,
      offset,
    )
  return numbered(node, keys, { limit, offset, ties }, domain)
}

/** Rows by their number in their group. */
function numbered(
  node: Node,
  keys: readonly SortKey[],
  { limit, offset, ties }: Limits,
  domain: readonly Expr[],
): Node {
  const per = domain.map((expr, i): Named => ({ name: `per_${i}`, expr }))
  const most = limit === undefined ? undefined : limit + offset
  const names = schema(node).fields.map(each => each.name)
  const [as] = distinctNames(['row_number'], names) as [string]
  const ranking = {
    per,
    keys,
    rank: ties ? 'rank' : 'row_number',
    limit: most,
    as: offset === 0 ? undefined : as,
  } as const
  const ranked = rankOf(node, ranking, 'LIMIT')
  if (offset === 0) return ranked
  const rest = whereOf(ranked, call('gt', column(as), literal(offset, scalars.int)))
  return selectOf(
    rest,
    names.map((name): Named => ({ name, expr: column(name) })),
  )
}
