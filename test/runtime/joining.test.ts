// Branches that have read equally far are one again: a source is read once, state that both keep is kept once, and every
// sink holds what it would hold had they stayed apart.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Output } from '../../src/plan/index.ts'
import { engineOf, type RunOptions } from '../../src/runtime/index.ts'
import { type Tail, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { availableNow } from '../../src/time/index.ts'
import { eventsOf } from '../laws/queries.ts'
import { everyStep } from '../support/depth.ts'
import { shelfFiles, shelfOnDisk } from './disk-shelf.ts'
import { event, integrate, type Log, newLog } from './support.ts'

function tablesOf(log: Log) {
  const events = eventsOf(log)
  const perKey = events.groupBy('key').agg(g => ({ n: g.count() }))
  const perWindow = events
    .window({ tumbling: '5 minutes' })
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
  return {
    perKey,
    perNumber: events.groupBy('n').agg(g => ({ rows: g.count() })),
    // Not to be put over anything: it reads the events too.
    both: events.select(e => ({ k: e.key, v: e.n })).join(perKey, { on: (e, p) => e.k.eq(p.key) }),
    perWindow,
    'over windows': perWindow.groupBy('key').agg(g => ({ most: g.n.max() })),
  }
}
type Name = keyof ReturnType<typeof tablesOf>

async function runOn(world: VirtualWorld, log: Log, what: readonly Name[], how: RunOptions = {}) {
  const tables = tablesOf(log)
  const outputs = what.map((name): Output => ({ node: tables[name].node, sink: shelfOnDisk(name), mode: 'retract' }))
  const read = new Map<string, number>()
  const options: RunOptions = { trigger: availableNow(), onChange: 'backfill', unbounded: true, ...how }
  const run = await engineOf(world, { dir: 'm', memory: '64 MB' }).run('q', outputs, options)
  run.on('progress', each => {
    for (const { id, rows } of each.sources) read.set(id, (read.get(id) ?? 0) + rows)
  })
  await run.done
  return {
    read: [...read.values()],
    aggregates: run.progress.last?.operators.filter(each => each.operator.startsWith('agg')),
  }
}

const push = (log: Log, i: number): void =>
  void log.push([event(3 * i, `k${i % 3}`, i), event(3 * i + 1, `k${i % 4}`, i % 5)])

const tableIn = (world: VirtualWorld, name: string): string[] =>
  integrate(Object.values(shelfFiles(world.disk, name)).flatMap(lines => lines.map(line => JSON.parse(line))))

async function assertHolds(world: VirtualWorld, log: Log, what: readonly Name[], message: string): Promise<void> {
  const calm = virtualWorld()
  await runOn(calm, log, what)
  for (const name of what) assert.deepEqual(tableIn(world, name), tableIn(calm, name), `${name}, ${message}`)
}

/** The query as it was, then with another output; the log was read to its end by both. */
async function twoBranches(before: readonly Name[], after: readonly Name[]) {
  const [world, log] = [virtualWorld(), newLog()]
  for (let i = 0; i < 5; i++) push(log, i)
  await runOn(world, log, before)
  for (let i = 5; i < 7; i++) push(log, i)
  const { read } = await runOn(world, log, after)
  assert.deepEqual(read, [4, 14], 'a branch of its own reads all of it')
  for (let i = 7; i < 9; i++) push(log, i)
  return { world, log }
}

const stories: readonly (readonly [what: string, before: Name[], after: Name[], aggregates: number])[] = [
  ['they share a source', ['perKey'], ['perKey', 'perNumber'], 2],
  ['they share state too', ['perKey'], ['perKey', 'both'], 1],
  ['one has windows', ['perKey'], ['perKey', 'perWindow'], 2],
]
for (const [what, before, after, aggregates] of stories) {
  test(`one again: ${what}`, async () => {
    const { world, log } = await twoBranches(before, after)
    const again = await runOn(world, log, after, { onChange: 'reject' })
    assert.deepEqual(again.read, [4], 'what is new is read once')
    assert.equal(again.aggregates?.length, aggregates)
    await assertHolds(world, log, after, 'joined')
    push(log, 9)
    assert.deepEqual((await runOn(world, log, after, { onChange: 'reject' })).read, [2])
    await assertHolds(world, log, after, 'and after that')
  })

  test(`a crash at any step, ${what}`, async () => {
    const calm = await twoBranches(before, after)
    const steps = calm.world.disk.steps
    await runOn(calm.world, calm.log, after)
    for (const k of everyStep(calm.world.disk.steps - steps)) {
      const { world, log } = await twoBranches(before, after)
      world.disk.crashAt(k)
      await runOn(world, log, after).catch(() => {})
      world.disk.restart((['lost', 'torn', 'kept'] as const)[k % 3] as Tail)
      await runOn(world, log, after)
      await assertHolds(world, log, after, `step ${k}`)
    }
  })
}

test('what does not follow from the sum of what was read stays apart', async () => {
  const after: Name[] = ['perWindow', 'over windows']
  const { world, log } = await twoBranches(['perWindow'], after)
  assert.deepEqual((await runOn(world, log, after)).read, [4, 4])
  await assertHolds(world, log, after, 'in the end')
})

test('branches that have not read equally far stay apart', async () => {
  const [world, log, after] = [virtualWorld(), newLog(), ['perKey', 'perNumber'] as const]
  for (let i = 0; i < 5; i++) push(log, i)
  await runOn(world, log, ['perKey'])
  const half = await runOn(world, log, after, { epochRows: 4, trigger: { kind: 'once' } })
  assert.ok(half.read.length <= 2)
  for (let i = 5; i < 9; i++) push(log, i)
  await runOn(world, log, after)
  await assertHolds(world, log, after, 'in the end')
})
