// select over select → one select, unless an expression would then be computed more than once.
import { childrenOf, type Expr } from '../../expr/index.ts'
import { selectOf } from '../build/index.ts'
import type { Named } from '../node.ts'
import { local } from './rule.ts'
import { through } from './substitute.ts'

export const mergeSelects = local('merge-selects', (node, { isShared }) => {
  if (node.kind !== 'select' || node.input.kind !== 'select' || isShared(node.input)) return undefined
  const inner = node.input
  if (inner.columns.some(each => !isCheap(each.expr) && uses(node.columns, each.name) > 1)) return undefined
  const columns: Named[] = []
  for (const { name, expr } of node.columns) {
    const made = through(inner.columns, expr)
    if (made === undefined) return undefined
    columns.push({ name, expr: made })
  }
  return selectOf(inner.input, columns)
})

const isCheap = (expr: Expr): boolean => expr.kind === 'column' || expr.kind === 'literal'

/** How often a column occurs: in different expressions, and within one (a case reads it in several branches). */
function uses(columns: readonly Named[], name: string): number {
  return columns.reduce((sum, each) => sum + occurrences(each.expr, name), 0)
}

function occurrences(expr: Expr, name: string): number {
  if (expr.kind === 'column') return expr.path[0] === name ? 1 : 0
  return childrenOf(expr).reduce((sum, each) => sum + occurrences(each, name), 0)
}
