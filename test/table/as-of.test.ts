// As-of joins through the typed API: whatever comes first, however it is cut, the batch answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from '../../src/index.ts'
import { checkEverywhere, testing } from '../../src/testing/index.ts'
import { seeded } from '../support/seed.ts'

const trades = read.memory(t.row({ symbol: t.string().nullable(), at: t.timestamp(), size: t.int() }), {
  name: 'trades',
  time: 'at',
  lateBy: '10 seconds',
}).table
const quotes = read.memory(t.row({ symbol: t.string().nullable(), since: t.timestamp(), bid: t.double() }), {
  name: 'quotes',
  time: 'since',
  lateBy: '10 seconds',
}).table

const second = (n: number): Date => new Date(Date.UTC(2026, 0, 1, 9, 0, n))

seeded(
  'as-of joins give the batch answer everywhere',
  async rng => {
    const direction = rng.pick(['backward', 'forward', 'nearest'] as const)
    const type = rng.pick(['inner', 'left'] as const)
    const tolerance = rng.pick(['1 second', '10 seconds'] as const)
    const table = trades.asOf(quotes, { on: (a, b) => a.symbol.eq(b.symbol), direction, type, tolerance })
    const symbols = ['A', 'B', null]
    const traded = rng.list(8, () => ({ symbol: rng.pick(symbols), at: second(rng.int(0, 20)), size: rng.int(1, 3) }))
    const quoted = rng.list(8, () => ({ symbol: rng.pick(symbols), since: second(rng.int(0, 20)), bid: rng.int(1, 9) }))
    await checkEverywhere(table, { trades: traded, quotes: quoted }, { runs: 3, seed: rng.int(0, 1e6) })
  },
  { runs: 6 },
)

test('a trade meets the quote that was valid, though it came later', async () => {
  await using run = await testing(trades.asOf(quotes, { on: (a, b) => a.symbol.eq(b.symbol), type: 'left' }))
  run.input(trades).push({ symbol: 'A', at: second(10), size: 1 })
  run.input(quotes).push({ symbol: 'A', since: second(1), bid: 1 })
  await run.epoch()
  assert.deepEqual(run.rows(), [])
  run.input(quotes).push({ symbol: 'A', since: second(9), bid: 9 })
  await run.epoch()
  await run.advanceTo(second(30))
  assert.deepEqual(
    run.rows().map(row => row.bid),
    [9],
  )
})

test('what it can not do is refused by name', () => {
  const untimed = read.memory(t.row({ symbol: t.string(), bid: t.double() })).table
  const on = (a: { symbol: never }, b: { symbol: never }) => (a.symbol as { eq(other: never): never }).eq(b.symbol)
  assert.throws(() => trades.asOf(untimed, { on: on as never }), /asOf.*the right side has none/s)
  assert.throws(
    () => trades.asOf(quotes, { on: ((a: never) => (a as { size: { gt(n: number): never } }).size.gt(1)) as never }),
    /asOf/,
  )
  assert.throws(
    () => trades.asOf(quotes, { on: (a, b) => a.symbol.eq(b.symbol), direction: 'sideways' as 'backward' }),
    /there is no such direction/,
  )
  const changing = quotes
    .window({ tumbling: '1 minute' })
    .groupBy('symbol')
    .agg(g => ({ bid: g.bid.max() }))
  assert.match(
    trades
      .asOf(changing, { on: (a, b) => a.symbol.eq(b.symbol), select: (a, b) => ({ s: a.symbol, b: b.bid }) })
      .explain(),
    /as of/,
  )
})
