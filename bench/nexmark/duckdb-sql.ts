// The reference for the queries in SQL: DuckDB (C++), two threads, the same files, the result kept as a table.
import { DuckDBInstance } from '@duckdb/node-api'
import { report } from '../support/measure.ts'
import { readers } from './duckdb-tables.ts'
import { queries } from './queries.ts'
import { SIDE_ROWS } from './tables.ts'

const [name, person, auction, bid] = process.argv.slice(2) as [string, string, string, string]

/** A column as text, as text.ts writes it. */
const textOf = (column: string, type: string): string => {
  const plain = type.startsWith('TIMESTAMP') ? `epoch_ms("${column}")` : `"${column}"`
  return `coalesce(${plain}::VARCHAR, 'null')`
}

const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const connection = await instance.connect()
await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
for (const [table, reader] of Object.entries(readers(person, auction, bid)))
  await connection.run(`CREATE VIEW ${table} AS SELECT * FROM ${reader}`)
await connection.run(`CREATE TABLE side AS SELECT range AS key, 'value ' || range AS value FROM range(${SIDE_ROWS})`)
const { sql, duckdb } = queries[name] as (typeof queries)[string]
const started = performance.now()
await connection.run(`CREATE TEMP TABLE result AS ${duckdb ?? sql}`)
const seconds = (performance.now() - started) / 1000
const columns = (await connection.runAndReadAll('DESCRIBE result')).getRows().map(row => textOf(String(row[0]), String(row[1]))) // biome-ignore format: a line
const rows = await connection.runAndReadAll(`SELECT ${columns.join(" || '|' || ")} FROM result`)
report(seconds, () => rows.getRows().map(row => String(row[0])))
