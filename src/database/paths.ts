// A path between quotes as a table: what its name ends in says how it is read.
import { infer, parquetFiles, textFiles } from '../connectors/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'

/** How files are followed: as `tail -f` does. */
const FOLLOW = { follow: true, poll: '200 milliseconds' } as const

/** The table of the files at a path; their columns are found out by looking. */
export async function openPath(path: string, follow: boolean): Promise<Node> {
  const name = path.replace(/\.(gz|zst|zstd)$/i, '')
  if (/\.(arrow|arrows|feather)$/i.test(name)) return openArrow(path)
  const schema = await infer(path)
  if (/\.parquet$/i.test(name))
    return sourceOf(parquetFiles(path, schema, follow ? { until: 'forever' } : {}), undefined)
  const format = /\.tsv$/i.test(name)
    ? ({ kind: 'csv', delimiter: '\t' } as const)
    : ({ kind: /\.csv$/i.test(name) ? 'csv' : 'json' } as const)
  return sourceOf(textFiles(path, schema, format, follow ? FOLLOW : {}), undefined)
}

/** Arrow data is read whole: one file. */
async function openArrow(path: string): Promise<Node> {
  const [{ fromArrow }, { realDisk }] = await Promise.all([import('../arrow/index.ts'), import('../host/index.ts')])
  return fromArrow(await realDisk().readAll(path), { name: path }).node
}
