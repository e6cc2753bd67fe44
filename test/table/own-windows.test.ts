// Windows that rows say: of a size or an offset for each key, calendar days in the key's time zone, months.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const Use = t.row({ user: t.string(), at: t.timestamp(), period: t.interval(), zone: t.int(), n: t.int() })
const HOUR = 3_600_000_000
const use = (user: string, at: string, n: number, period = '1 hour', zone = 0) => ({
  user,
  at: new Date(at),
  period: period as never,
  zone: zone * HOUR,
  n,
})
const uses = read.from(
  [
    use('ann', '2026-03-01T00:10:00Z', 1, '1 hour', 2),
    use('ann', '2026-03-01T00:50:00Z', 2, '1 hour', 2),
    use('ann', '2026-03-01T23:00:00Z', 4, '1 hour', 2),
    use('bob', '2026-03-01T00:10:00Z', 8, '30 minutes', -5),
    use('bob', '2026-03-01T00:50:00Z', 16, '30 minutes', -5),
    use('eve', '1969-12-31T23:50:00Z', 32, '40 minutes', 0),
  ],
  { schema: Use, time: 'at' },
)

const shown = (rows: readonly { user: string; window: { start: Date; end: Date }; n: number }[]): string[] =>
  rows
    .map(({ user, window: { start, end }, n }) =>
      [user, start.toISOString().slice(2, 16), end.toISOString().slice(2, 16), n].join(' '),
    )
    .sort()

test('a size for each user', async () => {
  const counts = uses
    .window({ tumbling: u => u.period })
    .groupBy('user')
    .agg(g => ({ n: g.n.sum() }))
  assert.deepEqual(shown(await counts.collect()), [
    'ann 26-03-01T00:00 26-03-01T01:00 3',
    'ann 26-03-01T23:00 26-03-02T00:00 4',
    'bob 26-03-01T00:00 26-03-01T00:30 8',
    'bob 26-03-01T00:30 26-03-01T01:00 16',
    'eve 69-12-31T23:20 70-01-01T00:00 32',
  ])
})

test("days in the user's time zone", async () => {
  const days = uses
    .where(u => u.user.ne('eve'))
    .window({ tumbling: '1 day', offset: u => u.zone.mul(-1) })
    .groupBy('user')
    .agg(g => ({ n: g.n.sum() }))
  assert.deepEqual(shown(await days.final().collect()), [
    'ann 26-02-28T22:00 26-03-01T22:00 3',
    'ann 26-03-01T22:00 26-03-02T22:00 4',
    'bob 26-02-28T05:00 26-03-01T05:00 24',
  ])
})

test('months of the calendar', async () => {
  const months = uses
    .window({ start: u => u.at.truncate('month'), end: u => u.at.truncate('month').plus('1 month') })
    .groupBy('user')
    .agg(g => ({ n: g.n.sum() }))
  assert.deepEqual(shown(await months.collect()), [
    'ann 26-03-01T00:00 26-04-01T00:00 7',
    'bob 26-03-01T00:00 26-04-01T00:00 24',
    'eve 69-12-01T00:00 70-01-01T00:00 32',
  ])
})

test('each closes at its own end; what comes then is late', async () => {
  const live = read.memory(Use, { time: 'at' }).table
  const counts = live
    .window({ tumbling: u => u.period })
    .groupBy('user')
    .agg(g => ({ n: g.n.sum() }))
  assert.match(await counts.final().explain(), /windows open at watermark/)
  await using run = await testing(counts.final())
  run.push([use('ann', '2026-03-01T00:10:00Z', 1), use('bob', '2026-03-01T00:20:00Z', 2, '30 minutes')])
  await run.epoch()
  run.push([use('ann', '2026-03-01T00:40:00Z', 4)])
  await run.epoch()
  assertTable(run, '| user | n |\n| bob | 2 |')
  run.push([use('bob', '2026-03-01T00:25:00Z', 8, '30 minutes'), use('ann', '2026-03-01T01:00:00Z', 16)])
  await run.epoch()
  assertTable(run, '| user | n |\n| bob | 2 |\n| ann | 5 |')
})

test('what does not fit is refused with the fix', async () => {
  const refused = (make: () => unknown, why: RegExp): void =>
    void assert.throws(make, (error: { code: string; message: string }) => {
      assert.equal(error.code, 'BAD_VERB')
      return why.test(error.message)
    })
  refused(
    () => uses.window({ tumbling: (u: { user: never }) => u.user } as never),
    /text|string.*interval or microseconds/,
  )
  refused(() => uses.window({ start: (u: { at: never }) => u.at } as never), /end: row/)
  refused(
    () => uses.window({ start: (u: { n: never }) => u.n, end: (u: { at: never }) => u.at } as never),
    /timestamps/,
  )
  refused(() => uses.window({ offset: (u: { n: never }) => u.n } as never), /no length/)
  const behind = uses
    .window({ start: u => u.at, end: u => u.at })
    .groupBy('user')
    .agg(g => ({ n: g.count() }))
  await assert.rejects(behind.collect(), { code: 'BAD_VALUE' })
})
