// Makers of rankings.
import { describeValue } from '../../base/index.ts'
import type { SortKey } from '../../expr/index.ts'
import type { Named, Node, Rank, RankKind } from '../node.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'
import { expectMerged } from './sessions.ts'

/** What a ranking is, beside its input. */
export interface Ranking {
  readonly per: readonly Named[]
  readonly keys: readonly SortKey[]
  readonly rank: RankKind
  readonly limit: number | undefined
  readonly as: string | undefined
}

const KINDS: readonly unknown[] = ['row_number', 'rank', 'dense_rank']

/** @param verb what the caller wrote, for messages. */
export function rankOf(input: Node, ranking: Ranking, verb: string): Rank {
  const { per, keys, rank, limit, as } = ranking
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1))
    badVerb(verb, `${describeValue(limit)} is not a number of rows`, 'give a whole number from 1 on')
  if (!KINDS.includes(rank))
    badVerb(verb, `there is no rank ${describeValue(rank)}`, "use 'row_number', 'rank' or 'dense_rank'")
  for (const each of per) expectOrder(each.expr, [schema(input)], 'groupBy')
  for (const each of keys) expectOrder(each.expr, [schema(input)], 'orderBy')
  const by = [...per, ...keys].map(each => each.expr)
  expectMerged(input, by, verb)
  return checked({ kind: 'rank', input, per: frozen(per), keys: frozen(keys), rank, limit, as })
}
