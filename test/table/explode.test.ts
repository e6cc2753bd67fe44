// explode and collect: the verbs, their rows and what they refuse.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError, read, t } from 'millrace'

const Order = t.row({
  id: t.int(),
  tags: t.list(t.string()).nullable(),
  items: t.list(t.struct({ sku: t.string(), n: t.int() })),
  prices: t.map(t.string(), t.double()),
  doc: t.json(),
})
const orders = read.from(
  [
    {
      id: 1,
      tags: ['b', 'a'],
      items: [{ sku: 'x', n: 2 }],
      prices: new Map([
        ['pen', 1.5],
        ['ink', 3],
      ]),
      doc: [1, { a: [2] }],
    },
    { id: 2, tags: [], items: [], prices: new Map(), doc: 'no array' },
    { id: 3, tags: null, items: [], prices: new Map(), doc: [] },
  ],
  { schema: Order },
)
const ids = orders.select(o => ({ id: o.id, tags: o.tags }))

test('a row per element; rows without elements go, or stay with outer', async () => {
  assert.deepEqual(await ids.explode('tags').collect(), [
    { id: 1, tags: 'b' },
    { id: 1, tags: 'a' },
  ])
  assert.deepEqual(await ids.explode('tags', { as: 'tag', ordinal: 'n', outer: true }).collect(), [
    { id: 1, tag: 'b', n: 0 },
    { id: 1, tag: 'a', n: 1 },
    { id: 2, tag: null, n: null },
    { id: 3, tag: null, n: null },
  ])
})

test('structs, maps and json arrays', async () => {
  const items = await orders
    .select(o => ({ id: o.id, items: o.items }))
    .explode('items', { as: 'item' })
    .select(o => ({ id: o.id, sku: o.item.sku, n: o.item.n.mul(10) }))
    .collect()
  assert.deepEqual(items, [{ id: 1, sku: 'x', n: 20 }])
  const prices = orders.select(o => ({ id: o.id, prices: o.prices }))
  assert.deepEqual(await prices.explode('prices').collect(), [
    { id: 1, key: 'ink', value: 3 },
    { id: 1, key: 'pen', value: 1.5 },
  ])
  assert.deepEqual(
    await prices
      .explode('prices', { as: ['what', 'cost'] })
      .where(o => o.cost.gt(2))
      .collect(),
    [{ id: 1, what: 'ink', cost: 3 }],
  )
  const docs = orders.select(o => ({ id: o.id, doc: o.doc }))
  assert.deepEqual(await docs.explode('doc').collect(), [
    { id: 1, doc: 1 },
    { id: 1, doc: { a: [2] } },
  ])
})

test('over a table that changes, and below a group', async () => {
  const counted = await ids
    .explode('tags')
    .groupBy('tags')
    .agg(g => ({ n: g.count() }))
    .collect()
  assert.deepEqual(
    counted.sort((a, b) => (a.tags < b.tags ? -1 : 1)),
    [
      { tags: 'a', n: 1 },
      { tags: 'b', n: 1 },
    ],
  )
})

test('collect: the values of a group in order, the least of them, each once if asked', async () => {
  const words = read.from(
    ['b', 'a', null, 'c', 'a'].map(word => ({ g: 1, word })),
    { schema: t.row({ g: t.int(), word: t.string().nullable() }) },
  )
  const [row] = await words
    .groupBy('g')
    .agg(g => ({
      all: g.word.collect({ max: 10 }),
      two: g.word.collect({ max: 2 }),
      set: g.word.collect({ max: 10, distinct: true }),
    }))
    .collect()
  assert.deepEqual(row, { g: 1, all: ['a', 'a', 'b', 'c'], two: ['a', 'a'], set: ['a', 'b', 'c'] })
})

const refused: readonly (readonly [() => unknown, string, RegExp])[] = [
  [() => ids.explode('id' as never), 'BAD_VERB', /id has type int/],
  [() => ids.explode('none' as never), 'UNKNOWN_COLUMN', /none/],
  [() => ids.explode('tags', { as: 'id' }), 'BAD_VERB', /two columns id/],
  [() => ids.explode('tags', { ordinal: 'tags' }), 'BAD_VERB', /two columns tags/],
  [() => ids.explode('tags', { as: ['a', 'b'] as never }), 'BAD_VERB', /2 names/],
  [() => orders.explode('prices', { as: 'x' as never }), 'BAD_VERB', /is a map, and 1 names/],
  [() => ids.explode('tags', { as: 5 as never }), 'BAD_ARGUMENT', /as/],
  [() => ids.explode('tags', { outer: 'yes' as never }), 'BAD_ARGUMENT', /outer/],
  [() => ids.explode('tags', null as never), 'BAD_ARGUMENT', /options/],
  [() => ids.agg(g => ({ x: g.id.collect(undefined as never) })), 'BAD_ARGUMENT', /options/],
  [() => ids.agg(g => ({ x: g.id.collect({ max: 0 }) })), 'BAD_ARGUMENT', /max/],
]
for (const [act, code, message] of refused)
  test(`refused: ${message.source}`, () => {
    assert.throws(act, error => error instanceof MillraceError && error.code === code && message.test(error.message))
  })
