// `npm run check`: what must hold before a change lands, in under two minutes on two processors:
// each law at an eighth of the depth that `npm test` gives it (test/support/depth.ts), a fourth of the programs in documents, without its long stages.
// `npm run check -- lint tidy` runs only those stages.

import { checkStages, runStages, writeTotals } from './stages.ts'

const started = performance.now()
const asked = process.argv.slice(2)
const all = checkStages()
const unknown = asked.filter(name => !all.some(stage => stage.name === name))
if (unknown.length > 0) {
  process.stderr.write(`no stage ${unknown.join(', ')}; there are: ${all.map(({ name }) => `'${name}'`).join(', ')}\n`)
  process.exit(2)
}

const stages = asked.length === 0 ? all : all.filter(({ name }) => asked.includes(name))
const results = await runStages(stages, { MILLRACE_DEPTH: 'check' })
const failed = results.filter(({ ok }) => !ok)
const seconds = (performance.now() - started) / 1000
writeTotals('check.json', { passed: results.length - failed.length, failed: failed.length })
process.stdout.write(
  failed.length === 0
    ? `check: ${results.length} stages hold, ${seconds.toFixed(1)} s\n`
    : `check: failed in ${failed.map(({ name }) => name).join(', ')}, ${seconds.toFixed(1)} s\n`,
)
process.exit(failed.length === 0 ? 0 : 1)
