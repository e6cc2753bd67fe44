import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeValue, numberFor, optionsFor, signalFor, textFor } from '../../src/base/index.ts'

test('a value is described without calling anything in it', () => {
  const trap = { toString: () => assert.fail('called'), toJSON: () => assert.fail('called') }
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, 'undefined'],
    [null, 'null'],
    ['a\nb', "'a\\nb'"],
    [5n, '5n'],
    [Number.NaN, 'NaN'],
    [Symbol('x'), 'Symbol(x)'],
    [() => 5, 'a function'],
    [[trap], 'an array'],
    [trap, 'an object'],
    [Object.create(null), 'an object'],
  ]
  for (const [value, expected] of cases) assert.equal(describeValue(value), expected)
})

test('arguments that can not be used are BAD_ARGUMENT with what to write', () => {
  const message = /read can not use null as its options\. To fix: pass \{ schema \}/
  assert.throws(() => optionsFor('read', null as never, 'pass { schema }'), { code: 'BAD_ARGUMENT', message })
  for (const wrong of [
    () => optionsFor('read', [], 'pass { schema }'),
    () => optionsFor('read', undefined, 'pass { schema }'),
    () => textFor('run', 'id', '', 'name it'),
    () => numberFor('read', 'rows', Number.NaN, 'give a number'),
    () => signalFor('run', {} as never),
  ])
    assert.throws(wrong, { code: 'BAD_ARGUMENT' })
  assert.deepEqual(optionsFor('write', undefined, '', {}), {})
  assert.equal(signalFor('run', undefined), undefined)
})
