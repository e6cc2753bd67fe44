// The contestant: the same jobs by the typed table API, one thread, file to result. `bids` is the streaming query (every
// window told once, when it is final) into columns, `flights` a batch into an Arrow table, as DuckDB keeps its results; the
// others (`rows` and `flightrows` the same queries) collect rows as JavaScript objects, which is more work; `project` and `stream` write a folder of JSON lines with everything a kept query does:
// checkpoints, fsync, a manifest.
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { millrace, read, t, write } from 'millrace'
import { toArrow } from 'millrace/arrow'
import { BID } from '../nexmark/tables.ts'
import { report } from '../support/measure.ts'
import { columnsSink } from './columns.ts'

const [job, file, scratch] = process.argv.slice(2) as [string, string, string]

const options = { schema: BID, time: 'dateTime', lateBy: '4 seconds' } as const
const bids = file.endsWith('.csv') ? read.csv(file, options) : read.json(file, options)
const perAuction = bids
  .window({ tumbling: '10 seconds' })
  .groupBy('auction')
  .agg(g => ({ n: g.count() }))

const perHour = () =>
  read
    .parquet(file, { schema: t.row({ date: t.timestamp(), delay: t.int(), origin: t.string() }), time: 'date' })
    .window({ tumbling: '1 hour' })
    .groupBy('origin')
    .agg(g => ({ n: g.count(), d: g.delay.sum() }))

/** A row of an Arrow table: instants are milliseconds. */
interface Hour {
  readonly origin: string
  readonly window: { readonly start: number }
  readonly n: number
  readonly d: number
}

type Answer = () => readonly string[]

const jobs: Record<string, () => Promise<Answer>> = {
  async bids() {
    const { spec, column } = columnsSink()
    await using engine = await millrace({ dir: false })
    const run = await engine.run('bench', perAuction.final().to(spec), { until: 'now' })
    await run.done
    return () => {
      const [auctions, starts, counts] = [column(0), column(1), column(3)]
      return auctions.map((auction, i) => `${auction}|${(starts[i] as bigint) / 1000n}=${counts[i]}`)
    }
  },
  async rows() {
    const rows = await perAuction.collect()
    return () => rows.map(row => `${row.auction}|${row.window.start.getTime()}=${row.n}`)
  },
  async columns() {
    const [row] = await bids
      .agg(g => ({
        a: g.auction.sum(),
        b: g.bidder.sum(),
        p: g.price.sum(),
        c: g.channel.max(),
        u: g.url.max(),
        d: g.dateTime.max(),
        e: g.extra.max(),
      }))
      .collect()
    return () => [[row?.a, row?.b, row?.p, row?.c, row?.u, row?.d?.getTime(), row?.e].join('|')]
  },
  async channel() {
    const rows = await bids
      .groupBy('channel')
      .agg(g => ({ n: g.count() }))
      .collect()
    return () => rows.map(row => `${row.channel}=${row.n}`)
  },
  async project() {
    const dear = bids
      .where(b => b.price.gt(1_000_000))
      .select(b => ({ auction: b.auction, price: b.price, channel: b.channel }))
    return kept(folder => dear.to(write.json(folder)))
  },
  async stream() {
    return kept(folder => perAuction.final().to(write.json(folder)))
  },
  async flights() {
    const table = await toArrow(perHour())
    return () => [...(table as Iterable<Hour>)].map(row => `${row.origin}|${row.window.start}=${row.n}|${row.d}`)
  },
  async flightrows() {
    const rows = await perHour().collect()
    return () => rows.map(row => `${row.origin}|${row.window.start.getTime()}=${row.n}|${row.d}`)
  },
}

type Sunk = Parameters<Awaited<ReturnType<typeof millrace>>['run']>[1]

/** Run until what is there has been written; the answer is the lines of the folder. */
async function kept(outputTo: (folder: string) => Sunk): Promise<Answer> {
  mkdirSync(scratch, { recursive: true })
  const dir = mkdtempSync(join(scratch, 'run-'))
  await using engine = await millrace({ dir: join(dir, 'state') })
  const run = await engine.run('bench', outputTo(join(dir, 'out')), { until: 'now' })
  await run.done
  return () => {
    const lines = globSync(join(dir, 'out/**/*.jsonl')).flatMap(path =>
      readFileSync(path, 'utf8').trimEnd().split('\n'),
    )
    rmSync(dir, { recursive: true })
    return lines
  }
}

const started = performance.now()
const answer = await (jobs[job] as () => Promise<Answer>)()
const seconds = (performance.now() - started) / 1000
report(seconds, answer)
