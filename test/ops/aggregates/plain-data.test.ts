// Plain data survives being saved; what would not is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromText, toText } from '../../../src/ops/aggregates/plain-data.ts'

test('what is written is read again', () => {
  const values: unknown[] = [
    null,
    true,
    'text',
    '',
    0,
    -0,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    12n,
    undefined,
    [],
    [1, [2]],
    ['date', '1'],
    new Date(5),
    new Map<unknown, unknown>([['a', { b: [1n] }]]),
    new Set([1, 'x']),
    Uint8Array.of(1, 2),
    { a: undefined, b: { c: [] } },
    { __proto__: null, constructor: 1 },
  ]
  for (const value of values)
    assert.deepEqual(fromText(toText(value) as string), value === null ? null : structuredClone(value))
})

test('classes and functions are refused', () => {
  for (const value of [new (class Own {})(), () => 1, { a: [Symbol.iterator] }]) assert.equal(toText(value), undefined)
})
