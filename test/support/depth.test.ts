import assert from 'node:assert/strict'
import { test } from 'node:test'
import { depth, everyStep, quick } from './depth.ts'

test('a check goes an eighth of the way, every other run all of it', () => {
  assert.deepEqual(
    [1, 4, 5, 100].map(whole => depth(whole)),
    quick ? [1, 1, 1, 13] : [1, 4, 5, 100],
  )
  assert.deepEqual([...everyStep(10)], quick ? [1, 5, 9] : Array.from({ length: 10 }, (_, i) => i + 1))
})
