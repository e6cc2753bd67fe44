// Decimals through tables: groups, joins, orders, windows; in a batch, in streams however they are cut, after restarts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError, read, t } from '../../src/index.ts'
import { checkEverywhere } from '../../src/testing/index.ts'

const Sale = t.row({
  id: t.int(),
  shop: t.string(),
  price: t.decimal(10, 2),
  rate: t.decimal().nullable(),
  at: t.timestamp(),
})
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute))
const rows = [
  { id: 1, shop: 'a', price: '10.50', rate: '1.1', at: at(0) },
  { id: 2, shop: 'b', price: '0.25', rate: '1.10', at: at(1) },
  { id: 3, shop: 'a', price: '-3.00', rate: null, at: at(2) },
  { id: 4, shop: 'a', price: '10.50', rate: 'NaN', at: at(3) },
  { id: 5, shop: 'b', price: '99999999.99', rate: '2.000', at: at(9) },
]
const sales = () => read.from(rows, { schema: Sale, time: 'at' })

test('rows take text, numbers and bigints, and give text', async () => {
  const Row = t.row({ d: t.decimal(6, 2) })
  const given = [{ d: '1.5' }, { d: 2.005 }, { d: 3n }, { d: '-0' }] as unknown as { d: string }[]
  assert.deepEqual(await read.from(given, { schema: Row }).collect(), [
    { d: '1.50' },
    { d: '2.01' },
    { d: '3.00' },
    { d: '0.00' },
  ])
  const refused = (value: unknown) => read.from([{ d: value as string }], { schema: Row }).collect()
  await assert.rejects(refused('12345.00'), /BAD_VALUE.*does not fit decimal\(6, 2\)/s)
  await assert.rejects(refused('1,5'), /BAD_VALUE/)
  await assert.rejects(refused(true), /BAD_VALUE/)
})

test('t.decimal says how many digits there are', () => {
  for (const [p, s] of [[0], [37], [1.5], [4, 5], [4, -1], [undefined, 2], ['4'], [Number.NaN]] as [number, number][])
    assert.throws(
      () => t.decimal(p, s),
      (error: unknown) => error instanceof MillraceError && error.code === 'BAD_SCHEMA',
      `${p}, ${s}`,
    )
})

test('arithmetic is exact, beside numbers and text too', async () => {
  const [first] = await sales()
    .where(s => s.id.eq(1))
    .select(s => ({
      net: s.price.mul(0.908),
      more: s.price.mul(2).add('0.001'),
      third: s.price.div(3),
      rounded: s.price.mul(s.rate).round(1),
      cheap: s.price.lt(10.51),
      text: s.price.cast('string'),
      real: s.price.cast('double'),
    }))
    .collect()
  assert.deepEqual(first, {
    net: '9.53400',
    more: '21.001',
    third: '3.5000000000000000',
    rounded: '11.6',
    cheap: true,
    text: '10.50',
    real: 10.5,
  })
})

test('equal numbers are one group, one key and one row, whatever they show', async () => {
  const counted = await sales()
    .groupBy('rate')
    .agg(g => ({ n: g.count(), sum: g.price.sum(), most: g.price.max() }))
    .orderBy(g => g.rate)
    .collect()
  assert.deepEqual(counted, [
    { rate: '1.1', n: 2, sum: '10.75', most: '10.50' },
    { rate: '2', n: 1, sum: '99999999.99', most: '99999999.99' },
    { rate: 'NaN', n: 1, sum: '10.50', most: '10.50' },
    { rate: null, n: 1, sum: '-3.00', most: '-3.00' },
  ])
  const prices = read.from([{ cost: '10.5000' }, { cost: '7' }], { schema: t.row({ cost: t.decimal(10, 4) }) })
  const joined = await sales()
    .join(prices, { on: (s, p) => s.price.eq(p.cost) })
    .select(s => ({ id: s.id, cost: s.cost }))
    .collect()
  assert.deepEqual(joined, [
    { id: 1, cost: '10.5000' },
    { id: 4, cost: '10.5000' },
  ])
  const different = await sales()
    .select(s => ({ price: s.price }))
    .distinct()
    .collect()
  assert.deepEqual(different.map(row => row.price).sort(), ['-3.00', '0.25', '10.50', '99999999.99'])
})

test('order is by value', async () => {
  const top = await sales()
    .orderBy(s => s.price.desc())
    .limit(2)
    .collect()
  assert.deepEqual(
    top.map(row => row.id),
    [5, 1],
  )
})

const tables = {
  groups: () =>
    sales()
      .groupBy('rate')
      .agg(g => ({ sum: g.price.sum(), mean: g.price.avg(), least: g.rate.min(), spread: g.price.stddev() })),
  'groups of groups': () =>
    sales()
      .groupBy('shop')
      .agg(g => ({ rates: g.rate.sum(), best: g.price.max() }))
      .groupBy('best')
      .agg(g => ({ rates: g.rates.sum(), n: g.count() })),
  windows: () =>
    sales()
      .window({ tumbling: '5 minutes' })
      .groupBy('shop')
      .agg(g => ({ sum: g.price.sum(), last: g.rate.last() })),
  'running sums': () =>
    sales().over({ per: 'shop', by: s => s.at }, w => ({
      sum: w.price.sum(),
      before: w.rate.lag(1),
      mean: w.rate.avg(),
    })),
  ranks: () => sales().topN(1, { per: 'shop', by: s => s.price.desc() }),
  'different rates': () =>
    sales()
      .select(s => ({ rate: s.rate }))
      .distinct(),
}
for (const [what, table] of Object.entries(tables))
  test(`everywhere the same: ${what}`, () => checkEverywhere(table(), rows, { runs: 6 }))
