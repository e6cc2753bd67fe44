// Law 3, restore: stop or crash at any write, restore, go on: the outputs are those of the run that never stopped.
// The disk forgets what was not synced; the world is stopped at every single step of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SinkSpec } from '../../src/data/index.ts'
import type { Output, Session } from '../../src/plan/index.ts'
import { engineOf, type RunOptions } from '../../src/runtime/index.ts'
import { type Table, tableOf } from '../../src/table/index.ts'
import { Crashed, type Tail, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { availableNow, continuous } from '../../src/time/index.ts'
import { type Style, shelfFiles, shelfOnDisk } from '../runtime/disk-shelf.ts'
import { type EventRow, event, integrate, type Log, logSpec, newLog } from '../runtime/support.ts'
import { everyStep, quick } from '../support/depth.ts'

type Query = (events: Table<EventRow, 'append'>, sink: SinkSpec) => Output

const queries: Readonly<Record<string, Query>> = {
  'where and select': (events, sink) =>
    outputTo(
      events.where(e => e.n.gt(2)).select(e => ({ key: e.key, twice: e.n.mul(2) })),
      sink,
    ),
  'counts by key': (events, sink) =>
    outputTo(
      events.groupBy('key').agg(g => ({ n: g.count(), sum: g.n.sum(), max: g.n.max() })),
      sink,
    ),
  'final windows': (events, sink) =>
    outputTo(
      events
        .window({ tumbling: '5 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .final(),
      sink,
    ),
  'late rows': (events, sink) =>
    outputTo(
      events
        .window({ tumbling: '2 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() })).late,
      sink,
    ),
  'distinct keys, the last three': (events, sink) =>
    outputTo(
      events
        .select(e => ({ key: e.key, n: e.n }))
        .distinct()
        .orderBy(e => e.n.desc())
        .limit(3),
      sink,
    ),
}

function outputTo(table: { readonly node: Output['node'] }, sink: SinkSpec): Output {
  return { node: table.node, sink, mode: 'retract' }
}

const noSession = {} as Session

function tableFrom(log: Log): Table<EventRow, 'append'> {
  return tableOf<EventRow>(logSpec(log), noSession, { time: 'at', lateBy: '1 minute', idleAfter: 'never' })
}

/** Ten pushes of a few rows, their times running ahead by three minutes each. */
function story(): Log {
  const log = newLog()
  for (let i = 0; i < 10; i++) {
    log.push([event(3 * i, `k${i % 3}`, i), event(3 * i + 1, `k${i % 4}`, i + 1), event(3 * i - 8, 'k0', i + 2)])
  }
  log.close()
  return log
}

/** Run until it ends by itself; true when the world crashed on the way. */
async function runOn(
  world: VirtualWorld,
  query: Query,
  log: Log,
  how: RunOptions,
  style: Style = 'files',
): Promise<boolean> {
  const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
  try {
    const run = await engine.run('q', query(tableFrom(log), shelfOnDisk('out', style)), how)
    const moving = how.trigger?.kind === 'continuous' ? world.clock.advance(5000) : undefined
    await run.done
    await moving
    return false
  } catch (error) {
    if (!isCrash(error)) throw error
    return true
  }
}

function isCrash(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof Crashed) return true
  return false
}

const hows: Readonly<Record<string, RunOptions>> = {
  'two pushes an epoch': { trigger: availableNow(), epochRows: 6 },
  'everything at once': { trigger: availableNow() },
  continuous: { trigger: continuous('1 second') },
}

for (const [name, query] of Object.entries(queries)) {
  for (const [way, how] of Object.entries(hows)) {
    test(`${name}, ${way}: a crash at any step changes nothing`, async () => {
      const calm = virtualWorld()
      assert.equal(await runOn(calm, query, story(), how), false)
      const expected = shelfFiles(calm.disk, 'out')
      assert.ok(Object.keys(expected).length > 0 || (name === 'late rows' && way !== 'two pushes an epoch'))
      let crashes = 0
      for (const k of everyStep(calm.disk.steps)) {
        const tail = (['lost', 'torn', 'kept'] as const)[(k + crashes) % 3] as Tail
        crashes += Number(await crashOnce(query, how, k, tail, expected))
      }
      assert.ok(crashes > (quick ? 3 : 10), `${crashes} crashes`)
    })
  }
}

async function crashOnce(
  query: Query,
  how: RunOptions,
  k: number,
  tail: Tail,
  expected: Readonly<Record<string, string[]>>,
): Promise<boolean> {
  const world = virtualWorld()
  const log = story()
  world.disk.crashAt(k)
  const crashed = await runOn(world, query, log, how)
  world.disk.restart(tail)
  assert.equal(await runOn(world, query, log, how), false)
  const found = shelfFiles(world.disk, 'out')
  if (how.trigger?.kind === 'continuous') {
    // Epochs of a continuous run are cut by time: where they are cut may differ, what they add up to may not.
    assert.deepEqual(added(found), added(expected), `step ${k}, ${tail}`)
  } else assert.deepEqual(found, expected, `step ${k}, ${tail}`)
  return crashed
}

function added(files: Readonly<Record<string, string[]>>): string[] {
  const changes = Object.values(files).flatMap(lines => lines.map(each => JSON.parse(each)))
  return integrate(changes)
}

for (const style of ['files', 'database'] as const) {
  test(`rows that come between crash and restart do not change what was planned (${style})`, async () => {
    const query = queries['counts by key'] as Query
    const how: RunOptions = { trigger: availableNow() }
    const calm = virtualWorld()
    await runOn(calm, query, story(), how, style)
    const expected = added(shelfFiles(calm.disk, 'out'))
    for (const k of everyStep(calm.disk.steps)) {
      const world = virtualWorld()
      const log = story()
      const later = log.pushes.splice(5)
      log.closed = false
      world.disk.crashAt(k)
      await runOn(world, query, log, how, style)
      world.disk.restart('torn')
      log.pushes.push(...later)
      log.closed = true
      assert.equal(await runOn(world, query, log, how, style), false)
      assert.deepEqual(added(shelfFiles(world.disk, 'out')), expected, `step ${k}`)
    }
  })
}

test('crashes again and again, at every few steps', async () => {
  const query = queries['where and select'] as Query
  const how = hows['two pushes an epoch'] as RunOptions
  const calm = virtualWorld()
  await runOn(calm, query, story(), how)
  for (const stride of [25, 31, 47]) {
    const world = virtualWorld()
    const log = story()
    let starts = 0
    do {
      world.disk.restart('torn')
      world.disk.crashAt(stride)
      assert.ok(++starts < 100, `no progress with ${stride} steps a life`)
    } while (await runOn(world, query, log, how))
    assert.ok(starts > 1)
    assert.deepEqual(shelfFiles(world.disk, 'out'), shelfFiles(calm.disk, 'out'))
  }
})
