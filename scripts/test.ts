// `npm test [-- file …]`: every test file, or the ones named, on node:test.

import { spawnSync } from 'node:child_process'

const asked = process.argv.slice(2)
const files = asked.length > 0 ? asked : ['test/**/*.test.ts']
const done = spawnSync(process.execPath, ['--conditions=millrace-src', '--test', ...files], { stdio: 'inherit' })
process.exit(done.status ?? 1)
