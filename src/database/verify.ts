// Statements checked and not done: everything is bound against what the statements before it define, and nothing is read,
// run or written (files between quotes are looked at for their columns).
import { fail, MillraceError } from '../base/index.ts'
import type { World } from '../data/index.ts'
import { outputOf, type Session, schema } from '../plan/index.ts'
import type { Engine } from '../runtime/index.ts'
import { type CreateOf, definitionOf, type Insert, parse, type Script, type Statement, tablesIn } from '../sql/index.ts'
import { bound } from './catalog.ts'
import { plannedFor, storeNamed } from './change.ts'
import { createTable, createView, drop } from './define.ts'
import { checkInsert } from './insert.ts'
import { rowsForSink } from './jobs.ts'
import type { Given, Place, Relation } from './place.ts'
import { relationNamed, whyNot } from './relation.ts'
import { Settings } from './settings.ts'
import { storeOf } from './store.ts'

/** What is wrong with a statement. */
export interface Finding {
  readonly error: MillraceError
  /** In the text, from 1. */
  readonly line: number
  readonly column: number
}

export interface Checked {
  readonly statements: number
  /** Statements of which only the grammar could be checked. */
  readonly unbound: number
  readonly findings: readonly Finding[]
}

export interface Verifier {
  /** A file of statements: each may use what those before it define. */
  script(text: string): Promise<Checked>
  /** A text of a program: bound where all its tables are defined by the scripts so far, and it has no parameters. */
  literal(text: string): Promise<Checked>
}

export function verifierOf(session: Session, world: World, engine: Engine): Verifier {
  const all = new Map<string, Relation>()
  const placeOf = (relations: Map<string, Relation>): Place => ({
    session,
    world,
    jobs: engine,
    views: engine,
    relations,
    settings: new Settings(),
    prepared: new Map(),
    follow: false,
    stdin: undefined,
    stdout: undefined,
  })
  return {
    async script(text) {
      const relations = new Map<string, Relation>()
      const checked = await check(text, placeOf(relations), () => true)
      for (const [name, relation] of relations) all.set(name, relation)
      return checked
    },
    literal: text => check(text, placeOf(new Map(all)), (each, script) => isKnown(each, script, all)),
  }
}

function isKnown({ tree, text }: Statement, script: Script, known: ReadonlyMap<string, Relation>): boolean {
  if (/\$\d/.test(text)) return false
  return [...tablesIn(tree)].every(name => known.has(name) || script.paths.has(name))
}

type Binds = (statement: Statement, script: Script) => boolean

async function check(text: string, place: Place, binds: Binds): Promise<Checked> {
  const findings: Finding[] = []
  let unbound = 0
  const found = (error: unknown): void => {
    if (!(error instanceof MillraceError)) throw error
    // What is not there in this place can't be looked at.
    if (error.code === 'NO_INPUT' || error.code.startsWith('DISK_')) unbound++
    else findings.push(findingOf(error, text))
  }
  let script: Script
  try {
    script = parse(text)
  } catch (error) {
    found(error)
    return { statements: 0, unbound, findings }
  }
  const given: Given = { script, params: [], signal: undefined }
  for (const each of script.statements) {
    try {
      if (binds(each, script)) await verify(each, given, place)
      else unbound++
    } catch (error) {
      found(error)
    }
  }
  return { statements: script.statements.length, unbound, findings }
}

function findingOf(error: MillraceError, text: string): Finding {
  const { shown } = error.params as { readonly shown?: unknown }
  const at = /^line (\d+), column (\d+)/.exec(typeof shown === 'string' ? shown : '')
  const { line = 1, text: word = '' } = error.where.position ?? {}
  if (at !== null) return { error, line: Number(at[1]), column: Number(at[2]) }
  return { error, line, column: columnOf(text.split('\n')[line - 1] ?? '', word) }
}

/** Where a word (which may be cut short) stands in a line. */
function columnOf(line: string, word: string): number {
  const at = line.indexOf(word.replace(/…$/, ''))
  return at === -1 ? 1 : Array.from(line.slice(0, at)).length + 1
}

async function verify(statement: Statement, given: Given, place: Place): Promise<void> {
  const definition = definitionOf(statement, given.script)
  switch (definition.kind) {
    case 'query':
    case 'describe':
      await bound(statement, given, place)
      break
    case 'explain':
      await verify(definition.of, given, place)
      break
    case 'create table':
      createTable(definition, given, place)
      break
    case 'create view':
      await createView(definition, given, place)
      break
    case 'create table as':
    case 'create materialized view':
      await defineOf(definition, given, place)
      break
    case 'drop':
      await drop(definition.what, definition.names, definition.ifExists, given, place)
      break
    case 'insert':
      await verifyInsert(definition, given, place)
      break
    case 'update':
    case 'delete':
      await plannedFor(definition, storeNamed(definition, given, place), given, place)
      break
    case 'merge':
      for (const each of definition.parts)
        await (each.kind === 'insert'
          ? verifyInsert(each, given, place)
          : plannedFor(each, storeNamed(each, given, place), given, place))
      break
    case 'truncate':
      for (const each of definition.tables) storeNamed(each, given, place)
      break
    case 'copy to':
      await bound(definition.query, given, place)
      break
    case 'copy from':
      relationNamed(definition, given, place)
      break
    case 'set':
      place.settings.set(definition.name, definition.value)
      break
    case 'show':
    case 'prepare':
    case 'execute':
    case 'deallocate':
      break
  }
}

/** A table of a query: its columns are known, its rows are not made. */
async function defineOf({ kind, name, query }: CreateOf, given: Given, place: Place): Promise<void> {
  const node = await bound(query, given, place)
  if (kind === 'create materialized view') {
    place.relations.set(name, { kind: 'materialized view', node: () => node, uses: tablesIn(query.tree) })
    return
  }
  const store = storeOf(name, schema(node))
  place.relations.set(name, { kind: 'table', node: () => store.node, store })
}

async function verifyInsert(statement: Insert, given: Given, place: Place): Promise<void> {
  const relation = relationNamed(statement, given, place)
  const { store, sink } = relation
  if (store !== undefined) {
    await checkInsert(statement, store, given, place)
    return
  }
  if (sink === undefined) return fail('NOT_WRITABLE', { name: statement.table, ...whyNot(relation) })
  const node = await rowsForSink(sink, statement, given, place)
  // In a batch anything can be written anywhere.
  if (place.settings.get('mode') === 'stream') outputOf(node, sink.spec, { unbounded: true })
}
