// `write.…`: what a table is written to.
import { optionsFor } from '../base/index.ts'
import type { Csv, SinkSpec } from '../data/index.ts'
import { consoleSink } from './console/sink.ts'
import { textFormat } from './folder/format.ts'
import type { FolderOptions } from './folder/options.ts'
import { folderSink } from './folder/sink.ts'
import { foreachBatchSink, foreachSink } from './foreach/sink.ts'
import { memorySink } from './memory/sink.ts'
import { parquetFormat } from './parquet/format.ts'

type FileMode = 'append' | 'complete'

export type WriteFileOptions<M extends FileMode = FileMode> = FolderOptions<M>
export type WriteCsvOptions<M extends FileMode = FileMode> = FolderOptions<M> & Omit<Csv, 'kind'>

/**
 * Sinks. Files are written exactly once; a folder belongs to one query.
 *
 * @example
 * import { write } from 'millrace'
 * const sink = write.json('out/delays', { partitionBy: 'carrier', roll: { age: '1 minute' } })
 * if (sink.guarantee !== 'exactly once') throw new Error('files are')
 */
export const write = Object.freeze({
  /** JSON lines in a folder: `part-000001.jsonl` … */
  json: <M extends FileMode = 'append'>(folder: string, options: WriteFileOptions<M> = {}): SinkSpec<M> =>
    folderSink(folder, textFormat({ kind: 'json' }), options),

  /** CSV files in a folder, each with a header line. */
  csv: <M extends FileMode = 'append'>(folder: string, options: WriteCsvOptions<M> = {}): SinkSpec<M> => {
    const { delimiter, header, nullText, ...rest } = optionsFor(
      'write.csv',
      options,
      'pass { partitionBy, roll, mode }',
    )
    const format: Csv = {
      kind: 'csv',
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(header === undefined ? {} : { header }),
      ...(nullText === undefined ? {} : { nullText }),
    }
    return folderSink(folder, textFormat(format), rest as FolderOptions<M>)
  },

  /** Parquet files in a folder; a file is made when it rolls. */
  parquet: <M extends FileMode = 'append'>(folder: string, options: WriteFileOptions<M> = {}): SinkSpec<M> =>
    folderSink(folder, parquetFormat, options),

  /** Aligned tables on standard output or another stream, one per epoch. */
  console: consoleSink,

  /** In this process: `.rows()` and `.changes()`. */
  memory: memorySink,

  /** Functions called per row, with open and close per epoch; at least once. */
  foreach: foreachSink,

  /** A function called with the rows of an epoch and its number; at least once, so make it idempotent by the number. */
  foreachBatch: foreachBatchSink,
})
