// The reference for the queries in SQL: DuckDB (C++), two threads, the same files, the result kept as a table.
import { report } from '../support/measure.ts'
import { connected } from './duckdb-tables.ts'
import { queries } from './queries.ts'

const [name, person, auction, bid] = process.argv.slice(2) as [string, string, string, string]

/** A column as text, as text.ts writes it. */
const textOf = (column: string, type: string): string => {
  const plain = type.startsWith('TIMESTAMP') ? `epoch_ms("${column}")` : `"${column}"`
  return `coalesce(${plain}::VARCHAR, 'null')`
}

const connection = await connected([person, auction, bid], { threads: 2, as: 'VIEW' })
const { sql, duckdb } = queries[name] as (typeof queries)[string]
const started = performance.now()
await connection.run(`CREATE TEMP TABLE result AS ${duckdb ?? sql}`)
const seconds = (performance.now() - started) / 1000
const columns = (await connection.runAndReadAll('DESCRIBE result')).getRows().map(row => textOf(String(row[0]), String(row[1]))) // biome-ignore format: a line
const rows = await connection.runAndReadAll(`SELECT ${columns.join(" || '|' || ")} FROM result`)
report(seconds, () => rows.getRows().map(row => String(row[0])))
