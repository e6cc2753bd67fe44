// UPDATE, DELETE and TRUNCATE of memory tables.
import { fail } from '../base/index.ts'
import { identity } from '../connectors/index.ts'
import { takenBack } from '../data/index.ts'
import type { Node } from '../plan/index.ts'
import { type Change, type Planned, plannedChange, type Truncate } from '../sql/index.ts'
import { catalogOf } from './catalog.ts'
import { changedBy, changesOf, outcomeOf, outcomeOfTurns, type Turn, turnsOf } from './changed.ts'
import { settled } from './define.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { changed, type Pending } from './pending.ts'
import type { Given, Place } from './place.ts'
import { relationNamed, whyNot } from './relation.ts'
import type { Row } from './rows.ts'
import type { Store } from './store.ts'

export async function change(statement: Change, given: Given, place: Place): Promise<Node | string> {
  const store = storeNamed(statement, given, place)
  return changed(place, () => pendingChange(store, statement, given, place))
}

/** What an UPDATE or a DELETE will do, and what it will tell. */
export async function pendingChange(store: Store, statement: Change, given: Given, place: Place): Promise<Pending> {
  const planned = await plannedFor(statement, store, given, place)
  const { table, kind } = statement
  if (statement.from.length > 0) return changeByPairs(planned, store, statement, given, place)
  const done = await changedBy(planned, store, table, given, place)
  return { store, changes: done.changes, outcome: outcomeOf(planned, done, kind.toUpperCase()) }
}

/** A row of the table may meet several of FROM or USING. */
async function changeByPairs(
  planned: Planned,
  store: Store,
  { table, kind }: Change,
  given: Given,
  place: Place,
): Promise<Pending> {
  const turns = onePerRow(await turnsOf(planned, store, table, given, place), store)
  const changes = store.index.pack(changesOf(turns, kind))
  return { store, changes, outcome: outcomeOfTurns(planned, turns, kind.toUpperCase()) }
}

export async function plannedFor(statement: Change, store: Store, given: Given, place: Place): Promise<Planned> {
  const { table, alias, from, where, withClause, sets, returning } = statement
  // What the statement reads: the table, and all that stands in its clauses.
  const read = { RangeVar: { relname: table } }
  const catalog = await catalogOf([read, from, where, withClause, [...sets.values()], returning], given, place)
  return plannedChange({ ...statement, alias }, store, given.script, catalog, given.params)
}

/** The memory table of a name, or why its rows can't be changed. */
export function storeNamed(to: { table: string; byte: number | undefined }, given: Given, place: Place): Store {
  const relation = relationNamed(to, given, place)
  if (relation.store !== undefined) return relation.store
  const isInput = relation.kind === 'table'
  const why = isInput
    ? { reason: 'its rows are not in this process', fix: 'rows of memory tables can be changed' }
    : whyNot(relation)
  return fail('NOT_WRITABLE', { name: to.table, ...why })
}

/** A row changes once, however many rows of FROM it meets: of what it could become the first, in the order of their texts. */
export function onePerRow(turns: readonly Turn[], store: Store): readonly Turn[] {
  const columns = store.schema.fields.map(each => each.name)
  const chosen = new Map<string, Turn>()
  for (const turn of turns) {
    const id = identity(turn.going, columns)
    const known = chosen.get(id)
    if (known === undefined || textOf(turn) < textOf(known)) chosen.set(id, turn)
  }
  const one = [...chosen.values()]
  const weights = store.index.weightsOf(one.map(each => each.going))
  return one.map((turn, i) => ({ ...turn, weight: weights[i] as number }))
}

const textOf = ({ coming, told }: Turn): string => `${shown(coming)} ${shown(told)}`
const shown = (row: Row): string => identity(row, Object.keys(row))

export async function truncate({ tables }: Truncate, given: Given, place: Place): Promise<string> {
  const stores = tables.map(each => storeNamed(each, given, place))
  return oneAtATime(place, async () => {
    for (const store of new Set(stores)) await store.change(store.index.rows().map(takenBack))
    await settled(place)
    return 'TRUNCATE TABLE'
  })
}
