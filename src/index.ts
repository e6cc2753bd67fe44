// The public surface of `millrace`, and the wiring: the only place where the engine meets the real world.
import { badArgument, optionsFor, textFor } from './base/index.ts'
import { readers } from './connectors/index.ts'
import type { Database, SqlOptions } from './database/index.ts'
import { closeOnSignals, realWorld, withoutTierUp } from './host/index.ts'
import { type Engine, type EngineOptions, engineOf, sessionOf } from './runtime/index.ts'
import { Table } from './table/index.ts'

const world = realWorld()
const session = sessionOf(world)

/** Inputs as tables: `read.json('flights/*.jsonl', { schema, time: 'at' })`. */
export const read = readers(session)

const loadDatabase = () => withoutTierUp(() => import('./database/index.ts'))

/**
 * The table of a query in which tables and values are put in: `` await sql`SELECT * FROM ${flights} WHERE delay > ${15}` ``. What
 * is put in never becomes text.
 *
 * @example
 * import { read, sql, t } from 'millrace'
 * const flights = read.from([{ carrier: 'AA', delay: 12 }, { carrier: 'BA', delay: 40 }], { schema: t.row({ carrier: t.string(), delay: t.int() }) })
 * const late = await sql<{ carrier: string }>`SELECT carrier FROM ${flights} WHERE delay > ${15}`
 * if ((await late.collect())[0]?.carrier !== 'BA') throw new Error('one is late')
 */
export async function sql<Row extends object = Record<string, unknown>>(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
): Promise<Table<Row, 'update'>> {
  return (await loadDatabase()).taggedQuery<Row>(session, strings, values)
}

/**
 * An engine in this process: state, checkpoints and recovery live in `dir`.
 *
 * @example
 * import { millrace, read, t, write } from 'millrace'
 * await using m = await millrace({ dir: '.millrace' })
 * const words = read.from([{ word: 'a' }, { word: 'b' }, { word: 'a' }], { schema: t.row({ word: t.string() }) })
 * const counts = write.memory()
 * const run = await m.run('words', words.groupBy('word').agg(g => ({ n: g.count() })).to(counts, { mode: 'update' }), { until: 'now' })
 * await run.done
 * if (counts.rows().length !== 2) throw new Error('two words')
 */
export async function millrace(options: MillraceOptions = {}): Promise<Millrace> {
  const { signals = false, ...rest } = optionsFor('millrace', options, "pass { dir: '.millrace' }")
  const engine = engineOf(world, rest)
  const release = signals ? closeOnSignals(() => engine.close()) : () => {}
  // What a materialized view holds is in this process: it begins anew with it.
  const views = engineOf(world, { ...rest, dir: false })
  const close = () => Promise.all([engine.close(), views.close()]).then(release, release)
  const { register, sql, execute } = lazyDatabase(engine, views)
  return {
    dir: engine.dir,
    get runs() {
      return engine.runs
    },
    run: engine.run,
    register,
    sql,
    execute,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** An engine, and SQL over the tables that were registered with it. */
export interface Millrace extends Engine, Database<SqlTables> {}

/**
 * The rows of your tables by the names they are registered under, added by declaration merging. The type checker then reads
 * the text of a query and knows its rows, for the SQL of every day (docs/sql.md).
 *
 * @example
 * import { millrace, read, t } from 'millrace'
 * declare module 'millrace' {
 *   interface SqlTables { towns: { name: string; people: number } }
 * }
 * await using m = await millrace({ dir: false })
 * m.register('towns', read.from([{ name: 'Ulm', people: 126_000 }], { schema: t.row({ name: t.string(), people: t.int() }) }))
 * const [first] = await (await m.sql('SELECT name, count(*) AS n FROM towns GROUP BY name')).collect()
 * if (first?.name.length !== 3 || first.n !== 1) throw new Error('Ulm')
 */
// biome-ignore lint/suspicious/noEmptyInterface: made to be merged with, as a type alias cannot be
export interface SqlTables {}

/**
 * SQL comes with a parser of its own: it is loaded by the first query. Tables that are registered before wait for it.
 */
function lazyDatabase(jobs: Engine, views: Engine): Database {
  const waiting: ((database: Database) => void)[] = []
  let opened: Promise<Database> | undefined
  let database: Database | undefined
  const open = (): Promise<Database> => {
    opened ??= loadDatabase().then(({ databaseOf }) => {
      database = databaseOf({ session, world, jobs, views })
      for (const register of waiting) register(database)
      return database
    })
    return opened
  }
  return {
    register(name, table) {
      textFor('register', 'name', name, "give the table a name: m.register('flights', flights)")
      if (!(table instanceof Table)) badArgument('register', 'table', table, 'pass a table, such as read.json(…)')
      if (database === undefined) waiting.push(each => each.register(name, table))
      else database.register(name, table)
    },
    sql: (async (text: string, given?: SqlOptions) => (await open()).sql(text, given)) as Database['sql'],
    async *execute(text, given) {
      yield* (await open()).execute(text, given)
    },
  }
}

export interface MillraceOptions extends EngineOptions {
  /**
   * SIGINT and SIGTERM close the engine: every run finishes its epoch; a second signal ends the process at once.
   * Off by default, because signals belong to the program; the command line turns it on.
   */
  readonly signals?: boolean
}

export { type Duration, describePosition, type ErrorCode, MillraceError, micros, type Position } from './base/index.ts'
export {
  type FileOptions,
  type FolderOptions,
  type HybridOptions,
  type InferOptions,
  infer,
  type PushTable,
  type ReadCsvOptions,
  type ReadOptions,
  type ReadParquetOptions,
  type WeightedTable,
  write,
} from './connectors/index.ts'
export type { Mode, Sink, SinkContext, SinkSpec, Source, SourceContext, SourceSpec } from './data/index.ts'
export type { Database, ExecuteOptions, Outcome, SqlOptions } from './database/index.ts'
export type { Change, ChangesOptions, Output, Snapshot } from './plan/index.ts'
export type { Engine, EngineOptions, Progress, Run, RunEvents, RunOptions, RunStatus, Why } from './runtime/index.ts'
export {
  type AsOfOptions,
  and,
  type CountedTable,
  type CountWindowOptions,
  coalesce,
  concat,
  type DedupedTable,
  type DedupNeedsRowsThatOnlyCome,
  type DedupOptions,
  type EmitOptions,
  type EnrichOptions,
  type FillOptions,
  type FillWith,
  type FrameEdges,
  type Grouped,
  type GroupingSets,
  type JoinedTable,
  type JoinOptions,
  type KeyedTable,
  list,
  lit,
  not,
  now,
  type OrderedTable,
  type OverOptions,
  or,
  type PaneTrigger,
  type Per,
  type ProcessedTable,
  RankedTable,
  type RankOptions,
  type RowByOptions,
  split,
  struct,
  Table,
  WindowedTable,
  type WindowGrouped,
  type WindowOptions,
  type WindowTable,
  when,
} from './table/index.ts'
export { availableNow, continuous, every, once, type Trigger } from './time/index.ts'
export {
  type AggregateDefinition,
  type BigExpr,
  type BinExpr,
  type BoolExpr,
  type ChangeKind,
  type ClockExpr,
  type Columns,
  type CountSpan,
  type DateExpr,
  type Day,
  type DecExpr,
  type Decimal,
  type Expression,
  type GlobalSpan,
  type GroupState,
  type Interval,
  type IntervalExpr,
  type JsonExpr,
  type List,
  type ListExpr,
  type MapExpr,
  type NullableBigExpr,
  type NullableBinExpr,
  type NullableBoolExpr,
  type NullableClockExpr,
  type NullableDateExpr,
  type NullableDecExpr,
  type NullableIntervalExpr,
  type NullableJsonExpr,
  type NullableListExpr,
  type NullableMapExpr,
  type NullableNumExpr,
  type NullableStrExpr,
  type NullableTimeExpr,
  type NullableUuidExpr,
  type NumExpr,
  type OnError,
  type ProcessContext,
  type RowFrom,
  type RowSchema,
  type StandardSchema,
  type StrExpr,
  type Struct,
  type StructExpr,
  type TimeExpr,
  type TimeOfDay,
  t,
  type Uuid,
  type UuidExpr,
  type WindowSpan,
} from './types/index.ts'
