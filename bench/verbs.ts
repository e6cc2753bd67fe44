// `npm run bench -- verbs [rows]`: operators that have no bench of their own, each through the whole engine (JSON lines →
// verb → columns), beside what a team writes by hand in the same process: JSON.parse and a Map. Answers must be equal.
import { readFileSync } from 'node:fs'
import { read, t } from 'millrace'
import { toArrow } from 'millrace/arrow'
import { nexmarkBids } from './data/nexmark.ts'

const rows = Number(process.argv[2] ?? 400_000)
const only = process.argv[3] ?? ''
const file = nexmarkBids(rows)
const Bid = t.row({
  auction: t.int(),
  bidder: t.int(),
  price: t.int(),
  channel: t.string(),
  dateTime: t.timestamp(),
})
const bids = read.json(file, { schema: Bid, time: 'dateTime', lateBy: '4 seconds' })
const second = (at: number): number => Math.floor(at / 1000)

interface Row {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly dateTime: number
}

function* parsed(): Generator<Row> {
  const text = readFileSync(file, 'utf8')
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf('\n', from)
    const row = JSON.parse(text.slice(from, to))
    yield { ...row, dateTime: Date.parse(row.dateTime) }
    from = to + 1
  }
}

interface Case {
  readonly name: string
  /** Rows of the result, and a sum over them. */
  readonly verb: () => Promise<string>
  readonly loop: () => string
}

/** Rows of a table and the sum of one of its columns. */
async function answer(table: Parameters<typeof toArrow>[0], column: string): Promise<string> {
  const result = await toArrow(table)
  const values = result.getChild(column)
  let sum = 0
  for (let row = 0; row < result.numRows; row++) sum += Number(values.at(row) ?? 0)
  return `${result.numRows} rows, ${sum}`
}

const told = (count: number, sum: number): string => `${count} rows, ${sum}`

function byKey<V>(
  key: (row: Row) => string | number,
  merge: (was: V | undefined, row: Row) => V,
): Map<string | number, V> {
  const made = new Map<string | number, V>()
  for (const row of parsed()) made.set(key(row), merge(made.get(key(row)), row))
  return made
}

const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, each) => sum + each, 0)

/** By auction, in order of time: JavaScript's sort is stable, so ties stay as they came; the price decides here. */
function inOrder(): Map<number, Row[]> {
  const groups = new Map<number, Row[]>()
  for (const row of parsed()) {
    const group = groups.get(row.auction)
    if (group === undefined) groups.set(row.auction, [row])
    else group.push(row)
  }
  for (const group of groups.values()) group.sort((a, b) => a.dateTime - b.dateTime || a.price - b.price)
  return groups
}

const perSecond = bids
  .select(b => ({ at: b.dateTime.truncate('second'), auction: b.auction, price: b.price }))
  .groupBy('auction', 'at')
  .agg(g => ({ most: g.price.max() }))

const cases: readonly Case[] = [
  {
    name: 'panes',
    verb: () =>
      answer(
        bids
          .window({ tumbling: '10 seconds' })
          .groupBy('auction')
          .agg(g => ({ n: g.count() }))
          .emit({ early: { after: '1 minute' }, accumulate: 'accumulating' }),
        'n',
      ),
    loop() {
      const counts = byKey<number>(
        row => `${row.auction} ${Math.floor(row.dateTime / 10_000)}`,
        (was = 0) => was + 1,
      )
      return told(counts.size, sumOf(counts.values()))
    },
  },
  {
    name: 'dedup',
    verb: () => answer(bids.dedup({ by: ['auction', 'bidder'], within: '365 days' }).select(b => ({ auction: b.auction })), 'auction'), // biome-ignore format: a line
    loop() {
      const first = byKey<number>(
        row => `${row.auction} ${row.bidder}`,
        (was, row) => was ?? row.auction,
      )
      return told(first.size, sumOf(first.values()))
    },
  },
  {
    name: 'intersect',
    verb: () =>
      answer(
        bids
          .where(b => b.price.gt(1_000_000))
          .select(b => ({ auction: b.auction, bidder: b.bidder }))
          .intersect(bids.where(b => b.price.lt(1000)).select(b => ({ auction: b.auction, bidder: b.bidder }))),
        'auction',
      ),
    loop() {
      const [high, low] = [new Map<string, number>(), new Set<string>()]
      for (const { auction, bidder, price } of parsed()) {
        if (price > 1_000_000) high.set(`${auction} ${bidder}`, auction)
        if (price < 1000) low.add(`${auction} ${bidder}`)
      }
      const both = [...high].filter(([key]) => low.has(key)).map(([, auction]) => auction)
      return told(both.length, sumOf(both))
    },
  },
  {
    name: 'over, running sum and lag',
    verb: () =>
      answer(
        bids
          .select(b => ({ auction: b.auction, price: b.price, at: b.dateTime }))
          .over({ per: 'auction', by: b => [b.at, b.price], rows: { preceding: 'unbounded' } }, w => ({
            sum: w.price.sum(),
            before: w.price.lag(),
          }))
          .select(b => ({ gained: b.sum.sub(b.before.coalesce(0)) })),
        'gained',
      ),
    loop() {
      let [count, total] = [0, 0]
      for (const group of inOrder().values()) {
        let [sum, before] = [0, 0]
        for (const { price } of group) {
          sum += price
          total += sum - before
          before = price
          count++
        }
      }
      return told(count, total)
    },
  },
  {
    name: 'fill gaps',
    verb: () => answer(perSecond.fillGaps({ every: '1 second', per: 'auction', time: 'at', fill: { most: 'last' } }), 'most'), // biome-ignore format: a line
    loop() {
      const most = new Map<number, Map<number, number>>()
      for (const { auction, dateTime, price } of parsed()) {
        const of = most.get(auction) ?? new Map<number, number>()
        most.set(auction, of)
        of.set(second(dateTime), Math.max(of.get(second(dateTime)) ?? 0, price))
      }
      let [count, sum] = [0, 0]
      for (const of of most.values()) {
        const times = [...of.keys()].sort((a, b) => a - b)
        let last = 0
        for (let at = times[0] as number; at <= (times.at(-1) as number); at++) {
          last = of.get(at) ?? last
          count++
          sum += last
        }
      }
      return told(count, sum)
    },
  },
  {
    name: 'as of the last change',
    verb: () =>
      answer(
        bids.asOf(
          bids
            .where(b => b.price.gt(1_000_000))
            .select(b => ({ auction: b.auction, dateTime: b.dateTime, high: b.price })),
          { on: (b, h) => b.auction.eq(h.auction), select: (_b, h) => ({ high: h.high }) },
        ),
        'high',
      ),
    loop() {
      let [count, sum] = [0, 0]
      for (const group of inOrder().values()) {
        let high: number | undefined
        for (let i = 0; i < group.length; ) {
          let end = i
          let best: number | undefined
          for (; group[end]?.dateTime === group[i]?.dateTime; end++) {
            const { price } = group[end] as Row
            if (price > 1_000_000) best = Math.max(best ?? 0, price)
          }
          high = best ?? high
          if (high !== undefined) {
            count += end - i
            sum += high * (end - i)
          }
          i = end
        }
      }
      return told(count, sum)
    },
  },
  {
    name: 'enrich, 500 at a time',
    verb: () =>
      answer(
        bids
          .select(b => ({ bidder: b.bidder }))
          .enrich(async some => some.map(each => ({ half: Math.floor(each.bidder / 2) })), {
            columns: t.row({ half: t.int() }),
            batch: 500,
          }),
        'half',
      ),
    loop() {
      let [count, sum] = [0, 0]
      for (const { bidder } of parsed()) {
        count++
        sum += Math.floor(bidder / 2)
      }
      return told(count, sum)
    },
  },
]

const say = (line: string): void => void process.stdout.write(`${line}\n`)

say(`${rows} bids, file to columns, one thread, best of two`)
say('verb                        millrace s   loop s   × loop  M rows/s  answer')
for (const { name, verb, loop } of cases) {
  if (!name.includes(only)) continue
  const timed = async (task: () => string | Promise<string>): Promise<readonly [number, string]> => {
    const began = performance.now()
    const made = await task()
    return [(performance.now() - began) / 1000, made]
  }
  const [a, b, c, d] = [await timed(verb), await timed(loop), await timed(verb), await timed(loop)]
  const [own, hand] = [Math.min(a[0], c[0]), Math.min(b[0], d[0])]
  say(`${name.padEnd(27)} ${own.toFixed(3).padStart(10)} ${hand.toFixed(3).padStart(8)} ${(hand / own).toFixed(2).padStart(8)} ${(rows / own / 1e6).toFixed(2).padStart(9)}  ${a[1]}`) // biome-ignore format: a line
  if (a[1] === b[1] && c[1] === a[1]) continue
  say(`${name}: by hand it is ${b[1]}`)
  process.exitCode = 1
}
