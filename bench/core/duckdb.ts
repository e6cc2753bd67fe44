// The reference engine: DuckDB (C++), two threads, the same file, the same answer. The result is kept as a table of
// typed columns, as an engine would hand it on; text for the digest is made after the clock has stopped.
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { report } from '../support/measure.ts'

const [job, file, scratch] = process.argv.slice(2) as [string, string, string]

const columns = `{auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', url: 'VARCHAR',
  dateTime: 'TIMESTAMP', extra: 'VARCHAR'}`
const files = statSync(file).isDirectory() ? `${file}/*.jsonl` : file
const bids = file.endsWith('.csv')
  ? `read_csv('${file}', header = true, quote = '"', columns = ${columns})`
  : `read_json('${files}', format = 'newline_delimited', columns = ${columns})`

interface Job {
  readonly query: string
  /** One line of text per row of the result. */
  readonly line: string
}

const perAuction: Job = {
  query: `SELECT auction, time_bucket(INTERVAL '10 seconds', dateTime) AS w, count(*) AS n FROM ${bids} GROUP BY ALL`,
  line: `auction || '|' || epoch_ms(w) || '=' || n`,
}

const perHour: Job = {
  query: `SELECT origin, time_bucket(INTERVAL '1 hour', date) AS w, count(*) AS n, sum(delay) AS d FROM '${file}' GROUP BY ALL`,
  line: `origin || '|' || epoch_ms(w) || '=' || n || '|' || d`,
}

const jobs: Record<string, Job> = {
  bids: perAuction,
  rows: perAuction,
  columns: {
    query: `SELECT sum(auction) AS a, sum(bidder) AS b, sum(price) AS p, max(channel) AS c, max(url) AS u,
      max(dateTime) AS d, max(extra) AS e FROM ${bids}`,
    line: `a || '|' || b || '|' || p || '|' || c || '|' || u || '|' || epoch_ms(d) || '|' || e`,
  },
  channel: { query: `SELECT channel, count(*) AS n FROM ${bids} GROUP BY ALL`, line: `channel || '=' || n` },
  project: { query: `SELECT auction, price, channel FROM ${bids} WHERE price > 1000000`, line: '' },
  flights: perHour,
  flightrows: perHour,
}

const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const connection = await instance.connect()
await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
const { query, line } = jobs[job] as Job
const started = performance.now()
if (job === 'project') {
  const out = join(scratch, `duckdb-${process.pid}.jsonl`)
  mkdirSync(scratch, { recursive: true })
  await connection.run(`COPY (${query}) TO '${out}' (FORMAT json, ARRAY false)`)
  report((performance.now() - started) / 1000, () => readFileSync(out, 'utf8').trimEnd().split('\n'))
  rmSync(out)
} else {
  await connection.run(`CREATE TEMP TABLE result AS ${query}`)
  const seconds = (performance.now() - started) / 1000
  const rows = await connection.runAndReadAll(`SELECT ${line} FROM result`)
  report(seconds, () => rows.getRows().map(row => String(row[0])))
}
