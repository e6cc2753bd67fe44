// History, then live: every row once, in order, however it is cut and wherever it stops; watermarks across the seam.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MillraceError } from '../../src/base/index.ts'
import { readers } from '../../src/connectors/index.ts'
import type { EpochRange, Json, SourceSpec } from '../../src/data/index.ts'
import { engineOf, type RunOptions, sessionOf } from '../../src/runtime/index.ts'
import { Crashed, type Tail, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { asap, availableNow, once } from '../../src/time/index.ts'
import { t } from '../../src/types/index.ts'
import { shelfFiles, shelfOnDisk } from '../runtime/disk-shelf.ts'
import { allOf, integrate, newShelf, shelfSpec } from '../runtime/support.ts'
import { openSource } from './drive.ts'

const Row = t.row({ at: t.timestamp(), n: t.int() })
const read = readers(sessionOf(virtualWorld(), { memory: '64 MB' }))
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute))
const line = (n: number): string => `${JSON.stringify({ at: at(n), n })}\n`
const lines = (from: number, to: number): Uint8Array =>
  new TextEncoder().encode(Array.from({ length: to - from }, (_, i) => line(from + i)).join(''))

const time = { schema: Row, time: 'at', idleAfter: 'never' } as const
const history = () => read.json('history', time)
const live = (until: 'now' | 'forever' = 'forever') => read.json('live', { ...time, until })
const whole = (until: 'now' | 'forever' = 'forever') => read.hybrid([history(), live(until)])
const specOf = (table: { readonly node: { readonly kind: string } }): SourceSpec =>
  (table.node as unknown as { readonly spec: SourceSpec }).spec

/** Minutes 0–11 in two files of history, 12–17 in two live ones; `overlap`: live begins at 8. */
async function world(overlap = false): Promise<VirtualWorld> {
  const made = virtualWorld()
  await made.disk.writeAtomic('history/1.jsonl', lines(0, 5))
  await made.disk.writeAtomic('history/2.jsonl', lines(5, 12))
  await made.disk.writeAtomic('live/1.jsonl', lines(overlap ? 8 : 12, 14))
  await made.disk.writeAtomic('live/2.jsonl', lines(14, 18))
  return made
}

const all = Array.from({ length: 18 }, (_, n) => n)
const numbers = (rows: readonly object[]): number[] => rows.map(each => (each as { n: number }).n)

describe('read.hybrid', () => {
  for (const rows of [1, 3, 100, Number.POSITIVE_INFINITY])
    test(`every row once and in order, ${rows} rows an epoch`, async () => {
      const reading = await openSource(specOf(whole()), { world: await world() })
      const epochs = await reading.all(null, { rows })
      assert.deepEqual(
        epochs.flatMap(each => numbers(each.rows)),
        all,
      )
      assert.equal(reading.source.ended(epochs.at(-1)?.range.to ?? null), false, 'the live part goes on')
    })

  test('everything in one range: it spans the seam', async () => {
    const reading = await openSource(specOf(whole()), { world: await world() })
    const epochs = await reading.all(null, { rows: Number.POSITIVE_INFINITY, all: true })
    assert.equal(epochs.length, 1)
    assert.deepEqual(numbers(epochs[0]?.rows ?? []), all)
  })

  test('a live part that ends, ends it', async () => {
    const reading = await openSource(specOf(whole('now')), { world: await world() })
    const epochs = await reading.all(null, { rows: 4 })
    assert.equal(reading.source.ended(epochs.at(-1)?.range.to ?? null), true)
  })

  for (const folder of [undefined, 'kept'])
    test(`another process goes on from any offset, ${folder ?? 'no'} folder`, async () => {
      for (let epochs = 1; epochs < 10; epochs++) {
        const options = { world: await world(), ...(folder && { folder }) }
        const first = await openSource(specOf(whole()), options)
        const seen: number[] = []
        let from: Json = null
        for (let n = 0; n < epochs; n++) {
          const range: EpochRange = (await first.source.plan(from, { rows: 2 })) ?? { from, to: from }
          const rows = numbers(await first.rows(range))
          const again = await openSource(specOf(whole()), { world: options.world })
          assert.deepEqual(numbers(await again.rows(range)), rows, 'the same range, read again')
          seen.push(...rows)
          from = JSON.parse(JSON.stringify(range.to))
        }
        const rest = await (await openSource(specOf(whole()), options)).all(from, { rows: 3 })
        assert.deepEqual([...seen, ...rest.flatMap(each => numbers(each.rows))], all)
      }
    })

  test('an event time cuts parts that overlap: no row is missing, none comes twice', async () => {
    const cut = read.hybrid([history(), live()], { at: at(10) })
    const reading = await openSource(specOf(cut), { world: await world(true) })
    const epochs = await reading.all(null, { rows: 4 })
    assert.deepEqual(
      epochs.flatMap(each => numbers(each.rows)),
      all,
    )
    const twice = await openSource(specOf(read.hybrid([history(), live()])), { world: await world(true) })
    assert.equal((await twice.all()).flatMap(each => each.rows).length, all.length + 4, 'without it they do')
  })

  test('three parts; partitions of different parts are different ones, and are over with their part', async () => {
    const three = read.hybrid([history(), read.json('live/1.jsonl', time), read.json('live/2.jsonl', time)])
    const reading = await openSource(specOf(three), { world: await world() })
    const range = await reading.source.plan(null, { rows: Number.POSITIVE_INFINITY, all: true })
    assert.ok(range)
    const over: string[] = []
    for await (const { lastOf } of reading.source.read(range)) if (lastOf !== undefined) over.push(lastOf)
    assert.deepEqual(over, ['part 1: ', 'part 2: '])
  })

  test('a backfill asks every part for what was read of it', async () => {
    const disk = await world()
    const reading = await openSource(specOf(whole()), { world: disk, folder: 'kept' })
    const end = (await reading.all(null, { rows: 4 })).at(-1)?.range.to ?? null
    const fresh = await openSource(specOf(whole()), { world: disk, folder: 'fresh' })
    assert.equal(await fresh.source.history?.(end, 'kept'), undefined)
    await disk.disk.remove('history/1.jsonl')
    assert.match((await fresh.source.history?.(end, 'kept')) ?? '', /history\/1.jsonl is gone/)
  })
})

describe('watermarks across the seam', () => {
  const windows = (table: ReturnType<typeof whole>) =>
    table
      .window({ tumbling: '5 minutes' })
      .groupBy()
      .agg(g => ({ rows: g.count(), last: g.n.max() }))
      .final()

  test('history does not hold windows once it is over, and no row of it is late', async () => {
    const shelf = newShelf()
    const engine = engineOf(await world(), { dir: 'm', memory: '64 MB' })
    const options: RunOptions = { trigger: availableNow(), epochRows: 4 }
    const run = await engine.run('q', { node: windows(whole()).node, sink: shelfSpec(shelf), mode: 'append' }, options)
    await run.done
    assert.deepEqual(
      allOf(shelf).map(({ row }) => row),
      [
        { window: { start: at(0), end: at(5) }, rows: 5, last: 4 },
        { window: { start: at(5), end: at(10) }, rows: 5, last: 9 },
        { window: { start: at(10), end: at(15) }, rows: 5, last: 14 },
      ],
    )
  })

  for (const trigger of [once(), availableNow()])
    test(`a crash at any step, at the seam too, changes nothing (${trigger.kind})`, async () => {
      const cut = () => windows(read.hybrid([history(), live('now')], { at: at(10) }))
      const how: RunOptions = { trigger, epochRows: 3 }
      const runOn = async (on: VirtualWorld): Promise<boolean> => {
        try {
          const output = { node: cut().node, sink: shelfOnDisk('out'), mode: 'append' as const }
          const run = await engineOf(on, { dir: 'm', memory: '64 MB' }).run('q', output, how)
          await run.done
          return false
        } catch (error) {
          if (!isCrash(error)) throw error
          return true
        }
      }
      const table = (on: VirtualWorld): string[] =>
        integrate(Object.values(shelfFiles(on.disk, 'out')).flatMap(each => each.map(one => JSON.parse(one))))
      const calm = await world(true)
      const before = calm.disk.steps
      await runOn(calm)
      assert.equal(table(calm).length, 4)
      const steps = calm.disk.steps - before
      for (let k = 1; k <= steps; k += trigger.kind === 'once' ? 1 : 4) {
        const on = await world(true)
        on.disk.crashAt(k)
        await runOn(on)
        on.disk.restart((['lost', 'torn', 'kept'] as const)[k % 3] as Tail)
        while (await runOn(on));
        assert.deepEqual(table(on), table(calm), `step ${k}`)
      }
    })
})

function isCrash(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof Crashed) return true
  return false
}

describe('what can not be put together', () => {
  const other = read.json('other', { schema: t.row({ at: t.timestamp(), n: t.string() }), time: 'at' })
  const untimed = read.json('live', { schema: Row })
  const cases: readonly [string, () => unknown, RegExp][] = [
    ['one part', () => read.hybrid([history()] as never), /BAD_ARGUMENT.*read\.hybrid\(\[history, live\]\)/],
    ['no list', () => read.hybrid(history() as never), /BAD_ARGUMENT.*parts/],
    ['a part that never ends before another', () => read.hybrid([live(), history()]), /live never ends.*until: 'now'/],
    ['other columns', () => read.hybrid([history(), other as never]), /n int, other at timestamp, n string/],
    ['another event time', () => read.hybrid([history(), untimed]), /event time of history is at, that of live none/],
    ['a table with steps', () => read.hybrid([history().where(r => r.n.gt(1)), live()]), /where come after/],
    ['a time that is none', () => read.hybrid([history(), live()], { at: new Date(Number.NaN) }), /pass a Date/],
    ['too many times', () => read.hybrid([history(), live()], { at: [at(1), at(2)] }), /2 times for 2 inputs/],
    [
      'a cut without event time',
      () => read.hybrid([untimed, untimed] as never, { at: at(1) }),
      /never ends|no event time/,
    ],
  ]
  for (const [name, make, message] of cases)
    test(name, () =>
      assert.throws(make, (error: MillraceError) => {
        assert.match(error.message, message)
        return true
      }),
    )
})

test('it is a table like others, for as long as its last part goes on', async () => {
  assert.equal(specOf(whole()).bounded, false)
  assert.equal(specOf(whole('now')).bounded, true)
  const on = await world()
  const log: number[] = []
  const shelf = newShelf()
  const engine = engineOf(on, { dir: 'm', memory: '64 MB' })
  const run = await engine.run('q', { node: whole().node, sink: shelfSpec(shelf), mode: 'append' }, { trigger: asap })
  run.on('progress', each => void log.push(each.rowsIn))
  await on.clock.advance(3000)
  await on.disk.writeAtomic('live/3.jsonl', lines(18, 20))
  await on.clock.advance(3000)
  await run.stop()
  assert.deepEqual(numbers(allOf(shelf).map(({ row }) => row)), [...all, 18, 19])
})
