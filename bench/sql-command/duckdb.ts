// What the DuckDB command line does: a query over a file whose columns are found out, its rows as CSV on standard output. The text
// is made by DuckDB itself, so that JavaScript has one value to print.
import { DuckDBInstance } from '@duckdb/node-api'

const [query, threads] = process.argv.slice(2) as [string, string]
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
await connection.run('SET preserve_insertion_order = false')
const found = await connection.runAndReadAll(`SELECT string_agg(auction || ',' || n, chr(10)) FROM (${query})`)
process.stdout.write(`auction,n\n${found.getRows()[0]?.[0]}\n`)
