// `read.…`: inputs as tables. The session that runs them is given by src/index.ts.
import type { Csv, TextFormat } from '../data/index.ts'
import type { Session } from '../plan/index.ts'
import { type Table, type TimeOptions, tableOf } from '../table/index.ts'
import type { RowOfInput, SchemaInput, TimeColumn } from '../types/index.ts'
import type { FileOptions } from './files/options.ts'
import { textFiles } from './files/source.ts'
import { hybrid } from './hybrid/read.ts'
import { given, pushed, schemaIn, withSchema } from './memory/read.ts'
import { type ParquetOptions, parquetFiles } from './parquet/source.ts'
import { pathOf } from './paths.ts'
import { type RateOptions, rateSpec } from './rate/source.ts'
import { lineSchema, type SocketOptions, socketSpec } from './socket/source.ts'

type EventTime<Row> = TimeOptions<Extract<TimeColumn<Row>, string>>

/** Columns of an input: `t.row({ … })`, or a schema of zod, valibot, arktype … ; and its event time. */
type Columned<S extends SchemaInput> = EventTime<RowOfInput<S>> & { readonly schema: S }

export type ReadOptions<S extends SchemaInput = SchemaInput> = FileOptions & Columned<S>
export type ReadCsvOptions<S extends SchemaInput = SchemaInput> = ReadOptions<S> & Omit<Csv, 'kind'>
export type ReadParquetOptions<S extends SchemaInput = SchemaInput> = ParquetOptions & Columned<S>

type Input<S> = Table<RowOfInput<S>, 'append'>

/** The readers of a session. */
export function readers(session: Session) {
  const files = <S extends SchemaInput>(path: string | URL, format: TextFormat, options: ReadOptions<S>) =>
    tableOf<RowOfInput<S>>(textFiles(pathOf(path), schemaIn(options), format, options), session, options as TimeOptions)
  return Object.freeze({
    /** JSON lines: a file, a folder (with everything below it) or a glob; `.gz` and `.zst` are decompressed. */
    json: <S extends SchemaInput>(path: string | URL, options: ReadOptions<S>): Input<S> =>
      files(path, { kind: 'json' }, options),

    /** CSV files, as RFC 4180 has them. */
    csv: <S extends SchemaInput>(path: string | URL, options: ReadCsvOptions<S>): Input<S> =>
      files(path, csvOf(withSchema(options)), options),

    /** Lines of text: rows { value }. */
    text: (path: string | URL, options: FileOptions = {}): Table<{ value: string }, 'append'> =>
      tableOf<{ value: string }>(textFiles(pathOf(path), lineSchema, { kind: 'lines' }, options), session),

    /** Parquet files, a row group at a time; only the columns that are needed. `infer(path)` tells a file's columns. */
    parquet: <S extends SchemaInput>(path: string | URL, options: ReadParquetOptions<S>): Input<S> =>
      tableOf<RowOfInput<S>>(parquetFiles(pathOf(path), schemaIn(options), options), session, options as TimeOptions),

    /** Rows { timestamp, value } at a steady rate. */
    rate: (
      options: RateOptions & EventTime<{ timestamp: Date; value: number }>,
    ): Table<{ timestamp: Date; value: number }, 'append'> =>
      tableOf(rateSpec(options), session, options as TimeOptions),

    /**
     * Inputs one after another as one: history that ends, then what is live. Each is read to its end, or to an event time
     * (`at`), without a gap and without a row twice.
     */
    hybrid: hybrid(session),

    /** Lines from a TCP server, rows { value }. A socket can't be replayed: rows may be lost when a run restarts. */
    socket: (options: SocketOptions): Table<{ value: string }, 'append'> =>
      tableOf<{ value: string }>(socketSpec(options), session),

    /**
     * An input that takes rows from code: `push(rows)`, then `close()`. With `weights: true` rows may go again
     * (`pushWeighted`), so the table is one that updates.
     */
    memory: pushed(session),

    /** Rows that are there already, or come from an iterable; it is consumed once. With `weights: true`, { row, weight }. */
    from: given(session),
  })
}

function csvOf({ delimiter, header, nullText }: Omit<Csv, 'kind'>): Csv {
  return {
    kind: 'csv',
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(header === undefined ? {} : { header }),
    ...(nullText === undefined ? {} : { nullText }),
  }
}
