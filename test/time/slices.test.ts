// A slice is used up after some milliseconds of work, and begins anew after a rest.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../src/testing/index.ts'
import { Slices } from '../../src/time/index.ts'

test('a slice of time', async () => {
  const clock = new VirtualClock(1000)
  const slices = new Slices(clock)
  assert.equal(slices.due, false)
  clock.spend(4)
  assert.equal(slices.due, false)
  clock.spend(1)
  assert.equal(slices.due, true)
  await slices.rest()
  assert.equal(slices.due, false)
})
