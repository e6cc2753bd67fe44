// Queries that stand in expressions: one value, or a truth about all rows.
import { expression } from './expressions.ts'
import { orSimpler, type Piece, sql } from './piece.ts'
import type { Scope } from './scope.ts'
import { constant, type Type } from './types.ts'

/** The query's own FROM sees the columns around it. */
const within = (scope: Scope): Scope => ({
  ...scope,
  outer: [...scope.outer, ...scope.columns],
  columns: [],
  grouped: undefined,
  depth: scope.depth - 1,
})

/** At most one row: the least of a column, or the first in a complete order. */
export function scalarSubquery(scope: Scope, type: Type): Piece {
  const { rng } = scope
  const of = scope.query(within(scope), [type])
  const least = type === 'bool' ? 'bool_and' : 'min'
  if (type === 'text' && rng.oneIn(3))
    return orSimpler(
      sql`array_to_string(ARRAY(SELECT s.c1 FROM (${of}) s ORDER BY s.c1 DESC), ',', '-')`,
      constant(rng, type),
    )
  const made = rng.oneIn(2)
    ? sql`(SELECT ${least}(s.c1) FROM (${of}) s)`
    : sql`(SELECT s.c1 FROM (${of}) s ORDER BY 1 NULLS FIRST LIMIT 1)`
  return orSimpler(made, constant(rng, type))
}

const COMPARISONS = ['= ANY', '<> ALL', '> ANY', '<= ALL', 'IN', 'NOT IN']

export function truthSubquery(scope: Scope): Piece {
  const { rng } = scope
  const simple = constant(rng, 'bool')
  if (rng.oneIn(2)) {
    const not = rng.oneIn(3) ? 'NOT ' : ''
    return orSimpler(sql`(${not}EXISTS (${scope.query(within(scope), ['int'])}))`, simple)
  }
  if (rng.oneIn(5)) return rowAmong(scope)
  const type = rng.pick(['int', 'text', 'numeric', 'time'] as const)
  const value = expression({ ...scope, depth: 0 }, type, 1)
  return orSimpler(sql`(${value} ${rng.pick(COMPARISONS)} (${scope.query(within(scope), [type])}))`, simple)
}

/** A row of two values among those of a query. */
function rowAmong(scope: Scope): Piece {
  const { rng } = scope
  const types = [rng.pick(['int', 'text'] as const), rng.pick(['int', 'bool', 'text'] as const)] as const
  const [a, b] = types.map(type => expression({ ...scope, depth: 0 }, type, 1)) as [Piece, Piece]
  const sign = rng.pick(['IN', 'NOT IN', '= ANY', '<> ALL', '< ANY'])
  return orSimpler(sql`((${a}, ${b}) ${sign} (${scope.query(within(scope), types)}))`, constant(rng, 'bool'))
}
