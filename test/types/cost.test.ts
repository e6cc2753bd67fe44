// The price of the types: each file of test/types/cost is compiled alone against the published declarations, and the
// compiler's count of type instantiations must stay within budgets.json (file name → instantiations). Counts are
// deterministic; time is not, so it is not measured. A file is a use of the API whose price we promise, its budget beside it.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileUser, userFolder } from '../support/published.ts'

const folder = join(import.meta.dirname, 'cost')
const budgets = JSON.parse(readFileSync(join(folder, 'budgets.json'), 'utf8')) as Record<string, number>
const files = globSync('*.ts', { cwd: folder }).sort()
const user = await userFolder(
  'cost',
  Object.fromEntries(files.map(file => [file, readFileSync(join(folder, file), 'utf8')])),
)

/** Type instantiations when `file` is compiled alone; the file must compile. */
function instantiations(file: string): number {
  const { status, output } = compileUser(user, { files: [file], args: ['--extendedDiagnostics'] })
  assert.equal(status, 0, output)
  return Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1] ?? assert.fail(`no count in: ${output}`))
}

for (const [file, budget] of Object.entries(budgets)) {
  test(`type cost: ${file}`, t => {
    const cost = instantiations(file)
    t.diagnostic(`${file}: ${cost} instantiations, budget ${budget}`)
    assert.ok(cost > 0 && cost <= budget, `${file} costs ${cost} type instantiations, its budget is ${budget}`)
  })
}

test('type cost: every file has a budget', () => {
  assert.deepEqual(files, Object.keys(budgets).sort())
})
