// Expressions without columns → their value, and logic with a constant → without it. What fails is left to fail
// where it stands, row by row, as it would have, and what is long (a series) is made where it is used: a plan is
// compared, hashed and told by its text. A condition that is always true → nothing.
import { MillraceError } from '../../base/index.ts'
import { conjoin, type Expr, evaluateConstant, isConstant, literal, transform } from '../../expr/index.ts'
import { scalars } from '../../types/index.ts'
import type { Named } from '../node.ts'
import { local } from './rule.ts'

export const foldConstants = local('fold-constants', node => {
  switch (node.kind) {
    case 'where': {
      const predicate = fold(node.predicate)
      if (isTrue(predicate)) return node.input
      return predicate === node.predicate ? undefined : Object.freeze({ ...node, predicate })
    }
    case 'select':
    case 'join': {
      const columns = foldAll(node.columns)
      return columns === node.columns ? undefined : Object.freeze({ ...node, columns })
    }
    default:
      return undefined
  }
})

function foldAll(columns: readonly Named[]): readonly Named[] {
  const folded = columns.map(each => ({ name: each.name, expr: fold(each.expr) }))
  return folded.every((each, i) => each.expr === columns[i]?.expr) ? columns : Object.freeze(folded)
}

const isTrue = (expr: Expr): boolean => expr.kind === 'literal' && expr.value === true

/** The expression with its constant parts computed; the same object when there are none. */
function fold(expr: Expr): Expr {
  return transform(expr, each => simplifyAnd(computed(each)))
}

/** Bytes of a value that a plan may hold. */
const LONGEST = 1 << 16

/** Known to have long values. */
const long = new WeakSet<Expr>()

function computed(expr: Expr): Expr {
  if (expr.kind === 'literal' || long.has(expr) || !isConstant(expr)) return expr
  try {
    const value = evaluateConstant(expr)
    if (!isLong(value)) return value
    long.add(expr)
    return expr
  } catch (error) {
    if (error instanceof MillraceError) return expr
    throw error
  }
}

const isLong = (expr: Expr): boolean =>
  expr.kind === 'literal' &&
  (expr.value instanceof Uint8Array || typeof expr.value === 'string') &&
  expr.value.length > LONGEST

/** true AND p → p; false AND p → false (p was not computed before either). */
function simplifyAnd(expr: Expr): Expr {
  if (expr.kind !== 'call' || expr.fn !== 'and') return expr
  const first = expr.args[0]
  if (first?.kind === 'literal' && first.value === false) return literal(false, scalars.boolean)
  const open = expr.args.filter(each => !isTrue(each))
  return open.length === expr.args.length ? expr : conjoin(open)
}
