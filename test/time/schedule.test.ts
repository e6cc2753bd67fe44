// When epochs may start, as tables of (epoch starts at, epoch ends at) → next start.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asap, availableNow, continuous, every, once, scheduleOf, started } from '../../src/time/index.ts'

/** Starts of epochs that take the given durations, when there is always something to do. */
function starts(trigger: ReturnType<typeof every>, begin: number, durations: readonly number[]): number[] {
  let schedule = scheduleOf(trigger, begin)
  let now = begin
  return durations.map(duration => {
    now = Math.max(now, schedule.due)
    const at = now
    schedule = started(schedule, at)
    now += duration
    return at
  })
}

for (const [name, trigger, durations, expected] of [
  ['asap starts as soon as the last is done', asap, [10, 20, 5], [100, 110, 130]],
  ['every is start to start', every('1 second'), [10, 990, 1000, 1], [100, 1100, 2100, 3100]],
  ['an overrun starts the next at once', every('1 second'), [1200, 10, 10], [100, 1300, 2100]],
  ['and skips the ticks it missed', every('1 second'), [3700, 10, 10], [100, 3800, 4100]],
  ['one that always overruns never waits', every('1 second'), [1500, 1500, 1500, 1], [100, 1600, 3100, 4600]],
  ['continuous closes epochs on a grid', continuous('1 second'), [1000, 1000, 1000], [100, 1100, 2100]],
] as const) {
  test(name, () => assert.deepEqual(starts(trigger, 100, durations), expected))
}

test('triggers are plain data', () => {
  assert.deepEqual(every('5 seconds'), { kind: 'every', intervalMs: 5000 })
  assert.deepEqual(once(), { kind: 'once' })
  assert.deepEqual(availableNow(), { kind: 'availableNow' })
  assert.throws(() => every('0 seconds'), { code: 'BAD_TRIGGER' })
  assert.throws(() => continuous({ microseconds: 10 }), { code: 'BAD_TRIGGER' })
})
