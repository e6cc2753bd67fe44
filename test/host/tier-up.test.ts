// The parser is not optimised, which would take 600 MB; the kernels are.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { withoutTierUp } from '../../src/host/tier-up.ts'

const program = `
  import { millrace } from '${join(import.meta.dirname, '../../src/index.ts')}'
  const m = await millrace({ dir: false })
  for (let i = 0; i < 50; i++) await m.sql('SELECT a, count(*) FROM (VALUES (1)) x (a) GROUP BY 1 ORDER BY 2')
  console.log(process.resourceUsage().maxRSS)`

// A process begins with the peak of the one that it was forked from: this file is run in a small one (scripts/stages.ts).
test('fifty statements take no hundreds of megabytes', async () => {
  const args = [
    '--conditions=millrace-src',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  assert.ok(Number(stdout) < 300_000, `${stdout} KB`)
})

test('what loading fails with is thrown, and what it gives is given', async () => {
  assert.equal(await withoutTierUp(async () => 1), 1)
  await assert.rejects(
    withoutTierUp(async () => Promise.reject(new Error('not there'))),
    /not there/,
  )
})
