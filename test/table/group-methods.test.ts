// Every aggregate does what its type promises: its TypeScript type is compared with the planned column, its values
// with plain arrays, with and without keys, and with a filter that leaves groups empty.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type AggregateDefinition, type List, read, t } from 'millrace'
import type * as T from '../../src/types/index.ts'

const Row = t.row({
  key: t.string(),
  at: t.timestamp(),
  n: t.int(),
  m: t.double().nullable(),
  big: t.bigint(),
  yes: t.boolean(),
  text: t.string().nullable(),
  extra: t.json(),
})
type Row = T.RowFrom<typeof Row>
const row = (key: string, minute: number, n: number, m: number | null, yes: boolean, text: string | null): Row => ({
  key,
  at: new Date(minute * 60_000),
  n,
  m,
  big: BigInt(n),
  yes,
  text,
  extra: { n },
})
const rows = [
  row('a', 3, 1, 0.5, true, 'x'),
  row('a', 1, 5, null, true, 'y'),
  row('a', 2, 5, 1.5, false, null),
  row('b', 9, -2, null, true, null),
]
const table = read.from(rows, { schema: Row, time: 'at' })

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | undefined => undefined

const product: AggregateDefinition<{ product: number }, number, number> = {
  name: 'product',
  type: t.double(),
  init: () => ({ product: 1 }),
  add: (state, value) => ({ product: state.product * value }),
  result: state => state.product,
}

const grouped = table.groupBy('key').agg(g => ({
  count: g.count(),
  countText: g.text.count(),
  countDistinct: g.n.countDistinct(),
  collect: g.n.collect({ max: 2 }),
  sum: g.n.sum(),
  sumNull: g.m.sum(),
  sumBig: g.big.sum(),
  avg: g.n.avg(),
  avgNull: g.m.avg(),
  min: g.text.min(),
  max: g.at.max(),
  variance: g.n.variance(),
  stddev: g.n.stddev(),
  approxQuantile: g.n.approxQuantile(0.5),
  every: g.yes.every(),
  some: g.yes.some(),
  first: g.n.first(),
  last: g.text.last(),
  firstBy: g.n.first(r => r.n),
  lastBy: g.n.last(r => r.m),
  lastJson: g.extra.last(),
  aggregate: g.n.aggregate(product),
  of: g.of(r => r.n.mul(2)).sum(),
  filter: g.n.sum().filter(r => r.yes),
  expression: g.n.sum().div(g.count()),
}))
type Grouped = Awaited<ReturnType<typeof grouped.collect>>[number]
holds<
  Same<
    Grouped,
    {
      key: string
      count: number
      countText: number
      countDistinct: number
      collect: List<number>
      sum: number
      sumNull: number | null
      sumBig: bigint
      avg: number
      avgNull: number | null
      min: string | null
      max: Date
      variance: number | null
      stddev: number | null
      approxQuantile: number
      every: boolean
      some: boolean
      first: number
      last: string | null
      firstBy: number
      lastBy: number | null
      lastJson: unknown
      aggregate: number
      of: number
      filter: number | null
      expression: number
    }
  >
>()

const shape = (schema: T.Schema) =>
  schema.fields.map(each => `${each.name} ${each.type.kind}${each.nullable ? '?' : ''}`)

test('the columns of aggregates are nullable where their types say so', () => {
  // An aggregate of your own (collect is made as one) may give null whatever its type says, so its column is nullable.
  assert.deepEqual(
    shape(grouped.schema),
    `key string,count int,countText int,countDistinct int,collect list?,sum int,sumNull double?,sumBig bigint,avg double,avgNull double?,min string?,max timestamp,variance double?,stddev double?,approxQuantile double,every boolean,some boolean,first int,last string?,firstBy int,lastBy int?,lastJson json,aggregate double?,of int,filter int?,expression int`.split(
      ',',
    ),
  )
})

test('the values of aggregates', async () => {
  const [a, b] = (await grouped.collect()).sort((x, y) => (x.key < y.key ? -1 : 1))
  const near = Math.round(a?.approxQuantile ?? 0)
  assert.deepEqual(
    { ...a, approxQuantile: near },
    {
      key: 'a',
      count: 3,
      countText: 2,
      countDistinct: 2,
      // The least ones, in their order.
      collect: [1, 5],
      sum: 11,
      sumNull: 2,
      sumBig: 11n,
      avg: 11 / 3,
      avgNull: 1,
      min: 'x',
      max: new Date(180_000),
      variance: 16 / 3,
      stddev: Math.sqrt(16 / 3),
      approxQuantile: 5,
      every: false,
      some: true,
      first: 5,
      last: 'x',
      firstBy: 1,
      lastBy: 5,
      lastJson: { n: 1 },
      aggregate: 25,
      of: 22,
      filter: 6,
      expression: 3,
    },
  )
  assert.deepEqual(
    [b?.sumNull, b?.avgNull, b?.min, b?.variance, b?.last, b?.lastBy, b?.filter],
    [null, null, null, null, null, null, -2],
  )
})

test('without keys there is one row; of no rows all but counts are null, and the types say so', async () => {
  const all = table
    .where(r => r.n.gt(100))
    .agg(g => ({
      count: g.count(),
      sum: g.n.sum(),
      every: g.yes.every(),
      first: g.n.first(),
      median: g.n.approxQuantile(0.5),
    }))
  holds<
    Same<
      Awaited<ReturnType<typeof all.collect>>[number],
      { count: number; sum: number | null; every: boolean | null; first: number | null; median: number | null }
    >
  >()
  assert.deepEqual(await all.collect(), [{ count: 0, sum: null, every: null, first: null, median: null }])
  assert.deepEqual(shape(all.schema), ['count int', 'sum int?', 'every boolean?', 'first int?', 'median double?'])
})

test('first and last take what orders: a timestamp, a date or a number; text does not compile', () => {
  table.groupBy('key').agg(g => ({ a: g.n.first(r => r.at), b: g.n.first(r => r.big), c: g.n.first(r => r.m) }))
  assert.throws(
    () =>
      table.groupBy('key').agg(g => ({
        // @ts-expect-error: text is no time
        a: g.n.first(r => r.text),
      })).schema,
    { code: 'BAD_AGGREGATE' },
  )
  const timeless = read.from(rows, { schema: Row })
  assert.throws(() => timeless.groupBy('key').agg(g => ({ a: g.n.first() })), {
    code: 'BAD_VERB',
    message: /first: the table has no event time to order its rows by.*\.first\(row => row\.at\)/,
  })
})

test('every aggregate of the types has a case above', () => {
  const text = readFileSync(new URL('../../src/types/aggregate.ts', import.meta.url), 'utf8')
  const bodies = [...text.matchAll(/^interface \w+Group<[\s\S]*?\{\n([\s\S]*?)^\}/gm)].map(found => found[1] ?? '')
  const names = bodies.flatMap(body => [...body.matchAll(/^ {2}(\w+)[<(]/gm)].map(found => found[1] as string))
  assert.ok(names.length > 12)
  assert.deepEqual(
    names.filter(name => !grouped.schema.fields.some(each => each.name === name)),
    [],
  )
})
