// What SQL is run against: tables that were registered or defined, and files by their paths. A query is bound to a table
// like any other; what runs it is what the wiring gives.
import type { Readable, Writable } from 'node:stream'
import { fail, optionsFor, signalFor, textFor } from '../base/index.ts'
import type { World } from '../data/index.ts'
import type { Session } from '../plan/index.ts'
import type { Engine } from '../runtime/index.ts'
import { definitionOf, parse } from '../sql/index.ts'
import { Table } from '../table/index.ts'
import type { ChangeKind, SqlRow } from '../types/index.ts'
import { bound } from './catalog.ts'
import { parametersOf } from './parameters.ts'
import { perform } from './perform.ts'
import type { Given, Place, Relation } from './place.ts'
import { Settings } from './settings.ts'
import { STDIN, standardInput, standardInputOf } from './standard-input.ts'
import { describeNamed } from './tell.ts'

export interface SqlOptions {
  /** Values of $1, $2 …: they never become text. */
  readonly params?: readonly unknown[]
}

export interface ExecuteOptions extends SqlOptions {
  /** Ends the statement that is going on; those behind it are not begun. */
  readonly signal?: AbortSignal
}

/** What a statement came to: a table to be looked at, or that it is done. */
export type Outcome =
  | {
      readonly kind: 'rows'
      /** The statement's own text. */
      readonly statement: string
      readonly table: Table<Record<string, unknown>, 'update'>
    }
  | {
      readonly kind: 'done'
      readonly statement: string
      /** As PostgreSQL tells it: CREATE TABLE, INSERT 0 3. */
      readonly tag: string
    }

/** @typeParam Tables the rows of tables by name, for queries whose text the type checker reads */
export interface Database<Tables = object> {
  /** Give a table a name that SQL can use. */
  register<Row extends object, Kind extends ChangeKind>(name: string, table: Table<Row, Kind>): void
  /** The table of a query: `await m.sql('SELECT carrier, count(*) AS n FROM flights GROUP BY carrier')`. */
  sql<const Text extends string>(text: Text, options?: SqlOptions): Promise<Table<SqlRow<Text, Tables>, 'update'>>
  sql<Row extends object = Record<string, unknown>>(text: string, options?: SqlOptions): Promise<Table<Row, 'update'>>
  /** The statements of a text, one after another: each is done when its outcome is asked for. */
  execute(text: string, options?: ExecuteOptions): AsyncGenerator<Outcome, void, undefined>
}

/** A database whose settings are set from outside, as SET does it. */
export interface OpenDatabase extends Database {
  set(name: string, value: string): void
  /** The columns of something that has a name, as rows. */
  describe(name: string): Promise<Table<Record<string, unknown>, 'update'>>
  /** The names of tables and views, and of the columns that are known. */
  names(): readonly string[]
}

export interface DatabaseOptions {
  readonly session: Session
  readonly world: World
  /** Runs what INSERT writes to sinks. */
  readonly jobs: Engine
  /** Runs materialized views: nothing of them is kept. */
  readonly views: Engine
  /** Files and the standard input are read on as they grow. */
  readonly follow?: boolean
  /** What FROM stdin reads. */
  readonly stdin?: Readable | undefined
  /** Where console tables are printed. */
  readonly stdout?: Writable | undefined
}

export function databaseOf({ follow = false, stdin, stdout, ...engines }: DatabaseOptions): OpenDatabase {
  const input = stdin === undefined ? undefined : standardInputOf(stdin, follow)
  const relations = new Map<string, Relation>()
  if (input !== undefined) relations.set(STDIN, standardInput(input))
  const place: Place = {
    ...engines,
    relations,
    settings: new Settings(),
    prepared: new Map(),
    follow,
    stdin: input,
    stdout,
  }
  const { session } = engines
  return {
    set: (name, value) => place.settings.set(name, value),
    describe: async name => new Table(await describeNamed(name, place), session),
    names: () => [...relations].flatMap(([name, each]) => [name, ...columnsKnown(each)]),
    register(name, table) {
      relations.set(name, { kind: 'table', node: () => table.node })
    },
    async sql<Row extends object>(text: string, options?: SqlOptions) {
      const given = givenOf('sql', text, options)
      const [only, second] = given.script.statements
      if (only === undefined || second !== undefined) {
        const reason = `the text holds ${given.script.statements.length} statements`
        return fail('BAD_VERB', { verb: 'sql', reason, fix: 'pass one query; several are for m.execute' })
      }
      const { kind } = definitionOf(only, given.script)
      if (kind !== 'query') fail('BAD_VERB', { verb: 'sql', reason: `${kind} is not a query`, fix: 'call m.execute' })
      return new Table<Row, 'update'>(await bound(only, given, place), session)
    },
    async *execute(text, options) {
      const given = givenOf('execute', text, options)
      for (const each of given.script.statements) {
        given.signal?.throwIfAborted()
        const made = await perform(each, given, place)
        if (typeof made === 'string') yield { kind: 'done', statement: each.text, tag: made }
        else yield { kind: 'rows', statement: each.text, table: new Table(made, session) }
      }
    },
  }
}

/** Names of columns, as far as nothing has to be looked at for them. */
function columnsKnown({ store, follows, sink }: Relation): readonly string[] {
  return ((store ?? follows ?? sink)?.schema?.fields ?? []).map(each => each.name)
}

function givenOf(verb: 'sql' | 'execute', text: string, options: ExecuteOptions = {}): Given {
  textFor(verb, 'text', text, `pass a query: m.${verb}('SELECT 1 AS one')`)
  const { params = [], signal } = optionsFor(verb, options, 'pass { params: [1] }')
  signalFor(verb, signal)
  return { script: parse(text), params: parametersOf(verb, params), signal }
}
