// A thousand tests of users: a windowed table over three partitions, four epochs, a power cut and a restore, each in a
// world of its own.
import { read, t } from 'millrace'
import { testing } from 'millrace/testing'

const TESTS = 1000
const Click = t.row({ at: t.timestamp(), page: t.string(), ms: t.int() })
const clicks = read.json('clicks', { schema: Click, time: 'at', lateBy: '10 seconds' })
const perPage = clicks
  .window({ tumbling: '1 minute' })
  .groupBy('page')
  .agg(g => ({ n: g.count(), slowest: g.ms.max() }))

async function oneTest(cut: boolean): Promise<void> {
  await using run = await testing(perPage, { partitions: 3 })
  run.push({ at: '2026-01-01T12:00:05Z', page: '/', ms: 9 }, { partition: 1 })
  await run.epoch()
  await run.advanceTo('2026-01-01T12:01:10Z')
  if (cut) await run.crash()
  if (cut) await run.restore()
  run.push({ at: '2026-01-01T12:01:15Z', page: '/', ms: 9 }, { partition: 1 })
  await run.epoch()
  await run.end()
  if (run.rows().length !== 2) throw new Error('two windows')
}

async function measure(name: string, cut: boolean): Promise<void> {
  for (let i = 0; i < 20; i++) await oneTest(cut)
  const began = performance.now()
  const cpu = process.cpuUsage()
  for (let i = 0; i < TESTS; i++) await oneTest(cut)
  const { user, system } = process.cpuUsage(cpu)
  const wall = ((performance.now() - began) / 1000).toFixed(2)
  console.log(`${TESTS} tests ${name.padEnd(18)} ${wall} s, ${((user + system) / 1e6).toFixed(2)} s of CPU`)
}

await measure('', false)
await measure('with a power cut', true)
