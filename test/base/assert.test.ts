import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as holds, unreachable } from '../../src/base/index.ts'

test('what must hold and does not is ASSERTION, our defect, with the contract that is broken', () => {
  holds(true, 'never said')
  assert.throws(() => holds(false, 'rows are sorted'), {
    code: 'ASSERTION',
    actor: 'millrace',
    message: /an internal check failed: rows are sorted/,
  })
  assert.throws(() => unreachable('later' as never), { code: 'ASSERTION', message: /unexpected "later"/ })
})
