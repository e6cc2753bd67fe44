// INSERT … ON CONFLICT: rows whose key is free come, those whose key a row of the table has are passed over or renew it. All of
// it is found out before anything is changed.
import { fail } from '../base/index.ts'
import { identity } from '../connectors/index.ts'
import { rowsInBlocks } from '../data/index.ts'
import type { Node } from '../plan/index.ts'
import {
  type Change,
  type Conflict,
  columnNode,
  type Insert,
  invalid,
  type Planned,
  plannedChange,
  type Statement,
  textNode,
  type Unique,
} from '../sql/index.ts'
import { catalogOf } from './catalog.ts'
import { onePerRow } from './change.ts'
import { changedBy, changesOf, outcomeOfTurns, repeated, type Turn, turnsOf } from './changed.ts'
import type { Pending } from './pending.ts'
import type { Given, Place } from './place.ts'
import { type Row, tableOfBlocks, tableOfRows } from './rows.ts'
import type { Store } from './store.ts'

type Tree = Statement['tree']

/** ON CONFLICT: what becomes of a row depends on the rows before it. */
export async function insertOrRenew(
  planned: Planned,
  conflict: Conflict,
  store: Store,
  statement: Insert,
  given: Given,
  place: Place,
): Promise<Pending> {
  const keys = keysOf(conflict, store, given)
  if (planned.told === undefined) return inBulk(planned, keys, store, statement, given, place)
  const turns = repeated(await turnsOf(planned, store, statement.table, given, place))
  const { fresh, held } = parted(turns, keys, store, statement)
  const renewed = keys[0] === undefined ? [] : await renewedRows(held, keys[0], store, statement, given, place)
  const changes = store.index.pack([...changesOf(fresh, 'insert'), ...changesOf(renewed, 'update')])
  return { store, changes, outcome: outcomeOfTurns(planned, inOrder(turns, fresh, renewed, keys[0]), 'INSERT 0') }
}

/** Where nobody asks in which order it was done. */
async function inBulk(
  planned: Planned,
  keys: readonly Unique[],
  store: Store,
  statement: Insert,
  given: Given,
  place: Place,
): Promise<Pending> {
  const { table, conflict } = statement
  const { changes: coming } = await changedBy(planned, store, table, given, place)
  const { fresh, held, isTwice } = store.index.parted(coming, keys)
  if (isTwice && conflict?.update !== undefined) fail('KEY_GIVEN_TWICE', { table })
  const [key] = keys
  const rows = tableOfBlocks(store.schema, held)
  const renewal =
    key === undefined || held.length === 0 ? undefined : await plannedRenewal(rows, key, store, statement, given, place)
  const renewed = renewal && (await changedBy(renewal, store, table, given, place))
  const outcome = `INSERT 0 ${rowsInBlocks(fresh) + (renewed?.rows ?? 0)}`
  return { store, changes: [...fresh, ...(renewed?.changes ?? [])], outcome }
}

/** Fails where it would, whatever rows there are. */
export async function checkConflict(
  conflict: Conflict,
  store: Store,
  statement: Insert,
  given: Given,
  place: Place,
): Promise<void> {
  const [key] = keysOf(conflict, store, given)
  if (key !== undefined) await plannedRenewal(tableOfRows(store.schema, []), key, store, statement, given, place)
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
  const coming = held.map(each => each.coming)
  const planned = await plannedRenewal(tableOfRows(store.schema, coming), key, store, statement, given, place)
  if (planned === undefined || held.length === 0) return []
  return onePerRow(await turnsOf(planned, store, statement.table, given, place), store)
}

/** DO UPDATE is an UPDATE … FROM excluded: those rows. */
async function plannedRenewal(
  rows: Node,
  unique: Unique,
  store: Store,
  { table, alias, byte, conflict, returning }: Insert,
  given: Given,
  place: Place,
): Promise<Planned | undefined> {
  if (conflict?.update === undefined) return undefined
  const { sets, where } = conflict.update
  const name = freeName('excluded', place)
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
