// Virtual time: sleepers wake in order, at their instants, and only when time is moved.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../src/testing/index.ts'

test('sleepers wake in the order of their instants', async () => {
  const clock = new VirtualClock(100)
  const woke: [string, number][] = []
  for (const [name, ms] of [
    ['late', 30],
    ['early', 10],
    ['also early', 10],
  ] as const) {
    clock.sleep(ms).then(() => woke.push([name, clock.now()]))
  }
  await clock.advance(5)
  assert.deepEqual(woke, [])
  await clock.advance(100)
  assert.deepEqual(woke, [
    ['early', 110],
    ['also early', 110],
    ['late', 130],
  ])
  assert.equal(clock.now(), 205)
})

test('a signal wakes a sleeper at once', async () => {
  const clock = new VirtualClock()
  const control = new AbortController()
  const sleeping = clock.sleep(1000, control.signal)
  assert.equal(clock.sleeping, 1)
  control.abort()
  await sleeping
  assert.equal(clock.sleeping, 0)
  assert.equal(clock.now(), 0)
  await clock.sleep(1000, control.signal)
})

test('work may cost time', async () => {
  const clock = new VirtualClock()
  clock.spend(50)
  assert.equal(clock.ticks(), 50)
})
