// The schema of JSON lines from a sample, on request. Law: what was inferred once is pinned: with `pin` the schema is
// written to a file and read from there ever after, so a run does not change because its input did.
import { type Disk, fail, optionsFor, textFor } from '../../base/index.ts'
import { utf8 } from '../../data/index.ts'
import { realDisk } from '../../host/index.ts'
import { field, type ScalarKind, type Schema, scalars, schemaOf } from '../../types/index.ts'
import { Buffers, bytesOf } from './bytes.ts'

export interface InferOptions {
  /** Rows to look at; 1000 by default. */
  readonly rows?: number
  /** Where the schema is kept: written when it is not there, else read. */
  readonly pin?: string
  readonly disk?: Disk
}

const SAMPLE_BYTES = 8 << 20

/**
 * The schema that the first rows of JSON lines have; every column may be null, for a sample can't tell otherwise.
 * Numbers without fraction are int (bigint beyond 2^53), strings that all are instants or days are timestamp or date,
 * objects, arrays and mixtures are json. NO_INPUT, BAD_SCHEMA when there is no row that is an object.
 */
export async function inferSchema(path: string, options: InferOptions = {}): Promise<Schema> {
  textFor('inferSchema', 'path', path, "pass a file, a folder or a glob: 'logs/*.jsonl'")
  const { rows = 1000, pin, disk = realDisk() } = optionsFor('inferSchema', options, 'pass { pin, rows }')
  if (pin !== undefined && (await disk.exists(pin))) return readPin(disk, pin)
  const schema = schemaOfRows(await sample(disk, path, rows), path)
  if (pin !== undefined) await disk.writeAtomic(pin, utf8(`${JSON.stringify(pinned(schema), undefined, 2)}\n`))
  return schema
}

async function sample(disk: Disk, pattern: string, most: number): Promise<readonly object[]> {
  const files = await disk.glob(pattern)
  if (files.length === 0) fail('NO_INPUT', { pattern })
  const rows: object[] = []
  for (const { path } of files) {
    if (rows.length >= most) break
    for (const line of (await headOf(disk, path)).split('\n')) {
      const row = parsed(line)
      if (row !== undefined && rows.length < most) rows.push(row)
    }
  }
  return rows
}

async function headOf(disk: Disk, path: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of bytesOf(disk, path, 0, -1, new Buffers())) {
    chunks.push(chunk.slice())
    bytes += chunk.length
    if (bytes >= SAMPLE_BYTES) break
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

// The last line of the sample may be cut, and bad rows are for the run to tell.
function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The schema of parsed rows, columns in the order in which they first appear. */
export function schemaOfRows(rows: readonly object[], source: string): Schema {
  const kinds = new Map<string, ScalarKind | undefined>()
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) kinds.set(name, common(kinds.get(name), kindOfValue(value)))
  const fix = 'check that it is JSON lines, or declare the schema: t.row({ … })'
  if (kinds.size === 0) fail('BAD_SCHEMA', { reason: `no row of ${source} is an object with columns`, fix })
  return schemaOf([...kinds].map(([name, kind]) => field(name, scalars[kind ?? 'json'], true)))
}

function kindOfValue(value: unknown): ScalarKind | undefined {
  if (value === null) return undefined
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number')
    return !Number.isInteger(value) ? 'double' : Number.isSafeInteger(value) ? 'int' : 'bigint'
  if (typeof value === 'object') return 'json'
  const text = String(value)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'date'
  return /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(text) ? 'timestamp' : 'string'
}

const WIDTH: Readonly<Partial<Record<ScalarKind, number>>> = { int: 1, bigint: 2, double: 3 }
const TEXTS: readonly ScalarKind[] = ['string', 'date', 'timestamp']

/** The narrowest kind that takes the values of both. */
function common(a: ScalarKind | undefined, b: ScalarKind | undefined): ScalarKind | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b
  if (WIDTH[a] !== undefined && WIDTH[b] !== undefined) return WIDTH[a] > WIDTH[b] ? a : b
  return TEXTS.includes(a) && TEXTS.includes(b) ? 'string' : 'json'
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
        field(each.name, scalars[each.type as ScalarKind] ?? bad(`no type ${each.type}`), each.nullable),
      ),
    )
  } catch (error) {
    return error instanceof SyntaxError ? bad('it is not JSON') : Promise.reject(error)
  }
}
