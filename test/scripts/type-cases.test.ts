// A type case passes only if the compiler says what is announced, and nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnosticsOf, disagreements } from '../../scripts/type-cases.ts'

const source = `const a = 1
// error: is not assignable
// error: to type 'number'

const b: number = 'b'
`

const output = (line: number, message: string) => `a.ts(${line},7): error TS2322: ${message}\n  Deeper: reason.\n`

test('the announced error is met', () => {
  const given = diagnosticsOf(output(5, "Type 'string' is not assignable to type 'number'."))
  assert.deepEqual(given, [
    {
      path: 'a.ts',
      line: 5,
      code: 'TS2322',
      message: "Type 'string' is not assignable to type 'number'. Deeper: reason.",
    },
  ])
  assert.deepEqual(disagreements(source, given), [])
})

test('an announced error that does not come', () => {
  assert.deepEqual(disagreements(source, []), [
    "line 5 should fail with 'is not assignable', but it compiles",
    "line 5 should fail with 'to type 'number'', but it compiles",
  ])
})

test('an announced error with another text', () => {
  const [first] = disagreements(source, diagnosticsOf(output(5, 'Other.')))
  assert.equal(first, "line 5 should fail with 'is not assignable', but the compiler says: Other. Deeper: reason.")
})

test('an error nobody announced', () => {
  assert.deepEqual(disagreements('const a = 1', diagnosticsOf(output(1, 'Other.'))), [
    'line 1 should compile, but: TS2322: Other. Deeper: reason.',
  ])
})
