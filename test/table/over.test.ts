// Window functions as users write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const Payment = t.row({ user: t.string(), at: t.timestamp(), amount: t.int(), note: t.string().nullable() })
type Payment = { user: string; at: Date; amount: number; note?: string | null }
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute))
const payments = read.from(
  [
    { user: 'ann', at: at(0), amount: 5, note: 'first' },
    { user: 'ann', at: at(10), amount: 7, note: null },
    { user: 'ann', at: at(70), amount: 1, note: 'last' },
    { user: 'bob', at: at(5), amount: 4, note: 'only' },
  ],
  { schema: Payment, time: 'at' },
)

test('running sums, the row before, and numbers', async () => {
  const rows = await payments
    .over({ per: 'user', by: p => p.at }, w => ({
      running: w.amount.sum(),
      before: w.amount.lag(),
      after: w.note.lead(2),
      number: w.rowNumber(),
      share: w.of(p => p.amount.mul(2)).max(),
      mean: w.amount.avg(),
    }))
    .collect()
  assert.deepEqual(
    rows.map(r => [r.user, r.amount, r.running, r.before, r.after, r.number, r.share, r.mean].join(' ')).sort(),
    ['ann 1 13 7  3 14 4.333333333333333', 'ann 5 5  last 1 10 5', 'ann 7 12 5  2 14 6', 'bob 4 4   1 8 4'],
  )
})

test('frames in rows and in time', async () => {
  const sums = async (frame: object) => {
    const table = payments
      .where(p => p.user.eq('ann'))
      .over({ by: p => p.at, ...frame }, w => ({ sum: w.amount.sum() }))
    return (await table.collect()).sort((a, b) => Number(a.at) - Number(b.at)).map(each => each.sum)
  }
  assert.deepEqual(await sums({ rows: { preceding: 1 } }), [5, 12, 8])
  assert.deepEqual(await sums({ rows: { preceding: 0, following: 1 } }), [12, 8, 1])
  assert.deepEqual(await sums({ rows: { preceding: -1, following: 'unbounded' } }), [8, 1, null])
  assert.deepEqual(await sums({ range: { preceding: '1 hour' } }), [5, 12, 8])
  assert.deepEqual(await sums({ range: { preceding: 'unbounded', following: 'unbounded' } }), [13, 13, 13])
  assert.deepEqual(await sums({ rows: { preceding: 1, following: 1 }, exclude: 'row' }), [7, 6, 7])
  assert.deepEqual(await sums({ groups: { preceding: 1 } }), [5, 12, 8])
  assert.deepEqual(await sums({ groups: { preceding: 1 }, exclude: 'ties' }), [5, 12, 8])
})

test('results follow rows that come late in the order', async () => {
  const live = read.memory(Payment).table
  await using run = await testing(
    live.over({ per: 'user', by: p => p.amount.desc() }, w => ({ place: w.rowNumber(), of: w.count() })),
    { unbounded: true },
  )
  run.push([{ user: 'ann', at: at(0), amount: 5 }])
  await run.epoch()
  run.push([{ user: 'ann', at: at(0), amount: 9 }])
  await run.epoch()
  assertTable(run, '| amount | place | of |\n| 9 | 1 | 1 |\n| 5 | 2 | 2 |')
})

test('within windows, once they are over', async () => {
  const live = read.memory(Payment, { time: 'at' }).table
  const shares = live
    .window({ tumbling: '1 hour' })
    .over({ per: 'window', by: p => p.at, range: { following: 'unbounded' } }, w => ({ total: w.amount.sum() }))
    .final()
  await using run = await testing(shares)
  run.push([
    { user: 'ann', at: at(0), amount: 5 },
    { user: 'bob', at: at(1), amount: 6 },
    { user: 'bob', at: at(61), amount: 7 },
  ])
  await run.epoch()
  assertTable(run, '| user | amount | total |\n| ann | 5 | 11 |\n| bob | 6 | 11 |')
})

test('what does not fit is refused with the fix', () => {
  const w = { by: (p: { at: never }) => p.at } as never
  assert.throws(() => payments.over(w, () => ({})), /no functions/)
  assert.throws(() => payments.over(w, (() => ({ a: 1 })) as never), /not a window function/)
  assert.throws(() => payments.over(w, undefined as never), /callback/)
  assert.throws(() => payments.over({ rows: { preceding: 0.5 } }, x => ({ n: x.count() })), /not a number of rows/)
  assert.throws(() => payments.over({ rows: { preceding: 0, following: -1 } }, x => ({ n: x.count() })), /ends before/)
  assert.throws(() => payments.over({ rows: {}, range: {} }, x => ({ n: x.count() })), /two frames/)
  assert.throws(() => payments.over({ range: { preceding: 1 } }, x => ({ n: x.count() })), /one order key/)
  assert.throws(() => payments.over({ by: p => p.at, range: { preceding: 1 } }, x => ({ n: x.count() })), /duration/)
  assert.throws(() => payments.over({ by: p => p.at }, x => ({ n: x.ntile(0) })), /not a number of rows/)
  assert.throws(() => payments.over({ by: p => p.at }, x => ({ user: x.rowNumber() })), /user/)
  assert.throws(
    () => payments.over({ by: p => p.at }, x => ({ n: (x as never as { nope: number }).nope as never })),
    /nope/,
  )
})

test('as the watermark passes, each row once', async () => {
  const source = read.memory(Payment, { time: 'at', lateBy: '10 minutes' })
  const running = source.table
    .over({ per: 'user', by: p => p.at }, w => ({ sum: w.amount.sum(), before: w.amount.lag(), n: w.rowNumber() }))
    .final()
  await using run = await testing(running)
  run.push([
    { user: 'ann', at: at(5), amount: 5 },
    { user: 'ann', at: at(0), amount: 1 },
    { user: 'ann', at: at(14), amount: 7 },
  ])
  await run.epoch()
  assertTable(run, '| amount | sum | before | n |\n| 1 | 1 | null | 1 |')
  run.push([
    { user: 'ann', at: at(4), amount: 2 },
    { user: 'bob', at: at(16), amount: 3 },
  ])
  await run.epoch()
  assertTable(run, '| amount | sum | before | n |\n| 1 | 1 | null | 1 |\n| 2 | 3 | 1 | 2 |\n| 5 | 8 | 2 | 3 |')
})

test('a range that goes on behind the row is told when the watermark has passed its end', async () => {
  const source = read.memory(Payment, { time: 'at' })
  const around = source.table
    .over({ per: 'user', by: p => p.at, range: { preceding: '5 minutes', following: '5 minutes' } }, w => ({
      sum: w.amount.sum(),
      next: w.amount.lastValue(),
    }))
    .final()
  assert.match(around.explain(), /≤ watermark \+ 10 minutes/)
  // The watermark behind it is held back by as much: windows wait for its rows.
  const perHour = around
    .window({ tumbling: '10 minutes' })
    .agg(g => ({ rows: g.count(), total: g.sum.sum() }))
    .final()
  await using rows = await testing(around)
  await using hours = await testing(perHour)
  const push = async (...some: Payment[]): Promise<void> => {
    for (const run of [rows, hours]) {
      run.push(some)
      await run.epoch()
    }
  }
  await push({ user: 'ann', at: at(0), amount: 1 }, { user: 'ann', at: at(4), amount: 2 })
  assertTable(rows, '| amount | sum | next |')
  await push({ user: 'bob', at: at(9), amount: 5 })
  assertTable(rows, '| amount | sum | next |\n| 1 | 3 | 2 |')
  await push({ user: 'ann', at: at(9), amount: 4 }, { user: 'ann', at: at(14), amount: 8 })
  assertTable(rows, '| amount | sum | next |\n| 1 | 3 | 2 |\n| 2 | 7 | 4 |')
  assertTable(hours, '| rows | total |')
  await push({ user: 'bob', at: at(16), amount: 0 })
  assertTable(hours, '| rows | total |\n| 4 | 29 |')
})

test('peers and exclusions as the watermark passes', async () => {
  const source = read.memory(Payment, { time: 'at' })
  const table = source.table
    .over({ by: p => p.at, groups: { preceding: 'unbounded', following: 1 }, exclude: 'group' }, w => ({
      sum: w.amount.sum(),
      n: w.count(),
    }))
    .final()
  await using run = await testing(table)
  const pay = (minute: number, amount: number) => ({ user: 'ann', at: at(minute), amount })
  run.push([pay(0, 1), pay(0, 2), pay(1, 4), pay(2, 8)])
  await run.epoch()
  assertTable(run, '| amount | sum | n |\n| 1 | 4 | 1 |\n| 2 | 4 | 1 |')
  run.push([pay(2, 16), pay(3, 0)])
  await run.epoch()
  assertTable(run, '| amount | sum | n |\n| 1 | 4 | 1 |\n| 2 | 4 | 1 |\n| 4 | 27 | 4 |')
})

test('rows that wait for those behind them are told at the end', async () => {
  const rows = await payments
    .over({ per: 'user', by: p => p.at }, w => ({ next: w.amount.lead() }))
    .final()
    .collect()
  assert.deepEqual(rows.map(r => `${r.user} ${r.amount} ${r.next}`).sort(), [
    'ann 1 null',
    'ann 5 7',
    'ann 7 1',
    'bob 4 null',
  ])
})

test('what is never final is refused with the fix', () => {
  const refused = (make: () => unknown, why: RegExp): void =>
    void assert.throws(make, (error: { code: string; message: string }) => {
      assert.equal(error.code, 'NEVER_FINAL')
      return why.test(error.message)
    })
  const { per } = { per: 'user' } as const
  refused(
    () => payments.over({ per, by: p => p.amount }, w => ({ n: w.rowNumber() })).final(),
    /not in the order of event time.*order by event time first/,
  )
  refused(() => payments.over({ per, by: p => p.at }, w => ({ n: w.ntile(2) })).final(), /ntile needs.*window/)
  refused(
    () => payments.over({ per, by: p => p.at, rows: { following: 'unbounded' } }, w => ({ n: w.count() })).final(),
    /frame needs/,
  )
  refused(
    () =>
      payments
        .limit(5)
        .orderBy(p => p.at)
        .limit(2)
        .over({ by: p => p.at }, w => ({ n: w.count() }))
        .final(),
    /may go again/,
  )
})
