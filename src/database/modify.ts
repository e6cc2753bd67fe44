// Rows that come, go and change: INSERT, UPDATE, DELETE, COPY FROM on memory tables, which what follows them sees before the
// statement is done; and INSERT into sinks, which is a run.
import { fail } from '../base/index.ts'
import { suggestion } from '../expr/index.ts'
import type { Node } from '../plan/index.ts'
import { type Change, type Insert, invalid } from '../sql/index.ts'
import { bound, boundFor } from './catalog.ts'
import { settled } from './define.ts'
import { insertInto } from './jobs.ts'
import type { Given, Place, Relation } from './place.ts'
import { countOf, rowsNow, type Weighted } from './rows.ts'

/** Where rows go. */
interface Destination {
  readonly table: string
  readonly byte: number | undefined
  readonly columns: readonly string[]
}

export async function insert(statement: Insert, given: Given, place: Place): Promise<string> {
  const relation = relationNamed(statement, given, place)
  if (relation.store !== undefined) return insertRows(relation.store, statement, given, place)
  if (relation.sink !== undefined) return insertInto(relation.sink, statement, given, place)
  return fail('NOT_WRITABLE', { name: statement.table, ...whyNot(relation) })
}

/** Why nothing can be written to it. */
export function whyNot({ kind }: Relation): { reason: string; fix: string } {
  if (kind === 'table')
    return { reason: 'it is an input', fix: "make a table that is written: WITH (connector = 'files', path = 'out')" }
  return { reason: `it is a ${kind}`, fix: 'write to the tables that it is made of' }
}

export function relationNamed({ table, byte }: Destination, { script }: Given, { relations }: Place): Relation {
  return (
    relations.get(table) ??
    invalid(script.text, byte, `there is no table ${table}`, suggestion(table, [...relations.keys()]))
  )
}

type Store = NonNullable<Relation['store']>

async function insertRows(store: Store, { query, ignore, ...to }: Insert, given: Given, place: Place): Promise<string> {
  const node = await boundFor(query, { ...to, target: store.schema }, given, place)
  const rows = await rowsNow(place.world, node, given.signal)
  const fresh = ignore ? store.fresh(rows) : rows
  await store.change(fresh)
  await settled(place)
  return `INSERT 0 ${countOf(fresh)}`
}

/** Rows of a table of the same columns into a memory table. */
export async function copyRows(store: Store, node: Node, { signal }: Given, place: Place): Promise<string> {
  const rows = await rowsNow(place.world, node, signal)
  await store.change(rows)
  await settled(place)
  return `COPY ${countOf(rows)}`
}

export async function change(statement: Change, given: Given, place: Place): Promise<string> {
  const { table, query, sets, kind } = statement
  const relation = relationNamed({ ...statement, columns: [] }, given, place)
  const { store } = relation
  if (store === undefined) {
    const { reason, fix } =
      relation.kind === 'table'
        ? { reason: 'its rows are not in this process', fix: 'rows of memory tables can be changed' }
        : whyNot(relation)
    return fail('NOT_WRITABLE', { name: table, reason, fix })
  }
  const names = store.schema.fields.map(each => each.name)
  const unknown = sets.find(each => !names.includes(each))
  if (unknown !== undefined)
    return invalid(given.script.text, statement.byte, `${table} has no column ${unknown}`, suggestion(unknown, names))
  const going = await rowsNow(place.world, await bound(query, given, place), given.signal)
  const coming = kind === 'delete' ? [] : await renewedRows(store, statement, names, given, place)
  await store.change([...going.map(({ row, weight }) => ({ row, weight: -weight })), ...coming])
  await settled(place)
  return `${kind.toUpperCase()} ${countOf(going)}`
}

async function renewedRows(
  store: Store,
  { table, byte, renewed }: Change,
  names: readonly string[],
  given: Given,
  place: Place,
): Promise<Weighted[]> {
  const to = { table, target: store.schema, columns: [], byte }
  return rowsNow(place.world, await boundFor(renewed(names), to, given, place), given.signal)
}
