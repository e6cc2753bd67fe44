// `npm run bench -- bounds [rows]`: law: what operators bounded by time keep is what explain() says, however long they run.
// 10,000,000 bids of NEXMark time (10,000 a second, an auction for every fifteen) go through each operator; what is kept is
// asked after every epoch and compared with the bound of explain() in rows: so many as come within that time.
import { and, millrace, read, t, write } from 'millrace'

const rows = Number(process.argv[2] ?? 10_000_000)
const RATE = 10_000
const LATE_SECONDS = 4
/** Seconds of event time in an epoch. */
const STEP = 5
const START = Date.UTC(2026, 0, 1)

const Bid = t.row({ auction: t.int(), bidder: t.int(), price: t.int(), at: t.timestamp() })
const Auction = t.row({ id: t.int(), seller: t.int(), opened: t.timestamp() })

interface Case {
  readonly name: string
  /** How often a row is kept: in so many windows. */
  readonly copies: number
  /** Sessions stay open as long as their key is busy: their bound has no span. */
  readonly span?: number
  readonly of: (bids: Bids, auctions: Auctions) => Kept
}

const bidInput = () => read.memory(Bid, { time: 'at', lateBy: `${LATE_SECONDS} seconds`, keep: 'uncommitted', highWater: RATE * STEP }) // biome-ignore format: a line
const auctionInput = () => read.memory(Auction, { time: 'opened', lateBy: `${LATE_SECONDS} seconds`, keep: 'uncommitted', highWater: RATE * STEP }) // biome-ignore format: a line
type Bids = ReturnType<typeof bidInput>['table']
type Auctions = ReturnType<typeof auctionInput>['table']
interface Kept {
  explain(): string
  readonly node: unknown
}

const cases: readonly Case[] = [
  {
    name: 'tumbling, final',
    copies: 1,
    of: bids =>
      bids
        .window({ tumbling: '10 seconds' })
        .groupBy('auction')
        .agg(g => ({ n: g.count(), most: g.price.max() }))
        .final(),
  },
  {
    name: 'sliding, corrected',
    copies: 6,
    of: bids =>
      bids
        .window({ sliding: '1 minute', every: '10 seconds' })
        .groupBy('bidder')
        .agg(g => ({ n: g.count() })),
  },
  {
    name: 'cumulating',
    copies: 6,
    of: bids =>
      bids
        .window({ cumulating: '1 minute', every: '10 seconds' })
        .groupBy('auction')
        .agg(g => ({ n: g.count() })),
  },
  {
    name: 'sessions',
    copies: 1,
    // A bidder is busy for two seconds, and its session ends after the gap.
    span: 10 + 2,
    of: bids =>
      bids
        .window({ session: '10 seconds' })
        .groupBy('bidder')
        .agg(g => ({ n: g.count() })),
  },
  {
    name: 'interval join',
    copies: 1,
    of: (bids, auctions) =>
      auctions.join(bids, {
        type: 'left',
        on: (a, b) => a.id.eq(b.auction),
        within: { after: '20 seconds' },
        select: (a, b) => ({ id: a.id, price: b.price }),
      }),
  },
  {
    name: 'window join',
    copies: 1,
    of: bids =>
      bids.window({ tumbling: '10 seconds' }).join(
        bids.window({ tumbling: '10 seconds' }).agg(g => ({ most: g.price.max() })),
        {
          on: (b, m) => and(b.window.eq(m.window), b.price.eq(m.most)),
          select: b => ({ auction: b.auction, price: b.price }),
        },
      ),
  },
  {
    name: 'over, around in time',
    copies: 1,
    of: bids =>
      bids
        .over({ per: 'bidder', by: b => b.at, range: { preceding: '10 seconds', following: '5 seconds' } }, w => ({
          near: w.price.sum(),
        }))
        .final(),
  },
  { name: 'dedup', copies: 1, of: bids => bids.dedup({ by: ['auction', 'bidder'], within: '10 seconds' }) },
]

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 }

/** The longest `watermark + …` of a plan, in seconds. */
function spanOf(text: string): number {
  const spans = [...text.matchAll(/watermark \+ (\d+) (second|minute|hour)s?/g)]
  return Math.max(0, ...spans.map(([, n, unit]) => Number(n) * (SECONDS[unit as string] as number)))
}

/** The bids of a step: their auction is one of the last hundred that were opened, their bidder is busy for a while. */
function bidsOf(step: number) {
  const first = step * RATE * STEP
  return Array.from({ length: Math.min(RATE * STEP, rows - first) }, (_, i) => {
    const n = first + i
    const mixed = Math.imul(n, 2654435761) >>> 0
    const second = Math.floor(n / (2 * RATE))
    return {
      auction: Math.floor(n / 15) - (mixed % 100),
      bidder: second * 1000 + (mixed % 1000),
      price: mixed % 10_000_000,
      at: new Date(START + n / (RATE / 1000)),
    }
  })
}

function auctionsOf(step: number) {
  const first = (step * RATE * STEP) / 15
  return Array.from({ length: Math.floor((RATE * STEP) / 15) }, (_, i) => ({
    id: Math.floor(first) + i,
    seller: i,
    opened: new Date(START + step * STEP * 1000 + (i * 15) / (RATE / 1000)),
  }))
}

interface Measured {
  readonly most: number
  readonly early: number
  readonly late: number
  readonly bytes: number
}

async function measure({ of }: Case): Promise<Measured & { readonly text: string }> {
  const [bids, auctions] = [bidInput(), auctionInput()]
  const table = of(bids.table, auctions.table) as Kept & { to: (sink: unknown, options: object) => never }
  const kept: number[] = []
  let bytes = 0
  await using engine = await millrace({ dir: false, memory: '3 GB' })
  const output = table.to(
    write.foreachBatch(async () => {}),
    { mode: 'retract' },
  )
  await using run = await engine.run('bounds', output)
  run.on('progress', each => {
    kept.push(each.stateRows)
    bytes = Math.max(bytes, each.stateBytes)
  })
  for (let step = 0; step * RATE * STEP < rows; step++) {
    await auctions.push(auctionsOf(step)).catch(() => {})
    await bids.push(bidsOf(step))
  }
  bids.close()
  auctions.close()
  await run.done
  const most = (from: number, to: number): number =>
    Math.max(...kept.slice(Math.floor(kept.length * from), Math.floor(kept.length * to)))
  return { most: most(0, 1), early: most(0.2, 0.6), late: most(0.6, 0.95), bytes, text: table.explain() }
}

say(`${rows} bids of ${rows / RATE} seconds, ${LATE_SECONDS} seconds late at most; epochs of about ${STEP} seconds`)
say('operator             most rows kept  bound in rows   share  grows   most MB  bound of explain()')
for (const each of cases) {
  const { most, early, late, bytes, text } = await measure(each)
  const span = each.span ?? spanOf(text)
  // What came within the span, as much again as may be late, and the epochs that are on their way.
  const bound = RATE * (span + LATE_SECONDS + 3 * STEP) * each.copies
  const words = /state ≤ [^,\n]*/.exec(text)?.[0] ?? /≤ (watermark|sessions)[^,\n]*/.exec(text)?.[0]
  say(
    `${each.name.padEnd(20)} ${String(most).padStart(14)} ${String(bound).padStart(14)} ${(most / bound).toFixed(2).padStart(7)} ${(late / early).toFixed(2).padStart(6)} ${(bytes / 1e6).toFixed(1).padStart(9)}  ${words}`,
  )
  if (!(span > 0 && most > 0 && most <= bound && late <= early * 1.2)) process.exitCode = 1
}
