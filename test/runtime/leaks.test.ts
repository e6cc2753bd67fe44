// Nothing is lost: over thousands of epochs whose groups come and go, over hundreds of runs, and when a run fails.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from '../../src/plan/index.ts'
import { engineOf } from '../../src/runtime/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { once } from '../../src/time/index.ts'
import { type Events, eventsOf } from '../laws/queries.ts'
import { depth } from '../support/depth.ts'
import { allOf, type EventRow, event, integrate, newLog, newShelf, shelfSpec } from './support.ts'

const EPOCHS = depth(1500)

const long = (i: number): string => `a text that is longer than twelve bytes, number ${i}`

/** Minutes go by; a key lives for some epochs and never comes back; now and then a row is late. */
const rowsOf = (epoch: number): EventRow[] => [
  event(epoch, long(epoch % 7), epoch % 100),
  event(epoch + 1, `k${epoch >> 3}`, epoch % 13),
  event(epoch, long(epoch >> 4), -1),
  event(Math.max(0, epoch - (epoch % 50 === 0 ? 500 : 3)), 'often late', epoch % 5),
]

const windows = (events: Events) =>
  events
    .where(e => e.n.gt(-5))
    .window({ sliding: '10 minutes', every: '5 minutes' })
    .groupBy('key')

/** Each keeps bounded state: of the windows that are open, or of a bounded number of keys. */
const tables: Readonly<Record<string, (events: Events) => Node>> = {
  'every aggregate of a window': events =>
    windows(events).agg(g => ({
      n: g.count(),
      sum: g.n.sum(),
      mean: g.n.avg(),
      spread: g.n.stddev(),
      least: g.key.min(),
      greatest: g.key.max(),
      distinct: g.key.countDistinct(),
      median: g.n.approxQuantile(0.5),
      first: g.key.first(),
      last: g.key.last(),
    })).node,
  'final windows': events =>
    windows(events)
      .agg(g => ({ n: g.count(), last: g.key.max() }))
      .final().node,
  'late rows': events =>
    events
      .window({ tumbling: '5 minutes' })
      .groupBy('key')
      .agg(g => ({ n: g.count() })).late.node,
  'aggregates of what is retracted': events =>
    events
      .select(e => ({ key: e.n, n: e.n }))
      .groupBy('key')
      .agg(g => ({ n: g.count() }))
      .groupBy('n')
      .agg(g => ({ keys: g.count(), least: g.key.min(), greatest: g.key.max() })).node,
  'the first ten': events =>
    events
      .select(e => ({ key: e.key, n: e.n }))
      .orderBy(e => [e.n.desc(), e.key])
      .limit(10).node,
  'distinct rows': events => events.select(e => ({ n: e.n })).distinct().node,
}

for (const [name, node] of Object.entries(tables))
  test(`memory stays flat over ${EPOCHS} epochs: ${name}`, async () => {
    const world = virtualWorld()
    const log = newLog()
    for (let epoch = 0; epoch < EPOCHS; epoch++) log.push(rowsOf(epoch))
    log.close()
    const shelf = newShelf()
    const engine = engineOf(world, { memory: '64 MB' })
    const run = await engine.run(
      'q',
      { node: node(eventsOf(log, undefined, '1 minute')), sink: shelfSpec(shelf), mode: 'retract' },
      { unbounded: true, epochRows: 1 },
    )
    const used: number[] = []
    run.on('progress', each => used.push(each.memoryBytes))
    await run.done
    assert.ok(used.length >= EPOCHS - 1, `${used.length} epochs`)
    assert.ok(allOf(shelf).length > 0)
    const most = (from: number, to: number): number => Math.max(...used.slice(from, to))
    const [early, late] = [most(EPOCHS / 3, (EPOCHS * 2) / 3), most((EPOCHS * 2) / 3, EPOCHS - 1)]
    assert.ok(late <= early + 2048, `${early} bytes, ${late} bytes later`)
  })

const counts = (events: Events): Node => events.groupBy('key').agg(g => ({ n: g.count(), least: g.n.min() })).node

test('300 runs, started and stopped: what the process holds stays flat', async () => {
  const log = newLog()
  log.push(rowsOf(1))
  log.close()
  const held = (): number => process.memoryUsage().rss
  const cycle = async (from: number, to: number): Promise<void> => {
    const engine = engineOf(virtualWorld(), { memory: '64 MB' })
    for (let i = from; i < to; i++) {
      const output = { node: counts(eventsOf(log)), sink: shelfSpec(newShelf()), mode: 'retract' as const }
      await (await engine.run(`q${i}`, output, { unbounded: true })).done
    }
    await engine.close()
  }
  await cycle(0, 100)
  const before = held()
  await cycle(100, 300)
  const grown = (held() - before) / 2 ** 20
  assert.ok(grown < 60, `${grown.toFixed(1)} MB more after 200 runs`)
})

test('MEMORY_LIMIT ends one run only, and with more memory it goes on from its checkpoint', async () => {
  const world = virtualWorld()
  const log = newLog()
  const output = (shelf: ReturnType<typeof newShelf>) => ({
    node: counts(eventsOf(log)),
    sink: shelfSpec(shelf),
    mode: 'retract' as const,
  })
  const [shelf, other, whole] = [newShelf(), newShelf(), newShelf()]
  const small = engineOf(world, { dir: 'm', memory: '16 MB' })
  const many = (from: number, count: number): EventRow[] =>
    Array.from({ length: count }, (_, i) => event(i, long(from + i), i))
  log.push(many(0, 1000))
  await (await small.run('q', output(shelf), { unbounded: true, trigger: once() })).done
  for (let i = 0; i < 50; i++) log.push(many(500 + i * 4000, 4000))
  const neighbour = await small.run(
    'other',
    { ...output(other), node: eventsOf(log).where(e => e.n.lt(10)).node },
    { unbounded: true },
  )
  const failing = await small.run('q', output(shelf), { unbounded: true, trigger: once() })
  await assert.rejects(failing.done, (error: { code: string; where: { query?: string; operator?: string } }) => {
    assert.equal(error.code, 'MEMORY_LIMIT')
    assert.equal(error.where.query, 'q')
    assert.match(String(error.where.operator), /^(aggregate|source)-1$/)
    return true
  })
  assert.equal(failing.status, 'failed')
  await world.clock.settle()
  assert.equal(neighbour.status, 'waiting')
  await small.close()
  assert.equal(shelf.epochs.size, 1)
  const large = engineOf(world, { dir: 'm', memory: '256 MB' })
  await (await large.run('q', output(shelf), { unbounded: true, trigger: once() })).done
  await (await large.run('again', output(whole), { unbounded: true, trigger: once() })).done
  await large.close()
  assert.deepEqual(integrate(allOf(shelf)), integrate(allOf(whole)))
})
