// A part that is put over operators that go on holds what it would hold had it been there from the beginning, and its
// sources are not read again; wherever it crashes on the way, and however the query changes after that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Output } from '../../src/plan/index.ts'
import { engineOf, type RunOptions } from '../../src/runtime/index.ts'
import { Crashed, type Tail, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { availableNow, continuous } from '../../src/time/index.ts'
import { eventsOf } from '../laws/queries.ts'
import { everyStep } from '../support/depth.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { shelfFiles, shelfOnDisk } from './disk-shelf.ts'
import { event, integrate, type Log, newLog } from './support.ts'

/** Tables that are there, and tables over them. */
function tablesOf(log: Log) {
  const events = eventsOf(log)
  const perKey = events.groupBy('key').agg(g => ({ n: g.count(), sum: g.n.sum() }))
  const values = events.select(e => ({ n: e.n })).distinct()
  const best = events
    .select(e => ({ key: e.key, n: e.n }))
    .orderBy(e => [e.n.desc(), e.key])
    .limit(3)
  return {
    perKey,
    values,
    best,
    'the best, grouped': best.groupBy('key').agg(b => ({ times: b.count() })),
    'the best and their groups': best.join(perKey, {
      on: (b, k) => b.key.eq(k.key),
      select: (b, k) => ({ key: b.key, n: b.n, of: k.n }),
    }),
    'groups of groups': perKey.groupBy('n').agg(g => ({ keys: g.count(), sum: g.sum.sum() })),
    'a condition': perKey.where(g => g.n.gt(2)).select(g => ({ key: g.key, mean: g.sum.div(g.n) })),
    'the first two': perKey.orderBy(g => [g.n.desc(), g.key]).limit(2),
    ranks: perKey.rank({ by: g => g.sum.desc(), rank: 'dense_rank' }),
    'two that are there, joined': perKey.join(values, {
      on: (g, v) => g.n.eq(v.n),
      select: (g, v) => ({ key: g.key, v: v.n }),
    }),
    'a union with itself': perKey.select(g => ({ key: g.key })).union(perKey.select(g => ({ key: g.key }))),
  } satisfies Record<string, { readonly node: Output['node'] }>
}

const names = Object.keys(tablesOf(newLog()))
const there = names.slice(0, 3)
const over = names.slice(3)

function outputsOf(log: Log, what: readonly string[]): Output[] {
  const tables = tablesOf(log)
  return what.map(name => {
    const { node } = tables[name.replace(/#.*/, '') as keyof typeof tables]
    return { node, sink: shelfOnDisk(name), mode: 'retract' }
  })
}

interface Ran {
  readonly crashed: boolean
  /** Rows read, by input. */
  readonly read: readonly number[]
}

async function runOn(world: VirtualWorld, log: Log, what: readonly string[], how: RunOptions = {}): Promise<Ran> {
  const read = new Map<string, number>()
  try {
    const options: RunOptions = { trigger: availableNow(), onChange: 'backfill', unbounded: true, ...how }
    const run = await engineOf(world, { dir: 'm', memory: '64 MB' }).run('q', outputsOf(log, what), options)
    run.on('progress', each => {
      for (const { id, rows } of each.sources) read.set(id, (read.get(id) ?? 0) + rows)
    })
    const moving = options.trigger?.kind === 'continuous' ? world.clock.advance(5000) : undefined
    if (moving !== undefined) await run.stop()
    await run.done
    await moving
    return { crashed: false, read: [...read.values()] }
  } catch (error) {
    for (let each = error; each instanceof Error; each = each.cause)
      if (each instanceof Crashed) return { crashed: true, read: [...read.values()] }
    throw error
  }
}

const tableIn = (world: VirtualWorld, name: string): string[] =>
  integrate(Object.values(shelfFiles(world.disk, name)).flatMap(lines => lines.map(line => JSON.parse(line))))

async function assertHolds(world: VirtualWorld, log: Log, what: readonly string[], message: string): Promise<void> {
  const calm = virtualWorld()
  await runOn(calm, log, what)
  for (const name of what) assert.deepEqual(tableIn(world, name), tableIn(calm, name), `${name}, ${message}`)
}

const push = (log: Log, i: number): void =>
  void log.push([event(3 * i, `k${i % 3}`, i), event(3 * i + 1, `k${i % 4}`, i % 5)])

function logOf(pushes: number): Log {
  const log = newLog()
  for (let i = 0; i < pushes; i++) push(log, i)
  return log
}

for (const name of over) {
  test(`over what goes on: ${name}`, async () => {
    const [world, log] = [virtualWorld(), logOf(5)]
    await runOn(world, log, there)
    const nothingNew = await runOn(world, log, [...there, name])
    assert.deepEqual(nothingNew.read.filter(Boolean), [], 'nothing is read again')
    await assertHolds(world, log, [...there, name], 'before more comes')
    push(log, 5)
    const more = await runOn(world, log, [...there, name], { onChange: 'reject' })
    assert.deepEqual(more.read, [2], 'what is new is read once')
    await assertHolds(world, log, [...there, name], 'after more came')
  })

  test(`in the place of what it is put over: ${name}`, async () => {
    const [world, log] = [virtualWorld(), logOf(5)]
    await runOn(world, log, there)
    push(log, 5)
    assert.deepEqual((await runOn(world, log, [name])).read, [2])
    await assertHolds(world, log, [name], 'its sinks are gone')
  })
}

for (const how of [{ epochRows: 3 }, {}] satisfies RunOptions[])
  test(`a crash at any step changes nothing, ${JSON.stringify(how)}`, async () => {
    const [before, after] = [['perKey'], ['perKey', 'groups of groups', 'ranks']]
    const calm = virtualWorld()
    await runOn(calm, logOf(5), before, how)
    const steps = calm.disk.steps
    await runOn(calm, logOf(8), after, how)
    let crashes = 0
    for (const k of everyStep(calm.disk.steps - steps)) {
      const [world, log] = [virtualWorld(), logOf(5)]
      await runOn(world, log, before, how)
      for (let i = 5; i < 8; i++) push(log, i)
      world.disk.crashAt(k)
      crashes += Number((await runOn(world, log, after, how)).crashed)
      world.disk.restart((['lost', 'torn', 'kept'] as const)[k % 3] as Tail)
      assert.equal((await runOn(world, log, after, how)).crashed, false)
      await assertHolds(world, log, after, `step ${k}`)
    }
    assert.ok(crashes > 3, `${crashes} crashes`)
  })

seeded(
  'random changes and crashes',
  async rng => {
    const [world, log] = [virtualWorld(), newLog()]
    let what: readonly string[] = ['perKey']
    for (let generation = 0; generation < 6; generation++) {
      for (let n = rng.int(0, 3); n > 0; n--) push(log, log.pushes.length)
      if (rng.oneIn(2)) world.disk.crashAt(rng.int(5, 90))
      const trigger = rng.oneIn(4) ? continuous('1 second') : availableNow()
      while ((await runOn(world, log, what, { epochRows: rng.int(1, 9), trigger })).crashed) {
        world.disk.restart(rng.pick<Tail>(['lost', 'torn', 'kept']))
        if (rng.oneIn(2)) what = changed(rng, what, `${generation} again`)
      }
      world.disk.restart('kept')
      if (generation < 5) what = changed(rng, what, `${generation}`)
    }
    await runOn(world, log, what)
    await assertHolds(world, log, what, 'in the end')
  },
  { runs: 15 },
)

/** Some go, some come; a sink that held rows is not used again. */
function changed(rng: Rng, before: readonly string[], generation: string): readonly string[] {
  const kept = before.filter(() => !rng.oneIn(3))
  const added = names.filter(() => rng.oneIn(4))
  const next = [...kept, ...added.map(name => `${name}#${generation}`)]
  return next.length > 0 ? next : [`perKey#${generation}`]
}

test('the difference says so, and asks', async () => {
  const [world, log] = [virtualWorld(), logOf(5)]
  await runOn(world, log, ['perKey'])
  await assert.rejects(runOn(world, log, ['perKey', 'groups of groups'], { onChange: 'ask' }), error => {
    const { message } = error as Error
    assert.match(message, /= aggregate by key: .* its state is kept\n/)
    assert.match(message, /\+ aggregate by n: .* computed from the state it is put over\n/)
    assert.match(message, /\+ sink .* groups of groups .* gets everything, from the state it is put over/)
    return true
  })
})

test('what depends on order or time is computed from the beginning', async () => {
  const [world, log] = [virtualWorld(), logOf(5)]
  const windows = eventsOf(log).window({ tumbling: '5 minutes' }).groupBy('key')
  const sums = windows.agg(g => ({ n: g.count() }))
  const outputs = (more: readonly { readonly node: Output['node'] }[]): Output[] =>
    [sums, ...more].map(({ node }, i) => ({ node, sink: shelfOnDisk(`${i}`), mode: 'retract' }))
  const how: RunOptions = { trigger: availableNow(), unbounded: true }
  const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
  await (await engine.run('q', outputs([]), how)).done
  const changed = engine.run('q', outputs([sums.groupBy('key').agg(g => ({ windows: g.count() }))]), how)
  await assert.rejects(changed, /\+ aggregate by key, window: .* computed from the beginning/)
})
