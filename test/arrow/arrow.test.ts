// `millrace/arrow` as users meet it: tables out, tables in, through the engine.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { duration, TimeUnit, tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { type AnyTable, fromArrow, toArrow, toIPC } from '../../src/arrow/index.ts'
import { millrace, read, t, write } from '../../src/index.ts'

const Row = t.row({
  id: t.int(),
  big: t.bigint().nullable(),
  at: t.timestamp(),
  day: t.date().nullable(),
  name: t.string().nullable(),
  bytes: t.binary().nullable(),
  any: t.json().nullable(),
  single: t.float().nullable(),
  real: t.double().nullable(),
  flag: t.boolean().nullable(),
  price: t.decimal(30, 2).nullable(),
  exact: t.decimal().nullable(),
  prices: t.list(t.decimal(10, 1)).nullable(),
})
const rows = Array.from({ length: 9000 }, (_, id) => ({
  id,
  big: id % 3 === 0 ? null : 2n ** 60n + BigInt(id),
  at: new Date(id * 1000),
  day: id % 5 === 0 ? null : new Date(Date.UTC(2024, 0, 1 + (id % 300))),
  name: id % 4 === 0 ? null : `name number ${id}`,
  bytes: id % 7 === 0 ? null : Uint8Array.of(id % 256, 0, 1),
  any: id % 2 === 0 ? null : { deep: [id] },
  single: id % 6 === 0 ? null : id / 2,
  real: id % 8 === 0 ? null : id / 3,
  flag: id % 9 === 0 ? null : id % 2 === 0,
  price: id % 5 === 0 ? null : `-1234567890123456789${id}.50`,
  exact: id % 7 === 0 ? null : (['NaN', '1.10', `${id}`, '-0.001'][id % 4] as string),
  prices: id % 3 === 0 ? null : [`${id}.5`, '-0.1'],
}))
const source = () => read.from(rows, { schema: Row })

test('every type goes out and comes back, also where a filter leaves few rows of a batch', async () => {
  const wanted = rows.filter(row => row.id % 1000 < 5)
  for (const format of ['stream', 'file'] as const) {
    const bytes = await toIPC(
      source().filter(row => row.id % 1000 < 5),
      { format },
    )
    assert.deepEqual(await fromArrow(bytes).collect(), wanted)
  }
  const table = await toArrow(source())
  assert.equal(table.numRows, rows.length)
  assert.equal(table.children[0]?.data.length, 1, 'rows are stacked into one record batch')
  assert.deepEqual(await fromArrow(table).collect(), rows)
})

test('windows are structs, and microseconds stay', async () => {
  const Event = t.row({ at: t.timestamp(), n: t.int() })
  const events = read.from(
    [
      { at: 1_234_567n, n: 1 },
      { at: 61_000_001n, n: 2 },
    ] as never[],
    { schema: Event, time: 'at' },
  )
  const table = await toArrow(
    events
      .window({ tumbling: '1 minute' })
      .groupBy()
      .agg(g => ({ last: g.at.max() })),
    { extract: { useBigInt: true } },
  )
  assert.deepEqual(
    table.schema.fields.map(each => each.name),
    ['window', 'last'],
  )
  const exact = table.getChild('last')?.data.flatMap(part => [...(part.values as BigInt64Array)])
  assert.deepEqual(exact?.toSorted(), [1_234_567n, 61_000_001n])
  const back = await fromArrow<{ window: { start: Date; end: Date } }>(await toIPC(fromArrow(table))).collect()
  assert.deepEqual(
    back.map(row => row.window.end.getTime()).toSorted((a, b) => a - b),
    [60_000, 120_000],
  )
})

test('an ordered table comes in order, whether it is limited or not', async () => {
  const ids = async (table: AnyTable) => [...((await toArrow(table)).getChild('id') ?? [])]
  const down = source().orderBy(row => row.id.desc())
  assert.deepEqual(await ids(down.limit(3)), [8999, 8998, 8997])
  assert.deepEqual(await ids(down), rows.map(row => row.id).reverse())
})

test('a result without rows has its columns; rows that come twice are there twice', async () => {
  const none = await toArrow(source().where(row => row.id.lt(0)))
  assert.deepEqual([none.numRows, none.numCols], [0, 13])
  assert.deepEqual(await fromArrow(none).collect(), [])
  const One = t.row({ n: t.int() })
  const twice = read.from([{ n: 2 }, { n: 1 }, { n: 2 }], { schema: One })
  const sums = twice.union(twice).orderBy(row => row.n)
  assert.deepEqual([...((await toArrow(sums)).getChild('n') ?? [])], [1, 1, 2, 2, 2, 2])
})

test('Arrow data of others is an input like any other: event time, projection, a kept run in small epochs', async t => {
  const n = 10_000
  const data = tableFromArrays({
    at: Array.from({ length: n }, (_, i) => new Date(i * 1000)),
    n: Int32Array.from({ length: n }, (_, i) => i),
    word: Array.from({ length: n }, (_, i) => `w${i % 3}`),
  })
  const table = fromArrow<{ at: Date; n: number; word: string }>(tableToIPC(data, {}) as Uint8Array, {
    time: 'at',
    lateBy: '1 minute',
  })
  assert.deepEqual(
    (
      await table
        .groupBy('word')
        .agg(g => ({ rows: g.count() }))
        .collect()
    )
      .map(row => row.rows)
      .toSorted(),
    [3333, 3333, 3334],
  )
  const counts = write.memory<{ rows: number }>()
  const dir = mkdtempSync(join(tmpdir(), 'millrace-arrow-'))
  const m = await millrace({ dir })
  t.after(async () => {
    await m.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const windows = table
    .window({ tumbling: '1 hour' })
    .groupBy()
    .agg(g => ({ rows: g.count() }))
  const run = await m.run('hours', windows.final().to(counts), { until: 'now', epochRows: 1000 })
  await run.done
  assert.deepEqual(
    counts.rows().map(row => row.rows),
    [3600, 3600, 2800],
  )
})

const torn: readonly [string, () => unknown, RegExp][] = [
  ['bytes that are no Arrow data', () => fromArrow(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)), /BAD_ARROW/],
  ['a table of another library', () => fromArrow({ schema: {}, batches: [] } as never), /BAD_ARROW.*IPC bytes/s],
  [
    'a type that is no column type',
    () => fromArrow(tableFromArrays({ span: [1n, 2n] }, { types: { span: duration(TimeUnit.SECOND) } } as never)),
    /BAD_SCHEMA.*"span"/s,
  ],
]
for (const [name, make, reason] of torn) test(`refused: ${name}`, () => assert.throws(make, reason))
