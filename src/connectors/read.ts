// `read.…`: inputs as tables. The session that runs them is given by src/index.ts.
import type { Csv, TextFormat } from '../data/index.ts'
import type { Session } from '../plan/index.ts'
import { type Table, type TimeOptions, tableOf } from '../table/index.ts'
import type { RowSchema, TimeColumn } from '../types/index.ts'
import type { FileOptions } from './files/options.ts'
import { textFiles } from './files/source.ts'
import { iterableInput, type MemoryInput, type MemoryOptions, memoryInput, type Weighted } from './memory/source.ts'
import { type ParquetOptions, parquetFiles } from './parquet/source.ts'
import { type RateOptions, rateSpec } from './rate/source.ts'

import { lineSchema, type SocketOptions, socketSpec } from './socket/source.ts'

type EventTime<Row> = TimeOptions<Extract<TimeColumn<Row>, string>>

export type ReadOptions<Row extends object> = FileOptions & EventTime<Row> & { readonly schema: RowSchema<Row> }
export type ReadCsvOptions<Row extends object> = ReadOptions<Row> & Omit<Csv, 'kind'>

export type ReadParquetOptions<Row extends object> = ParquetOptions &
  EventTime<Row> & { readonly schema: RowSchema<Row> }

/** An input that takes rows from code, and the table of them. */
export interface PushTable<Row extends object> {
  readonly table: Table<Row, 'append'>
  /** Resolves when there is room for more. */
  push: MemoryInput<Row>['push']
  /** Only for an input made with { weights: true }. */
  pushWeighted(rows: readonly Weighted<Row>[], options?: { readonly partition?: string }): Promise<void>
  /** No more rows. */
  close(): void
}

/** The readers of a session. */
export function readers(session: Session) {
  const files = <Row extends object>(path: string, format: TextFormat, options: ReadOptions<Row>) =>
    tableOf<Row>(textFiles(path, options.schema, format, options), session, options as TimeOptions)
  return Object.freeze({
    /** JSON lines: a file, a folder (with everything below it) or a glob; `.gz` and `.zst` are decompressed. */
    json: <Row extends object>(path: string, options: ReadOptions<Row>): Table<Row, 'append'> =>
      files(path, { kind: 'json' }, options),

    /** CSV files, as RFC 4180 has them. */
    csv: <Row extends object>(path: string, options: ReadCsvOptions<Row>): Table<Row, 'append'> =>
      files(path, csvOf(options), options),

    /** Lines of text: rows { value }. */
    text: (path: string, options: FileOptions = {}): Table<{ value: string }, 'append'> =>
      tableOf<{ value: string }>(textFiles(path, lineSchema, { kind: 'lines' }, options), session),

    /** Parquet files, a row group at a time; only the columns that are needed. `parquetSchema(path)` tells a file's columns. */
    parquet: <Row extends object>(path: string, options: ReadParquetOptions<Row>): Table<Row, 'append'> =>
      tableOf<Row>(parquetFiles(path, options.schema, options), session, options as TimeOptions),

    /** Rows { timestamp, value } at a steady rate. */
    rate: (
      options: RateOptions & EventTime<{ timestamp: Date; value: number }>,
    ): Table<{ timestamp: Date; value: number }, 'append'> =>
      tableOf(rateSpec(options), session, options as TimeOptions),

    /** Lines from a TCP server, rows { value }. A socket can't be replayed: rows may be lost when a run restarts. */
    socket: (options: SocketOptions): Table<{ value: string }, 'append'> =>
      tableOf<{ value: string }>(socketSpec(options), session),

    /** An input that takes rows from code: `push(rows)`, then `close()`. */
    memory: <Row extends object>(
      schema: RowSchema<Row>,
      options: MemoryOptions & EventTime<Row> = {},
    ): PushTable<Row> => {
      const input = memoryInput<Row>(schema, options)
      return {
        table: tableOf<Row>(input.spec, session, options as TimeOptions),
        push: input.push,
        pushWeighted: input.pushWeighted,
        close: input.close,
      }
    },

    /** Rows that are there already, or come from an iterable; it is consumed once. */
    from: <Row extends object>(
      rows: readonly Row[] | AsyncIterable<Row> | Iterable<Row>,
      options: { readonly schema: RowSchema<Row> } & MemoryOptions & EventTime<Row>,
    ): Table<Row, 'append'> => {
      const spec = Array.isArray(rows)
        ? memoryInput<Row>(options.schema, options, rows).spec
        : iterableInput(options.schema, rows, options)
      return tableOf<Row>(spec, session, options as TimeOptions)
    },
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
