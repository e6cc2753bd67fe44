import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue, describePosition, type ErrorCode, excerpt, fail, MillraceError } from '../../src/base/index.ts'

const codes = Object.keys(catalogue) as ErrorCode[]

test('codes are stable words in capitals', () => {
  for (const code of codes) assert.match(code, /^[A-Z][A-Z0-9_]*$/)
})

test('every entry says what happened and what to do, as a sentence without its full stop', () => {
  for (const code of codes) {
    const { actor, what, fix } = catalogue[code]
    assert.ok(['user', 'data', 'environment', 'millrace'].includes(actor), code)
    assert.ok(what.length > 0 && !what.endsWith('.'), `${code}: ${what}`)
    assert.ok(fix.length > 3 && !fix.endsWith('.'), `${code}: ${fix}`)
  }
})

test('an error names query, operator and position, and what to do', () => {
  const position = { source: 'a.jsonl', line: 3, byte: 120, column: 'price', text: '"12x"' }
  const error = new MillraceError('BAD_DURATION', { text: 'soon' }, { query: 'q', operator: 'where', position })
  assert.match(
    error.message,
    /^BAD_DURATION: 'soon' is not a duration \(query q, operator where, a\.jsonl line 3, byte 120, column price, at/,
  )
  assert.match(error.message, /To fix: write '10 minutes'/)
  assert.equal(error.code, 'BAD_DURATION')
  assert.equal(error.name, 'MillraceError')
})

test('an outer caller adds what it knows and changes nothing that is known', () => {
  const inner = new MillraceError('ASSERTION', { reason: 'x' }, { operator: 'top' })
  const outer = inner.at({ query: 'q', operator: 'other' })
  assert.deepEqual(outer.where, { query: 'q', operator: 'top' })
  assert.match(outer.message, /query q, operator top/)
})

test('fail throws the catalogue error with its cause', () => {
  const cause = new RangeError('inner')
  assert.throws(
    () => fail('ASSERTION', { reason: 'x' }, {}, cause),
    (error: MillraceError) => error.cause === cause,
  )
})

test('text from outside can not break a message', () => {
  assert.equal(excerpt('a\nb\u0000"c'), 'a\\nb\\u0000\\"c')
  assert.equal(excerpt('x'.repeat(100)).length, 81)
  assert.equal(describePosition({ source: 'f', row: 2, text: 'a\u001b[31mb' }), "f, row 2, at 'a\\u001b[31mb'")
})
