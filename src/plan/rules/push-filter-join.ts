// Conditions on one side of a join → below the join, on that input, where no row is by itself for lack of what they drop:
// on the left of inner, left, semi and anti joins, on the right of inner and right joins. A join drops rows, and the rest of
// the condition may: what is moved must not be able to fail for them.
import { conjoin, conjuncts, type Expr } from '../../expr/index.ts'
import { whereOf } from '../build/index.ts'
import type { Join, Named } from '../node.ts'
import { canFail, local } from './rule.ts'
import { through } from './substitute.ts'

const LEFT = new Set<Join['type']>(['inner', 'left', 'semi', 'anti'])
const RIGHT = new Set<Join['type']>(['inner', 'right'])

export const pushFilterJoin = local('push-filter-join', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'join' || isShared(node.input)) return undefined
  const join = node.input
  const left = LEFT.has(join.type) ? ofSide(join, 0) : undefined
  const right = RIGHT.has(join.type) ? ofSide(join, 1) : undefined
  const [toLeft, toRight, kept]: [Expr[], Expr[], Expr[]] = [[], [], []]
  for (const part of conjuncts(node.predicate)) {
    const onLeft = moved(left, part)
    const onRight = moved(right, part)
    if (onLeft !== undefined) toLeft.push(onLeft)
    else if (onRight !== undefined) toRight.push(onRight)
    else kept.push(part)
  }
  if (toLeft.length + toRight.length === 0) return undefined
  const made = Object.freeze({
    ...join,
    left: toLeft.length === 0 ? join.left : whereOf(join.left, conjoin(toLeft)),
    right: toRight.length === 0 ? join.right : whereOf(join.right, conjoin(toRight)),
  })
  return kept.length === 0 ? made : whereOf(made, conjoin(kept))
})

/** A condition as a side has it; undefined: it can not go there. One that reads no column could go anywhere. */
function moved(side: readonly Named[] | undefined, part: Expr): Expr | undefined {
  return side === undefined || canFail(part) ? undefined : through(side, part)
}

/** Columns that are passed on from one side, as that side knows them. */
function ofSide({ columns }: Join, input: number): readonly Named[] {
  return columns.flatMap(({ name, expr }) =>
    expr.kind === 'column' && expr.input === input ? [{ name, expr: Object.freeze({ ...expr, input: 0 }) }] : [],
  )
}
