// Conditions on the left side of a join → below the join, on its left input. An inner join drops rows, and the rest
// of the condition may: what is moved must not be able to fail for them.
import { conjoin, conjuncts, type Expr } from '../../expr/index.ts'
import { joinOf, whereOf } from '../build/index.ts'
import { canFail, local } from './rule.ts'
import { through } from './substitute.ts'

export const pushFilterJoin = local('push-filter-join', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'join' || isShared(node.input)) return undefined
  const join = node.input
  const ofLeft = join.columns.filter(each => each.expr.kind === 'column' && each.expr.input === 0)
  const moved: Expr[] = []
  const kept: Expr[] = []
  for (const part of conjuncts(node.predicate)) {
    const below = canFail(part) ? undefined : through(ofLeft, part)
    if (below === undefined) kept.push(part)
    else moved.push(below)
  }
  if (moved.length === 0) return undefined
  const made = joinOf(whereOf(join.left, conjoin(moved)), join.right, join.type, join.on, join.columns)
  return kept.length === 0 ? made : whereOf(made, conjoin(kept))
})
