// where p, where q → where p AND q. A predicate keeps rows conjunct by conjunct (expr/compile.ts), so q is computed
// for the rows that p kept, as before: not where p is null, as the value of AND would be.
import { conjoin, conjuncts, type Expr } from '../../expr/index.ts'
import { whereOf } from '../build/index.ts'
import { local } from './rule.ts'

export const mergeFilters = local('merge-filters', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'where' || isShared(node.input)) return undefined
  return whereOf(node.input.input, conjunction(node.input.predicate, node.predicate))
})

/** Both conditions, the first one first. */
export function conjunction(first: Expr, second: Expr): Expr {
  return conjoin([...conjuncts(first), ...conjuncts(second)])
}
