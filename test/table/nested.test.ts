// Lists, maps and structs through whole tables: files, verbs, keys.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { read, t } from 'millrace'

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-nested-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

const Order = t.row({
  id: t.int(),
  tags: t.list(t.string()),
  prices: t.map(t.string(), t.double()),
  customer: t.struct({ name: t.string(), address: t.struct({ city: t.string() }).nullable() }),
})
const lines = [
  { id: 1, tags: ['b', 'a'], prices: { x: 1, y: 2 }, customer: { name: 'Ada', address: { city: 'Ulm' } } },
  { id: 2, tags: ['a'], prices: { y: 2, x: 1 }, customer: { name: 'Bob', address: null } },
  { id: 3, tags: ['b', 'a'], prices: {}, customer: { name: 'Cleo' } },
]

function orders() {
  const path = join(root, 'orders.jsonl')
  writeFileSync(path, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  return read.json(path, { schema: Order })
}

test('a JSON file with lists, maps and structs', async () => {
  assert.deepEqual(await orders().collect(), [
    {
      ...lines[0],
      prices: new Map([
        ['x', 1],
        ['y', 2],
      ]),
    },
    {
      ...lines[1],
      prices: new Map([
        ['x', 1],
        ['y', 2],
      ]),
    },
    { ...lines[2], prices: new Map(), customer: { name: 'Cleo', address: null } },
  ])
})

test('fields of structs in expressions; functions of lists and maps', async () => {
  const found = await orders()
    .where(o => o.customer.address.city.eq('Ulm').or(o.tags.length().eq(1)))
    .select(o => ({
      name: o.customer.name,
      city: o.customer.address.city,
      first: o.tags.at(0),
      x: o.prices.get('x'),
      address: o.customer.address,
    }))
    .collect()
  assert.deepEqual(found, [
    { name: 'Ada', city: 'Ulm', first: 'b', x: 1, address: { city: 'Ulm' } },
    { name: 'Bob', city: null, first: 'a', x: 1, address: null },
  ])
})

test('lists and maps as keys: of groups, of distinct, of joins, in order', async () => {
  const groups = await orders()
    .groupBy('tags')
    .agg(g => ({ n: g.count(), last: g.id.max() }))
    .collect()
  assert.deepEqual(
    groups.sort((a, b) => a.n - b.n),
    [
      { tags: ['a'], n: 1, last: 2 },
      { tags: ['b', 'a'], n: 2, last: 3 },
    ],
  )
  const maps = await orders()
    .select(o => ({ prices: o.prices }))
    .distinct()
    .collect()
  assert.equal(maps.length, 2)
  const joined = await orders()
    .join(orders(), { on: (a, b) => a.tags.eq(b.tags), select: (a, b) => ({ a: a.id, b: b.id }) })
    .collect()
  assert.equal(joined.length, 5)
  const ordered = await orders()
    .orderBy(o => [o.tags.desc(), o.id])
    .limit(3)
    .collect()
  assert.deepEqual(
    ordered.map(each => each.id),
    [1, 3, 2],
  )
})

test('plain functions get and give them', async () => {
  const kept = await orders()
    .filter(row => row.tags.includes('b') && row.customer.address?.city === 'Ulm')
    .map(row => ({ ...row, tags: row.tags, size: row.prices.size }))
    .collect()
  assert.equal(kept.length, 1)
  assert.deepEqual(kept[0]?.tags, ['b', 'a'])
  assert.equal(kept[0]?.size, 2)
})
