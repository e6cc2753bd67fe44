// INSERT: rows into a memory table, which what follows it sees before the statement is done; and into sinks, which is a run.
import { fail } from '../base/index.ts'
import type { Node } from '../plan/index.ts'
import { type Insert, type Planned, plannedInsert, plannedRows } from '../sql/index.ts'
import { catalogOf } from './catalog.ts'
import { changedBy, outcomeOf } from './changed.ts'
import { checkConflict, insertOrRenew } from './conflict.ts'
import { settled } from './define.ts'
import { insertInto } from './jobs.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { changed, type Pending } from './pending.ts'
import type { Given, Place } from './place.ts'
import { relationNamed, whyNot } from './relation.ts'
import type { Store } from './store.ts'

export async function insert(statement: Insert, given: Given, place: Place): Promise<Node | string> {
  const relation = relationNamed(statement, given, place)
  const { store } = relation
  if (store !== undefined) return changed(place, () => pendingInsert(store, statement, given, place))
  if (relation.sink !== undefined) return insertInto(relation.sink, statement, given, place)
  return fail('NOT_WRITABLE', { name: statement.table, ...whyNot(relation) })
}

/** What an INSERT will do, and what it will tell. */
export async function pendingInsert(store: Store, statement: Insert, given: Given, place: Place): Promise<Pending> {
  const planned = await plannedFor(statement, store, given, place)
  if (statement.conflict !== undefined)
    return insertOrRenew(planned, statement.conflict, store, statement, given, place)
  const done = await changedBy(planned, store, statement.table, given, place)
  return { store, changes: done.changes, outcome: outcomeOf(planned, done, 'INSERT 0') }
}

export async function plannedFor(statement: Insert, store: Store, given: Given, place: Place): Promise<Planned> {
  const catalog = await catalogOf([statement.query.tree, statement.returning], given, place)
  return plannedInsert(statement, store, given.script, catalog, given.params)
}

/** Fails where the statement would, whatever rows there are. */
export async function checkInsert(statement: Insert, store: Store, given: Given, place: Place): Promise<void> {
  await plannedFor(statement, store, given, place)
  if (statement.conflict !== undefined) await checkConflict(statement.conflict, store, statement, given, place)
}

/** Rows of a table of the same columns into a memory table. */
export async function copyRows(store: Store, table: string, rows: Node, given: Given, place: Place): Promise<string> {
  return oneAtATime(place, async () => {
    const done = await changedBy(plannedRows(rows, store), store, table, given, place)
    await store.change(done.changes)
    await settled(place)
    return `COPY ${done.rows}`
  })
}
