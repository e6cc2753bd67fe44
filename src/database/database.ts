// What SQL is run against: tables that were registered, and files by their paths. A query is bound to a table like any
// other; what runs it is the session that the wiring gives.
import { fail, optionsFor, textFor } from '../base/index.ts'
import { infer, memoryInput } from '../connectors/index.ts'
import type { Expr } from '../expr/index.ts'
import { type Node, type Session, sourceOf } from '../plan/index.ts'
import { type Catalog, parse, type Script, tableOf } from '../sql/index.ts'
import { literalFrom, Table } from '../table/index.ts'
import type { ChangeKind } from '../types/index.ts'
import { openPath } from './paths.ts'

export interface SqlOptions {
  /** Values of $1, $2 …: they never become text. */
  readonly params?: readonly unknown[]
}

export interface Database {
  /** Give a table a name that SQL can use. */
  register<Row extends object, Kind extends ChangeKind>(name: string, table: Table<Row, Kind>): void
  /** The table of a query: `await m.sql('SELECT carrier, count(*) AS n FROM flights GROUP BY carrier')`. */
  sql<Row extends object = Record<string, unknown>>(text: string, options?: SqlOptions): Promise<Table<Row, 'update'>>
}

export function databaseOf(session: Session): Database {
  const tables = new Map<string, Node>()
  return {
    register(name, table) {
      textFor('register', 'name', name, "give the table a name: m.register('flights', flights)")
      if (!(table instanceof Table))
        fail('BAD_VERB', { verb: 'register', reason: `${name} is not a table`, fix: 'pass a table' })
      tables.set(name, table.node)
    },
    async sql(text, given = {}) {
      textFor('sql', 'text', text, "pass a query: m.sql('SELECT 1 AS one')")
      const { params = [] } = optionsFor('sql', given, 'pass { params: [1] }')
      const script = parse(text)
      const [only, second] = script.statements
      if (only === undefined || second !== undefined) {
        const reason = `the text holds ${script.statements.length} statements`
        return fail('BAD_VERB', { verb: 'sql', reason, fix: 'pass one query; several are for millrace sql --file' })
      }
      const catalog = await catalogFor(script, tables)
      return new Table(tableOf(only, script, catalog, params.map(constantFrom)), session)
    },
  }
}

/** The tables of a script: files are looked at before anything is bound. */
async function catalogFor(script: Script, tables: ReadonlyMap<string, Node>): Promise<Catalog> {
  const files = new Map<string, Node>()
  for (const path of script.paths.values()) files.set(path, openPath(path, await infer(path)))
  return {
    table: name => tables.get(name),
    names: () => [...tables.keys()],
    path: path => files.get(path) as Node,
    rows: (schema, rows) => sourceOf(memoryInput(schema, {}, rows).spec, undefined),
  }
}

function constantFrom(value: unknown, i: number): Expr {
  const made = value === null ? literalFrom('') : literalFrom(value)
  if (made?.kind === 'literal') return value === null ? Object.freeze({ ...made, value: null }) : made
  const reason = `parameter $${i + 1} is of a type that no column has`
  return fail('BAD_VERB', { verb: 'sql', reason, fix: 'pass texts, numbers, bigints, booleans, Dates, bytes or null' })
}
