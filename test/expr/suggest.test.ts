import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestion } from '../../src/expr/suggest.ts'

const cases: readonly (readonly [string, readonly string[], string])[] = [
  ['carier', ['carrier', 'delay'], 'did you mean carrier? (there are: carrier, delay)'],
  ['Delay', ['carrier', 'delay'], 'did you mean delay? (there are: carrier, delay)'],
  ['nothing', ['a', 'b'], 'there are: a, b'],
  ['x', [], 'there are none'],
]
for (const [name, known, expected] of cases)
  test(`${name} among ${known.join(', ')}`, () => {
    assert.equal(suggestion(name, known), expected)
  })
