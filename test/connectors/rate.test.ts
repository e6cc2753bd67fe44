import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateSpec } from '../../src/connectors/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { openSource } from './drive.ts'

test('rows are due by the clock, and the same range gives the same rows', async () => {
  const world = virtualWorld({ start: 1000 })
  const reading = await openSource(rateSpec({ rowsPerSecond: 4 }), { world })
  assert.equal(await reading.source.plan(null, { rows: 100 }), undefined)
  await world.clock.advance(750)
  assert.ok(reading.wakes >= 1)
  const [epoch] = await reading.all()
  assert.deepEqual(
    epoch?.rows.map(row => [(row['timestamp'] as Date).getTime(), row['value']]),
    [
      [1000, 0],
      [1250, 1],
      [1500, 2],
    ],
  )
  const later = virtualWorld({ start: 9000 })
  const again = await openSource(rateSpec({ rowsPerSecond: 4 }), { world: later, columns: ['value'] })
  assert.deepEqual(await again.rows(epoch.range), [{ value: 0 }, { value: 1 }, { value: 2 }])
  const rest = await again.all(epoch.range.to, { rows: 10 })
  assert.equal(rest.flatMap(each => each.rows).length, 32 - 3)
})

test('ends after so many rows', async () => {
  const world = virtualWorld()
  const reading = await openSource(rateSpec({ rowsPerSecond: 10_000, rows: 5000 }), { world })
  await reading.source.plan(null, { rows: 1 })
  await world.clock.advance(2000)
  const [epoch] = await reading.all()
  assert.equal(epoch?.rows.length, 5000)
  assert.equal(reading.source.ended(epoch.range.to), true)
})

test('a rate must be positive', () => {
  assert.throws(() => rateSpec({ rowsPerSecond: 0 }), /BAD_OPTION.*rowsPerSecond/)
})
