// INSERT: rows into a memory table, which what follows it sees before the statement is done; and into sinks, which is a run.
import { fail } from '../base/index.ts'
import { identity } from '../connectors/index.ts'
import type { Node } from '../plan/index.ts'
import {
  type Change,
  type Conflict,
  columnNode,
  type Insert,
  invalid,
  type Planned,
  plannedChange,
  plannedInsert,
  plannedRows,
  type Statement,
  textNode,
  type Unique,
} from '../sql/index.ts'
import { catalogOf } from './catalog.ts'
import { onePerRow } from './change.ts'
import { changedBy, changesOf, outcomeOf, outcomeOfTurns, repeated, type Turn, turnsOf } from './changed.ts'
import { settled } from './define.ts'
import { insertInto } from './jobs.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { changed, type Pending } from './pending.ts'
import type { Given, Place } from './place.ts'
import { relationNamed, whyNot } from './relation.ts'
import { type Row, tableOfRows } from './rows.ts'
import type { Store } from './store.ts'

type Tree = Statement['tree']

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

/** ON CONFLICT: what becomes of a row depends on the rows before it. */
async function insertOrRenew(
  planned: Planned,
  conflict: Conflict,
  store: Store,
  statement: Insert,
  given: Given,
  place: Place,
): Promise<Pending> {
  const turns = repeated(await turnsOf(planned, store, statement.table, given, place))
  const keys = keysOf(conflict, store, given)
  const { fresh, held } = parted(turns, keys, store, statement)
  const renewed = keys[0] === undefined ? [] : await renewedRows(held, keys[0], store, statement, given, place)
  const changes = store.index.pack([...changesOf(fresh, 'insert'), ...changesOf(renewed, 'update')])
  return { store, changes, outcome: outcomeOfTurns(planned, inOrder(turns, fresh, renewed, keys[0]), 'INSERT 0') }
}

export async function plannedFor(statement: Insert, store: Store, given: Given, place: Place): Promise<Planned> {
  const catalog = await catalogOf([statement.query.tree, statement.returning], given, place)
  return plannedInsert(statement, store, given.script, catalog, given.params)
}

/** Fails where the statement would, whatever rows there are. */
export async function checkInsert(statement: Insert, store: Store, given: Given, place: Place): Promise<void> {
  await plannedFor(statement, store, given, place)
  const { conflict } = statement
  if (conflict === undefined) return
  const [key] = keysOf(conflict, store, given)
  if (key !== undefined) await plannedRenewal([], key, store, statement, given, place)
}

/** The keys that ON CONFLICT looks at; of DO UPDATE it is one. */
function keysOf({ target, byte }: Conflict, { rules }: Store, { script }: Given): readonly Unique[] {
  if (target === undefined) return rules.uniques
  const found = rules.uniques.find(each => ('name' in target ? each.name === target.name : isOf(each, target.columns)))
  if (found !== undefined) return [found]
  const known = rules.uniques.map(each => `(${each.columns.join(', ')})`).join(', ')
  const what = 'name' in target ? `no key ${target.name}` : `no key of the columns (${target.columns.join(', ')})`
  return invalid(
    script.text,
    byte,
    `there is ${what}`,
    known === '' ? 'give the table a PRIMARY KEY' : `there are: ${known}`,
  )
}

const isOf = ({ columns }: Unique, named: readonly string[]): boolean =>
  columns.length === new Set(named).size && columns.every(each => named.includes(each))

/** Rows whose key is free, and (of DO UPDATE) rows whose key a row of the table has. */
function parted(
  turns: readonly Turn[],
  keys: readonly Unique[],
  { index }: Store,
  { table, conflict }: Insert,
): { fresh: Turn[]; held: Turn[] } {
  const fresh: Turn[] = []
  const held: Turn[] = []
  const rows = turns.map(each => each.coming)
  const there = keys.map(key => index.has(key, rows))
  const taken = keys.map(() => new Set<string>())
  for (const [at, turn] of turns.entries()) {
    const ids = keys.map(key => idOf(key, turn.coming))
    const isTwice = ids.some((id, i) => id !== undefined && taken[i]?.has(id) === true)
    if (isTwice && conflict?.update !== undefined) fail('KEY_GIVEN_TWICE', { table })
    const isHeld = there.some(each => each[at] === true)
    if (isHeld && conflict?.update !== undefined) held.push(turn)
    if (!isHeld && !isTwice) fresh.push(turn)
    for (const [i, id] of ids.entries()) if (id !== undefined) taken[i]?.add(id)
  }
  return { fresh, held }
}

/** The key's values as a text; undefined: it is like no other. */
const idOf = ({ columns, nullsEqual }: Unique, row: Row): string | undefined =>
  !nullsEqual && columns.some(name => row[name] === null) ? undefined : identity(row, columns)

/** DO UPDATE: what becomes of the rows that have the keys. */
async function renewedRows(
  held: readonly Turn[],
  key: Unique,
  store: Store,
  statement: Insert,
  given: Given,
  place: Place,
): Promise<readonly Turn[]> {
  const planned = await plannedRenewal(held, key, store, statement, given, place)
  if (planned === undefined || held.length === 0) return []
  return onePerRow(await turnsOf(planned, store, statement.table, given, place), store)
}

/** DO UPDATE is an UPDATE … FROM excluded: those rows. */
async function plannedRenewal(
  held: readonly Turn[],
  unique: Unique,
  store: Store,
  { table, alias, byte, conflict, returning }: Insert,
  given: Given,
  place: Place,
): Promise<Planned | undefined> {
  if (conflict?.update === undefined) return undefined
  const { sets, where } = conflict.update
  const name = freeName('excluded', place)
  const rows = tableOfRows(
    store.schema,
    held.map(each => each.coming),
  )
  const relations = new Map(place.relations).set(name, { kind: 'table', node: () => rows })
  const excluded: Tree = { RangeVar: { relname: name, alias: { aliasname: 'excluded' } } }
  const ties = unique.columns.map(each => tie(alias, each, unique.nullsEqual))
  const change: Change = {
    ...{ kind: 'update', table, alias, byte, sets, from: [excluded], withClause: undefined, returning },
    where: { BoolExpr: { boolop: 'AND_EXPR', args: where === undefined ? ties : [...ties, where] } },
  }
  const read: Tree = { RangeVar: { relname: table } }
  const catalog = await catalogOf([read, excluded, where, [...sets.values()], returning], given, {
    ...place,
    relations,
  })
  return plannedChange(change, store, given.script, catalog, given.params, false)
}

/** A name that nothing has. */
function freeName(name: string, { relations }: Place): string {
  return relations.has(name) ? freeName(`${name}_`, { relations } as Place) : name
}

function tie(alias: string, name: string, nullsEqual: boolean): Tree {
  const kind = nullsEqual ? 'AEXPR_NOT_DISTINCT' : 'AEXPR_OP'
  return {
    A_Expr: { kind, name: [textNode('=')], lexpr: columnNode(alias, name), rexpr: columnNode('excluded', name) },
  }
}

/** What was done, in the order in which the rows were given. */
function inOrder(
  turns: readonly Turn[],
  fresh: readonly Turn[],
  renewed: readonly Turn[],
  key: Unique | undefined,
): readonly Turn[] {
  if (renewed.length === 0) return fresh
  const isFresh = new Set(fresh)
  const keyOf = (row: Row): string | undefined => (key === undefined ? undefined : idOf(key, row))
  const byKey = new Map(renewed.map(each => [keyOf(each.going), each]))
  return turns.flatMap(each => (isFresh.has(each) ? [each] : (byKey.get(keyOf(each.coming)) ?? [])))
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
