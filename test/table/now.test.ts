// now(): the time of the epoch in columns and conditions, the same when an epoch is done again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { millrace, now, read, t } from 'millrace'
import { testing } from 'millrace/testing'

const Click = t.row({ page: t.string(), at: t.timestamp() })
const at = new Date('2026-01-01T00:00:00Z')
const input = () => read.memory(Click, { time: 'at' })
const seen = (rows: readonly { page: string; seen: Date }[]): readonly string[] =>
  rows.map(each => `${each.page} ${each.seen.toISOString().slice(11, 19)}`)

test('one time for an epoch, told again when it is done again', async () => {
  const table = input().table.select(r => ({ page: r.page, seen: now(), later: now().plus('1 hour') }))
  await using run = await testing(table, { start: at })
  run.push([
    { page: 'a', at },
    { page: 'b', at },
  ])
  await run.epoch()
  await run.idle('1 minute')
  run.push([{ page: 'c', at }])
  await run.crash({ step: 3, tail: 'torn' })
  await run.epoch().catch(() => {})
  const before = seen(run.rows())
  await run.restore()
  await run.idle('1 hour')
  await run.epoch()
  const rows = run.rows()
  assert.deepEqual(seen(rows).slice(0, 2), ['a 00:00:00', 'b 00:00:00'])
  assert.equal(rows.length, 3)
  // The epoch was planned before the crash: so is its time.
  assert.match(seen(rows)[2] ?? '', /^c 00:01:0/)
  assert.ok(before.every(each => seen(rows).includes(each)))
  assert.ok(rows.every(each => Number(each.later) - Number(each.seen) === 3_600_000))
})

test('in conditions: rows are asked once, when they come', async () => {
  const old = input().table.where(r => r.at.lt(now().minus('1 minute')))
  await using run = await testing(old, { start: '2026-01-01T00:01:30Z' })
  run.push([
    { page: 'a', at },
    { page: 'b', at: new Date('2026-01-01T00:01:00Z') },
  ])
  await run.epoch()
  assert.deepEqual(run.rows(), [{ page: 'a', at }])
})

test('windows and groups go on behind it; the plan shows it', async () => {
  const table = input()
    .table.withColumn('delay', r => now().since(r.at))
    .window({ tumbling: '1 hour' })
    .agg(g => ({ most: g.delay.max() }))
  assert.match(table.explain(), /\bnow\b/)
  await using run = await testing(table, { start: '2026-01-01T00:00:05Z' })
  run.push([{ page: 'a', at }])
  await run.epoch()
  assert.deepEqual(
    run.rows().map(each => each.most),
    [5_000_000],
  )
})

test('a table that ends has one time, whatever changes in it', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ page: `p${i % 5}`, at }))
  const table = read
    .from(rows, { schema: Click })
    .groupBy('page')
    .agg(g => ({ n: g.count() }))
  const told = await table.select(r => ({ page: r.page, n: r.n, seen: now() })).collect()
  assert.equal(told.length, 5)
  assert.equal(new Set(told.map(each => Number(each.seen))).size, 1)
  await using run = await testing(
    table.select(r => ({ page: r.page, n: r.n, seen: now() })),
    { start: at },
  )
  run.push(rows.slice(0, 10))
  await run.epoch()
  await run.idle('1 minute')
  run.push(rows.slice(10))
  await run.epoch()
  assert.deepEqual(
    run.rows().map(each => [each.n, seen([each])[0]?.slice(3)]),
    Array.from({ length: 5 }, () => [10, '00:00:00']),
  )
})

test('in SQL', async () => {
  await using m = await millrace({ dir: false })
  m.register('clicks', read.from([{ page: 'a', at }], { schema: Click }))
  const rows = await (
    await m.sql(
      `SELECT page, now() = current_timestamp AS same, current_date = now()::date AS today FROM clicks
       WHERE at < now() - interval '1 minute'`,
    )
  ).collect()
  assert.deepEqual(rows, [{ page: 'a', same: true, today: true }])
  const grouped = await (
    await m.sql('SELECT page, count(*) AS n, now() > max(at) AS past FROM clicks GROUP BY page')
  ).collect()
  assert.deepEqual(grouped, [{ page: 'a', n: 1, past: true }])
  const [alone] = await (await m.sql('SELECT now() AS t')).collect()
  assert.ok(Math.abs(Date.now() - Number((alone as { t: Date }).t)) < 60_000)
})

test('elsewhere, and over live tables that change, it is refused with the fix', async () => {
  const { table } = input()
  const grouped = table.groupBy('page').agg(g => ({ n: g.count() }))
  const live = grouped.select(r => ({ page: r.page, seen: now() }))
  await assert.rejects(testing(live, { unbounded: true }), { code: 'NOW_OVER_CHANGES' })
  const keyed = table.groupBy(() => ({ seen: now() })).agg(g => ({ n: g.count() }))
  await assert.rejects(testing(keyed, { unbounded: true }), { code: 'NOW_ELSEWHERE' })
})
