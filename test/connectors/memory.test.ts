import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { iterableInput, memoryInput, memorySink } from '../../src/connectors/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { openSink, openSource } from './drive.ts'

const schema = schemaOf([field('id', scalars.int), field('name', scalars.string, true)])
const row = (id: number) => ({ id, name: null })
const rows = (n: number) => Array.from({ length: n }, (_, i) => row(i))
const code = (wanted: string) => (error: unknown) => error instanceof MillraceError && error.code === wanted

describe('rows pushed from code', () => {
  test('come in order, by partition, cut by the limit, and again for the same range', async () => {
    const input = memoryInput(schema)
    await input.push([row(0), row(1)], { partition: 'a' })
    await input.push(row(2), { partition: 'b' })
    const reading = await openSource(input.spec)
    const epochs = await reading.all(null, { rows: 2 })
    assert.deepEqual(
      epochs.map(each => each.rows),
      [[row(0), row(1)], [row(2)]],
    )
    const again = await openSource(input.spec)
    assert.deepEqual(await again.pieces({ from: 0, to: 3 }), [
      ['a', [row(0), row(1)], false],
      ['b', [row(2)], false],
    ])
  })

  test('wake the runtime; end when closed', async () => {
    const input = memoryInput(schema)
    const reading = await openSource(input.spec)
    assert.equal(await reading.source.plan(null, { rows: 9 }), undefined)
    await input.push(row(0))
    assert.equal(reading.wakes, 1)
    const range = await reading.source.plan(null, { rows: 9 })
    assert.equal(reading.source.ended(range?.to ?? null), false)
    input.close()
    assert.equal(reading.source.ended(range?.to ?? null), true)
    assert.equal(reading.source.ended(null), false)
    await assert.rejects(input.push(row(1)), code('INPUT_CLOSED'))
  })

  test('push waits for the slowest reader', async () => {
    const input = memoryInput(schema, { highWater: 10 })
    await input.push(rows(100))
    const slow = await openSource(input.spec)
    const fast = await openSource(input.spec)
    let pushed = false
    const pushing = input.push(row(0)).then(() => {
      pushed = true
    })
    await fast.all()
    await new Promise(setImmediate)
    assert.equal(pushed, false)
    await slow.source.plan(null, { rows: 95 })
    await pushing
    assert.equal(pushed, true)
  })

  test("keep: 'uncommitted' forgets what all have committed", async () => {
    const input = memoryInput(schema, { keep: 'uncommitted' })
    const reading = await openSource(input.spec)
    await input.push(rows(3))
    await input.push(rows(2))
    const range = await reading.source.plan(null, { rows: 3 })
    await reading.source.committed(range?.to ?? null)
    assert.equal((await reading.rows({ from: 3, to: 5 })).length, 2)
    await assert.rejects(reading.rows({ from: 0, to: 5 }), code('BAD_OFFSET'))
  })

  test('carry weights when asked to', async () => {
    const plain = memoryInput(schema)
    await assert.rejects(plain.pushWeighted([{ row: row(1), weight: -1 }]), code('BAD_OPTION'))
    const input = memoryInput(schema, { weights: true })
    assert.equal(input.spec.appendOnly, false)
    await input.pushWeighted([
      { row: row(1), weight: 2 },
      { row: row(2), weight: 0 },
      { row: row(3), weight: -1 },
    ])
    const reading = await openSource(input.spec)
    const { weightsOf } = await import('../../src/data/index.ts')
    for await (const { batch } of reading.source.read({ from: 0, to: 2 }))
      assert.deepEqual(weightsOf(batch, reading.memory), [2, -1])
  })

  test('weights of rows that are there already, and of an iterable', async () => {
    const { weightsOf } = await import('../../src/data/index.ts')
    const weighted = [
      { row: row(1), weight: 1 },
      { row: row(2), weight: 0 },
      { row: row(1), weight: -1 },
    ]
    const specs = [
      memoryInput(schema, { weights: true }, weighted).spec,
      iterableInput(schema, weighted, { weights: true }),
    ]
    for (const spec of specs) {
      const reading = await openSource(spec)
      await reading.source.plan(null, { rows: 1 })
      await new Promise(setImmediate)
      const seen: number[] = []
      for await (const { batch } of reading.source.read({ from: 0, to: 2 }))
        seen.push(...weightsOf(batch, reading.memory))
      assert.deepEqual([spec.appendOnly, seen], [false, [1, -1]])
    }
  })

  test('a position of another process is refused', async () => {
    const reading = await openSource(memoryInput(schema).spec)
    await assert.rejects(reading.source.plan(7, { rows: 1 }), code('BAD_OFFSET'))
  })

  test('a wrong value is told with its row', async () => {
    const input = memoryInput(schema, { name: 'clicks' })
    await input.push([row(0), { id: 'x', name: null }])
    const reading = await openSource(input.spec)
    await assert.rejects(reading.all(), /clicks.*row 2/)
  })
})

describe('an iterable as input', () => {
  test('is pulled as fast as it is read, and ends', async () => {
    let made = 0
    async function* generate() {
      for (; made < 1000; made++) yield row(made)
    }
    const reading = await openSource(iterableInput(schema, generate(), { highWater: 8 }))
    await new Promise(setImmediate)
    assert.ok(made <= 9, `${made} made ahead`)
    let at = null
    let seen = 0
    while (!reading.source.ended(at)) {
      const range = await reading.source.plan(at, { rows: 100 })
      if (range !== undefined) {
        seen += (await reading.rows(range)).length
        at = range.to as never
      }
      await new Promise(setImmediate)
    }
    assert.equal(seen, 1000)
  })

  test('that throws is an error of the query, after its rows', async () => {
    function* generate() {
      yield row(0)
      throw new TypeError('broken')
    }
    const reading = await openSource(iterableInput(schema, generate()))
    await new Promise(setImmediate)
    const range = await reading.source.plan(null, { rows: 10 })
    assert.equal((await reading.rows(range as never)).length, 1)
    await assert.rejects(reading.source.plan(range?.to ?? null, { rows: 10 }), code('INPUT_FAILED'))
  })
})

describe('the memory sink', () => {
  test('append: rows in order, shown when committed', async () => {
    const out = memorySink()
    const { sink, batch } = await openSink(out, schema)
    await sink.begin(1)
    sink.write(batch([row(1), row(2)]))
    await sink.prepare(1)
    assert.deepEqual(out.rows(), [])
    await sink.commit(1)
    await sink.commit(1)
    assert.deepEqual(out.rows(), [row(1), row(2)])
    assert.deepEqual(out.changes()[1], { row: row(2), weight: 1, epoch: 1 })
  })

  test('retract sums weights up, update keeps the last row per key, complete the last epoch', async () => {
    const retract = memorySink()
    const first = await openSink(retract, schema, { mode: 'retract' })
    await first.epoch(1, [row(1), row(2), row(2)])
    await first.epoch(2, [row(1), row(3)], [-1, 2])
    assert.deepEqual(retract.rows(), [row(2), row(2), row(3), row(3)])

    const update = memorySink()
    const second = await openSink(update, schema, { mode: 'update', key: ['id'] })
    await second.epoch(1, [row(1), row(2)])
    await second.epoch(2, [{ id: 1, name: 'x' }, row(2)], [1, -1])
    assert.deepEqual(update.rows(), [{ id: 1, name: 'x' }])

    const complete = memorySink()
    const third = await openSink(complete, schema, { mode: 'complete' })
    await third.epoch(1, [row(1), row(2)])
    await third.epoch(2, [])
    assert.deepEqual(complete.rows(), [])
  })

  test('recover lets later epochs vanish', async () => {
    const out = memorySink()
    const { epoch, sink } = await openSink(out, schema)
    await epoch(1, [row(1)])
    await epoch(2, [row(2)])
    await sink.recover(1)
    assert.deepEqual(out.rows(), [row(1)])
  })
  const changes = [
    { epoch: 1, rows: [row(1), row(2)], weights: [1, 1] },
    { epoch: 2, rows: [row(1), row(3)], weights: [-1, 2] },
    { epoch: 3, rows: [row(4)], weights: [1] },
    { epoch: 4, rows: [row(3)], weights: [-1] },
    { epoch: 5, rows: [row(5)], weights: [1] },
  ]
  for (const mode of ['retract', 'update', 'complete'] as const)
    test(`${mode}: forgetting changes does not change the table`, async () => {
      const [few, all] = [memorySink({ changes: 2 }), memorySink()]
      const key = mode === 'update' ? ['id'] : []
      const [a, b] = [await openSink(few, schema, { mode, key }), await openSink(all, schema, { mode, key })]
      for (const { epoch, rows, weights } of changes) {
        await a.epoch(epoch, rows, weights)
        await b.epoch(epoch, rows, weights)
        assert.deepEqual(few.rows(), all.rows(), `after epoch ${epoch}`)
      }
      assert.equal(few.forgotten, 5)
      assert.deepEqual(few.changes(), all.changes().slice(5))
      await a.sink.recover(4)
      await b.sink.recover(4)
      assert.deepEqual(few.rows(), all.rows())
    })

  test('append: the last rows are kept, in whole epochs, and it tells how many are not', async () => {
    const out = memorySink({ changes: 3 })
    const { epoch, sink } = await openSink(out, schema)
    for (let n = 1; n <= 50; n++) await epoch(n, [row(2 * n), row(2 * n + 1)])
    assert.deepEqual(out.rows(), [row(98), row(99), row(100), row(101)])
    assert.equal(out.forgotten, 96)
    await sink.recover(0)
    assert.deepEqual([out.rows().length, out.forgotten], [0, 0])
  })

  test('a wrong number of changes is refused', () => {
    assert.throws(() => memorySink({ changes: Number.NaN }), code('BAD_OPTION'))
  })
})
