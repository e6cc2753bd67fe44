// The oracle: PostgreSQL itself. Its server, where MILLRACE_POSTGRES names the folder of its programs (`.ci/run` installs them); else
// PGlite, which is the same server compiled to WebAssembly, in this process: what initdb makes, which takes seconds, is
// kept in build/.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type IntervalParts, intervalText } from '../../../src/data/index.ts'
import { serverConnection } from './server.ts'

const root = join(import.meta.dirname, '../../..')

export interface Answer {
  /** Rows as text, one value after another; sorted unless the query says an order. */
  readonly rows: readonly string[]
}

export interface Refusal {
  readonly refused: string
  /** PostgreSQL's SQLSTATE, or a code of our catalogue. */
  readonly code: string
}

export interface Oracle {
  setUp(text: string): Promise<void>
  ask(text: string): Promise<Answer | Refusal>
  /** What a statement comes to: rows, and how many it changed. */
  tell(text: string): Promise<(Answer & { readonly affected: number }) | Refusal>
  close(): Promise<void>
}

/** A session with a server. */
export interface Connection {
  /** Statements, for what they do. */
  exec(text: string): Promise<void>
  /** One statement; an error has PostgreSQL's `code`. */
  query(text: string): Promise<{ readonly rows: readonly unknown[][]; readonly affected: number }>
  close(): Promise<void>
}

export async function postgres(): Promise<Oracle> {
  const native = process.env.MILLRACE_POSTGRES ?? ''
  const server = native === '' ? await embedded() : await serverConnection(native)
  await server.exec("SET TimeZone = 'UTC'")
  const tell: Oracle['tell'] = async text => {
    try {
      const { rows, affected } = await server.query(text)
      return { rows: rows.map(row => row.map(shown).join('|')), affected }
    } catch (error) {
      const { message, code = '' } = error as { message: string; code?: string }
      return { refused: message, code }
    }
  }
  return { setUp: text => server.exec(text), ask: tell, tell, close: () => server.close() }
}

async function embedded(): Promise<Connection> {
  const server = await started()
  return {
    exec: async text => void (await server.exec(text)),
    async query(text) {
      const { rows, affectedRows = 0 } = await server.query<unknown[]>(text, [], { rowMode: 'array' })
      return { rows, affected: affectedRows }
    },
    close: () => server.close(),
  }
}

async function started(): Promise<PGlite> {
  const manifest = readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8')
  const kept = join(root, `build/postgres-${JSON.parse(manifest).version}.tar`)
  if (existsSync(kept)) return PGlite.create({ loadDataDir: new Blob([readFileSync(kept)]) })
  const server = await PGlite.create()
  const files = await server.dumpDataDir('none')
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(`${kept}.${process.pid}`, Buffer.from(await files.arrayBuffer()))
  renameSync(`${kept}.${process.pid}`, kept)
  return server
}

/** A value as both sides print it: numbers to 12 digits, decimals (which are texts) to all of theirs, instants in ISO 8601. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '∅'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (typeof value === 'number' || typeof value === 'bigint') return number(Number(value))
  if (typeof value === 'object' && 'months' in value) {
    const { months, days, micros } = value as IntervalParts
    return intervalText({ months, days, micros: BigInt(micros) })
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const number = (value: number): string => String(Number(value.toPrecision(12)))
