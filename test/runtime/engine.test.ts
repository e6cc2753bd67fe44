// The engine's door: what a run tells about itself, and that runs do not touch each other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineOf } from '../../src/runtime/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { once } from '../../src/time/index.ts'
import { eventsOf } from '../laws/queries.ts'
import { allOf, event, newLog, newShelf, shelfSpec } from './support.ts'

const setUp = () => {
  const world = virtualWorld({ start: 1_000_000 })
  const log = newLog()
  return { world, log, shelf: newShelf(), engine: engineOf(world, { memory: '64 MB' }) }
}

test('a run tells its progress and its states', async () => {
  const { log, shelf, engine, world } = setUp()
  log.push([event(100, 'a'), event(101, 'b')])
  const table = eventsOf(log)
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
  const run = await engine.run(
    'counts',
    { node: table.node, sink: shelfSpec(shelf), mode: 'update' },
    { name: 'Counts' },
  )
  const states: string[] = []
  run.on('state', status => states.push(status))
  await world.clock.settle()
  const { last } = run.progress
  assert.deepEqual(
    [run.id, run.name, run.status, last?.epoch, last?.rowsIn, last?.rowsOut, last?.stateRows],
    ['counts', 'Counts', 'waiting', 1, 2, 2, 2],
  )
  assert.deepEqual(last?.watermark, new Date(41 * 60_000))
  assert.deepEqual(
    engine.runs.map(each => each.runId),
    [run.runId],
  )
  const why = await run.why()
  assert.equal(why.sources[0]?.partition, 'p0')
  assert.match(why.text, /held by partition p0/)
  await run.stop()
  assert.deepEqual(states.slice(-2), ['stopping', 'stopped'])
  assert.equal(engine.runs.length, 0)
  assert.equal(shelf.closed, 'stopped')
})

test('what a join keeps is told without a checkpoint too', async () => {
  const { log, shelf, engine, world } = setUp()
  log.push([event(100, 'a'), event(101, 'b')])
  const events = eventsOf(log)
  const table = events.join(events, {
    on: (x, y) => x.key.eq(y.key),
    within: { after: '1 hour' },
    select: x => ({ n: x.n }),
  })
  const run = await engine.run('pairs', { node: table.node, sink: shelfSpec(shelf), mode: 'append' })
  await world.clock.settle()
  assert.equal(run.progress.last?.stateRows, 4)
  assert.deepEqual(
    run.progress.last?.operators.map(each => each.rows),
    [4],
  )
  await run.stop()
})

test('one id, one run; a closed engine starts none', async () => {
  const { log, engine } = setUp()
  const output = { node: eventsOf(log).node, sink: shelfSpec(newShelf()), mode: 'append' as const }
  const run = await engine.run('q', output)
  await assert.rejects(engine.run('q', output), { code: 'RUN_EXISTS' })
  await assert.rejects(engine.run('none', []), { code: 'BAD_RUN' })
  await engine.close()
  assert.equal(run.status, 'stopped')
  await assert.rejects(engine.run('q', output), { code: 'ENGINE_CLOSED' })
})

test('an engine without a folder keeps nothing: the same id begins anew', async () => {
  const { log, world } = setUp()
  log.push([event(100, 'a')])
  log.close()
  const engine = engineOf(world, { dir: false, memory: '64 MB' })
  for (let start = 0; start < 2; start++) {
    const shelf = newShelf()
    const run = await engine.run('q', { node: eventsOf(log).node, sink: shelfSpec(shelf), mode: 'append' })
    await run.done
    assert.equal(allOf(shelf).length, 1)
  }
  assert.equal(engine.dir, undefined)
  assert.deepEqual(await world.disk.list('.'), [])
})

test('the failure of a run is its own: told with query, operator, and left by itself', async () => {
  const { log, shelf, engine, world } = setUp()
  const table = eventsOf(log)
  const bad = await engine.run('bad', {
    node: table.select(e => ({ x: e.n.div(e.n) })).node,
    sink: shelfSpec(newShelf()),
    mode: 'append',
  })
  const good = await engine.run('good', { node: table.node, sink: shelfSpec(shelf), mode: 'append' })
  const heard: string[] = []
  bad.on('error', error => heard.push(error.code))
  log.push([event(1, 'a', 0)])
  await world.clock.settle()
  assert.equal(bad.status, 'failed')
  await assert.rejects(bad.done, { code: 'DIVISION_BY_ZERO' })
  assert.deepEqual(heard, ['DIVISION_BY_ZERO'])
  assert.equal(bad.error?.where.query, 'bad')
  assert.equal(bad.error?.where.operator, 'select-1')
  assert.equal(good.status, 'waiting')
  assert.equal(allOf(shelf).length, 1)
  await engine.close()
})

test('a full disk stops the run, and with room again it goes on where it was', async () => {
  const { log, shelf, engine, world } = setUp()
  log.push([event(1, 'a')])
  const table = eventsOf(log)
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
  const output = { node: table.node, sink: shelfSpec(shelf), mode: 'retract' as const }
  await (await engine.run('q', output, { trigger: once() })).done
  log.push([event(2, 'a')])
  world.disk.capacity = 1
  await assert.rejects((await engine.run('q', output, { trigger: once() })).done, { code: 'DISK_FULL' })
  world.disk.capacity = Number.POSITIVE_INFINITY
  await (await engine.run('q', output, { trigger: once() })).done
  assert.deepEqual(
    shelf.epochs.get(2)?.map(({ row, weight }) => [(row as { n: number }).n, weight]),
    [
      [1, -1],
      [2, 1],
    ],
  )
})

test('sizes of memory', () => {
  const { world } = setUp()
  for (const memory of ['64 MB', '1.5 GB', 1 << 26]) engineOf(world, { memory })
  for (const memory of ['lots', '1 KB', '9 GB', -1])
    assert.throws(() => engineOf(world, { memory }), { code: 'BAD_RUN' })
})
