// `read.…`: inputs as tables. The session that runs them is given by src/index.ts.
import { fileURLToPath } from 'node:url'
import { excerpt, fail, optionsFor } from '../base/index.ts'
import type { Csv, TextFormat } from '../data/index.ts'
import type { Session } from '../plan/index.ts'
import { type Table, type TimeOptions, tableOf } from '../table/index.ts'
import {
  type ChangeKind,
  type RowOfInput,
  type Schema,
  type SchemaInput,
  type TimeColumn,
  toSchema,
} from '../types/index.ts'
import type { FileOptions } from './files/options.ts'
import { textFiles } from './files/source.ts'
import { iterableInput, type MemoryInput, type MemoryOptions, memoryInput, type Weighted } from './memory/source.ts'
import { type ParquetOptions, parquetFiles } from './parquet/source.ts'
import { type RateOptions, rateSpec } from './rate/source.ts'
import { lineSchema, type SocketOptions, socketSpec } from './socket/source.ts'

type EventTime<Row> = TimeOptions<Extract<TimeColumn<Row>, string>>

/** Columns of an input: `t.row({ … })`, or a schema of zod, valibot, arktype … ; and its event time. */
type Columned<S extends SchemaInput> = EventTime<RowOfInput<S>> & { readonly schema: S }

export type ReadOptions<S extends SchemaInput = SchemaInput> = FileOptions & Columned<S>
export type ReadCsvOptions<S extends SchemaInput = SchemaInput> = ReadOptions<S> & Omit<Csv, 'kind'>
export type ReadParquetOptions<S extends SchemaInput = SchemaInput> = ParquetOptions & Columned<S>

/** An input that takes rows from code, and the table of them. */
export interface PushTable<Row extends object, Kind extends ChangeKind = 'append'> {
  readonly table: Table<Row, Kind>
  /** Resolves when there is room for more. */
  push: MemoryInput<Row>['push']
  /** No more rows. */
  close(): void
}

/** An input whose rows come and go. */
export interface WeightedTable<Row extends object> extends PushTable<Row, 'update'> {
  /** Rows with weights: +1 comes, -1 goes. Resolves when there is room for more. */
  pushWeighted: MemoryInput<Row>['pushWeighted']
}

type RowOptions<S> = MemoryOptions & EventTime<RowOfInput<S>>
type Plain<S> = RowOptions<S> & { readonly weights?: false }

type Input<S> = Table<RowOfInput<S>, 'append'>

/** The readers of a session. */
export function readers(session: Session) {
  const files = <S extends SchemaInput>(path: string | URL, format: TextFormat, options: ReadOptions<S>) =>
    tableOf<RowOfInput<S>>(textFiles(pathOf(path), schemaIn(options), format, options), session, options as TimeOptions)

  function pushed<S extends SchemaInput>(schema: S, options?: Plain<S>): PushTable<RowOfInput<S>>
  function pushed<S extends SchemaInput>(
    schema: S,
    options: RowOptions<S> & { readonly weights: boolean },
  ): WeightedTable<RowOfInput<S>>
  function pushed<S extends SchemaInput>(
    schema: S,
    options: RowOptions<S> = {},
  ): PushTable<RowOfInput<S>> | WeightedTable<RowOfInput<S>> {
    const { spec, push, pushWeighted, close } = memoryInput<RowOfInput<S>>(toSchema(schema), options)
    return { table: tableOf<RowOfInput<S>, 'update'>(spec, session, options as TimeOptions), push, pushWeighted, close }
  }

  function given<S extends SchemaInput>(
    rows: Rows<NoInfer<RowOfInput<S>>>,
    options: { readonly schema: S } & Plain<S>,
  ): Input<S>
  function given<S extends SchemaInput>(
    rows: Rows<Weighted<NoInfer<RowOfInput<S>>>>,
    options: { readonly schema: S } & RowOptions<S> & { readonly weights: true },
  ): Table<RowOfInput<S>, 'update'>
  function given<S extends SchemaInput>(
    rows: Rows<RowOfInput<S>> | Rows<Weighted<RowOfInput<S>>>,
    options: { readonly schema: S } & RowOptions<S>,
  ): Table<RowOfInput<S>, ChangeKind> {
    const schema = schemaIn(options)
    const spec = Array.isArray(rows)
      ? memoryInput<RowOfInput<S>>(schema, options, rows).spec
      : iterableInput(schema, rows as Iterable<object>, options)
    return tableOf<RowOfInput<S>, ChangeKind>(spec, session, options as TimeOptions)
  }

  return Object.freeze({
    /** JSON lines: a file, a folder (with everything below it) or a glob; `.gz` and `.zst` are decompressed. */
    json: <S extends SchemaInput>(path: string | URL, options: ReadOptions<S>): Input<S> =>
      files(path, { kind: 'json' }, options),

    /** CSV files, as RFC 4180 has them. */
    csv: <S extends SchemaInput>(path: string | URL, options: ReadCsvOptions<S>): Input<S> =>
      files(path, csvOf(options), options),

    /** Lines of text: rows { value }. */
    text: (path: string | URL, options: FileOptions = {}): Table<{ value: string }, 'append'> =>
      tableOf<{ value: string }>(textFiles(pathOf(path), lineSchema, { kind: 'lines' }, options), session),

    /** Parquet files, a row group at a time; only the columns that are needed. `parquetSchema(path)` tells a file's columns. */
    parquet: <S extends SchemaInput>(path: string | URL, options: ReadParquetOptions<S>): Input<S> =>
      tableOf<RowOfInput<S>>(parquetFiles(pathOf(path), schemaIn(options), options), session, options as TimeOptions),

    /** Rows { timestamp, value } at a steady rate. */
    rate: (
      options: RateOptions & EventTime<{ timestamp: Date; value: number }>,
    ): Table<{ timestamp: Date; value: number }, 'append'> =>
      tableOf(rateSpec(options), session, options as TimeOptions),

    /** Lines from a TCP server, rows { value }. A socket can't be replayed: rows may be lost when a run restarts. */
    socket: (options: SocketOptions): Table<{ value: string }, 'append'> =>
      tableOf<{ value: string }>(socketSpec(options), session),

    /**
     * An input that takes rows from code: `push(rows)`, then `close()`. With `weights: true` rows may go again
     * (`pushWeighted`), so the table is one that updates.
     */
    memory: pushed,

    /** Rows that are there already, or come from an iterable; it is consumed once. With `weights: true`, { row, weight }. */
    from: given,
  })
}

const SCHEMA_NEEDED = 'pass { schema: t.row({ … }) }'

const schemaIn = (options: { readonly schema: SchemaInput }): Schema =>
  toSchema(optionsFor('read', options, SCHEMA_NEEDED).schema)

type Rows<Row> = readonly Row[] | AsyncIterable<Row> | Iterable<Row>

/** A path, or a file: URL such as `new URL('flights.jsonl', import.meta.url)`. */
function pathOf(path: string | URL): string {
  if (!(path instanceof URL)) return path
  if (path.protocol === 'file:') return fileURLToPath(path)
  return fail('BAD_OPTION', {
    option: 'path',
    of: 'read',
    reason: `${excerpt(path.href)} is not a file: URL`,
    fix: "pass a path, or new URL('flights.jsonl', import.meta.url)",
  })
}

function csvOf(options: Omit<Csv, 'kind'>): Csv {
  const { delimiter, header, nullText } = optionsFor('read.csv', options, SCHEMA_NEEDED)
  return {
    kind: 'csv',
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(header === undefined ? {} : { header }),
    ...(nullText === undefined ? {} : { nullText }),
  }
}
