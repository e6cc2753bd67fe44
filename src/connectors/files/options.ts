// What all file inputs take, checked once.
import { badArgument, type Duration, fail, millis, optionsFor } from '../../base/index.ts'
import type { TextFormat } from '../../data/index.ts'

export interface FileOptions {
  /** 'now' (default): the files that are there when the query starts, then the input ends. 'forever': new files are picked up. */
  readonly until?: 'now' | 'forever'
  /** Follow bytes that are appended to files, as `tail -f` does; only whole lines are read. Implies until: 'forever' unless told. */
  readonly follow?: boolean
  /** New files per epoch at most. */
  readonly maxFilesPerEpoch?: number
  /** Newest file first instead of by path. */
  readonly newestFirst?: boolean
  /** Leave out files that are older than the newest one by more than this. */
  readonly maxAge?: Duration
  /** How often to look for new files and bytes; 1 second by default. */
  readonly poll?: Duration
  /** 'fail' (default) stops the query at a row that can't be decoded; 'skip' counts it; 'collect' makes it a row of `.errors`. */
  readonly onBadRow?: 'fail' | 'skip' | 'collect'
  /** With skip and collect: more bad rows than this stop the query. */
  readonly maxBad?: number
  /** Bytes of a line (CSV: a record) at most; 16 MiB by default. */
  readonly maxLineBytes?: number
}

/** The same, resolved. */
export interface FileSettings {
  /** json, csv, text, parquet. */
  readonly kind: string
  readonly pattern: string
  readonly forever: boolean
  readonly follow: boolean
  readonly maxFiles: number
  readonly newestFirst: boolean
  readonly maxAgeMs: number
  readonly pollMs: number
  readonly onBadRow: 'fail' | 'skip' | 'collect'
  readonly maxBad: number
  readonly maxLineBytes: number | undefined
}

export interface TextSettings extends FileSettings {
  readonly format: TextFormat
}

export function settingsOf(pattern: string, kind: string, options: FileOptions): FileSettings {
  const of = `read.${kind}`
  const given = optionsFor(of, options, 'pass an object')
  const { maxFilesPerEpoch = Number.POSITIVE_INFINITY, maxBad = Number.POSITIVE_INFINITY, follow = false } = given
  if (typeof pattern !== 'string' || pattern === '')
    fail('BAD_OPTION', {
      option: 'path',
      of,
      reason: 'it is empty',
      fix: "pass a file, a folder or a glob: 'logs/*.jsonl'",
    })
  if (!(typeof maxFilesPerEpoch === 'number' && maxFilesPerEpoch >= 1))
    fail('BAD_OPTION', { option: 'maxFilesPerEpoch', of, reason: 'it is less than 1', fix: 'pass 1 or more' })
  if (!(typeof maxBad === 'number' && maxBad >= 0))
    fail('BAD_OPTION', { option: 'maxBad', of, reason: 'it is negative', fix: 'pass a number of rows' })
  oneOf(of, 'until', options.until, ['now', 'forever'])
  oneOf(of, 'onBadRow', options.onBadRow, ['fail', 'skip', 'collect'])
  return {
    kind,
    pattern,
    forever: (options.until ?? (follow ? 'forever' : 'now')) === 'forever',
    follow,
    maxFiles: maxFilesPerEpoch,
    newestFirst: options.newestFirst ?? false,
    maxAgeMs: options.maxAge === undefined ? Number.POSITIVE_INFINITY : millis(options.maxAge),
    pollMs: millis(options.poll ?? '1 second'),
    onBadRow: options.onBadRow ?? 'fail',
    maxBad,
    maxLineBytes: options.maxLineBytes,
  }
}

function oneOf(of: string, option: string, value: unknown, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value as string))
    badArgument(of, option, value, `use one of ${known.map(each => `'${each}'`).join(', ')}`)
}
