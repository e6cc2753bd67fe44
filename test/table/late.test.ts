// Late rows of whatever leaves them out, as tables, and how many there were.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { millrace, read, type Table, t, write } from 'millrace'
import type { SinkSpec } from '../../src/data/index.ts'

const Trade = t.row({ symbol: t.string(), at: t.timestamp(), n: t.int() })
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute))
const trade = (minute: number, n: number, symbol = 'a') => ({ symbol, at: at(minute), n })
const memory = () => read.memory(Trade, { time: 'at' })
type Input = ReturnType<typeof memory>

interface LateTrade {
  readonly n: number
  readonly reason: string
  readonly lateness: number
}

/** What leaves as late while the rows are pushed one epoch after another; how many rows progress says it was. */
async function lateOf(
  inputs: readonly Input[],
  tables: readonly object[],
  epochs: readonly (readonly ReturnType<typeof trade>[])[],
): Promise<{ readonly late: readonly string[]; readonly counted: number }> {
  await using m = await millrace({ dir: false })
  const sinks = tables.map((_, i) => write.memory<LateTrade>(`late-${i}`))
  await using run = await m.run(
    'late',
    tables.map((table, i) => (table as Table<LateTrade, 'append'>).to(sinks[i] as SinkSpec<'append'>)),
    { epochRows: 1 },
  )
  for (const rows of epochs) for (const [i, row] of rows.entries()) await inputs[i]?.push([row])
  for (const each of inputs) each.close()
  await run.done
  const late = sinks.flatMap(sink => sink.rows().map(row => `${row.n} ${row.reason} ${row.lateness / 60e6}`))
  const operators = run.progress.last?.operators ?? []
  return { late: late.sort(), counted: operators.reduce((sum, each) => sum + each.lateRows, 0) }
}

const behind = 'behind the watermark'

test('of dedup', async () => {
  const trades = memory()
  const once = trades.table.dedup({ by: 'symbol', within: '1 minute' })
  const result = await lateOf([trades], [once.late], [[trade(0, 1)], [trade(10, 2)], [trade(7, 3)]])
  assert.deepEqual(result, { late: [`3 ${behind} 3`], counted: 1 })
})

test('of window functions by event time, and of windows by count', async () => {
  const trades = memory()
  const sums = trades.table.over({ per: 'symbol', by: r => r.at }, w => ({ sum: w.n.sum() }))
  const rows = [[trade(0, 1)], [trade(10, 2)], [trade(4, 3)]]
  assert.deepEqual(await lateOf([trades], [sums.final(), sums.late], rows), {
    late: ['1 undefined NaN', '2 undefined NaN', `3 ${behind} 6`],
    counted: 1,
  })
  const more = memory()
  const pairs = more.table.countWindow(2).agg(g => ({ n: g.n.sum() }))
  assert.deepEqual((await lateOf([more], [pairs.late], rows)).late, [`3 ${behind} 6`])
})

test('of rankings and window functions in windows', async () => {
  const rows = [[trade(0, 1)], [trade(70, 2)], [trade(50, 3)]]
  const ranked = (input: Input) =>
    input.table.window({ tumbling: '1 hour' }).topN(1, { per: 'window', by: r => r.n.desc() })
  const first = memory()
  assert.deepEqual(await lateOf([first], [ranked(first).late], rows), { late: ['3 window closed 10'], counted: 1 })
  const second = memory()
  const shares = second.table
    .window({ tumbling: '1 hour' })
    .over({ per: 'window', by: r => r.at }, w => ({ sum: w.of(r => r.n.mul(2)).sum() }))
  assert.deepEqual(await lateOf([second], [shares.late], rows), { late: ['3 window closed 10'], counted: 1 })
})

test('of both sides of a join that is bounded in time', async () => {
  const [left, right] = [memory(), memory()]
  const joined = left.table.join(right.table, {
    on: (a, b) => a.symbol.eq(b.symbol),
    within: { before: '5 minutes', after: '5 minutes' },
    select: (a, b) => ({ n: a.n, other: b.n }),
  })
  const rows = [
    [trade(0, 1), trade(0, 2)],
    [trade(20, 3), trade(20, 4)],
    [trade(12, 5), trade(20, 6)],
    [trade(20, 7), trade(19, 8)],
  ]
  const result = await lateOf([left, right], [joined.late.left, joined.late.right], rows)
  assert.deepEqual(result, { late: [`5 ${behind} 8`, `8 ${behind} 1`], counted: 2 })
})

test('of both sides of an as-of join', async () => {
  const [left, right] = [memory(), memory()]
  const priced = left.table.asOf(right.table, {
    on: (a, b) => a.symbol.eq(b.symbol),
    select: (a, b) => ({ n: a.n, price: b.n }),
  })
  const rows = [
    [trade(5, 1), trade(0, 2)],
    [trade(3, 3), trade(9, 4)],
    [trade(20, 5), trade(8, 6)],
  ]
  const result = await lateOf([left, right], [priced.late.left, priced.late.right], rows)
  assert.deepEqual(
    result.late.map(each => each.slice(0, 1)),
    ['3', '6'],
  )
  assert.equal(result.counted, 2)
})

test('where no row is ever late, the fix is named', () => {
  const { table } = memory()
  const refused = (make: () => unknown, fix: RegExp): void =>
    void assert.throws(make, (error: { code: string; message: string }) => {
      assert.equal(error.code, 'NEVER_LATE')
      return fix.test(error.message)
    })
  refused(() => table.topN(1, { by: r => r.n }).late, /window\(/)
  refused(() => table.dedup({ by: 'n' }).late, /within/)
  refused(() => table.join(table, { on: (a, b) => a.n.eq(b.n), select: a => ({ n: a.n }) }).late.left, /within/)
})

test('rows without event time are late for everything: lateness, watermark and window are null', async () => {
  const Seen = t.row({ page: t.string(), at: t.timestamp().nullable() })
  const seen = read.memory(Seen, { time: 'at' })
  const windows = seen.table.window({ tumbling: '1 hour' }).groupBy('page')
  const counts = windows.agg(g => ({ n: g.count() }))
  const once = seen.table.dedup({ by: 'page', within: '1 hour' })
  const sums = seen.table.over({ by: r => r.at }, w => ({ n: w.count() }))
  for (const { schema } of [counts.late, once.late, sums.late])
    assert.deepEqual(
      schema.fields.slice(-3).map(each => each.nullable),
      [false, true, true],
    )
  await using m = await millrace({ dir: false })
  const [ofWindows, ofDedup] = [write.memory<never>('windows'), write.memory<never>('dedup')]
  await using run = await m.run('untimed', [counts.late.to(ofWindows as never), once.late.to(ofDedup as never)])
  await seen.push([{ page: '/', at: null }])
  seen.close()
  await run.done
  const row = { page: '/', at: null, reason: 'null event time', lateness: null, watermark: null }
  assert.deepEqual(ofWindows.rows(), [{ ...row, window: null }])
  assert.deepEqual(ofDedup.rows(), [row])
})
