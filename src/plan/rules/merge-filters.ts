// where p, where q → where p AND q. The second is now also looked at where the first is null: only if it can't fail.
import { conjoin, conjuncts, type Expr, typeOf } from '../../expr/index.ts'
import { whereOf } from '../build.ts'
import type { Node } from '../node.ts'
import { schema } from '../schema.ts'
import { canFail, local } from './rule.ts'

export const mergeFilters = local('merge-filters', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'where' || isShared(node.input)) return undefined
  const { input, predicate } = node.input
  const both = conjunction(input, predicate, node.predicate)
  return both === undefined ? undefined : whereOf(input, both)
})

/** `first AND second`, if that fails for no row for which `second` was not looked at before. */
export function conjunction(input: Node, first: Expr, second: Expr): Expr | undefined {
  if (canFail(second) && typeOf(first, [schema(input)]).nullable) return undefined
  return conjoin([...conjuncts(first), ...conjuncts(second)])
}
