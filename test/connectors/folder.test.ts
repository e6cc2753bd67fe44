import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Disk, MillraceError } from '../../src/base/index.ts'
import type { FileFormat } from '../../src/connectors/folder/format.ts'
import { escapeName, partitionFolder } from '../../src/connectors/folder/names.ts'
import type { FolderOptions } from '../../src/connectors/folder/options.ts'
import { folderSink } from '../../src/connectors/index.ts'
import { rowsOf, type World } from '../../src/data/index.ts'
import { realWorld } from '../../src/host/index.ts'
import { Crashed, type Tail, virtualWorld } from '../../src/testing/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { everyStep } from '../support/depth.ts'
import { openSink, type Writing } from './drive.ts'

const schema = schemaOf([field('id', scalars.int), field('kind', scalars.string, true)])
const utf8 = new TextEncoder()
const code = (wanted: string) => (error: unknown) => error instanceof MillraceError && error.code === wanted

/** JSON lines, the simplest way. */
const lines: FileFormat = {
  name: 'json',
  extension: 'jsonl',
  open: (memory, of) => ({
    header: new Uint8Array(0),
    encode: batch =>
      utf8.encode(
        rowsOf(batch, of, memory)
          .map(row => `${JSON.stringify(row)}\n`)
          .join(''),
      ),
    close() {},
  }),
}

/** A format that can't be appended to: a file says how many bytes it has, in front. */
const sealed: FileFormat = {
  ...lines,
  name: 'sealed',
  extension: 'sealed',
  async seal(disk, _memory, _schema, from, to) {
    const bytes = await disk.readAll(from)
    await disk.writeAtomic(to, Buffer.concat([utf8.encode(`${bytes.length}\n`), bytes]))
  },
}

type Rows = { id: number; kind: string | null }[]
const rows = (...ids: number[]): Rows => ids.map(id => ({ id, kind: id % 2 === 0 ? 'even' : 'odd' }))

/** Visible files and what they hold, as row ids. */
async function visible(disk: Disk, folder = 'out'): Promise<Record<string, number[]>> {
  const shown: Record<string, number[]> = {}
  for (const { path } of await disk.glob(folder)) {
    if (path.includes('/.millrace/')) continue
    const text = new TextDecoder().decode(await disk.readAll(path))
    const ids = text
      .split('\n')
      .flatMap(line => (line.startsWith('{') ? [(JSON.parse(line) as { id: number }).id] : []))
    shown[path.slice(folder.length + 1)] = ids
  }
  return shown
}

const open = (world: World, options: FolderOptions = {}, recover = 0, format = lines) =>
  openSink(folderSink('out', format, options), schema, { world, recover })

describe('files in a folder', () => {
  test('nothing is visible before a file rolls; the end makes all visible; epochs share a file', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world)
    await epoch(1, rows(1, 2))
    await epoch(2, rows(3))
    assert.deepEqual(await visible(world.disk), {})
    await sink.close('done')
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2, 3] })
  })

  test('rolls by size, also inside an epoch', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world, { roll: { bytes: 45 } })
    await epoch(1, rows(1))
    await epoch(2, rows(2))
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2] })
    await epoch(3, rows(3))
    await sink.close('stopped')
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2], 'part-000002.jsonl': [3] })
  })

  test('rolls by age, at the end of an epoch', async () => {
    const world = virtualWorld()
    const { epoch } = await open(world, { roll: { age: '1 minute' } })
    await epoch(1, rows(1))
    await world.clock.advance(60_000)
    await epoch(2, rows(2))
    await epoch(3, rows(3))
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2] })
  })

  test('rolls by age also when no row comes, and a kill before the next commit takes it back', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world, { roll: { age: '1 minute' } })
    await epoch(1, rows(1))
    await world.clock.advance(20_000)
    await epoch(2, rows(2))
    assert.equal(await sink.idle?.(), 40_000)
    assert.deepEqual(await visible(world.disk), {})
    await world.clock.advance(40_000)
    assert.equal(await sink.idle?.(), Number.POSITIVE_INFINITY)
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2] })
    await epoch(3, rows(3))
    await sink.close('failed')
    const again = await open(world, { roll: { age: '1 minute' } }, 1)
    assert.deepEqual(await visible(world.disk), {})
    await again.epoch(2, rows(2))
    await again.sink.close('done')
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2] })
  })

  test('more partitions than files held open: every row is in its file, in order', async () => {
    const world = virtualWorld()
    const { sink, batch } = await open(world, { partitionBy: ['kind'] })
    const kinds = 150
    const all = Array.from({ length: 600 }, (_, i) => ({ id: i, kind: `k${i % kinds}` }))
    for (const [n, half] of [all.slice(0, 300), all.slice(300)].entries()) {
      await sink.begin(n + 1)
      sink.write(batch(half))
      await sink.drain()
      await sink.prepare(n + 1)
      await sink.commit(n + 1)
    }
    await sink.close('done')
    const files = Object.values(await visible(world.disk))
    assert.equal(files.length, kinds)
    for (const ids of files) {
      const first = ids[0] as number
      assert.deepEqual(ids, [first, first + kinds, first + 2 * kinds, first + 3 * kinds])
    }
  })

  test('partitionBy: a folder per value', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world, { partitionBy: 'kind' })
    await epoch(1, [...rows(1, 2, 3), { id: 4, kind: null }])
    await epoch(2, rows(6, 5))
    await sink.close('done')
    assert.deepEqual(await visible(world.disk), {
      'kind=__null__/part-000003.jsonl': [4],
      'kind=even/part-000002.jsonl': [2, 6],
      'kind=odd/part-000001.jsonl': [1, 3, 5],
    })
  })

  test('complete: one file, replaced when committed', async () => {
    const world = virtualWorld()
    const { epoch, sink, batch } = await open(world, { mode: 'complete' })
    await epoch(1, rows(1, 2))
    await sink.begin(2)
    sink.write(batch(rows(3)))
    await sink.prepare(2)
    assert.deepEqual(await visible(world.disk), { 'result.jsonl': [1, 2] })
    await sink.commit(2)
    await sink.commit(2)
    assert.deepEqual(await visible(world.disk), { 'result.jsonl': [3] })
    await epoch(3, [])
    assert.deepEqual(await visible(world.disk), { 'result.jsonl': [] })
  })

  test('a folder belongs to one query, and is written by one run at a time', async () => {
    const world = virtualWorld()
    const spec = folderSink('out', lines)
    const { sink } = await openSink(spec, schema, { world, query: 'a' })
    await assert.rejects(openSink(spec, schema, { world, query: 'a' }), code('LOCKED'))
    await sink.close('done')
    await assert.rejects(openSink(spec, schema, { world, query: 'b' }), code('SINK_TAKEN'))
  })

  test('files of others are neither overwritten nor removed', async () => {
    const world = virtualWorld()
    await world.disk.writeAtomic('out/part-000001.jsonl', utf8.encode('foreign'))
    await assert.rejects(open(world), code('SINK_TAKEN'))
    await world.disk.rename('out/part-000001.jsonl', 'out/notes.jsonl')
    const { epoch, sink } = await open(world)
    await epoch(1, rows(1))
    await sink.close('done')
    assert.deepEqual(Object.keys(await visible(world.disk)), ['notes.jsonl', 'part-000001.jsonl'])
  })

  test('a query that starts anew writes its output anew', async () => {
    const world = virtualWorld()
    const first = await open(world, { roll: { bytes: 30 } })
    for (let n = 1; n <= 9; n++) await first.epoch(n, rows(n, n))
    await first.sink.close('done')
    const second = await open(world, { roll: { bytes: 30 } })
    assert.deepEqual(await visible(world.disk), {})
    await second.epoch(1, rows(7))
    await second.sink.close('done')
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [7] })
  })

  test('few manifests are kept; going back further than them is refused', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world)
    for (let n = 1; n <= 20; n++) await epoch(n, rows(n))
    assert.ok((await world.disk.list('out/.millrace/epochs')).length <= 4)
    await sink.close('failed')
    await assert.rejects(open(world, {}, 5), code('SINK_ALTERED'))
  })

  test('an altered manifest is found', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world)
    await epoch(1, rows(1))
    await sink.close('failed')
    const [file] = await world.disk.list('out/.millrace/epochs')
    const path = file?.path as string
    const bytes = (await world.disk.readAll(path)).slice()
    bytes[20] = (bytes[20] as number) ^ 1
    await world.disk.writeAtomic(path, bytes)
    await assert.rejects(open(world, {}, 1), code('SINK_ALTERED'))
  })

  test('a visible file may be taken away by its consumer', async () => {
    const world = virtualWorld()
    const { epoch, sink } = await open(world, { roll: { bytes: 10 } })
    await epoch(1, rows(1))
    await world.disk.remove('out/part-000001.jsonl')
    await sink.close('failed')
    const again = await open(world, { roll: { bytes: 10 } }, 1)
    await again.epoch(2, rows(2))
    assert.deepEqual(await visible(world.disk), { 'part-000002.jsonl': [2] })
  })
})

describe('law 3: a kill at any step, then the same output', () => {
  const script: readonly Rows[] = [rows(1, 2, 3), rows(4), [], rows(5, 6, 7, 8), rows(9), rows(10, 11)]

  // What a runtime does: an epoch counts once its state is durable, which is between prepare and commit.
  async function run(world: World, options: FolderOptions, format: FileFormat, done: { prepared: number }) {
    const writing: Writing = await open(world, options, done.prepared, format)
    if (done.prepared > 0) await writing.sink.commit(done.prepared)
    for (let n = done.prepared + 1; n <= script.length; n++) {
      await writing.sink.begin(n)
      for (const row of script[n - 1] as Rows) {
        writing.sink.write(writing.batch([row]))
        if (row.id % 3 === 0) await writing.sink.drain()
      }
      await writing.sink.prepare(n)
      done.prepared = n
      await writing.sink.commit(n)
    }
    await writing.sink.close('done')
  }

  const setups: readonly [name: string, options: FolderOptions, format: FileFormat][] = [
    ['one file', {}, lines],
    ['rolling', { roll: { bytes: 60 } }, lines],
    ['partitions, rolling', { partitionBy: ['kind'], roll: { bytes: 60 } }, lines],
    ['sealed files, rolling', { roll: { bytes: 60 } }, sealed],
    ['complete', { mode: 'complete' }, lines],
    ['complete, sealed', { mode: 'complete' }, sealed],
  ]
  for (const [name, options, format] of setups) {
    for (const tail of ['lost', 'kept', 'torn'] as const satisfies readonly Tail[]) {
      test(`${name}, tail ${tail}`, async () => {
        const calm = virtualWorld()
        await run(calm, options, format, { prepared: 0 })
        const expected = await visible(calm.disk)
        assert.ok(Object.keys(expected).length > 0)
        for (const k of everyStep(Number.POSITIVE_INFINITY)) {
          const world = virtualWorld()
          const done = { prepared: 0 }
          world.disk.crashAt(k)
          try {
            await run(world, options, format, done)
            break
          } catch (error) {
            if (!(error instanceof Crashed)) throw error
          }
          world.disk.restart(tail)
          await run(world, options, format, done)
          assert.deepEqual(await visible(world.disk), expected, `killed at step ${k}`)
          const left = await world.disk.list('out/.millrace/open')
          assert.ok(left.length <= (format === sealed ? 9 : 0), `left after step ${k}: ${left.map(each => each.path)}`)
        }
      })
    }
  }

  test('rows that were drained but not committed are cut off, also when nothing follows', async () => {
    const world = virtualWorld()
    const first = await open(world)
    await first.epoch(1, rows(1))
    await first.sink.begin(2)
    first.sink.write(first.batch(rows(2)))
    await first.sink.drain()
    await first.sink.close('failed')
    const again = await open(world, {}, 1)
    await again.sink.close('stopped')
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1] })
  })

  test('going back an epoch that was committed hides what it showed', async () => {
    for (const format of [lines, sealed]) {
      const world = virtualWorld()
      const options = { roll: { bytes: 60 } }
      const first = await open(world, options, 0, format)
      await first.epoch(1, rows(1))
      await first.epoch(2, rows(2, 3, 4, 5))
      assert.equal(Object.keys(await visible(world.disk)).length, 1)
      await first.sink.close('failed')
      const again = await open(world, options, 1, format)
      assert.deepEqual(await visible(world.disk), {})
      await again.epoch(2, rows(2, 3, 4, 5))
      await again.sink.close('done')
      assert.deepEqual(Object.values(await visible(world.disk)).flat(), [1, 2, 3, 4, 5])
    }
  })

  test('a full disk is an error that loses nothing', async () => {
    const world = virtualWorld()
    const first = await open(world)
    await first.epoch(1, rows(1))
    world.disk.capacity = 0
    await assert.rejects(first.epoch(2, rows(2)), code('DISK_FULL'))
    await first.sink.close('failed')
    world.disk.capacity = Number.POSITIVE_INFINITY
    const again = await open(world, {}, 1)
    await again.epoch(2, rows(2))
    await again.sink.close('done')
    assert.deepEqual(await visible(world.disk), { 'part-000001.jsonl': [1, 2] })
  })
})

describe('law 9: values in paths', () => {
  const values: readonly [value: unknown, name: string][] = [
    ['plain_1-2.x', 'c=plain_1-2.x'],
    ['', 'c='],
    [null, 'c=__null__'],
    ['__null__', 'c=%5F_null__'],
    ['../../etc/passwd', 'c=..%2F..%2Fetc%2Fpasswd'],
    ['..', 'c=%2E%2E'],
    ['.', 'c=%2E'],
    ['a\0b', 'c=a%00b'],
    ['a=b%2F', 'c=a%3Db%252F'],
    ['é\n', 'c=%C3%A9%0A'],
    [-1, 'c=-1'],
    [true, 'c=true'],
    [new Date('2001-02-03T04:05:06Z'), 'c=2001-02-03T04%3A05%3A06Z'],
  ]
  for (const [value, name] of values)
    test(`${JSON.stringify(value)} is ${name}`, () => assert.equal(partitionFolder('c', value), name))

  test('long values stay short and different', () => {
    const [a, b] = [escapeName('/'.repeat(5000)), escapeName(`${'/'.repeat(5000)}x`)]
    assert.ok(a.length <= 120 && b.length <= 120)
    assert.notEqual(a, b)
  })

  test('hostile values stay in the folder, on a real disk', async () => {
    const around = mkdtempSync(join(tmpdir(), 'millrace-sink-'))
    const root = join(around, 'sink')
    mkdirSync(root)
    try {
      const world = realWorld(root)
      const { epoch, sink } = await open(world, { partitionBy: ['kind'] })
      const kinds = [
        '../../x',
        '',
        null,
        'a\0b',
        'x'.repeat(3000),
        '..',
        '.',
        '/',
        '~',
        'CON',
        '\u{1f600}',
        '-rf',
        '%2e%2e',
      ]
      await epoch(
        1,
        kinds.map((kind, id) => ({ id, kind })),
      )
      await sink.close('done')
      const shown = await visible(world.disk)
      assert.deepEqual(
        Object.values(shown)
          .flat()
          .sort((a, b) => a - b),
        kinds.map((_, id) => id),
      )
      for (const path of Object.keys(shown)) assert.match(path, /^kind=[^/]*\/part-\d{6}\.jsonl$/)
      assert.deepEqual(readdirSync(around), ['sink'])
    } finally {
      rmSync(around, { recursive: true, force: true })
    }
  })

  test('a partition column must exist', async () => {
    await assert.rejects(open(virtualWorld(), { partitionBy: 'nope' }), /BAD_OPTION.*nope.*id, kind/)
  })
})
