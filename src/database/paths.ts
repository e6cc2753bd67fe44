// A path between quotes as a table: what its name ends in says how it is read.
import { parquetFiles, textFiles } from '../connectors/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import type { Schema } from '../types/index.ts'

export function openPath(path: string, schema: Schema): Node {
  const name = path.replace(/\.(gz|zst|zstd)$/i, '')
  if (/\.parquet$/i.test(name)) return sourceOf(parquetFiles(path, schema, {}), undefined)
  const format = /\.tsv$/i.test(name)
    ? ({ kind: 'csv', delimiter: '\t' } as const)
    : ({ kind: /\.csv$/i.test(name) ? 'csv' : 'json' } as const)
  return sourceOf(textFiles(path, schema, format, {}), undefined)
}
