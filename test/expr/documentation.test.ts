// docs/functions.md is what the registry says.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { functionsDocument } from '../../scripts/document-functions.ts'
import { registry } from '../../src/expr/index.ts'

test('docs/functions.md is not stale (node scripts/document-functions.ts writes it)', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../../docs/functions.md'), 'utf8'), functionsDocument())
})

test('no name stands for two functions', () => {
  const names = registry.flatMap(each => [each.name, ...(each.aliases ?? [])])
  assert.equal(new Set(names).size, names.length)
})
