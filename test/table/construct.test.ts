// Structs and lists that expressions make.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, lit, read, struct, t, when } from 'millrace'
import { testing } from 'millrace/testing'
import type { ColumnType, Field, Schema } from '../../src/types/index.ts'

const Reading = t.row({
  id: t.int(),
  at: t.timestamp(),
  low: t.double(),
  high: t.double().nullable(),
  place: t.struct({ city: t.string(), zone: t.string().nullable() }).nullable(),
})
const at = new Date('2026-01-01T12:00:00Z')
const readings = read.from(
  [
    { id: 1, at, low: 0.5, high: 2, place: { city: 'Rome', zone: null } },
    { id: 2, at, low: -1, high: null, place: null },
  ],
  { schema: Reading, time: 'at' },
)
/** Types with what may be null within them, too. */
function shown(type: ColumnType, nullable: boolean): string {
  const inner = type.kind === 'struct' ? `struct<${type.fields.map(fieldText).join(', ')}>` : type.kind
  const text = type.kind === 'list' ? `list<${shown(type.element.type, type.element.nullable)}>` : inner
  return nullable ? `${text}?` : text
}
const fieldText = ({ name, type, nullable }: Field): string => `${name} ${shown(type, nullable)}`
const typesOf = (table: { readonly schema: Schema }): readonly string[] => table.schema.fields.map(fieldText)

test('a struct of columns, expressions, constants and structs', async () => {
  const table = readings.select(r => ({
    id: r.id,
    all: struct({
      low: r.low,
      sum: r.low.add(r.high),
      one: 1,
      deep: struct({ city: r.place.city, at: r.at, place: r.place }),
    }),
  }))
  const place = 'struct<city string, zone string?>'
  assert.deepEqual(typesOf(table), [
    'id int',
    `all struct<low double, sum double?, one int, deep struct<city string?, at timestamp, place ${place}?>>`,
  ])
  assert.deepEqual((await table.collect())[1], {
    id: 2,
    all: { low: -1, sum: null, one: 1, deep: { city: null, at, place: null } },
  })
})

test('its fields go on: in conditions, keys, structs around, and as event time', async () => {
  const packed = readings.select(r => ({ when: struct({ at: r.at }), range: struct({ low: r.low, high: r.high }) }))
  const outer = packed.where(r => r.range.high.gt(1)).select(r => ({ s: struct({ r: r.range, l: r.range.low }) }))
  assert.deepEqual(await outer.collect(), [{ s: { r: { low: 0.5, high: 2 }, l: 0.5 } }])
  assert.deepEqual(await readings.select(r => ({ x: struct({ a: r.low, b: 7 }).b })).collect(), [{ x: 7 }, { x: 7 }])
  const windows = packed.window({ tumbling: '1 hour' }).agg(g => ({ n: g.count() }))
  assert.deepEqual(
    (await windows.collect()).map(r => r.n),
    [2],
  )
  const groups = readings.groupBy(r => ({ key: struct({ neg: r.low.lt(0), at: r.at }) })).agg(g => ({ n: g.count() }))
  assert.deepEqual((await groups.collect()).map(r => [r.key.neg, r.n]).sort(), [
    [false, 1],
    [true, 1],
  ])
})

test('lists have one type, and nulls among them', async () => {
  const table = readings.select(r => ({
    plain: list(r.low, 1),
    open: list(r.high, r.low),
    nested: list(list(r.id), list(1, 2)),
    wider: list(list(1.5), list(r.high)),
    sum: list(r.low, r.high).sum(),
    count: list(r.low, lit(null, 'double')).length(),
  }))
  assert.deepEqual(typesOf(table), [
    'plain list<double>',
    'open list<double?>',
    'nested list<list<int>>',
    'wider list<list<double?>>',
    'sum double?',
    'count int',
  ])
  assert.deepEqual(await table.collect(), [
    { plain: [0.5, 1], open: [2, 0.5], nested: [[1], [1, 2]], wider: [[1.5], [2]], sum: 2.5, count: 2 },
    { plain: [-1, 1], open: [null, -1], nested: [[2], [1, 2]], wider: [[1.5], [null]], sum: -1, count: 2 },
  ])
})

test('lists of structs: of expressions, of columns that may be null, structs within', async () => {
  const table = readings.select(r => ({
    pairs: list(struct({ n: r.id, x: r.high }), struct({ n: 2.5, x: r.low })),
    places: list(r.place, struct({ city: 'here', zone: 'z' })),
    deep: list(struct({ a: struct({ b: r.high }), l: list(r.id) })),
  }))
  assert.deepEqual(typesOf(table), [
    'pairs list<struct<n double, x double?>>',
    'places list<struct<city string?, zone string?>?>',
    'deep list<struct<a struct<b double?>, l list<int>>>',
  ])
  const [first, second] = await table.collect()
  assert.deepEqual(first, {
    pairs: [
      { n: 1, x: 2 },
      { n: 2.5, x: 0.5 },
    ],
    places: [
      { city: 'Rome', zone: null },
      { city: 'here', zone: 'z' },
    ],
    deep: [{ a: { b: 2 }, l: [1] }],
  })
  assert.deepEqual(second?.places, [null, { city: 'here', zone: 'z' }])
  assert.deepEqual(second?.deep, [{ a: { b: null }, l: [2] }])
  const rows = await readings
    .select(r => ({ id: r.id, parts: list(struct({ x: r.low }), struct({ x: r.high })) }))
    .explode('parts')
    .collect()
  assert.deepEqual(
    rows.map(r => [r.id, r.parts.x]),
    [
      [1, 0.5],
      [1, 2],
      [2, -1],
      [2, null],
    ],
  )
})

test('in a stream of rows that come and go', async () => {
  const live = read.memory(Reading).table
  const counts = live.groupBy('id').agg(g => ({ n: g.count(), most: g.high.max() }))
  await using run = await testing(
    counts.select(r => ({ id: r.id, s: struct({ n: r.n, most: r.most }), l: list(r.n, r.most) })),
    { unbounded: true },
  )
  run.push([{ id: 1, at, low: 0, high: null, place: null }])
  await run.epoch()
  run.push([{ id: 1, at, low: 0, high: 3, place: null }])
  await run.epoch()
  assert.deepEqual(run.rows(), [{ id: 1, s: { n: 2, most: 3 }, l: [2, 3] }])
})

test('what does not fit is refused', () => {
  const code = (make: () => unknown): string => {
    try {
      make()
    } catch (error) {
      return (error as { code: string }).code
    }
    return 'nothing'
  }
  assert.equal(
    code(() => readings.select(() => ({ s: struct({} as never) }))),
    'BAD_VERB',
  )
  assert.equal(
    code(() => readings.select(() => ({ s: (list as never as () => never)() }))),
    'BAD_VERB',
  )
  assert.equal(
    code(() => readings.select(r => ({ s: struct({ a: Symbol('a') as never, b: r.id }) }))),
    'BAD_VERB',
  )
  assert.equal(
    code(() => readings.select(r => ({ s: list(r.id, 'x') }))),
    'TYPE_MISMATCH',
  )
  assert.equal(
    code(() => readings.select(r => ({ s: list(struct({ a: r.id }), struct({ b: r.id })) }))),
    'TYPE_MISMATCH',
  )
  assert.equal(
    code(() => readings.select(r => ({ s: list(struct({ a: r.id }), r.id) }))),
    'TYPE_MISMATCH',
  )
  assert.equal(
    code(() => readings.select(r => ({ s: when(r.id.gt(1), struct({ a: r.id })).otherwise(struct({ a: 1 })) }))),
    'STRUCT_COLUMN',
  )
})
