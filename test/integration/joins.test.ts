// Joins through the whole engine: streams bounded by time and by windows, tables that change on both sides, chains of joins
// and aggregates, self-joins. Each is checked against its batch meaning under any cut, with restarts; a few read like stories.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, checkEverywhere, testing } from 'millrace/testing'
import { depth } from '../support/depth.ts'

const Order = t.row({ id: t.int(), customer: t.string().nullable(), at: t.timestamp(), amount: t.double() })
const Payment = t.row({ no: t.int(), order: t.int(), paid: t.timestamp(), sum: t.double() })
const orders = read.json('orders/*.jsonl', { schema: Order, time: 'at', lateBy: '1 hour', until: 'forever' })
const payments = read.json('payments/*.jsonl', { schema: Payment, time: 'paid', lateBy: '1 hour', until: 'forever' })

const minute = (m: number): Date => new Date(m * 60_000)
const CUSTOMERS = ['ada', 'bob', null, 'cleo']

/** Rows whose times are close enough to the front that none is late. */
const someOrders = Array.from({ length: 14 }, (_, i) => ({
  id: i % 9,
  customer: CUSTOMERS[i % 4] as string | null,
  at: minute(i * 3 + ((i * 7) % 5)),
  amount: (i * 13) % 40,
}))
const somePayments = Array.from({ length: 14 }, (_, i) => ({
  no: i,
  order: (i * 5) % 9,
  paid: minute(i * 3 + ((i * 11) % 7)),
  sum: (i * 17) % 40,
}))

const left = orders.window({ tumbling: '10 minutes' })
const right = payments.window({ tumbling: '10 minutes' })
const rows = { orders: someOrders, payments: somePayments }
const within = { before: '5 minutes', after: '10 minutes' } as const

describe('a join is its batch, however it is cut', () => {
  for (const type of ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const) {
    test(`streams bounded by time: ${type}`, async () => {
      const joined = orders.join(payments, { type, on: (o, p) => o.id.eq(p.order).and(o.amount.lte(p.sum)), within })
      await checkEverywhere(joined, rows, { runs: depth(15) })
    })
    test(`tables that change: ${type}`, async () => {
      const perCustomer = orders.groupBy('customer').agg(g => ({ n: g.count(), most: g.amount.max() }))
      const perOrder = payments.groupBy('order').agg(g => ({ times: g.count() }))
      const joined = perCustomer.join(perOrder, { type, on: (a, b) => a.n.eq(b.times) })
      await checkEverywhere(joined, rows, { runs: depth(15) })
    })
    if (type !== 'full')
      test(`windows: ${type}`, async () => {
        const joined = left.join(right, { type, on: (a, b) => a.window.eq(b.window).and(a.id.eq(b.order)) })
        await checkEverywhere(joined, rows, { runs: depth(15) })
      })
  }
  test('windows: full', async () => {
    const joined = left.join(right, {
      type: 'full',
      on: (a, b) => a.window.eq(b.window).and(a.id.eq(b.order)),
      select: (a, b) => ({ id: a.id, end: a.window.end, no: b.no }),
    })
    await checkEverywhere(joined, rows, { runs: depth(15) })
  })
  test('cross', async () => {
    const total = payments.agg(g => ({ payments: g.count() }))
    const joined = orders.agg(g => ({ orders: g.count() })).join(total, { type: 'cross' })
    await checkEverywhere(joined, rows, { runs: depth(10) })
  })
  test('with itself', async () => {
    const joined = orders.join(orders, {
      on: (a, b) => a.customer.eq(b.customer).and(a.id.lt(b.id)),
      within: { before: '20 minutes', after: '20 minutes' },
      select: (a, b) => ({ first: a.id, second: b.id, at: a.at }),
    })
    await checkEverywhere(joined, someOrders, { runs: depth(15) })
  })
  test('join, aggregate, join again', async () => {
    const paid = orders.join(payments, {
      on: (o, p) => o.id.eq(p.order),
      within,
      select: (o, p) => ({ id: o.id, at: o.at, sum: p.sum }),
    })
    const sums = paid
      .window({ tumbling: '10 minutes' })
      .groupBy('id')
      .agg(g => ({ total: g.sum.sum() }))
      .final()
    const back = sums.join(orders, {
      type: 'left',
      on: (s, o) => s.id.eq(o.id),
      within: { before: '10 minutes' },
      select: (s, o) => ({ id: s.id, end: s.window.end, total: s.total, customer: o.customer }),
    })
    await checkEverywhere(back, rows, { runs: depth(25) })
  })
})

test('a row without a partner comes once, when none can come any more', async () => {
  const joined = orders.join(payments, {
    type: 'left',
    on: (o, p) => o.id.eq(p.order),
    within: { after: '10 minutes' },
    select: (o, p) => ({ id: o.id, no: p.no }),
  })
  await using run = await testing(joined)
  run.input('orders').push({ id: 1, customer: 'ada', at: minute(0), amount: 5 })
  run.input('orders').push({ id: 2, customer: 'bob', at: minute(0), amount: 5 })
  await run.epoch()
  assertTable(run, '| id | no |\n| -- | -- |')
  run.input('payments').push({ no: 7, order: 1, paid: minute(10), sum: 5 })
  await run.epoch()
  assertTable(run, '| id | no |\n| -- | -- |\n| 1 | 7 |')
  // The watermark of payments is an hour behind: at 10 minutes a partner may still come, just after none.
  run.input('payments').push({ no: 8, order: 9, paid: minute(70), sum: 5 })
  await run.epoch()
  assertTable(run, '| id | no |\n| -- | -- |\n| 1 | 7 |')
  run.input('payments').push({ no: 9, order: 9, paid: minute(71), sum: 5 })
  await run.epoch()
  assertTable(run, '| id | no |\n| -- | -- |\n| 1 | 7 |\n| 2 | null |')
})

test('a left join of tables is there at once and is taken back', async () => {
  const names = orders.groupBy('id').agg(g => ({ most: g.amount.max() }))
  const sums = payments.groupBy('order').agg(g => ({ sum: g.sum.sum() }))
  const joined = names.join(sums, { type: 'left', on: (a, b) => a.id.eq(b.order) })
  await using run = await testing(joined)
  run.input('orders').push({ id: 1, customer: 'ada', at: minute(0), amount: 5 })
  await run.epoch()
  assertTable(run, '| id | most | sum |\n| -- | -- | -- |\n| 1 | 5 | null |')
  run.input('payments').push({ no: 7, order: 1, paid: minute(10), sum: 3 })
  await run.epoch()
  assertTable(run, '| id | most | sum |\n| -- | -- | -- |\n| 1 | 5 | 3 |')
})

test('streams without a bound are refused, and the message says which would do', async () => {
  const joined = orders.join(payments, { on: (o, p) => o.id.eq(p.order) })
  await assert.rejects(testing(joined), (error: Error) => {
    assert.match(error.message, /JOIN_UNBOUNDED/)
    assert.match(error.message, /left and the right/)
    assert.match(error.message, /within: { before: '10 minutes', after: '10 minutes' }/)
    assert.match(error.message, /late by 1 hour/)
    return true
  })
  await using run = await testing(joined, { unbounded: true })
  await run.epoch()
})

test('explain shows the bound', () => {
  const text = orders.join(payments, { on: (o, p) => o.id.eq(p.order), within }).explain()
  assert.match(text, /within 5 minutes before and 10 minutes after/)
  assert.match(text, /≤ watermark \+ 10 minutes/)
  assert.match(orders.join(payments, { on: (o, p) => o.id.eq(p.order) }).explain(), /UNBOUNDED/)
  const tables = orders.groupBy('id').agg(g => ({ n: g.count() }))
  assert.match(
    tables.join(tables, { on: (a, b) => a.id.eq(b.id), select: a => ({ id: a.id }) }).explain(),
    /≤ rows of both sides/,
  )
})

test('intervals join by their length: a month is 30 days', async () => {
  const plans = read.from(
    [
      { plan: 'monthly', every: '1 month' },
      { plan: 'daily', every: '24 hours' },
    ] as never[],
    {
      schema: t.row({ plan: t.string(), every: t.interval() }),
    },
  )
  const found = read
    .from(
      [
        { id: 1, gap: '30 days' },
        { id: 2, gap: '1 day' },
        { id: 3, gap: '31 days' },
      ] as never[],
      {
        schema: t.row({ id: t.int(), gap: t.interval() }),
      },
    )
    .join(plans, { on: (f, p) => f.gap.eq(p.every), select: (f, p) => ({ id: f.id, plan: p.plan }) })
  const rows = (await found.collect()).map(row => `${row.id} ${row.plan}`).sort()
  assert.deepEqual(rows, ['1 monthly', '2 daily'])
})
