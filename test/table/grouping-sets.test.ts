// Grouping sets, rollup, cube and pivot as users write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const Sale = t.row({ region: t.string(), item: t.string().nullable(), quarter: t.int(), amount: t.int() })
const rows = [
  { region: 'n', item: 'a', quarter: 1, amount: 1 },
  { region: 'n', item: 'b', quarter: 2, amount: 2 },
  { region: 's', item: 'a', quarter: 1, amount: 4 },
  { region: 's', item: null, quarter: 1, amount: 8 },
]
const sales = read.from(rows, { schema: Sale })
const none = sales.where(s => s.amount.gt(99))
const textOf = async (table: { collect(): Promise<readonly object[]> }) =>
  (await table.collect()).map(row => Object.values(row).join(' ')).sort()

test('rollup has subtotals, and says of which set a row is', async () => {
  const sums = sales.rollup('region', 'item').agg(g => ({ sum: g.amount.sum() }), { grouping: 'level' })
  assert.deepEqual(await textOf(sums), ['  15 3', 'n  3 1', 'n a 1 0', 'n b 2 0', 's  12 1', 's  8 0', 's a 4 0'])
})

test('cube has every combination', async () => {
  const counts = sales.cube('region', 'quarter').agg(g => ({ n: g.count() }), { grouping: 'level' })
  assert.deepEqual(await textOf(counts), [
    '  4 3',
    ' 1 3 2',
    ' 2 1 2',
    'n  2 1',
    'n 1 1 0',
    'n 2 1 0',
    's  2 1',
    's 1 2 0',
  ])
})

test('sets may repeat, and the empty one has a row of no rows', async () => {
  const twice = sales.groupingSets([['region'], ['region'], []]).agg(g => ({ n: g.count() }))
  assert.deepEqual(await textOf(twice), [' 4', 'n 2', 'n 2', 's 2', 's 2'])
  assert.deepEqual(await textOf(none.rollup('region').agg(g => ({ n: g.count(), sum: g.amount.sum() }))), [' 0 '])
  assert.deepEqual(await textOf(none.groupingSets([['region']]).agg(g => ({ n: g.count() }))), [])
})

test('in windows the window is a key of each set', async () => {
  const live = read.memory(t.row({ user: t.string(), at: t.timestamp() }), { time: 'at' }).table
  const counts = live
    .window({ tumbling: '1 hour' })
    .rollup('user')
    .agg(g => ({ n: g.count() }))
  await using run = await testing(counts.final())
  run.push([
    { user: 'ann', at: '2026-01-01T12:00:00Z' },
    { user: 'bob', at: '2026-01-01T12:01:00Z' },
    { user: 'bob', at: '2026-01-01T13:01:00Z' },
  ])
  await run.epoch()
  assertTable(run, '| user | n |\n| ann | 1 |\n| bob | 1 |\n| null | 2 |')
})

test('pivot makes columns of values', async () => {
  const perQuarter = await sales
    .groupBy('region')
    .pivot('quarter', [1, 2], g => g.amount.sum())
    .collect()
  assert.deepEqual(
    perQuarter.toSorted((a, b) => (a.region < b.region ? -1 : 1)),
    [
      { region: 'n', 1: 1, 2: 2 },
      { region: 's', 1: 12, 2: null },
    ],
  )
  const named = await sales
    .groupBy()
    .pivot('item', ['a', null], g => ({ n: g.count(), mean: g.amount.sum().div(g.count()) }))
    .collect()
  assert.deepEqual(named, [{ a_n: 2, a_mean: 2, null_n: 1, null_mean: 8 }])
})

test('what does not fit is refused with the fix', () => {
  assert.throws(() => sales.rollup(), /no keys/)
  assert.throws(() => sales.groupingSets([]).agg(g => ({ n: g.count() })), /list of lists/)
  assert.throws(() => sales.rollup('nope' as never).agg(g => ({ n: g.count() })), /nope/)
  assert.throws(() => sales.groupBy('region').pivot('quarter', [], g => g.count()), /values are missing/)
  assert.throws(() => sales.groupBy('region').pivot('quarter', [{}] as never, g => g.count()), /column's name/)
  assert.throws(() => sales.groupBy('region').pivot('quarter', [1, 1], g => g.count()), /1/)
})
