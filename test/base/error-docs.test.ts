// docs/errors.md is what the catalogue says, and the catalogue's texts are complete.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorsDocument } from '../../scripts/document-errors.ts'
import { catalogue } from '../../src/base/errors.ts'

test('docs/errors.md is not stale (node scripts/document-errors.ts writes it)', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8'), errorsDocument())
})

test('every code of the catalogue is in a section of the document', () => {
  const document = errorsDocument()
  for (const code of Object.keys(catalogue)) assert.ok(document.includes(`\`${code}\` |`), code)
})

test('texts read as sentences of one message: no capital, no full stop, nothing empty', () => {
  for (const [code, { what, fix }] of Object.entries(catalogue)) {
    assert.ok(what.trim() !== '' && fix.trim() !== '', code)
    if (!what.endsWith('\n')) assert.doesNotMatch(what, /[.?!]$/, code)
    assert.doesNotMatch(fix, /[.?!]$/, code)
    assert.doesNotMatch(what, /^[A-Z][a-z]+ /, code)
  }
})
