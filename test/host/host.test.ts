import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { mapLimited, onSignals, realClock, realRandom } from '../../src/host/index.ts'

test('sleep ends early when the signal aborts, and does not reject', async () => {
  const stop = new AbortController()
  const start = realClock.ticks()
  const sleeping = realClock.sleep(60_000, stop.signal)
  stop.abort()
  await sleeping
  await realClock.sleep(60_000, stop.signal)
  assert.ok(realClock.ticks() - start < 5_000)
})

test('sleep sleeps', async () => {
  const start = realClock.ticks()
  await realClock.sleep(20)
  assert.ok(realClock.ticks() - start >= 15)
})

test('breathe lets pending I/O callbacks and immediates run', async () => {
  let ran = false
  setImmediate(() => {
    ran = true
  })
  await realClock.breathe()
  assert.equal(ran, true)
})

test('random numbers are unsigned 32-bit and ids differ', () => {
  const seen = new Set(Array.from({ length: 1000 }, () => realRandom.u32()))
  assert.ok(seen.size > 990)
  for (const each of seen) assert.ok(Number.isInteger(each) && each >= 0 && each < 2 ** 32)
  assert.notEqual(realRandom.id(), realRandom.id())
})

test('the first signal is graceful, the second immediate', () => {
  const from = new EventEmitter()
  const said: unknown[] = []
  const stop = onSignals({ graceful: name => said.push(name), immediate: code => said.push(code) }, from)
  from.emit('SIGINT')
  from.emit('SIGTERM')
  stop()
  from.emit('SIGINT')
  assert.deepEqual(said, ['SIGINT', 143])
})

test('mapLimited keeps order and the limit', async () => {
  let running = 0
  let most = 0
  const results = await mapLimited([5, 1, 3, 2, 4], 2, async each => {
    most = Math.max(most, ++running)
    await realClock.sleep(each)
    running--
    return each * 10
  })
  assert.deepEqual([results, most], [[50, 10, 30, 20, 40], 2])
})
