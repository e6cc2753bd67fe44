// Windows by count as users write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const Order = t.row({ shop: t.string(), at: t.timestamp(), amount: t.int() })
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute))
const order = (shop: string, minute: number, amount: number) => ({ shop, at: at(minute), amount })
const orders = read.from(
  [7, 1, 4, 3, 2, 6, 5].map(minute => order(minute % 2 === 0 ? 'even' : 'odd', minute, minute)),
  { schema: Order, time: 'at' },
)

const shown = (rows: readonly { window: { start: number; end: number }; sum: number }[]): string =>
  rows
    .map(({ window: { start, end }, sum }) => `${start}-${end}:${sum}`)
    .sort()
    .join(' ')

test('windows of so many rows, in the order of event time', async () => {
  const all = orders.countWindow(3).agg(g => ({ sum: g.amount.sum() }))
  assert.equal(shown(await all.collect()), '0-3:6 3-6:15')
  const perShop = orders
    .groupBy('shop')
    .countWindow(2)
    .agg(g => ({ sum: g.amount.sum(), last: g.at.max() }))
  const rows = await perShop.orderBy(r => [r.shop, r.window.start]).collect()
  assert.deepEqual(
    rows.map(each => `${each.shop} ${each.window.start} ${each.sum} ${each.last.getUTCMinutes()}`),
    ['even 0 6 4', 'odd 0 4 3', 'odd 2 12 7'],
  )
})

test('sliding windows, and those that have fewer rows', async () => {
  const sums = async (every: number, partial?: 'none' | 'first' | 'last' | 'both') => {
    const options = partial === undefined ? { every } : { every, partial }
    return shown(
      await orders
        .countWindow(3, options)
        .agg(g => ({ sum: g.amount.sum() }))
        .collect(),
    )
  }
  assert.equal(await sums(2), '1-4:9 3-6:15')
  assert.equal(await sums(2, 'first'), '0-2:3 1-4:9 3-6:15')
  assert.equal(await sums(2, 'last'), '1-4:9 3-6:15 5-8:13')
  assert.equal(await sums(3, 'last'), '0-3:6 3-6:15 6-9:7')
  assert.equal(await sums(1, 'both'), '0-1:1 0-2:3 0-3:6 1-4:9 2-5:12 3-6:15 4-7:18 5-8:13 6-9:7')
  assert.equal(await sums(5), '2-5:12')
})

test('any order, any aggregate, and expressions of aggregates', async () => {
  const best = orders
    .groupBy('shop')
    .countWindow(2, { by: o => o.amount.desc() })
    .agg(g => ({ best: g.amount.max(), n: g.amount.countDistinct(), mean: g.amount.sum().div(g.count()) }))
  const rows = await best
    .where(r => r.shop.eq('odd'))
    .orderBy(r => r.window.start)
    .collect()
  assert.deepEqual(
    rows.map(each => [each.best, each.n, each.mean].join()),
    ['7,2,6', '3,2,2'],
  )
})

test('a row that comes in between moves those behind it, over a table that changes', async () => {
  const live = read.memory(Order).table
  const sums = live.countWindow(2, { by: o => o.at }).agg(g => ({ sum: g.amount.sum() }))
  await using run = await testing(sums, { unbounded: true })
  run.push([order('a', 1, 1), order('a', 3, 3), order('a', 4, 4)])
  await run.epoch()
  assertTable(run, '| sum |\n| 4 |')
  run.push([order('a', 2, 2)])
  await run.epoch()
  assertTable(run, '| sum |\n| 3 |\n| 7 |')
})

test('what does not fit is refused with the fix', () => {
  const untimed = read.from([], { schema: Order })
  const refused = (make: () => unknown, code: string, fix: RegExp): void =>
    void assert.throws(make, (error: { code: string; message: string }) => {
      assert.equal(error.code, code)
      return fix.test(error.message)
    })
  refused(() => untimed.countWindow(3), 'WINDOW_WITHOUT_TIME', /by: r => r\.at/)
  refused(() => orders.countWindow(0), 'BAD_VERB', /countWindow: 0 is not a number of rows/)
  refused(() => orders.countWindow(2, { every: 0.5 }), 'BAD_VERB', /0\.5 is not a number of rows/)
  refused(() => orders.countWindow(2, { partial: 'all' as never }), 'BAD_VERB', /'first'/)
})

test('each window once, when the watermark has passed its rows', async () => {
  const live = read.memory(Order, { time: 'at', lateBy: '10 minutes' }).table
  const sums = live
    .groupBy('shop')
    .countWindow(2, { every: 1 })
    .agg(g => ({ sum: g.amount.sum() }))
    .final()
  await using run = await testing(sums)
  run.push([order('a', 5, 5), order('a', 0, 1), order('a', 19, 7), order('b', 3, 3)])
  await run.epoch()
  assertTable(run, '| shop | sum |\n| a | 6 |')
  run.push([order('a', 12, 2), order('b', 30, 1)])
  await run.epoch()
  assertTable(run, '| shop | sum |\n| a | 6 |\n| a | 7 |\n| a | 9 |')
})

test('what is left when the input ends', async () => {
  const final = (partial: 'none' | 'last') =>
    orders
      .countWindow(3, { partial })
      .agg(g => ({ sum: g.amount.sum() }))
      .final()
      .collect()
  assert.equal(shown(await final('none')), '0-3:6 3-6:15')
  assert.equal(shown(await final('last')), '0-3:6 3-6:15 6-9:7')
})
