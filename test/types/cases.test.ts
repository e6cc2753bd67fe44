// Type cases (scripts/type-cases.ts says how they are written): the compiler runs once over all of test/types/cases.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTsc } from '../../scripts/tsc.ts'
import { diagnosticsOf, disagreements } from '../../scripts/type-cases.ts'

const folder = join(import.meta.dirname, 'cases')
const { output } = runTsc(['-p', 'tsconfig.json'], folder)
const diagnostics = diagnosticsOf(output)
const files = globSync('**/*.ts', { cwd: folder }).sort()

for (const file of files) {
  test(`types: ${file}`, () => {
    const own = diagnostics.filter(({ path }) => path === file)
    const wrong = disagreements(readFileSync(join(folder, file), 'utf8'), own)
    assert.deepEqual(wrong, [])
  })
}

test('every diagnostic is about a case', () => {
  const elsewhere = diagnostics.filter(({ path }) => !files.includes(path))
  assert.deepEqual(elsewhere, [])
  assert.ok(diagnostics.length > 0, `the mechanism's own case gave no diagnostic: ${output}`)
})
