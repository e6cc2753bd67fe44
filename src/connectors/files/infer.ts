// The schema of an input from a look at it, on request: a sample of JSON lines or CSV, or what a Parquet file declares.
// Law: what was inferred once is pinned: with `pin` the schema is written to a file and read from there ever after, so
// a run does not change because its input did. (Without a pin a restart that infers another schema is another query,
// which the run refuses.)
import { type Disk, type FileInfo, fail, MillraceError, optionsFor, textFor } from '../../base/index.ts'
import { type Csv, inferSchema, type TextFormat, utf8 } from '../../data/index.ts'
import { realDisk } from '../../host/index.ts'
import { field, type PlainKind, type RowSchema, type Schema, scalars, schemaOf } from '../../types/index.ts'
import { pathOf } from '../paths.ts'
import { Buffers, bytesOf } from './bytes.ts'

export interface InferOptions extends Omit<Csv, 'kind'> {
  /** 'json' (lines), 'csv' or 'parquet'; by default what the name of the first file ends in, else 'json'. */
  readonly format?: 'json' | 'csv' | 'parquet'
  /** Rows to look at; 1000 by default. Parquet files say what they hold. */
  readonly rows?: number
  /** Where the schema is kept: written when it is not there, else read. */
  readonly pin?: string
  readonly disk?: Disk
}

const SAMPLE_BYTES = 8 << 20

/**
 * The schema of files: `read.json(path, { schema: await infer(path) })`. JSON lines: numbers without fraction are int (bigint beyond
 * 2^53), texts that all are instants or days are timestamp or date, objects, arrays and mixtures are json. CSV: the same of its
 * texts, mixtures are string; the first file is looked at. Every column may be null, for a sample can't tell otherwise.
 * Parquet: the columns that the first file declares, without those of types that are not read yet.
 *
 * `Row` is what you say the rows are; it is not checked: a row that does not fit the schema is a bad row of the run.
 * Throws NO_INPUT, BAD_SCHEMA (no row in the sample, a pin that is none), DISK_*.
 *
 * @example
 * import { infer, read } from 'millrace'
 * import { writeFile } from 'node:fs/promises'
 * await writeFile('rides.csv', 'zone,fare\nnorth,12.5\nsouth,9\n')
 * const schema = await infer<{ zone: string | null; fare: number | null }>('rides.csv', { pin: '.millrace/rides.schema.json' })
 * const dear = await read.csv('rides.csv', { schema }).where(r => r.fare.gt(10)).collect()
 * if (dear.length !== 1 || dear[0]?.zone !== 'north') throw new Error('one ride is dear')
 */
export async function infer<Row extends object = Record<string, unknown>>(
  path: string | URL,
  options: InferOptions = {},
): Promise<RowSchema<Row>> {
  const { pin, disk = realDisk() } = optionsFor('infer', options, 'pass { pin, rows }')
  if (pin !== undefined && (await disk.exists(pin))) return (await readPin(disk, pin)) as RowSchema<Row>
  const schema = await look(
    disk,
    textFor('infer', 'path', pathOf(path), "pass a file, a folder or a glob: 'logs/*.jsonl'"),
    options,
  )
  if (pin !== undefined) await disk.writeAtomic(pin, utf8(`${JSON.stringify(pinned(schema), undefined, 2)}\n`))
  return schema as RowSchema<Row>
}

async function look(disk: Disk, pattern: string, options: InferOptions): Promise<Schema> {
  const files = await disk.glob(pattern)
  const first = files[0] ?? fail('NO_INPUT', { pattern })
  const format = options.format ?? formatOf(first.path)
  if (format === 'parquet') return (await import('../parquet/source.ts')).parquetSchema(first.path, disk)
  const { rows = 1000, format: _format, pin: _pin, disk: _disk, ...csv } = options
  const kind: TextFormat = format === 'csv' ? { kind: 'csv', ...csv } : { kind: 'json' }
  const sample = await sampleOf(disk, format === 'csv' ? [first] : files, rows + (csvHeader(kind) ? 1 : 0))
  return inferText(kind, sample, pattern)
}

function csvHeader(format: TextFormat): boolean {
  return format.kind === 'csv' && format.header !== false
}

function formatOf(path: string): 'json' | 'csv' | 'parquet' {
  const name = path.replace(/\.(gz|zst|zstd)$/i, '')
  if (/\.parquet$/i.test(name)) return 'parquet'
  return /\.(csv|tsv)$/i.test(name) ? 'csv' : 'json'
}

/** The columns of a sample of text; every one may be null. Throws BAD_SCHEMA when it has no row. */
export function inferText(format: TextFormat, sample: Uint8Array, name: string): Schema {
  try {
    return allNullable(inferSchema(format, sample, true))
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'NO_SAMPLE') throw error
    const what = format.kind === 'csv' ? 'CSV' : 'JSON lines'
    const fix = `check that it is ${what}, or declare the schema: t.row({ … })`
    return fail('BAD_SCHEMA', { reason: `no line of ${name} is a row`, fix }, {}, error)
  }
}

/** The first lines of files, whole ones only. */
async function sampleOf(disk: Disk, files: readonly FileInfo[], lines: number): Promise<Uint8Array> {
  const heads: Uint8Array[] = []
  let left = lines
  for (const { path } of files) {
    if (left <= 0) break
    const head = await headOf(disk, path, left)
    heads.push(head.bytes, utf8('\n'))
    left -= head.lines
  }
  return Buffer.concat(heads)
}

async function headOf(disk: Disk, path: string, most: number): Promise<{ bytes: Uint8Array; lines: number }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  let lines = 0
  for await (const chunk of bytesOf(disk, path, 0, -1, new Buffers())) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
      if (++lines < most) continue
      return { bytes: Buffer.concat([...chunks, chunk.slice(0, at + 1)]), lines }
    }
    chunks.push(chunk.slice())
    bytes += chunk.length
    if (bytes < SAMPLE_BYTES) continue
    const all = Buffer.concat(chunks)
    return { bytes: all.subarray(0, all.lastIndexOf(10) + 1), lines }
  }
  return { bytes: Buffer.concat(chunks), lines }
}

function allNullable({ fields }: Schema): Schema {
  return schemaOf(fields.map(({ name, type }) => field(name, type, true)))
}

function pinned(schema: Schema) {
  const fields = schema.fields.map(({ name, type, nullable }) => ({ name, type: type.kind, nullable }))
  return { version: 1, fields }
}

async function readPin(disk: Disk, pin: string): Promise<Schema> {
  const bad = (reason: string): never =>
    fail('BAD_SCHEMA', { reason: `${pin}: ${reason}`, fix: 'remove the file, to infer the schema again' })
  try {
    const { version, fields } = JSON.parse(new TextDecoder().decode(await disk.readAll(pin))) as ReturnType<
      typeof pinned
    >
    if (version !== 1 || !Array.isArray(fields)) return bad('it is no pinned schema')
    return schemaOf(
      fields.map(each =>
        field(each.name, scalars[each.type as PlainKind] ?? bad(`no type ${each.type}`), each.nullable),
      ),
    )
  } catch (error) {
    return error instanceof SyntaxError ? bad('it is not JSON') : Promise.reject(error)
  }
}
