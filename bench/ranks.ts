// Rankings over bids as NEXMark has them, rows in memory: rows per second, best of three. One thread.
//   q18  the last bid of each bidder on each auction      q19  the ten highest bids of each auction
import { BATCH_ROWS, type Batch, batchFromRows, kindOf, Memory } from '../src/data/index.ts'
import { type RankSpec, rank } from '../src/ops/index.ts'
import { field, leaves, schemaOf, scalars as t } from '../src/types/index.ts'

const BATCHES = 100
const memory = new Memory()
const schema = schemaOf([
  field('auction', t.int),
  field('bidder', t.int),
  field('price', t.int),
  field('channel', t.string),
  field('url', t.string),
  field('dateTime', t.timestamp),
  field('extra', t.string),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const inputs = memory.arena()
let seed = 1
const random = (below: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 2 ** 32) * below)
}

/** Bids as the generator of NEXMark makes them: half of them on a hot auction, three in four by a hot bidder. */
function bid(number: number) {
  const [auctions, people] = [Math.floor(number / 15) + 20, Math.floor(number / 46) + 50]
  return {
    auction: random(2) === 0 ? auctions - (auctions % 100) : auctions - random(20),
    bidder: random(4) !== 0 ? people - (people % 100) + 1 : people - random(50),
    price: Math.floor(10 ** (2 + random(6000) / 1000)),
    channel: ['apple', 'google', 'facebook', 'baidu', `channel-${random(10_000)}`][random(5)],
    url: `https://www.nexmark.com/${random(1e9).toString(36)}/item.htm?query=1&channel_id=${random(1e9)}`,
    dateTime: new Date(1.5e12 + number / 10),
    extra: 'x'.repeat(random(60)),
  }
}

const batches = Array.from({ length: BATCHES }, (_, b) =>
  batchFromRows(
    Array.from({ length: BATCH_ROWS }, (_, i) => bid(b * BATCH_ROWS + i)),
    schema,
    inputs,
  ),
)
const arena = memory.arena()

function measure(name: string, spec: Partial<RankSpec>, perEpoch: number): void {
  if (!name.includes(process.argv[2] ?? '')) return
  let best = Number.POSITIVE_INFINITY
  let rows = 0
  for (let round = 0; round < 3; round++) {
    const context = { memory, arena, operator: 'bench', durable: false }
    const operator = rank({ ...common, ...spec }, context)
    rows = 0
    const count = (_port: number, delta: Batch): void => {
      rows += delta.count
    }
    const started = performance.now()
    for (const [i, batch] of batches.entries()) {
      operator.step(0, batch, count)
      arena.reset()
      if ((i + 1) % perEpoch === 0) operator.flush(count)
    }
    operator.flush(count)
    best = Math.min(best, performance.now() - started)
    operator.close()
  }
  const speed = (BATCH_ROWS * BATCHES) / best / 1000
  console.log(`${name.padEnd(50)} ${speed.toFixed(2).padStart(8)} M rows/s, ${rows} changes`)
}

const by = (column: number, descending: boolean) => ({ by: column, order: { descending, nulls: 'last' as const } })
const group = (column: number) => ({ by: column, type: t.int, nullable: false })
const common: RankSpec = {
  per: [group(0)],
  order: [by(2, true)],
  kinds,
  rank: 'row_number',
  limit: 10,
  shown: true,
  appendOnlyInput: true,
  emit: 'changes',
}
const last = { per: [group(1), group(0)], order: [by(5, true)], limit: 1, shown: false }
measure('q18: one epoch', last, BATCHES)
measure('q18: an epoch of 40,960 rows', last, 10)
measure('q19: one epoch', {}, BATCHES)
measure('q19: an epoch of 40,960 rows', {}, 10)
measure('q19: ranks of ties', { rank: 'rank' }, BATCHES)
measure('q19: over an input that may retract', { appendOnlyInput: false }, BATCHES)
measure('rank without limit', { limit: undefined }, BATCHES)
