// `npm run bench -- loop-delay [rows]`: the host's event loop while queries run at full speed in the same process and
// thread: compute gives way every few milliseconds, so a server beside it stays responsive. One groups many rows, one makes
// 100 million pairs of few.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { millrace, read, t } from 'millrace'
import { columnsSink } from './core/columns.ts'
import { nexmarkBids } from './data/nexmark.ts'

const rows = Number(process.argv[2] ?? 1_840_000)
const RUNS = 5
const LIMIT_MS = 20
/** What the machine itself does to the loop is measured first, without a query. */
const IDLE_MS = 1000
/** The monitor's own timer: what it measures is its period and the delay. */
const RESOLUTION_MS = 1

const bids = read.json(nexmarkBids(rows), {
  schema: t.row({ auction: t.int(), price: t.int(), channel: t.string(), dateTime: t.timestamp() }),
  time: 'dateTime',
  lateBy: '4 seconds',
})
const perAuction = bids
  .window({ tumbling: '10 seconds' })
  .groupBy('auction')
  .agg(g => ({ n: g.count(), dearest: g.price.max() }))

const numbers = (name: 'x' | 'y') =>
  read.from(
    Array.from({ length: 10_000 }, (_, i) => ({ [name]: i })),
    { schema: t.row({ [name]: t.int() }) },
  )

const { spec } = columnsSink()
await using engine = await millrace({ dir: false })
engine.register('a', numbers('x'))
engine.register('b', numbers('y'))
const pairs = await engine.sql('SELECT count(*) AS n FROM a, b WHERE x < y')

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delays.enable()
await sleep(IDLE_MS)
const idle = delays.percentile(99)
await measure(`${RUNS} × ${rows} rows`, async () => {
  for (let i = 0; i < RUNS; i++)
    await (await engine.run('full-speed', perAuction.final().to(spec), { until: 'now' })).done
})
await measure('10,000 × 10,000 rows', () => pairs.collect())
delays.disable()

async function measure(what: string, task: () => Promise<unknown>): Promise<void> {
  delays.reset()
  const began = performance.now()
  await task()
  const seconds = (performance.now() - began) / 1000
  const ms = (nanoseconds: number): string => `${(nanoseconds / 1e6).toFixed(1)} ms`
  process.stdout.write(
    `${what}, ${seconds.toFixed(2)} s; event loop delay: median ${ms(delays.percentile(50))}, ` +
      `p99 ${ms(delays.percentile(99))}, worst ${ms(delays.max)} (p99 without a query: ${ms(idle)})\n`,
  )
  if (delays.percentile(99) / 1e6 > LIMIT_MS) process.exitCode = 1
}
