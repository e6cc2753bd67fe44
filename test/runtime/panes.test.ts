// Panes through the whole engine: the clock makes epochs when a trigger waits for it, and what it told is in the log.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineOf, sessionOf } from '../../src/runtime/index.ts'
import { type EmitOptions, type Table, tableOf } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { allOf, type EventRow, event, type Log, logSpec, newLog, newShelf, shelfSpec } from './support.ts'

const events = (log: Log): Table<EventRow, 'append'> =>
  tableOf<EventRow>(logSpec(log), sessionOf(virtualWorld()), { time: 'at', lateBy: '0 minutes', idleAfter: 'never' })

async function told(options: EmitOptions): Promise<readonly string[]> {
  const log = newLog()
  const world = virtualWorld({ start: 0 })
  const shelf = newShelf()
  const table = events(log)
    .window({ tumbling: '10 minutes', accept: '10 minutes' })
    .groupBy('key')
    .agg(g => ({ sum: g.n.sum(), kinds: g.n.countDistinct(), mean: g.n.sum().div(g.count()) }))
    .emit(options)
  await using engine = engineOf(world, { memory: '64 MB' })
  const mode = options.accumulate === 'retracting' ? 'retract' : 'append'
  const run = await engine.run('panes', { node: table.node, sink: shelfSpec(shelf), mode }, { unbounded: true })
  const at = async (ms: number, ...rows: EventRow[]): Promise<void> => {
    await world.clock.advanceTo(ms)
    if (rows.length > 0) log.push(rows)
    await world.clock.settle()
  }
  await at(1000, event(1, 'a', 3))
  await at(2000, event(2, 'a', 5))
  await at(90_000, event(11, 'a', 1))
  await at(95_000, event(3, 'a', 4))
  await at(200_000)
  log.close()
  await run.done
  return allOf(shelf).map(({ row, weight }) => {
    const { sum, kinds, mean, paneTiming, paneIndex } = row as Record<string, unknown>
    return `${weight < 0 ? '-' : ''}${sum} ${kinds} ${mean} ${paneTiming} ${paneIndex}`
  })
}

const early = { early: { after: '1 minute' } } as const

test('accumulating: a minute after the first row without any other row, then on time, then late', async () => {
  assert.deepEqual(await told({ ...early, accumulate: 'accumulating' }), [
    '8 2 4 early 0',
    '8 2 4 on time 1',
    '12 3 4 late 2',
    '1 1 1 early 0',
    '1 1 1 on time 1',
  ])
})

test('discarding: of the rows since the last pane, distinct values too', async () => {
  assert.deepEqual(await told({ ...early, accumulate: 'discarding' }), [
    '8 2 4 early 0',
    '4 1 4 late 1',
    '1 1 1 early 0',
  ])
})

test('the global window has no end, and needs no event time: its panes are those of its trigger', async () => {
  const log = newLog()
  const world = virtualWorld({ start: 0 })
  const shelf = newShelf()
  const table = tableOf<EventRow>(logSpec(log), sessionOf(virtualWorld()))
    .window({ global: true })
    .groupBy('key')
    .agg(g => ({ sum: g.n.sum() }))
    .emit({ when: { repeatedly: { rows: 2 } }, accumulate: 'discarding' })
  await using engine = engineOf(world, { memory: '64 MB' })
  const run = await engine.run('g', { node: table.node, sink: shelfSpec(shelf), mode: 'append' }, { unbounded: true })
  for (const n of [1, 2, 3, 4, 5]) {
    log.push([event(0, 'a', n)])
    await world.clock.settle()
  }
  log.close()
  await run.done
  const rows = allOf(shelf).map(({ row }) => row as { sum: number; paneTiming: string; window: { end: null } })
  assert.deepEqual(
    rows.map(({ sum, paneTiming, window }) => [sum, paneTiming, window.end]),
    [
      [3, 'early', null],
      [7, 'early', null],
      [5, 'on time', null],
    ],
  )
})

test('retracting: the panes add up to the last ones', async () => {
  assert.deepEqual(await told({ ...early, accumulate: 'retracting' }), [
    '8 2 4 early 0',
    '-8 2 4 early 0',
    '8 2 4 on time 1',
    '-8 2 4 on time 1',
    '12 3 4 late 2',
    '1 1 1 early 0',
    '-1 1 1 early 0',
    '1 1 1 on time 1',
  ])
})
