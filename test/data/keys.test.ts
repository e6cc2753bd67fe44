// memcmp of keys is SQL's order; row bytes and gathered rows give back what went in.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  batchFromRows,
  compact,
  decodeKeys,
  decodeRows,
  encodeKeys,
  encodeRows,
  type KeyOrder,
  Kind,
  kindOf,
  Memory,
  packedItem,
  rowsOf,
  stack,
  withColumns,
  withSelection,
} from '../../src/data/index.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const memory = new Memory()
const schema = schemaOf([
  field('flag', t.boolean, true),
  field('day', t.date, true),
  field('big', t.bigint, true),
  field('single', t.float, true),
  field('real', t.double, true),
  field('text', t.string, true),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const LETTERS = [
  '',
  '\0',
  '\0\0',
  'a',
  'a\0',
  'a\0b',
  'ab',
  'b',
  '\u{10ffff}',
  '\uffff',
  'same prefix 1',
  'same prefix 12',
  'same prefix 1\0',
  'x'.repeat(40),
]
const DOUBLES = [
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1e300,
  -1,
  -5e-324,
  -0,
  0,
  5e-324,
  1,
  2 ** 53,
  1e300,
  Number.POSITIVE_INFINITY,
]
const LONGS = [-(2n ** 63n), -(2n ** 32n), -1n, 0n, 1n, 255n, 256n, 2n ** 63n - 1n]

function randomRow(rng: Rng) {
  const maybe = <T>(value: T): T | null => (rng.oneIn(6) ? null : value)
  return {
    flag: maybe(rng.oneIn(2)),
    day: maybe(new Date(rng.int(-3, 3) * 86_400_000)),
    big: maybe(rng.oneIn(3) ? rng.int64() : rng.pick(LONGS)),
    single: maybe(Math.fround(rng.pick(DOUBLES.filter(x => Math.abs(x) < 1e30 || !Number.isFinite(x))))),
    real: maybe(rng.oneIn(3) ? (rng.double() - 0.5) * 1e6 : rng.pick(DOUBLES)),
    text: maybe(rng.pick(LETTERS)),
  }
}

type RowOf = ReturnType<typeof randomRow>

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  if (typeof a === 'number' && Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  if (Number.isNaN(b)) return -1
  const [x, y] = [a as number, b as number]
  return x < y ? -1 : x > y ? 1 : 0
}

function compareRows(a: RowOf, b: RowOf, names: readonly (keyof RowOf)[], orders: readonly KeyOrder[]): number {
  for (const [i, name] of names.entries()) {
    const order = orders[i] as KeyOrder
    const [x, y] = [a[name], b[name]]
    if (x === null || y === null) {
      if (x === y) continue
      return (x === null) === (order.nulls === 'first') ? -1 : 1
    }
    const sign = Math.sign(compareValues(x, y))
    if (sign !== 0) return order.descending ? -sign : sign
  }
  return 0
}

seeded('memcmp of keys is the order of the rows', rng => {
  const arena = memory.arena()
  const names = rng.shuffled(schema.fields.map(each => each.name as keyof RowOf)).slice(0, rng.int(1, 4))
  const orders = names.map((): KeyOrder => ({ descending: rng.oneIn(2), nulls: rng.pick(['first', 'last']) }))
  const rows = Array.from({ length: 60 }, () => randomRow(rng))
  const batch = batchFromRows(rows, schema, arena)
  const columns = names.map(name => batch.columns[schema.fields.findIndex(each => each.name === name)] as never)
  const packed = encodeKeys(batch, columns, orders, arena)
  const keys = rows.map((_, i) => packedItem(packed, i, memory))
  for (const [i, a] of rows.entries())
    for (const [j, b] of rows.entries()) {
      const expected = compareRows(a, b, names, orders)
      const got = Buffer.compare(keys[i] as Uint8Array, keys[j] as Uint8Array)
      assert.equal(
        got,
        expected,
        `${JSON.stringify([a, b, names, orders], (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`,
      )
      const prefix = Buffer.from(keys[j] as Uint8Array)
        .subarray(0, keys[i]?.length)
        .equals(keys[i] as Uint8Array)
      assert.equal(prefix, expected === 0, 'a key that begins with another one')
    }
  arena.free()
})

seeded('keys and row bytes give the rows back', rng => {
  const arena = memory.arena()
  const orders = schema.fields.map((): KeyOrder => ({ descending: rng.oneIn(2), nulls: rng.pick(['first', 'last']) }))
  const rows = rng.list(100, randomRow)
  const batch = batchFromRows(rows, schema, arena)
  const picked = rows.flatMap((_, i) => (rng.oneIn(3) ? [] : [i]))
  const sel = arena.put(new Uint8Array(Uint32Array.from(picked).buffer))
  const some = withSelection(batch, sel, picked.length)
  const expected = picked.map(i => rows[i])
  const addresses = (packed: { blob: number; offsets: number }) => {
    const u32 = memory.u32.slice(packed.offsets >>> 2, (packed.offsets >>> 2) + picked.length)
    return arena.put(new Uint8Array(u32.map(offset => packed.blob + offset).buffer))
  }
  const whole = { columns: [], rows: picked.length, sel: 0, count: picked.length, weights: 0 }

  const encoded = encodeRows(some, batch.columns, arena)
  for (const own of [false, true]) {
    const decoded = decodeRows(addresses(encoded), picked.length, kinds, arena, own)
    assert.deepStrictEqual(rowsOf(withColumns(whole, decoded), schema, memory), expected)
  }

  const keys = encodeKeys(some, batch.columns, orders, arena)
  const back = decodeKeys(addresses(keys), picked.length, kinds, orders, arena)
  const normal = expected.map(row => ({
    ...row,
    real: (row?.real ?? null) === 0 ? 0 : row?.real,
    single: row?.single === 0 ? 0 : row?.single,
  }))
  assert.deepStrictEqual(rowsOf(withColumns(whole, back), schema, memory), normal)

  for (const own of [false, true]) assert.deepStrictEqual(rowsOf(compact(some, arena, own), schema, memory), expected)
  arena.free()
})

test('what stands where a text is null is not copied as one', () => {
  const arena = memory.arena()
  const one = schemaOf([field('s', t.string, true)])
  const batch = batchFromRows([{ s: null }, { s: 'a string that is not inline' }, { s: null }], one, arena)
  const { values } = batch.columns[0] as { values: number }
  for (const row of [0, 2]) memory.u32.set([0xfffffff0, 1, 2, 0xffffff00], (values >>> 2) + row * 4)
  const stacked = stack([Kind.VIEW], arena)
  stacked.add(batch)
  for (const copy of [compact(batch, arena, true), ...stacked.batches()])
    assert.deepEqual(
      rowsOf(copy, one, memory).map(row => row.s),
      [null, 'a string that is not inline', null],
    )
  arena.free()
})

test('a compacted batch that owns its bytes outlives its source', () => {
  const [source, target] = [memory.arena(), memory.arena()]
  const one = schemaOf([field('s', t.string)])
  const rows = [{ s: 'a string that is not inline' }, { s: 'short' }]
  const copy = compact(batchFromRows(rows, one, source, [2, -1]), target, true)
  source.free()
  const noise = memory.arena()
  memory.u8.fill(7, noise.alloc(100_000), 0)
  assert.deepEqual(rowsOf(copy, one, memory), rows)
  noise.free()
  target.free()
})

test('errors of a compacted batch tell the old rows', () => {
  const arena = memory.arena()
  const one = schemaOf([field('n', t.int)])
  const batch = batchFromRows([{ n: 1 }, { n: 2 }, { n: 3 }], one, arena, undefined, { source: 'push' })
  const compacted = compact(withSelection(batch, arena.put(new Uint8Array(Uint32Array.of(2).buffer)), 1), arena)
  assert.deepEqual(compacted.origin?.position(0), { source: 'push', row: 3 })
  arena.free()
})
