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
