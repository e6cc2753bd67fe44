// Rankings of rows in groups: the options of topN, rank, firstBy and lastBy as plan nodes.
import { optionsFor } from '../base/index.ts'
import { column, type SortKey } from '../expr/index.ts'
import { badVerb, type Named, type Node, properties, type RankKind, rankOf, schema } from '../plan/index.ts'
import type { Columns, Expression, Ordering } from '../types/index.ts'
import { callable } from './expressions.ts'
import { rowOf } from './row.ts'
import type { Selection } from './rows.ts'
import { within } from './scope.ts'
import { keysFrom, sortKeys } from './verbs.ts'

export type SortBy = Ordering | Expression<unknown>

/** Columns by name, or named expressions: what rows are grouped by. */
export type Per<Row> = (keyof Row & string) | readonly (keyof Row & string)[] | ((row: Columns<Row>) => Selection)

export interface RankOptions<Row, As extends string> {
  /** The groups: `'carrier'`, `['carrier', 'window']`, `f => ({ day: f.at.truncate('day') })`; default: all rows are one. */
  readonly per?: Per<Row>
  /** The order: `f => f.delay.desc()`, or a list of keys. Ties are broken by all columns, ascending, nulls last. */
  readonly by: (row: Columns<Row>) => SortBy | readonly SortBy[]
  /** row_number (the default) numbers rows; rank and dense_rank are equal for rows of equal keys, as in SQL. */
  readonly rank?: RankKind
  /** The name of the rank's column; default 'rank'. */
  readonly as?: As
}

export interface RowByOptions<Row> {
  /** One row is kept for each of these. */
  readonly by: Per<Row>
  /** What comes first; default: the event time. */
  readonly time?: (row: Columns<Row>) => Expression<unknown>
}

const SHAPES = {
  topN: "topN(3, { per: 'carrier', by: f => f.delay.desc() })",
  rank: "rank({ per: 'carrier', by: f => f.delay.desc() })",
}

export function rankNode(
  verb: 'topN' | 'rank',
  input: Node,
  limit: number | undefined,
  given: RankOptions<never, string>,
): Node {
  const { per, by, rank = 'row_number', as = 'rank' } = optionsFor(verb, given, SHAPES[verb])
  if (typeof by !== 'function') badVerb(verb, 'it does not say in which order', SHAPES[verb])
  if (typeof as !== 'string' || as === '') badVerb(verb, 'the rank needs a name', "as: 'place'")
  if (verb === 'topN' && limit === undefined) badVerb(verb, 'it does not say how many', SHAPES[verb])
  const keys = keysBy(verb, input, by as (row: never) => unknown)
  return rankOf(input, { per: groupsFrom(input, per), keys, rank, limit, as }, verb)
}

/** The first or last row of each key. */
export function rowByNode(verb: 'firstBy' | 'lastBy', input: Node, given: RowByOptions<never>): Node {
  const { by, time } = optionsFor(verb, given, `${verb}({ by: 'user' })`)
  if (by === undefined) badVerb(verb, 'it does not say for what', `${verb}({ by: 'user' })`)
  const descending = verb === 'lastBy'
  const [key] = time === undefined ? [eventTime(verb, input)] : keysBy(verb, input, time as (row: never) => unknown)
  const keys = [Object.freeze({ ...(key as SortKey), descending, nulls: 'last' as const })]
  return rankOf(input, { per: groupsFrom(input, by), keys, rank: 'row_number', limit: 1, as: undefined }, verb)
}

function eventTime(verb: string, input: Node): SortKey {
  const { eventTime: moment } = properties(input)
  if (moment === undefined)
    return badVerb(
      verb,
      'the table has no event time',
      `say what comes first: ${verb}({ by: 'user', time: r => r.at })`,
    )
  return { expr: column(...(moment.path as [string, ...string[]])), descending: false, nulls: 'last' }
}

/** The keys of an order. */
export function keysBy(verb: string, input: Node, by: (row: never) => unknown): readonly SortKey[] {
  callable(verb, by)
  return within(
    verb,
    () => sortKeys(verb, by(rowOf(schema(input)) as never)),
    made => made.map(each => each.expr),
  )
}

/** What rows are grouped by, as named expressions. */
export function groupsFrom(input: Node, per: Per<never> | undefined): readonly Named[] {
  if (per === undefined) return []
  return keysFrom(schema(input), Array.isArray(per) ? per : [per])
}
