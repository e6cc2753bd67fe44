// Aggregates through the whole engine: batches, windows, late and final rows, and the example everyone knows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineOf, sessionOf } from '../../src/runtime/index.ts'
import { type Table, tableOf } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { every } from '../../src/time/index.ts'
import { type EventRow, event, type Log, logSpec, newLog, newShelf, shelfSpec } from './support.ts'

const at = (minutes: number): Date => new Date(minutes * 60_000)
const clock = (hours: number, minutes: number): number => hours * 60 + minutes

function events(log: Log, lateBy: '10 minutes' | '0 minutes' = '10 minutes'): Table<EventRow, 'append'> {
  return tableOf<EventRow>(logSpec(log), sessionOf(virtualWorld()), { time: 'at', lateBy, idleAfter: 'never' })
}

function logOf(...pushes: EventRow[][]): Log {
  const log = newLog()
  for (const rows of pushes) log.push(rows)
  return log
}

test('groups of a batch', async () => {
  const log = logOf([event(1, 'a', 2), event(2, 'b', 3)], [event(3, 'a', 5)])
  const rows = await events(log)
    .groupBy('key')
    .agg(g => ({ n: g.count(), sum: g.n.sum(), most: g.n.max() }))
    .collect()
  assert.deepEqual(
    rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    [
      { key: 'a', n: 2, sum: 7, most: 5 },
      { key: 'b', n: 1, sum: 3, most: 3 },
    ],
  )
})

test('in a batch nothing is late, and every window is final', async () => {
  const log = logOf([event(100, 'a')], [event(1, 'a'), event(2, 'a')])
  const windowed = events(log, '0 minutes')
    .window({ tumbling: '10 minutes' })
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
  const expected = [
    { window: { start: at(0), end: at(10) }, n: 2 },
    { window: { start: at(100), end: at(110) }, n: 1 },
  ]
  for (const table of [windowed.final(), windowed]) {
    const rows = (await table.collect()).map(({ window, n }) => ({ window, n }))
    assert.deepEqual(
      rows.toSorted((a, b) => a.window.start.getTime() - b.window.start.getTime()),
      expected,
    )
  }
  assert.deepEqual(await windowed.late.collect(), [])
})

test('distinct rows', async () => {
  const log = logOf([event(1, 'a'), event(1, 'a'), event(1, 'b')], [event(1, 'b')])
  const rows = await events(log).distinct().collect()
  assert.deepEqual(rows.map(each => each.key).sort(), ['a', 'b'])
})

test('a global count of nothing is zero', async () => {
  assert.equal(await events(newLog()).count(), 0)
})

// The example of Spark's guide: windows of 10 minutes every 5 minutes, rows up to 10 minutes late, a trigger every 5
// minutes. Times are event times of a day; the wall clock runs with them.
test('the worked example: what the watermark drops and what it still counts', async () => {
  const log = newLog()
  const world = virtualWorld({ start: clock(12, 5) * 60_000 })
  const windowed = events(log)
    .window({ sliding: '10 minutes', every: '5 minutes' })
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
  const [counts, late] = [newShelf(), newShelf()]
  await using engine = engineOf(world, { memory: '64 MB' })
  const run = await engine.run(
    'words',
    [
      { node: windowed.node, sink: shelfSpec(counts), mode: 'update' },
      { node: windowed.late.node, sink: shelfSpec(late), mode: 'append' },
    ],
    { trigger: every('5 minutes') },
  )
  const trigger = async (hours: number, minutes: number, rows: EventRow[]): Promise<Date | undefined> => {
    await world.clock.advanceTo(clock(hours, minutes) * 60_000 - 1)
    if (rows.length > 0) log.push(rows)
    await world.clock.advanceTo(clock(hours, minutes) * 60_000)
    return run.progress.last?.watermark
  }
  const seen = (hours: number, minutes: number, key: string): EventRow => event(clock(hours, minutes), key)
  await trigger(12, 10, [seen(12, 7, 'dog'), seen(12, 8, 'owl')])
  assert.deepEqual(await trigger(12, 15, [seen(12, 14, 'dog'), seen(12, 9, 'cat')]), at(clock(12, 4)))
  assert.deepEqual(
    await trigger(12, 20, [seen(12, 15, 'cat'), seen(12, 8, 'dog'), seen(12, 13, 'owl'), seen(12, 21, 'owl')]),
    at(clock(12, 11)),
  )
  await trigger(12, 25, [seen(12, 4, 'donkey'), seen(12, 17, 'owl'), seen(12, 13, 'owl')])
  const rowsAt = (epoch: number): string[] =>
    (counts.epochs.get(epoch) ?? []).map(({ row, weight }) => {
      const { key, window, n } = row as { key: string; window: { start: Date; end: Date }; n: number }
      const show = (time: Date): string => time.toISOString().slice(11, 16)
      return `${weight} ${key} ${show(window.start)}-${show(window.end)} ${n}`
    })
  assert.ok(rowsAt(4).includes('1 owl 12:10-12:20 3'), '12:13 is counted: 12:13 + 12:13 + 12:17')
  assert.ok(!rowsAt(4).some(each => each.includes('donkey')), '12:04 is dropped')
  assert.deepEqual(
    (late.epochs.get(4) ?? [])
      .map(({ row }) => {
        const { key, window, watermark } = row as { key: string; window: { end: Date }; watermark: Date }
        return [key, window.end, watermark]
      })
      .sort((a, b) => Number(a[1]) - Number(b[1])),
    [
      ['donkey', at(clock(12, 5)), at(clock(12, 11))],
      ['donkey', at(clock(12, 10)), at(clock(12, 11))],
    ],
  )
  // 12:13 lies in 12:05-12:15 too, which ends after 12:11.
  assert.ok(rowsAt(4).includes('1 owl 12:05-12:15 3'), rowsAt(4).join('\n'))
  await run.stop()
  assert.equal(run.status, 'stopped')
})
