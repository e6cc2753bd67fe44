// Files as tables: WITH (connector = 'files', path = …). A path is read, or written as a folder, or both; its columns are
// those that are given, else found out by looking when they are first needed.
import {
  type FileOptions,
  type FolderOptions,
  infer,
  lineSchema,
  parquetFiles,
  textFiles,
  write,
} from '../connectors/index.ts'
import type { SinkSpec, SourceSpec } from '../data/index.ts'
import type { Node } from '../plan/index.ts'
import type { CreateTable } from '../sql/index.ts'
import { invalid } from '../sql/index.ts'
import type { Schema } from '../types/index.ts'
import { timed, timeOptions } from './event-time.ts'
import { defined, type OptionReader } from './options.ts'
import type { Place, Relation, Target } from './place.ts'

export const FILE_FORMATS = ['json', 'csv', 'text', 'parquet'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** What the name of files says of their format. */
export function formatNamed(path: string): FileFormat {
  const name = path.replace(/\.(gz|zst|zstd)$/i, '')
  if (/\.parquet$/i.test(name)) return 'parquet'
  if (/\.(csv|tsv)$/i.test(name)) return 'csv'
  return /\.txt$/i.test(name) ? 'text' : 'json'
}

interface CsvParts {
  readonly delimiter?: string
  readonly header?: boolean
  readonly nullText?: string
}

export function filesRelation(definition: CreateTable, options: OptionReader, text: string, place: Place): Relation {
  const { schema, key } = definition
  const path = options.required('path', "write WITH (connector = 'files', path = 'in/*.jsonl')")
  const format = options.oneOf('format', FILE_FORMATS) ?? formatNamed(path)
  const csv = csvParts(path, options)
  const reading = readingOf(options, place.follow)
  const sink = sinkOf(path, format, csv, schema, options)
  const time = timeOptions(options)
  if (format === 'text' && schema !== undefined)
    invalid(text, undefined, 'the column of text is value', 'leave it out: CREATE TABLE t () WITH (…)')
  const open = (columns: Schema): Node => {
    const spec = options.at('path', () => sourceFor(path, format, csv, columns, reading))
    return timed(spec, key, options, place.session, time)
  }
  const known = schema ?? (format === 'text' ? lineSchema : undefined)
  return {
    kind: 'table',
    node: known === undefined ? later(path, format, csv, open) : once(() => open(known)),
    ...sink,
  }
}

/** The table of what is found when it is first asked for. */
function later(path: string, format: FileFormat, csv: CsvParts, open: (schema: Schema) => Node): () => Promise<Node> {
  const given = format === 'csv' ? csv : {}
  return once(async () => open(await infer(path, { format: format as 'json' | 'csv' | 'parquet', ...given })))
}

/** What succeeds is kept; what fails may be tried again. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    if (made !== undefined) return made.value
    const value = make()
    made = { value }
    if (value instanceof Promise) value.catch(() => (made = undefined))
    return value
  }
}

/** How CSV is written, of the options. */
export function csvParts(path: string, options: OptionReader): CsvParts {
  const preset = /\.tsv(\.(gz|zst|zstd))?$/i.test(path) ? '\t' : undefined
  return defined({
    delimiter: options.text('delimiter') ?? preset,
    header: options.flag('header'),
    nullText: options.text('null_text'),
  })
}

function readingOf(options: OptionReader, follow: boolean): FileOptions {
  return defined({
    follow: options.flag('follow') ?? (follow ? true : undefined),
    until: options.oneOf('until', ['now', 'forever']),
    poll: options.duration('poll') ?? (follow ? ('200 milliseconds' as const) : undefined),
    maxFilesPerEpoch: options.number('max_files_per_epoch'),
    newestFirst: options.flag('newest_first'),
    maxAge: options.duration('max_age'),
    onBadRow: options.oneOf('on_bad_row', ['fail', 'skip', 'collect']),
    maxBad: options.number('max_bad'),
    maxLineBytes: options.number('max_line_bytes'),
  })
}

export function sourceFor(
  path: string,
  format: FileFormat,
  csv: CsvParts,
  schema: Schema,
  reading: FileOptions,
): SourceSpec {
  if (format === 'parquet') {
    const { follow, ...rest } = reading
    return parquetFiles(path, schema, { ...(follow === true ? { until: 'forever' as const } : {}), ...rest })
  }
  if (format === 'text') return textFiles(path, schema, { kind: 'lines' }, reading)
  return textFiles(path, schema, format === 'csv' ? { kind: 'csv', ...csv } : { kind: 'json' }, reading)
}

function sinkOf(
  path: string,
  format: FileFormat,
  csv: CsvParts,
  schema: Schema | undefined,
  options: OptionReader,
): { readonly sink?: Target } {
  const mode = options.oneOf('mode', ['append', 'complete'])
  const roll = defined({ bytes: options.number('roll_bytes'), age: options.duration('roll_age') })
  const given: FolderOptions = { roll, ...defined({ mode, partitionBy: options.list('partition_by') }) }
  if (format === 'text' || /[*?[{]/.test(path)) return {}
  return { sink: { spec: folderOf(path, format, csv, given), schema, mode } }
}

function folderOf(path: string, format: FileFormat, csv: CsvParts, given: FolderOptions): SinkSpec {
  if (format === 'parquet') return write.parquet(path, given)
  return format === 'csv' ? write.csv(path, { ...csv, ...given }) : write.json(path, given)
}
