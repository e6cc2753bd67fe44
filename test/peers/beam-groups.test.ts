// Groups of several inputs and duplicates answer as Beam's CoGroupByKeyTest and DeduplicateTest say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { ev, play, stream } from './support.ts'

const Item = t.row({ id: t.int(), what: t.string(), at: t.timestamp() })
const items = (...all: readonly (readonly [id: number, what: string, at?: number])[]) =>
  all.map(([id, what, at = 0]) => ({ id, what, at: new Date(at) }))

test('CoGroupByKeyTest.testCoGroupByKeyHandleResults: purchases of addresses without a name', async () => {
  const bought = items(
    ...([
      [2, 'Boat'],
      [1, 'Shoes'],
      [3, 'Car'],
      [1, 'Book'],
      [10, 'Pens'],
      [8, 'House'],
    ] as const),
    ...([
      [4, 'Suit'],
      [11, 'House'],
      [14, 'Shoes'],
      [2, 'Suit'],
      [8, 'Suit Case'],
      [3, 'House'],
    ] as const),
  )
  const addresses = items([2, '3rd'], [10, 'Jackson'], [20, 'Arizona'], [3, 'School'], [8, 'Watling'])
  const names = items([1, 'Smith'], [2, 'James'], [8, 'Spalding'], [20, 'Lichtfield'])
  const [purchases, places, people] = [bought, addresses, names].map(rows => read.from(rows, { schema: Item }))
  assert.ok(purchases !== undefined && places !== undefined && people !== undefined)
  const counts = places
    .join(people, { on: (a, n) => a.id.eq(n.id), type: 'anti' })
    .join(purchases, {
      on: (a, p) => a.id.eq(p.id),
      type: 'left',
      select: (a, p) => ({ what: a.what, bought: p.what }),
    })
    .groupBy('what')
    .agg(g => ({ n: g.bought.count() }))
  const rows = (await counts.collect()).map(row => `${row.what} ${row.n}`).sort()
  assert.deepEqual(rows, ['Jackson 1', 'School 2'])
})

test('CoGroupByKeyTest.testCoGroupByKeyWithWindowing: pairs within windows of 4 ms', async () => {
  const clicks = items([1, 'c0', 0], [2, 'c2', 2], [1, 'c4', 4], [1, 'c6', 6], [2, 'c8', 8])
  const bought = items(
    ...([
      [1, 'p1', 1],
      [1, 'p2', 2],
      [1, 'p3', 3],
      [2, 'p4', 4],
      [2, 'p5', 5],
    ] as const),
    ...([
      [1, 'p6', 6],
      [1, 'p7', 7],
      [2, 'p8', 8],
      [2, 'p9', 9],
      [2, 'p10', 10],
    ] as const),
  )
  const windowed = (rows: ReturnType<typeof items>) =>
    read.from(rows, { schema: Item, time: 'at' }).window({ tumbling: '4 milliseconds' })
  const pairs = windowed(clicks).join(windowed(bought), {
    on: (c, p) => c.id.eq(p.id).and(c.window.eq(p.window)),
    select: (c, p) => ({ click: c.what, purchase: p.what, start: c.window.start }),
  })
  const rows = (await pairs.collect()).map(row => `${row.click}:${row.purchase} ${Number(row.start)}`).sort()
  const expected = ['c0:p1 0', 'c0:p2 0', 'c0:p3 0', 'c4:p6 4', 'c4:p7 4', 'c6:p6 4', 'c6:p7 4']
  assert.deepEqual(rows, [...expected, 'c8:p10 8', 'c8:p8 8', 'c8:p9 8'])
})

test('DeduplicateTest.testInDifferentWindows', async () => {
  const input = stream()
  const once = input
    .window({ tumbling: '30 seconds' })
    .select(row => ({ from: row.window.start, k: row.k }))
    .distinct()
  const rows = ['k1', 'k2', 'k3', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6'].map((k, i) => ev(k, 10 * i))
  const out = '+0 k1, +0 k2, +0 k3, +30 k1, +30 k2, +30 k3, +60 k4, +60 k5, +60 k6'
  await play(once, { rows: input }, [{ rows, out }], { unbounded: true })
})

test('DeduplicateTest.testEventTime: ten minutes of event time', async () => {
  const input = stream({ lateBy: '0 seconds' })
  const once = input.select(row => ({ k: row.k, at: row.at })).dedup({ by: ['k'], within: '10 minutes' })
  const steps = [
    { rows: [ev('k1', 0), ev('k2', 10), ev('k3', 20), ev('maybedup', 59)], out: '+k1 0, +k2 10, +k3 20, +maybedup 59' },
    { rows: [ev('k1', 60), ev('k2', 70), ev('k3', 80)], out: '' },
    { to: 662, out: '' },
    { rows: [ev('k1', 662), ev('maybedup', 59)], out: '+k1 662', late: 1 }, // Beam may give it a second time: here it is late
  ]
  await play(once, { rows: input }, steps)
})

test('DeduplicateTest.testRepresentativeValuesWithCoder: by a part of the row, the first stands', async () => {
  const input = stream()
  const once = input.select(row => ({ k: row.k, v: row.v, at: row.at })).dedup({ by: ['v'], within: '10 minutes' })
  const first = [ev('k1', 0, 1), ev('k2', 10, 2), ev('k3', 20, 3)]
  const steps = [
    { rows: first, out: '+k1 1 0, +k2 2 10, +k3 3 20' },
    { rows: [ev('other', 30, 1), ev('k2', 40, 2), ev('k3', 50, 3)], out: '' },
  ]
  await play(once, { rows: input }, steps)
})
