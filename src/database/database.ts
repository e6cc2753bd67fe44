// What SQL is run against: tables that were registered, and files by their paths. A query is bound to a table like any
// other; what runs it is the session that the wiring gives.
import type { Readable } from 'node:stream'
import { fail, optionsFor, textFor } from '../base/index.ts'
import type { Expr } from '../expr/index.ts'
import type { Session } from '../plan/index.ts'
import { parse, type Script, type Statement, tableOf } from '../sql/index.ts'
import { literalFrom, Table } from '../table/index.ts'
import type { ChangeKind } from '../types/index.ts'
import { catalogFor, type Relation } from './catalog.ts'
import { STDIN, standardInput } from './standard-input.ts'

export interface SqlOptions {
  /** Values of $1, $2 …: they never become text. */
  readonly params?: readonly unknown[]
}

/** What a statement came to. */
export interface Outcome {
  readonly kind: 'rows'
  /** The statement's own text. */
  readonly statement: string
  readonly table: Table<Record<string, unknown>, 'update'>
}

export interface Database {
  /** Give a table a name that SQL can use. */
  register<Row extends object, Kind extends ChangeKind>(name: string, table: Table<Row, Kind>): void
  /** The table of a query: `await m.sql('SELECT carrier, count(*) AS n FROM flights GROUP BY carrier')`. */
  sql<Row extends object = Record<string, unknown>>(text: string, options?: SqlOptions): Promise<Table<Row, 'update'>>
  /** The statements of a text, one after another: each is done when its outcome is asked for. */
  execute(text: string, options?: SqlOptions): AsyncGenerator<Outcome, void, undefined>
}

export interface DatabaseOptions {
  readonly session: Session
  /** Files between quotes and the standard input are read on as they grow. */
  readonly follow?: boolean
  /** What FROM stdin reads. */
  readonly stdin?: Readable | undefined
}

export function databaseOf({ session, follow = false, stdin }: DatabaseOptions): Database {
  const relations = new Map<string, Relation>()
  if (stdin !== undefined) relations.set(STDIN, standardInput(stdin, follow))
  const bound = async (statement: Statement, script: Script, params: readonly Expr[]) => {
    const catalog = await catalogFor(statement, script, relations, follow)
    return new Table<Record<string, unknown>, 'update'>(tableOf(statement, script, catalog, params), session)
  }
  return {
    register(name, table) {
      relations.set(name, { kind: 'table', node: () => table.node })
    },
    async sql<Row extends object>(text: string, given?: SqlOptions) {
      const { script, params } = read('sql', text, given)
      const [only, second] = script.statements
      if (only === undefined || second !== undefined) {
        const reason = `the text holds ${script.statements.length} statements`
        return fail('BAD_VERB', { verb: 'sql', reason, fix: 'pass one query; several are for m.execute' })
      }
      return (await bound(only, script, params)) as unknown as Table<Row, 'update'>
    },
    async *execute(text, given) {
      const { script, params } = read('execute', text, given)
      for (const statement of script.statements) {
        yield { kind: 'rows', statement: statement.text, table: await bound(statement, script, params) }
      }
    },
  }
}

function read(verb: 'sql' | 'execute', text: string, given: SqlOptions = {}): { script: Script; params: Expr[] } {
  textFor(verb, 'text', text, `pass a query: m.${verb}('SELECT 1 AS one')`)
  const { params = [] } = optionsFor(verb, given, 'pass { params: [1] }')
  return { script: parse(text), params: params.map((value, i) => constantFrom(verb, value, i)) }
}

function constantFrom(verb: string, value: unknown, i: number): Expr {
  const made = value === null ? literalFrom('') : literalFrom(value)
  if (made?.kind === 'literal') return value === null ? Object.freeze({ ...made, value: null }) : made
  const reason = `parameter $${i + 1} is of a type that no column has`
  return fail('BAD_VERB', { verb, reason, fix: 'pass texts, numbers, bigints, booleans, Dates, bytes or null' })
}
