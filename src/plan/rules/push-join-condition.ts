// Conditions of a join that are on one side only → below the join, on that input, where a row that does not meet them
// would be in no pair and is not asked for by itself: on the left of inner, right and semi joins, on the right of inner, left,
// semi and anti joins. They are evaluated for more rows there: what is moved must not be able to fail.
import { columnsOf, conjoin, conjuncts, type Expr, substitute } from '../../expr/index.ts'
import { whereOf } from '../build/index.ts'
import type { Join } from '../node.ts'
import { canFail, local } from './rule.ts'

const LEFT = new Set<Join['type']>(['inner', 'right', 'semi'])
const RIGHT = new Set<Join['type']>(['inner', 'left', 'semi', 'anti'])

export const pushJoinCondition = local('push-join-condition', node => {
  if (node.kind !== 'join' || node.residual === undefined) return undefined
  const [toLeft, toRight, kept]: [Expr[], Expr[], Expr[]] = [[], [], []]
  for (const part of conjuncts(node.residual)) {
    const sides = new Set(columnsOf(part).map(each => each.input))
    const side = canFail(part) || sides.size !== 1 ? -1 : [...sides][0]
    if (side === 0 && LEFT.has(node.type)) toLeft.push(part)
    else if (side === 1 && RIGHT.has(node.type))
      toRight.push(substitute(part, each => Object.freeze({ ...each, input: 0 })))
    else kept.push(part)
  }
  if (toLeft.length + toRight.length === 0) return undefined
  return Object.freeze({
    ...node,
    left: toLeft.length === 0 ? node.left : whereOf(node.left, conjoin(toLeft)),
    right: toRight.length === 0 ? node.right : whereOf(node.right, conjoin(toRight)),
    residual: kept.length === 0 ? undefined : conjoin(kept),
  })
})
