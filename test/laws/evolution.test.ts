// Evolution: a query is run over part of a log, changed, and run on: every sink holds what the changed query makes of the
// whole log, as if it had never been another one; however often it changes, and wherever it crashes on the way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MillraceError } from '../../src/base/index.ts'
import type { Output, Session } from '../../src/plan/index.ts'
import { engineOf, type RunOptions } from '../../src/runtime/index.ts'
import { tableOf } from '../../src/table/index.ts'
import { Crashed, type Tail, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { availableNow, continuous } from '../../src/time/index.ts'
import { t, toSchema } from '../../src/types/index.ts'
import { shelfFiles, shelfOnDisk } from '../runtime/disk-shelf.ts'
import { allOf, event, integrate, type Log, logSpec, newLog, newShelf, shelfSpec } from '../runtime/support.ts'
import { everyStep } from '../support/depth.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { eventsOf, queries, story } from './queries.ts'

/** The outputs of a query: which of the laws' queries, each into a folder. */
type Wanted = ReadonlyMap<string, string>

const names = Object.keys(queries)
const wanted = (...some: readonly string[]): Wanted => new Map(some.map(name => [name, name]))

function outputsOf(log: Log, what: Wanted): Output[] {
  const events = eventsOf(log)
  return [...what].map(([name, folder]) => ({
    node: (queries[name] as (typeof queries)[string]).node(events),
    sink: shelfOnDisk(folder),
    mode: 'retract',
  }))
}

/** Run until it ends by itself; true when the world crashed on the way. */
async function runOn(world: VirtualWorld, log: Log, what: Wanted, how: RunOptions = {}): Promise<boolean> {
  const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
  try {
    const options: RunOptions = { trigger: availableNow(), onChange: 'backfill', unbounded: true, ...how }
    const run = await engine.run('q', outputsOf(log, what), options)
    const moving = options.trigger?.kind === 'continuous' ? world.clock.advance(5000) : undefined
    if (options.trigger?.kind === 'continuous' && !log.closed) await run.stop()
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

const tableIn = (world: VirtualWorld, folder: string): string[] =>
  integrate(Object.values(shelfFiles(world.disk, folder)).flatMap(lines => lines.map(line => JSON.parse(line))))

/** What the queries make of the whole log. */
async function calmly(log: Log, what: Wanted): Promise<ReadonlyMap<string, string[]>> {
  const world = virtualWorld()
  await runOn(world, log, what)
  return new Map([...what].map(([name, folder]) => [name, tableIn(world, folder)]))
}

async function assertHolds(world: VirtualWorld, log: Log, what: Wanted, message: string): Promise<void> {
  for (const [name, table] of await calmly(log, what))
    assert.deepEqual(tableIn(world, what.get(name) as string), table, `${name}, ${message}`)
}

/** The log in parts: `show(n)` lets the first n pushes be seen, all of them close it. */
function partsOf(rng: Rng): { readonly log: Log; readonly parts: number; show(n: number): void } {
  const all = rng.cut(story(rng), 6)
  const log = newLog()
  return {
    log,
    parts: all.length,
    show(n) {
      for (const rows of all.slice(log.pushes.length, n)) log.push(rows, `p${rng.int(0, 1)}`)
      if (n >= all.length) log.close()
    },
  }
}

/** Some outputs of the ones before, some others, each new one into a folder that nobody wrote to. */
function changed(rng: Rng, before: Wanted, generation: number): Wanted {
  const kept = [...before].filter(() => rng.oneIn(2))
  const added = names.filter(name => !before.has(name) && rng.oneIn(4))
  const next = new Map([...kept, ...added.map((name): [string, string] => [name, `${name} ${generation}`])])
  return next.size > 0 ? next : new Map([[names[0] as string, `${names[0]} ${generation}`]])
}

seeded(
  'random evolutions, random triggers',
  async rng => {
    const world = virtualWorld()
    const { log, parts, show } = partsOf(rng)
    let what = changed(rng, new Map(), 0)
    for (let shown = 1; ; shown++) {
      show(shown)
      const trigger = rng.oneIn(4) ? continuous('1 second') : availableNow()
      await runOn(world, log, what, { epochRows: rng.int(1, 12), trigger })
      if (shown >= parts) break
      if (!rng.oneIn(3)) what = changed(rng, what, shown)
    }
    await assertHolds(world, log, what, 'in the end')
  },
  { runs: 12 },
)

seeded(
  'random evolutions with crashes',
  async rng => {
    const world = virtualWorld()
    const { log, parts, show } = partsOf(rng)
    let what = changed(rng, new Map(), 0)
    let crashes = 0
    for (let shown = 1; ; shown++) {
      show(shown)
      world.disk.crashAt(rng.int(5, 120))
      while (await runOn(world, log, what, { epochRows: rng.int(2, 12) })) {
        world.disk.restart(rng.pick<Tail>(['lost', 'torn', 'kept']))
        crashes++
        if (rng.oneIn(2)) world.disk.crashAt(rng.int(40, 120))
        // A query may be changed while an epoch that was planned before was not committed.
        if (rng.oneIn(3)) what = changed(rng, what, 1000 * shown + crashes)
      }
      world.disk.restart('kept')
      if (shown >= parts) break
      what = changed(rng, what, shown)
    }
    await assertHolds(world, log, what, `after ${crashes} crashes`)
  },
  { runs: 12 },
)

/** The story of the crash tests: ten pushes, shown in two parts. */
function twoParts(first: number): { readonly log: Log; rest(): void } {
  const log = newLog()
  const push = (i: number) => log.push([event(3 * i, `k${i % 3}`, i), event(3 * i + 1, `k${i % 4}`, i % 5)])
  for (let i = 0; i < first; i++) push(i)
  return {
    log,
    rest() {
      for (let i = first; i < 10; i++) push(i)
      log.close()
    },
  }
}

const [before, after] = [wanted('groups', 'tumbling windows'), wanted('groups', 'groups of groups')]

for (const [way, how] of Object.entries({
  'three epochs': { epochRows: 4 },
  'one epoch': {},
} satisfies Record<string, RunOptions>)) {
  test(`a crash at any step of a backfill changes nothing, ${way}`, async () => {
    const world = virtualWorld()
    const parts = twoParts(5)
    await runOn(world, parts.log, before, how)
    parts.rest()
    const steps = world.disk.steps
    await runOn(world, parts.log, after, how)
    const last = world.disk.steps - steps
    let crashes = 0
    for (const k of everyStep(last)) {
      const crashed = await crashInBackfill(k, (['lost', 'torn', 'kept'] as const)[k % 3] as Tail, how)
      crashes += Number(crashed)
    }
    assert.ok(crashes > 3, `${crashes} crashes`)
  })
}

async function crashInBackfill(k: number, tail: Tail, how: RunOptions): Promise<boolean> {
  const world = virtualWorld()
  const parts = twoParts(5)
  await runOn(world, parts.log, before, how)
  parts.rest()
  world.disk.crashAt(k)
  const crashed = await runOn(world, parts.log, after, how)
  world.disk.restart(tail)
  assert.equal(await runOn(world, parts.log, after, how), false)
  await assertHolds(world, parts.log, after, `step ${k}, ${tail}`)
  return crashed
}

test('a change while an epoch was planned and not committed: what went on is not told twice', async () => {
  const calm = virtualWorld()
  const whole = twoParts(5)
  await runOn(calm, whole.log, before)
  for (const k of everyStep(calm.disk.steps)) {
    const world = virtualWorld()
    const parts = twoParts(5)
    world.disk.crashAt(k)
    await runOn(world, parts.log, before)
    world.disk.restart('torn')
    parts.rest()
    await runOn(world, parts.log, after)
    await assertHolds(world, parts.log, after, `step ${k}`)
  }
})

test('what goes on is not read again, and what is new is', async () => {
  const world = virtualWorld()
  const parts = twoParts(5)
  await runOn(world, parts.log, before)
  parts.rest()
  const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
  const read = new Map<string, number>()
  const options: RunOptions = { trigger: availableNow(), onChange: 'backfill', unbounded: true }
  const run = await engine.run('q', outputsOf(parts.log, after), options)
  run.on('progress', each => {
    for (const { id, rows } of each.sources) read.set(id, (read.get(id) ?? 0) + rows)
  })
  await run.done
  assert.deepEqual([...read.values()], [10, 20], 'five pushes of two rows; all ten')
})

test("'ask' shows the difference and takes its number; 'reject' takes none; the state stays as it was", async () => {
  const world = virtualWorld()
  const { log } = twoParts(5)
  await runOn(world, log, before)
  const refused = async (how: RunOptions): Promise<MillraceError> => {
    try {
      await runOn(world, log, after, how)
    } catch (error) {
      return error as MillraceError
    }
    return assert.fail('it was not refused')
  }
  const asked = await refused({ onChange: 'ask' })
  assert.equal(asked.code, 'QUERY_CHANGED')
  assert.match(asked.message, /= aggregate by key: .* kept\n/)
  assert.match(asked.message, /- aggregate by key, window: .* dropped\n/)
  assert.match(asked.message, /\+ aggregate by n: .* computed from the beginning\n/)
  assert.match(asked.message, /= source test log log +its offsets are kept\n/)
  assert.equal((await refused({ onChange: 'reject' })).code, 'QUERY_CHANGED')
  assert.equal((await refused({ onChange: 'ask', confirm: '00000000' })).code, 'QUERY_CHANGED')
  assert.equal(await runOn(world, log, before, { onChange: 'reject' }), false, 'the query as it was goes on')
  const confirm = /confirm: '([0-9a-f]{8})'/.exec(asked.message)?.[1] as string
  assert.equal(await runOn(world, log, after, { onChange: 'ask', confirm }), false)
  await assertHolds(world, log, after, 'confirmed')
})

/** A table as it was, and as it is after a change that its state survives: of the same sink, over more of the log. */
const migrations: Readonly<Record<string, readonly [Made, Made]>> = {
  'an int becomes a bigint': [
    log =>
      rowsOf(log, t.int())
        .groupBy('n')
        .agg(g => ({ c: g.count() })),
    log =>
      rowsOf(log, t.bigint())
        .groupBy('n')
        .agg(g => ({ c: g.count() })),
  ],
  'null is allowed in a condition': [
    log =>
      rowsOf(log, t.int())
        .where(r => r.n.isNotNull())
        .groupBy('k')
        .agg(g => ({ c: g.count() })),
    log =>
      rowsOf(log, t.int().nullable())
        .where(r => r.n.isNotNull())
        .groupBy('k')
        .agg(g => ({ c: g.count() })),
  ],
  'rows that are kept, with a bigint that may be null': [
    log =>
      rowsOf(log, t.int())
        .orderBy(r => r.n.desc())
        .limit(3),
    log =>
      rowsOf(log, t.bigint().nullable())
        .orderBy(r => r.n.desc())
        .limit(3),
  ],
}

type Made = (log: Log) => { readonly node: Output['node'] }

const rowsOf = (log: Log, n: object) => {
  const schema = toSchema(t.row({ at: t.timestamp(), k: t.string(), n: n as ReturnType<typeof t.int> }))
  return tableOf<{ at: Date; k: string; n: number }>(logSpec(log, schema), {} as Session)
}

for (const [name, [was, is]] of Object.entries(migrations)) {
  test(`state survives: ${name}`, async () => {
    const world = virtualWorld()
    const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
    const shelf = newShelf()
    const how: RunOptions = { trigger: availableNow(), unbounded: true }
    const log = newLog()
    const push = (i: number) => log.push([{ at: new Date(i), k: `k${i % 3}`, n: (i * 7) % 5 }])
    const runOver = async (made: Made) => {
      const run = await engine.run('q', { node: made(log).node, sink: shelfSpec(shelf), mode: 'retract' }, how)
      await run.done
      return run.progress.last?.rowsIn
    }
    for (let i = 0; i < 8; i++) push(i)
    await runOver(was)
    for (let i = 8; i < 12; i++) push(i)
    assert.equal(await runOver(is), 4, 'only what is new is read')
    await runOver(is)
    const fresh = newShelf()
    const whole = await engine.run('fresh', { node: is(log).node, sink: shelfSpec(fresh), mode: 'retract' }, how)
    await whole.done
    assert.deepEqual(asNumbers(allOf(shelf)), asNumbers(allOf(fresh)))
  })
}

/** A bigint and an int are told alike. */
const asNumbers = (changes: readonly { readonly row: object; readonly weight: number }[]): string[] =>
  integrate(changes.map(({ row, weight }) => ({ row: Object.fromEntries(Object.entries(row).map(plainly)), weight })))
const plainly = ([name, value]: [string, unknown]) => [name, typeof value === 'bigint' ? Number(value) : value] as const

const recomputed: Readonly<Record<string, readonly [Made, Made]>> = {
  'another aggregate': [
    log =>
      rowsOf(log, t.int())
        .groupBy('k')
        .agg(g => ({ c: g.count() })),
    log =>
      rowsOf(log, t.int())
        .groupBy('k')
        .agg(g => ({ c: g.n.max() })),
  ],
  'a plain function sees the difference': [
    log =>
      rowsOf(log, t.int())
        .filter(r => r.n > 1)
        .groupBy('k')
        .agg(g => ({ c: g.count() })),
    log =>
      rowsOf(log, t.bigint())
        .filter(r => r.n > 1)
        .groupBy('k')
        .agg(g => ({ c: g.count() })),
  ],
  'a count of nulls has to know them': [
    log =>
      rowsOf(log, t.int())
        .groupBy('k')
        .agg(g => ({ c: g.n.count() })),
    log =>
      rowsOf(log, t.int().nullable())
        .groupBy('k')
        .agg(g => ({ c: g.n.count() })),
  ],
}

for (const [name, [was, is]] of Object.entries(recomputed)) {
  test(`state does not survive: ${name}`, async () => {
    const log = newLog()
    log.push([{ at: new Date(0), k: 'a', n: 2 }])
    const engine = engineOf(virtualWorld(), { dir: 'm', memory: '64 MB' })
    const how: RunOptions = { trigger: availableNow(), unbounded: true }
    const start = (made: Made) =>
      engine.run('q', { node: made(log).node, sink: shelfSpec(newShelf()), mode: 'retract' }, how)
    await (await start(was)).done
    await assert.rejects(start(is), /QUERY_CHANGED/)
  })
}
