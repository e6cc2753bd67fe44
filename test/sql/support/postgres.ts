// The oracle: PostgreSQL itself (PGlite is its server, compiled to WebAssembly), in this process.
import { PGlite } from '@electric-sql/pglite'

export type Show = (value: unknown) => string

export interface Answer {
  /** Rows as text, one value after another; sorted unless the query says an order. */
  readonly rows: readonly string[]
}

export interface Oracle {
  setUp(text: string): Promise<void>
  /** The rows of a query; undefined: PostgreSQL refuses it. */
  ask(text: string, show?: Show): Promise<Answer | { readonly refused: string }>
  close(): Promise<void>
}

export async function postgres(): Promise<Oracle> {
  const server = await PGlite.create()
  await server.exec("SET TimeZone = 'UTC'")
  return {
    setUp: async text => void (await server.exec(text)),
    async ask(text, show = shown) {
      try {
        const { rows } = await server.query<unknown[]>(text, [], { rowMode: 'array' })
        return { rows: rows.map(row => row.map(show).join('|')) }
      } catch (error) {
        return { refused: error instanceof Error ? error.message : String(error) }
      }
    },
    close: () => server.close(),
  }
}

/** The same with every digit that a text has: decimals and what is cast to text. */
export const exactly: Show = value => (typeof value === 'string' ? value : shown(value))

/** A value as both sides print it: numbers to 12 digits, instants in ISO 8601. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '∅'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (typeof value === 'number' || typeof value === 'bigint') return number(Number(value))
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return number(Number(value))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const number = (value: number): string => String(Number(value.toPrecision(12)))
