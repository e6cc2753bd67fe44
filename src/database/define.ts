// CREATE and DROP. Law: a name means one thing; what others are made of is not dropped.
import { fail } from '../base/index.ts'
import { rowsInBlocks } from '../data/index.ts'
import { suggestion } from '../expr/index.ts'
import { type Node, outputOf, schema } from '../plan/index.ts'
import type { Run } from '../runtime/index.ts'
import type { CreateOf, CreateTable, CreateView, RelationKind } from '../sql/index.ts'
import { invalid, tablesIn } from '../sql/index.ts'
import { field, schemaOf } from '../types/index.ts'
import { bound } from './catalog.ts'
import { relationOf } from './connectors.ts'
import { emitOf, emitted } from './emit.ts'
import { insertInto } from './jobs.ts'
import { keeperOf } from './keeper.ts'
import { defined, OptionReader } from './options.ts'
import type { Given, Place, Relation } from './place.ts'
import { blocksNow } from './rows.ts'
import { storeOf } from './store.ts'
import { viewSink } from './view-sink.ts'

/** Whether the name is free; if it is not: an error, unless that may be. */
function isFree(name: string, ifNotExists: boolean, { relations }: Place): boolean {
  const known = relations.get(name)
  if (known === undefined) return true
  if (ifNotExists) return false
  return fail('NAME_TAKEN', {
    kind: known.kind,
    name,
    fix: `choose another name, or DROP ${known.kind.toUpperCase()} ${name} before`,
  })
}

export function createTable(definition: CreateTable, { script }: Given, place: Place): string {
  if (isFree(definition.name, definition.ifNotExists, place))
    place.relations.set(definition.name, relationOf(definition, script, place))
  return 'CREATE TABLE'
}

export async function createView({ name, replace, query }: CreateView, given: Given, place: Place): Promise<string> {
  const known = place.relations.get(name)
  if (replace && known !== undefined && known.kind !== 'view')
    return fail('NAME_TAKEN', { kind: known.kind, name, fix: 'choose another name' })
  if (!replace) isFree(name, false, place)
  const node = await bound(query, given, place)
  place.relations.set(name, { kind: 'view', node: () => node, uses: usedBy(query.tree, place) })
  return 'CREATE VIEW'
}

/** CREATE TABLE … AS: a memory table of the rows that there are now. */
export async function createTableAs(definition: CreateOf, given: Given, place: Place): Promise<string> {
  const { name, ifNotExists, query, options } = definition
  if (!isFree(name, ifNotExists, place)) return 'CREATE TABLE'
  if (options.size > 0) return createSinkOf(definition, given, place)
  const node = await bound(query, given, place)
  // What the query never gives may be written later: only NOT NULL forbids it.
  const store = storeOf(name, schemaOf(schema(node).fields.map(each => field(each.name, each.type, true))))
  const names = store.schema.fields.map(each => each.name)
  const [rows = []] = await blocksNow(place.world, node, [names], given.signal)
  await store.change(rows)
  place.relations.set(name, { kind: 'table', node: () => store.node, store })
  return `SELECT ${rowsInBlocks(rows)}`
}

/** CREATE TABLE … WITH (connector = …) AS: a sink, and a job that writes to it. */
async function createSinkOf(definition: CreateOf, given: Given, place: Place): Promise<string> {
  const { name, query } = definition
  const { text } = given.script
  const empty = { schema: undefined, key: [], rules: { defaults: new Map(), checks: [], uniques: [] } }
  const { sink, ...rest } = relationOf({ ...definition, ...empty, kind: 'create table' }, given.script, place)
  if (sink === undefined)
    return invalid(text, undefined, 'nothing can be written to this connector', "write connector = 'files'")
  place.relations.set(name, { ...rest, sink })
  const parts = { alias: name, byte: undefined, columns: [], conflict: undefined, returning: undefined }
  return insertInto(sink, { kind: 'insert', table: name, query, ...parts }, given, place)
}

/** What a materialized view holds: its query, told as its options say. */
export async function viewNode({ query, options: given }: CreateOf, at: Given, place: Place): Promise<Node> {
  const options = new OptionReader(given, at.script.text)
  const emit = emitOf(options)
  options.end('a materialized view')
  const node = await bound(query, at, place)
  return emitted(node, emit, undefined, place)
}

/** CREATE MATERIALIZED VIEW: a run keeps its rows, which can be queried as of its last epoch. */
export async function createMaterializedView(definition: CreateOf, given: Given, place: Place): Promise<string> {
  const { name, ifNotExists, query } = definition
  if (!isFree(name, ifNotExists, place)) return 'CREATE MATERIALIZED VIEW'
  const node = await viewNode(definition, given, place)
  const store = storeOf(name, schema(node))
  const uses = usedBy(query.tree, place)
  const keep = keeperOf(name, node, uses, place)
  const output = outputOf(node, viewSink(store, keep?.folder), { mode: 'retract', unbounded: true })
  const { epochRows, onChange, confirm } = place.settings.runOptions()
  const options = { name, unbounded: true, ...defined({ epochRows, onChange, confirm }) }
  const run = await (keep === undefined
    ? place.views.run(name, output, options)
    : place.jobs.run(keep.id, output, options))
  await caughtUp(run)
  place.relations.set(name, {
    kind: 'materialized view',
    node() {
      if (run.error !== undefined) throw run.error
      return store.node
    },
    follows: store,
    uses,
    run,
    ...(keep === undefined ? {} : { forget: keep.forget }),
  })
  return 'CREATE MATERIALIZED VIEW'
}

/** Resolves when the run has read what there is now; throws what it failed of. */
async function caughtUp(run: Run): Promise<void> {
  const isThere = (): boolean => run.status !== 'starting' && run.status !== 'running'
  if (!isThere()) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const off = run.on('state', () => (isThere() ? resolve() : undefined))
    await promise
    off()
  }
  if (run.error !== undefined) throw run.error
}

/** What a query names, of what there is. */
function usedBy(tree: unknown, { relations }: Place): ReadonlySet<string> {
  return new Set([...tablesIn(tree)].filter(name => relations.has(name)))
}

/** Materialized views have seen everything that memory tables hold; in the order in which they were made. */
export async function settled({ relations }: Place): Promise<void> {
  for (const { store, follows } of relations.values()) await (store ?? follows)?.settled()
}

export async function drop(
  what: RelationKind,
  names: readonly string[],
  ifExists: boolean,
  { script }: Given,
  place: Place,
): Promise<string> {
  const found = names.flatMap((name): [string, Relation][] => {
    const relation = place.relations.get(name)
    if (relation?.kind === what) return [[name, relation]]
    if (ifExists && relation === undefined) return []
    return invalid(script.text, undefined, ...notThere(what, name, relation, place))
  })
  for (const [name] of found) checkUnused(name, names, place)
  for (const [name, { run, forget }] of found) {
    await run?.stop({ now: true })
    await forget?.()
    place.relations.delete(name)
  }
  return `DROP ${what.toUpperCase()}`
}

function notThere(
  what: RelationKind,
  name: string,
  known: Relation | undefined,
  { relations }: Place,
): [string, string] {
  if (known !== undefined) return [`${name} is a ${known.kind}`, `write DROP ${known.kind.toUpperCase()} ${name}`]
  const names = [...relations].flatMap(([each, { kind }]) => (kind === what ? [each] : []))
  return [`there is no ${what} ${name}`, suggestion(name, names)]
}

function checkUnused(name: string, dropped: readonly string[], { relations }: Place): void {
  const users = [...relations].flatMap(([user, { uses }]) =>
    uses?.has(name) === true && !dropped.includes(user) ? [user] : [],
  )
  if (users.length > 0) fail('IN_USE', { name, users: users.join(', ') })
}
