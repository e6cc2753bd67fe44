import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { isKnown, report } from '../../src/cli/report.ts'

const known = new MillraceError('DISK_MISSING', { path: '/in' }, { query: 'delays' })
const defect = new MillraceError('ASSERTION', { reason: 'odd' })
const thrown = new MillraceError('OPERATOR_FAILED', { reason: 'TypeError: no' }, {}, new TypeError('no'))

test('what an error says, and what to do, without a stack', () => {
  const text = 'millrace: DISK_MISSING: /in does not exist (query delays)\n  to fix: check the path\n'
  assert.equal(report(known, false), text)
})
test('the stack when it is asked for', () => assert.match(report(known, true), /\n +at /))
test('the stack of what only we can repair', () => assert.match(report(defect, false), /\n +at /))
test('the place of a cause', () => {
  assert.match(report(thrown, false), /cause: TypeError: no \(.*report\.test\.ts:\d+:\d+\)\n$/)
})
test('an error of another copy of millrace is known by its shape', () => {
  const shape = { name: 'MillraceError', code: 'DISK_FULL', actor: 'environment', hint: 'free it' }
  const foreign = Object.assign(new Error('DISK_FULL: full. To fix: free it.'), shape)
  assert.equal(isKnown(foreign), true)
  assert.equal(report(foreign, false), 'millrace: DISK_FULL: full\n  to fix: free it\n')
  assert.equal(isKnown(new Error('x')), false)
})
test('anything else comes with its stack', () => {
  assert.match(report(new RangeError('odd'), false), /^millrace: RangeError: odd\n +at /)
  assert.equal(report('text', false), 'millrace: text\n')
})
