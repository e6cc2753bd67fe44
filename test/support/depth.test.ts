import assert from 'node:assert/strict'
import { test } from 'node:test'
import { depth, everyStep, quick } from './depth.ts'

test('a check goes a quarter of the way, every other run all of it', () => {
  assert.deepEqual(
    [1, 4, 5, 100].map(whole => depth(whole)),
    quick ? [1, 1, 2, 25] : [1, 4, 5, 100],
  )
  assert.deepEqual([...everyStep(6)], quick ? [1, 5] : [1, 2, 3, 4, 5, 6])
})
