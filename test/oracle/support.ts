// Random tables as files of three formats, and the same rows in DuckDB.
import { writeFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type RowFrom, read, type Table, t } from 'millrace'
import type { Rng } from '../support/seed.ts'

/** A table with a column of every type that DuckDB has too. */
export const schema = t.row({
  id: t.int(),
  b: t.boolean().nullable(),
  i: t.int().nullable(),
  n: t.bigint().nullable(),
  f: t.float().nullable(),
  d: t.double().nullable(),
  s: t.string().nullable(),
  at: t.timestamp().nullable(),
  day: t.date().nullable(),
})
export type Row = RowFrom<typeof schema>
export type Rows = Table<Row, 'append'>

const types: Record<string, string> = {
  id: 'BIGINT',
  b: 'BOOLEAN',
  i: 'BIGINT',
  n: 'BIGINT',
  f: 'FLOAT',
  d: 'DOUBLE',
  s: 'VARCHAR',
  at: 'TIMESTAMP',
  day: 'DATE',
}

const DAY = 86_400_000
const words = [
  '',
  'a',
  'b',
  'A',
  'aa',
  'ab',
  'b ',
  ' c',
  'ä',
  'e\u0301',
  '😀',
  '~',
  '%',
  'a_b',
  'null',
  'NULL',
  'x,y',
  'q"q',
  "o'c",
  'a\\b',
]

/** JSON has no text for NaN and the infinities. */
export function randomRow(rng: Rng, id: number, special: boolean): Row {
  const or = <T>(make: () => T): T | null => (rng.oneIn(5) ? null : make())
  const instant = () => (rng.oneIn(3) ? rng.int(-3 * DAY, 3 * DAY) : rng.int(-40, 40) * 450_000)
  return {
    id,
    b: or(() => rng.oneIn(2)),
    i: or(() => (rng.oneIn(8) ? rng.pick([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0]) : rng.int(-5, 5))),
    n: or(() => (rng.oneIn(8) ? rng.pick([2n ** 60n, -(2n ** 60n), 0n]) : BigInt(rng.int(-3, 3)))),
    f: or(() => Math.fround(rng.pick([0, 0.5, -1.25, 3.1, 1e10, rng.double()]))),
    d: or(() =>
      special && rng.oneIn(12)
        ? rng.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        : rng.pick([0, 0.1, -0.1, 2.5, 1e15, -1e15, 1e-9, rng.double() * 100 - 50]),
    ),
    s: or(() => rng.pick(words)),
    at: or(() => new Date(instant())),
    day: or(() => new Date(rng.int(-400, 400) * DAY)) as Row['day'],
  }
}

const day = (value: Date): string => value.toISOString().slice(0, 10)

export const formats = ['json', 'csv', 'parquet'] as const

/** The rows as a table of millrace, read from a file of the format. Parquet files are DuckDB's. */
export async function tableOf(
  format: (typeof formats)[number],
  rows: readonly Row[],
  path: string,
  db: Db,
  name: string,
): Promise<Rows> {
  // Run in small epochs no row is late.
  const how = { schema, time: 'at' as never, lateBy: '30 days' } as const
  if (format === 'parquet') {
    await db.run(`COPY ${name} TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
    return read.parquet(path, how)
  }
  const lines = format === 'json' ? rows.map(jsonLine) : [Object.keys(types).join(','), ...rows.map(csvLine)]
  writeFileSync(path, lines.map(line => `${line}\n`).join(''))
  return format === 'json' ? read.json(path, how) : read.csv(path, how)
}

function jsonLine(row: Row): string {
  const cells = Object.entries(row).map(([name, value]) => {
    const text =
      typeof value === 'bigint'
        ? String(value)
        : name === 'day' && value !== null
          ? JSON.stringify(day(value as Date))
          : JSON.stringify(value)
    return `${JSON.stringify(name)}:${text}`
  })
  return `{${cells.join(',')}}`
}

function csvLine(row: Row): string {
  return Object.entries(row)
    .map(([name, value]) => {
      if (value === null) return ''
      if (value instanceof Date) return name === 'day' ? day(value) : value.toISOString()
      return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value)
    })
    .join(',')
}

/** A DuckDB in memory. */
export interface Db {
  run(sql: string): Promise<void>
  rows(sql: string): Promise<Record<string, unknown>[]>
  load(name: string, rows: readonly Row[]): Promise<void>
  close(): void
}

export async function openDb(): Promise<Db> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection: DuckDBConnection = await instance.connect()
  const run = async (sql: string) => void (await connection.run(sql))
  await run("SET TimeZone = 'UTC'")
  return {
    run,
    rows: async sql => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[],
    async load(name, rows) {
      const columns = Object.entries(types).map(([column, type]) => `"${column}" ${type}`)
      await run(`CREATE OR REPLACE TABLE ${name} (${columns.join(', ')})`)
      if (rows.length > 0) await run(`INSERT INTO ${name} VALUES ${rows.map(row => `(${literals(row)})`).join(',\n')}`)
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function literals(row: Row): string {
  return Object.entries(row)
    .map(([name, value]) => {
      if (value === null) return 'NULL'
      if (value instanceof Date)
        return name === 'day' ? `DATE '${day(value)}'` : `make_timestamp(${value.getTime() * 1000})`
      if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
      return typeof value === 'number' && !Number.isInteger(value) ? `'${value}'::${types[name]}` : String(value)
    })
    .join(', ')
}

/** A value so that both engines show it alike: integers are text, -0 is 0, instants are milliseconds. */
export function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`
  if (typeof value === 'number')
    return Number.isNaN(value)
      ? 'NaN'
      : Object.is(value, -0)
        ? 0
        : value === Infinity
          ? 'Inf'
          : value === -Infinity
            ? '-Inf'
            : value
  if (value instanceof Date) return `t${value.getTime()}`
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
  return value
}

/** Rows of both engines with columns in one order. */
export function table(rows: readonly object[], columns: readonly string[]): unknown[][] {
  return rows.map(row => columns.map(name => plain((row as Record<string, unknown>)[name])))
}

/** Equal but for rounding: floating point numbers may differ by the last bits of what they were computed from. */
export function near(a: unknown, b: unknown, scale = 0): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), scale)
  return JSON.stringify(a) === JSON.stringify(b)
}
