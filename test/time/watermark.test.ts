// A watermark is the least of what its partitions have reached, and never goes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TIME_MAX, TIME_MIN, WatermarkTracker } from '../../src/time/index.ts'

const SECOND = 1_000_000n
const tracker = (lateBy = 10n, idleAfter?: bigint): WatermarkTracker => new WatermarkTracker({ lateBy, idleAfter })

test('a partition reaches its greatest event time minus the delay', () => {
  const it = tracker()
  it.observe('a', 100n, 0)
  assert.equal(it.advance(0), 90n)
  it.observe('a', 50n, 0)
  assert.equal(it.advance(0), 90n, 'an older row does not take it back')
})

test('the source is as far as its slowest partition', () => {
  const it = tracker()
  it.observe('a', 100n, 0)
  it.observe('b', 60n, 0)
  assert.equal(it.advance(0), 50n)
  it.observe('b', 300n, 0)
  assert.equal(it.advance(0), 90n)
})

test('a partition that has no row yet holds the watermark', () => {
  const it = tracker()
  it.observe('a', 100n, 0)
  it.observe('new', TIME_MIN, 0)
  assert.equal(it.advance(0), TIME_MIN)
  assert.deepEqual(it.holder(0), { partition: 'new', watermark: TIME_MIN, idleAt: undefined })
})

test('a new partition behind the others does not take the watermark back', () => {
  const it = tracker()
  it.observe('a', 100n, 0)
  it.advance(0)
  it.observe('b', 20n, 0)
  assert.equal(it.advance(0), 90n)
})

test('a silent partition stops holding it after idleAfter, and holds again when it speaks', () => {
  const it = tracker(0n, 30n * SECOND)
  it.observe('a', 100n, 0)
  it.observe('b', 10n, 0)
  it.observe('a', 200n, 29_999)
  assert.equal(it.advance(29_999), 10n)
  assert.equal(it.nextIdle(29_999), 30_000)
  assert.deepEqual(it.holder(29_999), { partition: 'b', watermark: 10n, idleAt: 30_000 })
  assert.equal(it.peek(30_000), 200n)
  assert.equal(it.advance(30_000), 200n)
  it.observe('b', 150n, 31_000)
  assert.equal(it.advance(31_000), 200n, 'never back')
  it.observe('a', 500n, 31_000)
  assert.equal(it.advance(31_000), 200n, 'b holds again')
})

test('when every partition is silent the watermark is where the fastest came', () => {
  const it = tracker(0n, SECOND)
  it.observe('a', 100n, 0)
  it.observe('b', 10n, 0)
  assert.equal(it.advance(1000), 100n)
  assert.equal(it.nextIdle(1000), undefined)
  assert.equal(it.holder(1000), undefined)
})

test('a finished partition no longer holds it', () => {
  const it = tracker(5n)
  it.observe('a', 100n, 0)
  it.observe('b', 60n, 0)
  it.finish('b')
  assert.equal(it.advance(0), 95n)
  it.finish('a')
  assert.equal(it.advance(0), 95n)
})

test('all partitions of a part that is over', () => {
  const it = tracker(0n)
  it.observe('part 1: a', 100n, 0)
  it.observe('part 1: b', 60n, 0)
  it.observe('part 2: a', 80n, 0)
  it.finishAll('part 1: ')
  assert.equal(it.advance(0), 80n)
})

test('an ended source is at the end of time', () => {
  const it = tracker()
  it.observe('a', 100n, 0)
  it.end()
  assert.equal(it.advance(0), TIME_MAX)
  assert.equal(it.holder(0), undefined)
})

test('a delay longer than time itself stays at the beginning', () => {
  const it = tracker(1000n)
  it.observe('a', TIME_MIN + 1n, 0)
  assert.equal(it.advance(0), TIME_MIN)
})

test('saved and loaded it goes on, and the time in between was not silence', () => {
  const it = tracker(0n, SECOND)
  it.observe('a', 100n, 0)
  it.observe('b', 10n, 0)
  it.advance(0)
  const other = tracker(0n, SECOND)
  other.load(JSON.parse(JSON.stringify(it.save())))
  assert.equal(other.watermark, 10n)
  assert.equal(other.peek(5000), 100n)
  other.resume(5000)
  assert.equal(other.peek(5000), 10n)
  assert.equal(other.peek(6000), 100n)
})
