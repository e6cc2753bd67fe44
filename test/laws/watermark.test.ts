// Law 5: watermarks never go back, no window result is final before its trigger allows, bounded lateness bounds state.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineOf } from '../../src/runtime/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { event, newLog, newShelf, shelfSpec } from '../runtime/support.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { eventsOf } from './queries.ts'

const minute = (at: Date): number => at.getTime() / 60_000

async function finals(rng: Rng, epochs: number) {
  const log = newLog()
  const world = virtualWorld()
  const shelf = newShelf()
  const table = eventsOf(log, undefined, '1 minute')
    .window({ tumbling: '5 minutes' })
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
    .final()
  const run = await engineOf(world, { memory: '64 MB' }).run('q', {
    node: table.node,
    sink: shelfSpec(shelf),
    mode: 'append',
  })
  for (let i = 0; i < epochs; i++) {
    log.push(
      rng.list(5, () => event(Math.max(0, 2 * i + rng.int(-6, 2)), `k${rng.int(0, 5)}`)),
      `p${rng.int(0, 1)}`,
    )
    await world.clock.settle()
  }
  await run.stop()
  return { shelf, progress: run.progress.recent }
}

seeded('no watermark goes back, and no window is final before the watermark has passed its end', async rng => {
  const { shelf, progress } = await finals(rng, 30)
  let last = Number.NEGATIVE_INFINITY
  for (const { epoch, watermark } of progress) {
    const at = watermark === undefined ? Number.NEGATIVE_INFINITY : minute(watermark)
    assert.ok(at >= last, `epoch ${epoch}: ${at} after ${last}`)
    last = at
    for (const { row } of shelf.epochs.get(epoch) ?? []) {
      const { end } = (row as { window: { end: Date } }).window
      assert.ok(minute(end) <= at, `epoch ${epoch}: the window to ${minute(end)} at ${at}`)
    }
  }
})

seeded('a window is final once', async rng => {
  const { shelf } = await finals(rng, 30)
  const told = [...shelf.epochs.values()].flat().map(({ row }) => {
    const { key, window } = row as { key: string; window: { start: Date } }
    return `${key} ${minute(window.start)}`
  })
  assert.equal(new Set(told).size, told.length)
})

test('with bounded lateness the state stays as small as what is open', async () => {
  const log = newLog()
  const world = virtualWorld()
  const table = eventsOf(log, undefined, '1 minute')
    .window({ tumbling: '5 minutes' })
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
  const run = await engineOf(world, { memory: '64 MB' }).run('q', {
    node: table.node,
    sink: shelfSpec(newShelf()),
    mode: 'retract',
  })
  const sizes: number[] = []
  for (let i = 0; i < 200; i++) {
    log.push([event(2 * i, `a${i}`), event(2 * i + 1, `b${i}`)])
    await world.clock.settle()
    sizes.push(run.progress.last?.stateRows ?? -1)
  }
  await run.stop()
  assert.equal(sizes.length, 200)
  assert.ok(Math.max(...sizes) <= 10, `up to ${Math.max(...sizes)} groups`)
})

test('two thousand epochs of final windows and late rows: the state stays flat', async () => {
  const log = newLog()
  const world = virtualWorld()
  const windows = eventsOf(log, undefined, '1 minute')
    .window({ tumbling: '5 minutes', accept: '2 minutes' })
    .groupBy('key')
    .agg(g => ({ n: g.count(), keys: g.n.countDistinct() }))
  const late = newShelf()
  const run = await engineOf(world, { memory: '64 MB' }).run('q', [
    { node: windows.final().node, sink: shelfSpec(newShelf()), mode: 'append' },
    { node: windows.late.node, sink: shelfSpec(late), mode: 'append' },
  ])
  const sizes: number[] = []
  const bytes: number[] = []
  for (let i = 0; i < 2000; i++) {
    log.push([event(i, `k${i % 3}`, i), event(i - 20, 'late', i)])
    await world.clock.settle()
    sizes.push(run.progress.last?.stateRows ?? -1)
    bytes.push(run.progress.last?.memoryBytes ?? -1)
  }
  await run.stop()
  assert.equal(run.progress.last?.epoch, 2000)
  assert.ok(Math.max(...sizes) <= 40, `up to ${Math.max(...sizes)} rows of state`)
  assert.ok(Math.max(...bytes.slice(1000)) <= Math.max(...bytes.slice(0, 1000)), 'memory does not grow')
  assert.ok([...late.epochs.values()].flat().length > 1900)
})
