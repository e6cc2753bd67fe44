// INSERT: rows into a memory table, which what follows it sees before the statement is done; and into sinks, which is a run.
import { fail } from '../base/index.ts'
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
import { changesOf, outcomeOf, repeated, type Turn, turnsOf } from './changed.ts'
import { settled } from './define.ts'
import { insertInto } from './jobs.ts'
import type { KeySet } from './key-set.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Given, Place } from './place.ts'
import { relationNamed, whyNot } from './relation.ts'
import { tableOfRows } from './rows.ts'
import type { Store } from './store.ts'

type Tree = Statement['tree']

export async function insert(statement: Insert, given: Given, place: Place): Promise<Node | string> {
  const relation = relationNamed(statement, given, place)
  const { store } = relation
  if (store !== undefined) return oneAtATime(place, () => insertRows(store, statement, given, place))
  if (relation.sink !== undefined) return insertInto(relation.sink, statement, given, place)
  return fail('NOT_WRITABLE', { name: statement.table, ...whyNot(relation) })
}

async function insertRows(store: Store, statement: Insert, given: Given, place: Place): Promise<Node | string> {
  const { conflict, table } = statement
  const planned = await plannedFor(statement, store, given, place)
  const turns = repeated(await turnsOf(planned, store, table, given, place))
  const keys = conflict === undefined ? [] : keysOf(conflict, store, given)
  const { fresh, held } = conflict === undefined ? { fresh: turns, held: [] } : parted(turns, keys, statement)
  const renewed = keys[0] === undefined ? [] : await renewedRows(held, keys[0], store, statement, given, place)
  await store.change([...changesOf(fresh, 'insert'), ...changesOf(renewed, 'update')])
  await settled(place)
  return outcomeOf(planned, inOrder(turns, fresh, renewed, keys[0]), 'INSERT 0')
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
function keysOf({ target, byte }: Conflict, { keys }: Store, { script }: Given): readonly KeySet[] {
  if (target === undefined) return keys
  const found = keys.find(({ unique }) =>
    'name' in target ? unique.name === target.name : isOf(unique, target.columns),
  )
  if (found !== undefined) return [found]
  const known = keys.map(({ unique }) => `(${unique.columns.join(', ')})`).join(', ')
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
  keys: readonly KeySet[],
  { table, conflict }: Insert,
): { fresh: Turn[]; held: Turn[] } {
  const fresh: Turn[] = []
  const held: Turn[] = []
  const taken = keys.map(() => new Set<string>())
  for (const turn of turns) {
    const ids = keys.map(key => key.idOf(turn.coming))
    const isTwice = ids.some((id, i) => id !== undefined && taken[i]?.has(id) === true)
    if (isTwice && conflict?.update !== undefined) fail('KEY_GIVEN_TWICE', { table })
    const isHeld = ids.some((id, i) => id !== undefined && keys[i]?.has(id) === true)
    if (isHeld && conflict?.update !== undefined) held.push(turn)
    if (!isHeld && !isTwice) fresh.push(turn)
    for (const [i, id] of ids.entries()) if (id !== undefined) taken[i]?.add(id)
  }
  return { fresh, held }
}

/** DO UPDATE: what becomes of the rows that have the keys. */
async function renewedRows(
  held: readonly Turn[],
  key: KeySet,
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
  { unique }: KeySet,
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
  key: KeySet | undefined,
): readonly Turn[] {
  if (renewed.length === 0) return fresh
  const isFresh = new Set(fresh)
  const byKey = new Map(renewed.map(each => [key?.idOf(each.going), each]))
  return turns.flatMap(each => (isFresh.has(each) ? [each] : (byKey.get(key?.idOf(each.coming)) ?? [])))
}

/** Rows of a table of the same columns into a memory table. */
export async function copyRows(store: Store, table: string, rows: Node, given: Given, place: Place): Promise<string> {
  return oneAtATime(place, async () => {
    const turns = await turnsOf(plannedRows(rows, store), store, table, given, place)
    await store.change(changesOf(turns, 'insert'))
    await settled(place)
    return `COPY ${turns.reduce((sum, each) => sum + each.weight, 0)}`
  })
}
