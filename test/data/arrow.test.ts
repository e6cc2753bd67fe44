// Through Arrow IPC and back: every type, nulls, selections, more rows than a batch, and data of other writers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  columnFromArray,
  decimal,
  dictionary,
  duration,
  int16,
  type Table,
  TimeUnit,
  tableFromArrays,
  tableFromColumns,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette'
import { fromArrow, tableFrom, toIPC } from '../../src/data/arrow.ts'
import { batchFromRows, Memory, type Row, rowsOf } from '../../src/data/index.ts'
import { decimalOf, field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { noisyBatch } from '../ops/harness.ts'
import { seeded } from '../support/seed.ts'

const memory = new Memory()
const schema = schemaOf([
  field('flag', t.boolean, true),
  field('whole', t.int),
  field('big', t.bigint, true),
  field('single', t.float, true),
  field('real', t.double, true),
  field('text', t.string, true),
  field('bytes', t.binary, true),
  field('at', t.timestamp, true),
  field('day', t.date, true),
  field('any', t.json, true),
  field('clock', t.time, true),
  field('span', t.interval, true),
  field('uuid', t.uuid, true),
  field('window', { kind: 'struct', fields: [field('start', t.timestamp), field('n', t.int, true)] }, true),
])

function read(source: Table | Uint8Array): { rows: Row[]; fields: string } {
  const arena = memory.arena()
  const { schema, pieces, read } = fromArrow(source)
  const rows: Row[] = []
  for (let piece = 0; piece < pieces; piece++) {
    arena.reset()
    rows.push(...rowsOf(read(piece, arena), schema, memory))
  }
  arena.free()
  return {
    rows,
    fields: schema.fields.map(each => `${each.name} ${each.type.kind}${each.nullable ? '?' : ''}`).join(' '),
  }
}

seeded(
  'what goes out as IPC comes back',
  rng => {
    const maybe = <T>(value: T): T | null => (rng.oneIn(4) ? null : value)
    const rows = rng.list(300, (_, i) => ({
      flag: maybe(rng.oneIn(2)),
      whole: i,
      big: maybe(rng.int64()),
      single: maybe(0.5 * i),
      real: maybe(rng.pick([-0, Number.NaN, 1e300])),
      text: maybe(rng.pick(['', 'short', 'größer als zwölf 🎈'])),
      bytes: maybe(Uint8Array.of(0, i & 255)),
      at: maybe(new Date(i * 1000 - 5)),
      day: maybe(new Date(i * 86_400_000)),
      any: maybe({ a: [i, 'x'] }),
      clock: maybe(`0${i % 10}:30:00.5`),
      span: maybe({ months: i, days: 7 - i, micros: i * 1000 }),
      uuid: maybe(`9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a${10 + (i % 90)}`),
      window: maybe({ start: new Date(i), n: maybe(i) }),
    }))
    const parts = rng.cut(rows, 3).map(part =>
      noisyBatch(
        rng,
        part.map(row => ({ row, weight: 1 })),
        schema,
        memory,
      ),
    )
    const format = rng.pick(['stream', 'file'] as const)
    const bytes = toIPC(
      parts.map(each => each.batch),
      schema,
      memory,
      { format },
    )
    for (const each of parts) each.free()
    const back = read(bytes)
    assert.deepStrictEqual(back.rows, rows)
    if (rows.length > 0)
      assert.equal(
        back.fields,
        schema.fields.map(each => `${each.name} ${each.type.kind}${each.nullable ? '?' : ''}`).join(' '),
      )
  },
  { runs: 20 },
)

test('record batches of more rows than a batch are cut', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => ({ n: i, s: i % 3 === 0 ? null : `s${i}` }))
  const table = tableFromArrays({ n: rows.map(each => each.n), s: rows.map(each => each.s) })
  assert.deepStrictEqual(read(tableToIPC(table, {}) as Uint8Array).rows, rows)
})

test('other layouts of other writers', () => {
  const table = tableFromColumns({
    small: columnFromArray([1, null, -3], int16()),
    seconds: columnFromArray([new Date(1000), null, new Date(3000)], timestamp(TimeUnit.SECOND)),
    named: columnFromArray(['a', 'b', null], dictionary(utf8())),
  })
  assert.deepStrictEqual(read(table).rows, [
    { small: 1, seconds: new Date(1000), named: 'a' },
    { small: null, seconds: null, named: 'b' },
    { small: -3, seconds: new Date(3000), named: null },
  ])
})

test('weights go along when they are given a name', () => {
  const arena = memory.arena()
  const one = schemaOf([field('n', t.int)])
  const batch = batchFromRows([{ n: 1 }, { n: 2 }], one, arena, [1, -2])
  const table = tableFrom(toIPC([batch], one, memory, { weights: 'weight' }))
  assert.deepStrictEqual(read(table).rows, [
    { n: 1, weight: 1n },
    { n: 2, weight: -2n },
  ])
  arena.free()
})

test('no batch at all is a table without rows', () => {
  assert.deepStrictEqual(read(toIPC([], schema, memory)).rows, [])
})

test('what is no Arrow, or a type that is no column type yet, is told', () => {
  assert.throws(() => fromArrow(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), /BAD_ARROW/)
  const spans = tableFromColumns({ l: columnFromArray([1n, 2n], duration(TimeUnit.SECOND)) })
  assert.throws(() => fromArrow(spans), /BAD_SCHEMA.*"l"/s)
})

test('decimals of every width, with a scale of their own or a foreign one', () => {
  for (const width of [32, 64, 128, 256] as const) {
    const prices = tableFromColumns({ price: columnFromArray([1.5, -2.25, null], decimal(9, 2, width)) })
    // The library's own builder of 32 bits scales wrongly.
    const built = prices.children[0]?.data[0]?.values
    if (built instanceof Int32Array) built.set([150, -225])
    const bytes = tableToIPC(prices, {}) as Uint8Array
    assert.deepEqual(read(bytes).rows, [{ price: '1.50' }, { price: '-2.25' }, { price: null }], `${width} bits`)
  }
  const wide = tableFromColumns({ price: columnFromArray([10n ** 37n], decimal(38, 2)) })
  assert.throws(() => read(tableToIPC(wide, {}) as Uint8Array), /BAD_VALUE.*36 digits/s)
})

test('decimals go out with the scale of their column, whatever their own', () => {
  const of = schemaOf([field('price', decimalOf(36, 2), true), field('n', t.int)])
  const texts = [
    '0.00',
    '-0.01',
    '0.01',
    '1.5',
    '-7',
    '4294967296.00',
    '-42949672.96',
    '-18446744073709551616.00',
    null,
  ]
  const wide = ['9'.repeat(34), `-${'9'.repeat(34)}`].map(each => `${each}.99`)
  const rows = [...texts, ...wide].map((price, n) => ({ price, n }))
  const arena = memory.arena()
  const back = read(toIPC([batchFromRows(rows, of, arena)], of, memory)).rows
  const shown = rows.map(({ price, n }) => ({
    price: price?.replace(/^1\.5$/, '1.50').replace(/^-7$/, '-7.00') ?? null,
    n,
  }))
  assert.deepEqual(back, shown)
  arena.free()
})

test('strings that are not UTF-8 are refused', () => {
  const bytes = tableToIPC(tableFromColumns({ s: columnFromArray(['marker text'], utf8()) }), {}) as Uint8Array
  const at = Buffer.from(bytes).indexOf('marker text')
  bytes[at] = 0xff
  assert.throws(() => read(bytes), /BAD_ARROW.*UTF-8/s)
})

test('nothing is lost of memory', () => {
  const fresh = new Memory()
  const arena = fresh.arena()
  const batch = batchFromRows([{ n: 1 }], schemaOf([field('n', t.int)]), arena)
  const before = fresh.used
  toIPC([batch], schemaOf([field('n', t.int)]), fresh)
  assert.equal(fresh.used, before)
})
