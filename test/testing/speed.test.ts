// A thousand tests of users run in under ten seconds: here a hundred in about one, in CPU time, since machines are shared.
// The ceiling leaves half as much again for a processor whose caches others use at the same time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testing } from '../../src/testing/index.ts'
import { click, clicksOf } from './support.ts'

const perPage = clicksOf({ time: 'at', lateBy: '10 seconds' })
  .window({ tumbling: '1 minute' })
  .groupBy('page')
  .agg(g => ({ n: g.count(), worst: g.ms.max() }))

async function oneTest(): Promise<void> {
  await using t = await testing(perPage, { partitions: 3 })
  t.push(click('00:05', '/', 9), { partition: 1 })
  await t.epoch()
  await t.advanceTo('2026-01-01T12:01:10Z')
  await t.end()
  assert.equal(t.rows().length, 1)
}

test('a hundred tests in a second', async t => {
  for (let i = 0; i < 20; i++) await oneTest()
  const before = process.cpuUsage()
  for (let i = 0; i < 100; i++) await oneTest()
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  t.diagnostic(`${(seconds * 10).toFixed(1)} ms of CPU a test`)
  assert.ok(seconds < 1.5, `${seconds} s`)
})
