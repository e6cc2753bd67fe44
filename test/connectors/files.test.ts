import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { MillraceError } from '../../src/base/index.ts'
import { type FileOptions, textFiles } from '../../src/connectors/index.ts'
import type { Json, TextFormat } from '../../src/data/index.ts'
import { type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { openSource } from './drive.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const schema = schemaOf([field('id', scalars.int), field('name', scalars.string, true)])
const json: TextFormat = { kind: 'json' }
const line = (id: number) => `{"id":${id},"name":"n${id}"}\n`
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('')
const code = (wanted: string) => (error: unknown) => error instanceof MillraceError && error.code === wanted

type Content = string | Uint8Array
async function folder(files: Record<string, Content>, world = virtualWorld({ start: 1e12 })): Promise<VirtualWorld> {
  for (const [path, content] of Object.entries(files))
    await world.disk.writeAtomic(path, typeof content === 'string' ? bytes(content) : content)
  return world
}
const ids = (rows: readonly object[]) => rows.map(row => (row as { id: number }).id)
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

async function readIds(
  world: VirtualWorld,
  pattern: string,
  rows = Number.POSITIVE_INFINITY,
  options: FileOptions = {},
) {
  const reading = await openSource(textFiles(pattern, schema, json, options), { world })
  const epochs = await reading.all(null, { rows })
  await reading.source.close()
  return epochs.map(each => ids(each.rows))
}

describe('files of JSON lines', () => {
  test('a file, a folder and a glob, by path, hidden files left out', async () => {
    const world = await folder({
      'a/2.json': lines(2, 4),
      'a/1.json': lines(0, 2),
      'a/.x.json': line(9),
      'a/_y': line(9),
    })
    assert.deepEqual(await readIds(world, 'a/1.json'), [[0, 1]])
    assert.deepEqual(await readIds(world, 'a'), [[0, 1, 2, 3]])
    assert.deepEqual(await readIds(world, 'a/*.json'), [[0, 1, 2, 3]])
  })

  test('the last line may have no newline; empty files have no rows', async () => {
    const world = await folder({ 'a/1': `${line(0)}{"id":1}`, 'a/2': '', 'a/3': line(2) })
    assert.deepEqual(await readIds(world, 'a'), [[0, 1, 2]])
  })

  const limits: readonly [rows: number, epochs: number[][]][] = [
    [1, [[0], [1], [2], [3], [4]]],
    [2, [[0, 1], [2, 3], [4]]],
    [
      3,
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    [5, [[0, 1, 2, 3, 4]]],
  ]
  for (const [limit, epochs] of limits) {
    test(`an epoch of ${limit} rows, across files`, async () => {
      const world = await folder({ 'a/1': lines(0, 3), 'a/2': lines(3, 5) })
      assert.deepEqual(await readIds(world, 'a', limit), epochs)
    })
    for (const [name, compress] of [['gz', gzipSync] as const, ['zst', zstdCompressSync] as const]) {
      test(`an epoch of ${limit} rows of .${name} files`, async () => {
        const world = await folder({
          [`a/1.json.${name}`]: compress(bytes(lines(0, 3))),
          [`a/2.json.${name}`]: compress(bytes(lines(3, 5))),
        })
        assert.deepEqual(await readIds(world, 'a', limit), epochs)
      })
    }
  }

  test('large limits are taken by the mean length of a row, and cuts lie between rows', async () => {
    const world = await folder({ big: lines(0, 200_000) })
    const epochs = await readIds(world, 'big', 60_000)
    assert.ok(epochs.length >= 3 && epochs.length <= 5, `${epochs.length} epochs`)
    assert.deepEqual(epochs.flat(), upTo(200_000))
  })

  test('every range gives the same rows again, in another process too', async () => {
    const text = lines(0, 100)
    const world = await folder({ 'a/1': text, 'a/2.gz': gzipSync(bytes(lines(100, 200))), 'a/3': lines(200, 260) })
    const first = await openSource(textFiles('a', schema, json), { world })
    const epochs = await first.all(null, { rows: 37 })
    assert.deepEqual(ids(epochs.flatMap(each => each.rows)), upTo(260))
    const second = await openSource(textFiles('a', schema, json), { world })
    for (const { range, rows } of epochs.toReversed()) assert.deepEqual(await second.rows(range), rows)
  })

  for (const kept of [undefined, 'q/source']) {
    test(`goes on after any epoch in another process, ${kept === undefined ? 'offsets alone' : 'with a folder'}`, async () => {
      for (const stopAfter of [0, 1, 2, 5, 6]) {
        const world = await folder({
          'a/1': lines(0, 10),
          'a/2.gz': gzipSync(bytes(lines(10, 20))),
          'a/3': lines(20, 30),
        })
        const options = { world, ...(kept === undefined ? {} : { folder: kept }) }
        const first = await openSource(textFiles('a', schema, json), options)
        const epochs = []
        let at: null | Awaited<ReturnType<typeof first.all>>[0]['range']['to'] = null
        for (let i = 0; i < stopAfter; i++) {
          const range = await first.source.plan(at, { rows: 4 })
          assert.ok(range)
          epochs.push(...ids(await first.rows(range)))
          at = JSON.parse(JSON.stringify(range.to))
        }
        await first.source.plan(at, { rows: 4 })
        const second = await openSource(textFiles('a', schema, json), options)
        const rest = await second.all(at, { rows: 7 })
        assert.deepEqual([...epochs, ...rest.flatMap(each => ids(each.rows))], upTo(30), `after ${stopAfter}`)
        assert.equal(second.source.ended(rest.at(-1)?.range.to ?? at), true)
      }
    })
  }

  test('with a folder an offset is a small delta', async () => {
    const files = Object.fromEntries(upTo(500).map(i => [`a/${String(i).padStart(4, '0')}`, line(i)]))
    const world = await folder(files)
    const reading = await openSource(textFiles('a', schema, json, { maxFilesPerEpoch: 5 }), { world, folder: 'q' })
    const epochs = await reading.all()
    assert.equal(epochs.length, 100)
    for (const { range } of epochs) assert.ok(JSON.stringify(range.to).length < 600)
  })

  test('a partition ends with its file', async () => {
    const world = await folder({ 'a/1': lines(0, 2), 'a/2': line(2) })
    const reading = await openSource(textFiles('a', schema, json), { world })
    const pieces = []
    for (let at = null; ; ) {
      const range = await reading.source.plan(at, { rows: 1 })
      if (range === undefined) break
      for (const [partition, rows, last] of await reading.pieces(range)) pieces.push([partition, rows.length, last])
      at = range.to as never
    }
    assert.deepEqual(pieces, [
      ['a/1', 1, false],
      ['a/1', 1, false],
      ['a/1', 0, true],
      ['a/2', 1, false],
      ['a/2', 0, true],
    ])
  })

  test('until an offset that was planned before, and no further', async () => {
    const world = await folder({ 'a/1': lines(0, 10), 'a/2.gz': gzipSync(bytes(lines(10, 20))) })
    const reading = await openSource(textFiles('a', schema, json, { until: 'forever' }), { world })
    const end = await reading.source.plan(null, { rows: Number.POSITIVE_INFINITY })
    await folder({ 'a/0': lines(50, 60), 'a/3': lines(60, 70) }, world)
    await world.clock.advance(5000)
    const epochs = await reading.all(null, { rows: 4, until: end?.to ?? null })
    assert.deepEqual(ids(epochs.flatMap(each => each.rows)), upTo(20))
    const rest = await reading.all(epochs.at(-1)?.range.to)
    assert.deepEqual(ids(rest.flatMap(each => each.rows)), [...upTo(20).map(i => i + 50)])
  })

  test('only asked columns are delivered', async () => {
    const world = await folder({ a: lines(0, 2) })
    const named = await openSource(textFiles('a', schema, json), { world, columns: ['name'] })
    assert.deepEqual((await named.all())[0]?.rows, [{ name: 'n0' }, { name: 'n1' }])
    const counted = await openSource(textFiles('a', schema, json), { world, columns: [] })
    assert.deepEqual((await counted.all())[0]?.rows, [{}, {}])
  })
})

describe('a folder that grows', () => {
  test('new files are picked up, wherever they sort; the source wakes the runtime', async () => {
    const world = await folder({ 'a/5': line(0) })
    const reading = await openSource(textFiles('a', schema, json, { until: 'forever', poll: '2 seconds' }), { world })
    const first = await reading.all()
    const at = first.at(-1)?.range.to ?? null
    assert.deepEqual(ids(first.flatMap(each => each.rows)), [0])
    assert.equal(reading.source.ended(at), false)
    await folder({ 'a/1': line(1), 'a/7': line(2) }, world)
    assert.equal(reading.wakes, 0)
    await world.clock.advance(2000)
    assert.equal(reading.wakes, 1)
    const second = await reading.all(at)
    assert.deepEqual(ids(second.flatMap(each => each.rows)), [1, 2])
    await reading.source.close()
  })

  test('starts with an empty or missing folder; a bounded input says that nothing is there', async () => {
    const world = virtualWorld()
    assert.deepEqual(await readIds(world, 'none', 10, { until: 'forever' }), [])
    await assert.rejects(readIds(world, 'none/*.json'), code('NO_INPUT'))
  })

  test('files per epoch, newest first, age', async () => {
    const world = virtualWorld({ start: 1e12 })
    for (const [i, name] of ['a/1', 'a/3', 'a/2', 'a/4'].entries()) {
      await folder({ [name]: line(i) }, world)
      await world.clock.advance(60_000)
    }
    assert.deepEqual(await readIds(world, 'a', Infinity, { maxFilesPerEpoch: 3 }), [[0, 2, 1], [3]])
    assert.deepEqual(await readIds(world, 'a', Infinity, { newestFirst: true }), [[3, 2, 1, 0]])
    assert.deepEqual(
      await readIds(world, 'a', Infinity, { maxAge: '1 minute' }),
      [[1 + 1, 3]].map(e => e),
    )
  })

  test('follow reads appended whole lines only', async () => {
    const world = await folder({ log: `${line(0)}{"id":1,` })
    const reading = await openSource(textFiles('log', schema, json, { follow: true }), { world, folder: 'q' })
    let at: Json = null
    const step = async (append: string) => {
      const size = (await world.disk.info('log'))?.bytes ?? 0
      const file = await world.disk.append('log', size)
      await file.write(bytes(append))
      await file.close()
      await world.clock.advance(1000)
      const epochs = await reading.all(at)
      at = epochs.at(-1)?.range.to ?? at
      return ids(epochs.flatMap(each => each.rows))
    }
    assert.deepEqual(await step(''), [0])
    assert.deepEqual(await step('"name":'), [])
    assert.deepEqual(await step(`"x"}\n${line(2)}{`), [1, 2])
    assert.deepEqual(await step('"id":3}\n'), [3])
  })

  const changes: readonly [name: string, options: FileOptions, content: string][] = [
    ['shrank', {}, line(0)],
    ['grew', {}, lines(0, 5)],
    ['shrank while followed', { follow: true }, line(0)],
  ]
  for (const [name, options, content] of changes) {
    test(`a file that ${name} is an error`, async () => {
      const world = await folder({ 'a/1': lines(0, 3) })
      const spec = textFiles('a', schema, json, { until: 'forever', ...options })
      const reading = await openSource(spec, { world })
      const epochs = await reading.all()
      await folder({ 'a/1': content }, world)
      await world.clock.advance(1000)
      await assert.rejects(reading.all(epochs.at(-1)?.range.to), code('FILE_CHANGED'))
      await assert.rejects(reading.rows(epochs[0]?.range as never), code('FILE_CHANGED'))
    })
  }

  test('a file that is gone is an error when its range is replayed', async () => {
    const world = await folder({ 'a/1': lines(0, 3) })
    const reading = await openSource(textFiles('a', schema, json), { world })
    const [epoch] = await reading.all()
    await world.disk.remove('a/1')
    await assert.rejects(reading.rows(epoch?.range as never), code('DISK_MISSING'))
  })
})

describe('bad rows', () => {
  const text = `${line(0)}nonsense\n${line(1)}{"id":"x"}\n${line(2)}`

  test('fail: with file, line, byte and what to do', async () => {
    const world = await folder({ 'a/1': text })
    await assert.rejects(readIds(world, 'a'), (error: Error) => {
      assert.match(error.message, /a\/1 line 2, byte 21/)
      return true
    })
  })

  test('the line number is right when decoding goes on in the middle of a file', async () => {
    const world = await folder({ 'a/1': text })
    const first = await openSource(textFiles('a', schema, json), { world })
    const range = await first.source.plan(null, { rows: 1 })
    await first.rows(range as never)
    const second = await openSource(textFiles('a', schema, json), { world })
    await assert.rejects(second.all(range?.to), /a\/1 line 2, byte 21/)
  })

  for (const onBadRow of ['skip', 'collect'] as const) {
    test(`${onBadRow}: told to the runtime, with the raw bytes`, async () => {
      const world = await folder({ 'a/1': text })
      const reading = await openSource(textFiles('a', schema, json, { onBadRow }), { world })
      assert.deepEqual(ids((await reading.all())[0]?.rows ?? []), [0, 1, 2])
      assert.deepEqual(
        reading.bad.map(each => each.raw),
        ['nonsense', '{"id":"x"}'],
      )
    })
  }

  test('maxBad is a limit', async () => {
    const world = await folder({ 'a/1': text })
    assert.deepEqual(await readIds(world, 'a', Infinity, { onBadRow: 'skip', maxBad: 2 }), [[0, 1, 2]])
    await assert.rejects(readIds(world, 'a', Infinity, { onBadRow: 'skip', maxBad: 1 }), code('TOO_MANY_BAD_ROWS'))
  })

  test('compressed files that were appended to each other are read to their end', async () => {
    for (const [name, compress] of [['gz', gzipSync] as const, ['zst', zstdCompressSync] as const]) {
      const parts = [lines(0, 5000), lines(5000, 5003), lines(5003, 10_000)].map(part => compress(bytes(part)))
      const world = await folder({ [`a.${name}`]: Buffer.concat(parts) })
      assert.deepEqual((await readIds(world, `a.${name}`)).flat(), upTo(10_000))
    }
  })

  test('bytes after the last frame are not ignored', async () => {
    const world = await folder({ 'a.zst': Buffer.concat([zstdCompressSync(bytes(lines(0, 10))), bytes('more')]) })
    await assert.rejects(readIds(world, 'a.zst'), code('FILE_CORRUPT'))
  })

  test('broken compression names the file', async () => {
    const good = gzipSync(bytes(lines(0, 1000)))
    const broken = {
      'a.gz': good.subarray(0, good.length - 20),
      'b.zst': bytes('no zstd'),
      'c.gz': bytes(''),
      'd.zst': bytes(''),
    }
    const world = await folder(broken)
    for (const name of Object.keys(broken)) await assert.rejects(readIds(world, name), code('FILE_CORRUPT'), name)
  })
})
