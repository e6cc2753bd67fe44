// The price of the types: each file of test/types/cost is compiled alone, and the compiler's count of type instantiations,
// less that of baseline.ts, must stay within budgets.json (file name → instantiations). Counts are deterministic; time is
// not, so it is not measured. A file is a use of the API whose price we promise, with its budget beside it.

import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../scripts/stages.ts'
import { runTsc } from '../../scripts/tsc.ts'

const folder = join(import.meta.dirname, 'cost')
const budgets = JSON.parse(readFileSync(join(folder, 'budgets.json'), 'utf8')) as Record<string, number>

/** Type instantiations when `file` is compiled alone; the file must compile. */
function instantiations(file: string): number {
  mkdirSync(join(root, 'build'), { recursive: true })
  const project = mkdtempSync(join(root, 'build/cost-'))
  const config = {
    extends: join(root, 'tsconfig.json'),
    files: [join(folder, file), join(root, 'src/kernels/webassembly.d.ts')],
    include: [],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config))
  const { status, output } = runTsc(['-p', project, '--extendedDiagnostics'])
  rmSync(project, { recursive: true })
  assert.equal(status, 0, output)
  return Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1] ?? assert.fail(`no count in: ${output}`))
}

const baseline = instantiations('baseline.ts')

for (const [file, budget] of Object.entries(budgets)) {
  test(`type cost: ${file}`, t => {
    const cost = instantiations(file) - baseline
    t.diagnostic(`${file}: ${cost} instantiations, budget ${budget}`)
    assert.ok(cost <= budget, `${file} costs ${cost} type instantiations, its budget is ${budget}`)
  })
}

test('type cost: every file has a budget', t => {
  t.diagnostic(`importing millrace: ${baseline} instantiations`)
  const files = globSync('*.ts', { cwd: folder }).filter(file => file !== 'baseline.ts')
  assert.deepEqual(files.sort(), Object.keys(budgets).sort())
})
