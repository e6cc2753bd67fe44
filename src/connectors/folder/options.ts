// What file outputs take, checked once.
import { type Duration, fail, millis, optionsFor } from '../../base/index.ts'

export interface RollOptions {
  /** A file is closed and made visible when it has so many bytes; 128 MB by default. */
  readonly bytes?: number
  /** … or when it is so old, whether rows come or not; 10 minutes by default. */
  readonly age?: Duration
}

export interface FolderOptions<M extends 'append' | 'complete' = 'append' | 'complete'> {
  readonly roll?: RollOptions
  /** Columns whose values name sub-folders, `col=value/`; they stay in the files too. */
  readonly partitionBy?: string | readonly string[]
  /** 'append' (default): rows are added. 'complete': one file, replaced by every epoch. */
  readonly mode?: M
}

export interface FolderSettings {
  readonly folder: string
  readonly rollBytes: number
  readonly rollAgeMs: number
  readonly partitionBy: readonly string[]
  readonly mode: 'append' | 'complete'
}

export function folderSettings(of: string, folder: string, options: FolderOptions): FolderSettings {
  const { partitionBy = [], mode = 'append', roll = {} } = optionsFor(of, options, 'pass { partitionBy, roll, mode }')
  const { bytes = 128 * 1024 * 1024, age = '10 minutes' } = roll
  const columns = typeof partitionBy === 'string' ? [partitionBy] : partitionBy
  if (typeof folder !== 'string' || folder === '')
    fail('BAD_OPTION', {
      option: 'folder',
      of,
      reason: 'it is empty',
      fix: "pass the folder to write to: 'out/delays'",
    })
  if (!(bytes > 0))
    fail('BAD_OPTION', { option: 'roll.bytes', of, reason: 'it is not positive', fix: 'pass a number of bytes' })
  if (mode === 'complete' && columns.length > 0)
    fail('BAD_OPTION', {
      option: 'partitionBy',
      of,
      reason: "mode 'complete' writes one file",
      fix: "leave out partitionBy, or use mode 'append'",
    })
  const plain = folder.length > 1 ? folder.replace(/\/+$/, '') : folder
  return { folder: plain, rollBytes: bytes, rollAgeMs: millis(age), partitionBy: columns, mode }
}
