// `npm run laws`: the law tests alone. `npm run laws -- --long`: the nightly form, which makes 100,000 epochs of random plans
// and a hundred times the runs of every other randomised law; MILLRACE_SEED=random starts elsewhere each night.

import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { root } from './stages.ts'

const long = process.argv.includes('--long')
const files = globSync('test/laws/**/*.test.ts', { cwd: root }).sort()
const env = {
  ...process.env,
  ...(long ? { MILLRACE_LONG: '1', MILLRACE_SEED: process.env.MILLRACE_SEED ?? 'random' } : {}),
}
const args = [
  '--conditions=millrace-src',
  '--disable-warning=ExperimentalWarning',
  '--test',
  '--test-concurrency=1',
  ...files,
]
const { status } = spawnSync(process.execPath, args, {
  cwd: root,
  env,
  stdio: 'inherit',
  timeout: long ? 12 * 3_600_000 : 900_000,
})
process.exit(status ?? 1)
