// The contestant: the same jobs by the typed table API, one thread, file to result.
import { read, t, write } from 'millrace'
import { digest, report } from '../support/measure.ts'

const [job, file, out] = process.argv.slice(2) as [string, string, string]

const bids = read.json(file, {
  schema: t.row({
    auction: t.int(),
    bidder: t.int(),
    price: t.int(),
    channel: t.string(),
    url: t.string(),
    dateTime: t.timestamp(),
    extra: t.string(),
  }),
  time: 'dateTime',
  lateBy: '4 seconds',
})

const jobs: Record<string, () => Promise<{ seconds: number; lines: string[] }>> = {
  async bids() {
    const counts = bids.window({ tumbling: '10 seconds' }).groupBy('auction').agg(g => ({ n: g.count() }))
    const { rows, seconds } = await timed(() => counts.collect())
    return { seconds, lines: rows.map(row => `${row.auction}|${row.window.start.getTime()}=${row.n}`) }
  },
  async columns() {
    const sums = bids.agg(g => ({
      a: g.auction.sum(),
      b: g.bidder.sum(),
      p: g.price.sum(),
      c: g.channel.max(),
      u: g.url.max(),
      d: g.dateTime.max(),
      e: g.extra.max(),
    }))
    const { rows, seconds } = await timed(() => sums.collect())
    return { seconds, lines: rows.map(row => [row.a, row.b, row.p, row.c, row.u, row.d?.getTime(), row.e].join('|')) }
  },
  async channel() {
    const { rows, seconds } = await timed(() => bids.groupBy('channel').agg(g => ({ n: g.count() })).collect())
    return { seconds, lines: rows.map(row => `${row.channel}=${row.n}`) }
  },
}

async function timed<T>(task: () => Promise<T>): Promise<{ rows: T; seconds: number }> {
  const started = performance.now()
  const rows = await task()
  return { rows, seconds: (performance.now() - started) / 1000 }
}
const { seconds, lines } = await (jobs[job] as () => Promise<{ seconds: number; lines: string[] }>)()
report(seconds, 0, digest(lines))
