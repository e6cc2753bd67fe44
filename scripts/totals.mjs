// Prints `N passed, N failed` over the files of totals named as arguments; fails when something failed, nothing passed,
// or a file is missing (the run that should have written it died: one failure).

import { existsSync, readFileSync } from 'node:fs'

const read = path => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { passed: 0, failed: 1 })
const totals = process.argv.slice(2).map(read)
const sum = key => totals.reduce((total, each) => total + each[key], 0)

process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1)
