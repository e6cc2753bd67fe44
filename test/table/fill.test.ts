// Gap filling as users write it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const Reading = t.row({ sensor: t.string(), at: t.timestamp(), temp: t.double(), n: t.int(), note: t.string() })
const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour))
const readings = read.from(
  [
    { sensor: 'a', at: at(1), temp: 10, n: 1, note: 'x' },
    { sensor: 'a', at: at(4), temp: 16, n: 1, note: 'y' },
    { sensor: 'b', at: at(2), temp: 1, n: 1, note: 'z' },
  ],
  { schema: Reading, time: 'at' },
)

test('missing buckets become rows', async () => {
  const filled = await readings
    .fillGaps({ every: '1 hour', per: 'sensor', fill: { temp: 'linear', n: { value: 0 }, note: 'last' }, to: at(4) })
    .collect()
  assert.deepEqual(filled.map(r => [r.sensor, r.at.getUTCHours(), r.temp, r.n, r.note].join(' ')).sort(), [
    'a 1 10 1 x',
    'a 2 12 0 x',
    'a 3 14 0 x',
    'a 4 16 1 y',
    'b 2 1 1 z',
    'b 3  0 z',
  ])
})

test('a made row goes when one comes in its place', async () => {
  const live = read.memory(Reading).table
  const filled = live.fillGaps({ every: '1 hour', time: 'at', fill: { n: { value: 0 } } })
  await using run = await testing(filled, { unbounded: true })
  run.push([1, 3].map(hour => ({ sensor: 'a', at: at(hour), temp: 0, n: 1, note: 'x' })))
  await run.epoch()
  assertTable(
    run,
    '| sensor | at | n |\n| a | 2026-01-01 01:00 | 1 |\n| null | 2026-01-01 02:00 | 0 |\n| a | 2026-01-01 03:00 | 1 |',
  )
  run.push([{ sensor: 'b', at: at(2), temp: 0, n: 5, note: 'x' }])
  await run.epoch()
  assertTable(
    run,
    '| sensor | at | n |\n| a | 2026-01-01 01:00 | 1 |\n| b | 2026-01-01 02:00 | 5 |\n| a | 2026-01-01 03:00 | 1 |',
  )
})

test('what does not fit is refused with the fix', () => {
  const every = '1 hour'
  assert.throws(() => readings.fillGaps({} as never), /how often/)
  assert.throws(() => readings.fillGaps({ every, time: 'note' }), /timestamp column/)
  assert.throws(() => readings.fillGaps({ every, per: 'nope' as never }), /nope/)
  assert.throws(() => readings.fillGaps({ every, fill: { n: 'linear' } }), /lines are of doubles/)
  assert.throws(() => readings.fillGaps({ every, fill: { n: { value: 'x' } } as never }), /not of type int/)
  assert.throws(() => readings.fillGaps({ every, fill: { n: 'nothing' } as never }), /nothing it can be/)
  assert.throws(() => readings.fillGaps({ every, from: 'x' as never }), /from/)
  assert.throws(() => readings.select(r => ({ n: r.n })).fillGaps({ every }), /which time/)
})

test('a gap that is too wide to be meant stops the run', async () => {
  const wide = read.from([{ at: at(0) }, { at: new Date(0) }], { schema: t.row({ at: t.timestamp() }) })
  await assert.rejects(wide.fillGaps({ every: '1 millisecond', time: 'at' }).count(), /buckets/)
})
