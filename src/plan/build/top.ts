// Makers of orders.
import { describeValue } from '../../base/index.ts'
import { column, type SortKey } from '../../expr/index.ts'
import { leaves, type Schema } from '../../types/index.ts'
import type { Node, Top } from '../node.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'

export function topOf(input: Node, keys: readonly SortKey[], limit: number | undefined, offset: number): Top {
  for (const count of [limit ?? 0, offset])
    if (!Number.isSafeInteger(count) || count < 0)
      badVerb('limit', `${describeValue(count)} is not a number of rows`, 'give a whole number that is not negative')
  for (const each of keys) expectOrder(each.expr, [schema(input)], 'orderBy')
  return checked({ kind: 'top', input, keys: frozen(keys), limit, offset })
}

/** The order of whole rows, which breaks ties: column by column, ascending, nulls last. */
export function byAllColumns(of: Schema): readonly SortKey[] {
  return leaves(of)
    .filter(leaf => leaf.type.kind !== 'json')
    .map(leaf => ({ expr: column(...leaf.path), descending: false, nulls: 'last' }))
}
