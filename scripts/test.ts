// `npm test` runs every test there is, in stages. `npm test -- FILE …` (with options of `node --test`, if any) runs those
// files only and shows each test; `--complete` writes the goldens of test/sql/golden instead of comparing with them.

import { spawnSync } from 'node:child_process'
import { root, runStages, testStages, writeTotals } from './stages.ts'

const COMPLETE = '--complete'

/** How long a test may take: the randomised ones at length run for an hour and more. */
const limitMs = process.env.MILLRACE_LONG === '1' ? 4 * 3_600_000 : 600_000

function runAsked(asked: readonly string[]): number {
  const args = [
    '--conditions=millrace-src',
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-timeout=${limitMs}`,
    ...asked.filter(each => each !== COMPLETE),
  ]
  const env = asked.includes(COMPLETE) ? { ...process.env, MILLRACE_COMPLETE: '1' } : process.env
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1
}

async function runAll(): Promise<number> {
  const results = await runStages(testStages())
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, { counts }) => total + counts[key], 0)
  // A stage can fail without a failed test (its process was killed): it counts as one failure.
  const silent = results.filter(({ ok, counts }) => !ok && counts.failed === 0).length
  const totals = { passed: sum('passed'), failed: sum('failed') + silent }
  writeTotals('test.json', totals)
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${sum('skipped')} skipped\n`)
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1
}

const asked = process.argv.slice(2)
process.exit(asked.length > 0 ? runAsked(asked) : await runAll())
