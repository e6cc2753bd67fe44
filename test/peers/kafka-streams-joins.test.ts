// Joins answer as Kafka Streams' suites say: KStreamKStreamLeftJoinTest, KStreamKStreamOuterJoinTest, KTableKTableInner-, Left-
// and OuterJoinTest, KTableKTableForeignKeyJoinIntegrationTest, KTableAggregateTest. Their milliseconds are seconds here.
// Stream time there is one for both inputs; here each input has its watermark, so where it matters both are told the time.
import { test } from 'node:test'
import type { Duration } from 'millrace'
import { changing, type EventRow, ev, play, type Step, stream } from './support.ts'

type Type = 'inner' | 'left' | 'full'
const seconds = (n: number) => ({ seconds: n })

/** Streams joined by key, the right row's time from `before` before the left one's to `after` after it. */
function streams(type: Type, before: number, after: number, lateBy: Duration = '0 seconds') {
  const [left, right] = [stream({ lateBy }), stream({ lateBy })]
  const out = left.join(right, {
    type: type as 'full',
    on: (a, b) => a.k.eq(b.k),
    within: { before: seconds(before), after: seconds(after) },
    select: (a, b) => ({ l: a.k, a: a.v, r: b.k, b: b.v }),
  })
  return { out, inputs: { left, right } }
}
const rows = (at: number, ...values: readonly (readonly [key: string, value: number])[]): EventRow[] =>
  values.map(([key, value]) => ev(key, at, value))
const all = (at: number, value: number): EventRow[] => ['0', '1', '2', '3'].map(key => ev(key, at, value))

test('LeftJoin: duplicates by themselves come when the window is over, those that were joined do not', async () => {
  const { out, inputs } = streams('left', 100, 100)
  await play(out, inputs, [
    { left: rows(0, ['0', 1], ['0', 2]), out: '' },
    { right: [ev('1', 111, 1), ev('2', 500, 9)], out: '+0 1 - -, +0 2 - -' },
    { left: rows(1000, ['2', 3], ['2', 4]), right: [ev('2', 1001, 5)], out: '+2 3 2 5, +2 4 2 5' },
    { right: [ev('3', 315, 6)], out: '' },
    { to: 2000, out: '' },
  ])
})

for (const type of ['left', 'full'] as const)
  test(`${type} join: rows of the left by themselves come once, when the watermark has passed`, async () => {
    const { out, inputs } = streams(type, 100, 100)
    await play(out, inputs, [
      { left: [ev('0', 1, 1), ev('1', 2, 2), ev('0', 3, 3)], out: '' },
      { right: [ev('1', 3, 11)], out: '+1 2 1 11' },
      { right: [ev('2', 401, 9)], out: '+0 1 - -, +0 3 - -' },
      { left: [ev('2', 402, 9)], out: '+2 9 2 9' },
    ])
  })

test('left join: rows of the right by themselves never come; in a full join they do', async () => {
  const steps = (nulls: string) => [
    { right: [ev('0', 1, 10), ev('1', 2, 11), ev('0', 3, 12)], out: '' },
    { left: [ev('1', 3, 1)], out: '+1 1 1 11' },
    { left: [ev('2', 401, 9)], out: nulls },
    { right: [ev('2', 402, 9)], out: '+2 9 2 9' },
  ]
  const [left, full] = [streams('left', 100, 100), streams('full', 100, 100)]
  await play(left.out, left.inputs, steps(''))
  await play(full.out, full.inputs, steps('+- - 0 10, +- - 0 12'))
})

test('LeftJoin: rows not after the left one (after is 0), which may come late', async () => {
  const { out, inputs } = streams('left', 100, 0, '100 seconds')
  const left = ['0', '1', '2', '3'].map((key, i) => ev(key, 1000 + i, i))
  const pairs = (from: number, value: number): string =>
    ['0', '1', '2', '3']
      .slice(from)
      .map((key, i) => `+${key} ${from + i} ${key} ${value}`)
      .join(', ')
  await play(out, inputs, [
    { left, out: '' },
    { right: all(999, 1), out: pairs(0, 1) },
    { right: all(1000, 2), out: pairs(0, 2) },
    { right: all(1001, 3), out: pairs(1, 3) },
    { right: all(1002, 4), out: pairs(2, 4) },
    { right: all(1003, 5), out: pairs(3, 5) },
    { right: all(1100, 6), out: '' },
  ])
})

test('LeftJoin, OuterJoin: an asymmetric window, not before (before is 0)', async () => {
  const [left, full] = [streams('left', 0, 100), streams('full', 0, 100)]
  const first = [
    { left: [ev('0', 0, 1), ev('1', 1, 2)], out: '' },
    { right: [ev('0', 100, 10)], out: '+0 1 0 10' },
  ]
  await play(left.out, left.inputs, [...first, { right: [ev('1', 102, 11)], out: '+1 2 - -' }])
  await play(full.out, full.inputs, [
    ...first,
    { right: [ev('1', 102, 11)], out: '+1 2 - -' },
    { right: [ev('2', 103, 12)], left: [ev('2', 103, 3)], out: '+2 3 2 12, +- - 1 11' },
  ])
})

test('OuterJoin: an asymmetric window of 5 before and 20 after', async () => {
  const { out, inputs } = streams('full', 5, 20)
  await play(out, inputs, [
    { left: [ev('0', 29, 1), ev('1', 30, 2)], out: '' },
    { right: [ev('2', 31, 12), ev('3', 36, 13)], to: 36, out: '' },
    { right: [ev('4', 37, 14)], to: 37, out: '+- - 2 12' },
    { right: [ev('5', 50, 15)], to: 50, out: '+0 1 - -, +- - 3 13, +- - 4 14' },
    { to: 51, out: '+1 2 - -' },
  ])
})

test('OuterJoin: duplicates, and a grace of ten', async () => {
  const { out, inputs } = streams('full', 100, 100, '10 seconds')
  await play(out, inputs, [
    { left: rows(0, ['0', 1], ['0', 2]), right: rows(0, ['1', 11], ['1', 12]), out: '' },
    { left: [ev('1', 101, 3)], right: [ev('0', 101, 10)], out: '' },
    { left: [ev('9', 112, 9)], right: [ev('9', 112, 9)], out: '+0 1 - -, +0 2 - -, +9 9 9 9, +- - 1 11, +- - 1 12' },
    {
      left: rows(200, ['2', 4], ['2', 5]),
      right: rows(201, ['2', 13], ['2', 14]),
      out: '+2 4 2 13, +2 4 2 14, +2 5 2 13, +2 5 2 14',
    },
    { to: 1500, out: '+1 3 - -, +- - 0 10' },
  ])
})

test('LeftJoin: a pair and a row by itself of one epoch', async () => {
  const { out, inputs } = streams('left', 100, 100)
  await play(out, inputs, [
    { left: [ev('0', 0, 1), ev('1', 100, 2)], out: '' },
    { right: [ev('1', 110, 11)], out: '+0 1 - -, +1 2 1 11' },
  ])
})

for (const type of ['left', 'full'] as const)
  test(`${type} join: the bounds of a window of 100, above and below`, async () => {
    const { out, inputs } = streams(type, 100, 100)
    const pairs = (from: number, value: number): string =>
      ['0', '1', '2', '3']
        .slice(from)
        .map((key, i) => `+${key} ${value} ${key} ${20 + from + i}`)
        .join(', ')
    const nulls = (value: number, keys: number): string =>
      ['0', '1', '2', '3']
        .slice(0, keys)
        .map(key => `${key} ${value} - -`)
        .join(',')
    const alone = [nulls(3, 1), nulls(4, 2), nulls(5, 3), nulls(6, 4)].flatMap(each => each.split(','))
    await play(out, inputs, [
      { left: rows(0, ['0', 1], ['1', 1]), right: rows(0, ['0', 10], ['1', 11]), out: '+0 1 0 10, +1 1 1 11' },
      { left: [], right: ['0', '1', '2', '3'].map((key, i) => ev(key, 1000 + i, 20 + i)), out: '' },
      { left: all(1100, 2), out: pairs(0, 2) },
      { left: all(1101, 3), out: pairs(1, 3) },
      { left: all(1102, 4), out: pairs(2, 4) },
      { left: all(1103, 5), out: pairs(3, 5) },
      { left: all(1104, 6), out: '' },
      {
        to: 1405,
        out: alone
          .sort()
          .map(each => `+${each}`)
          .join(', '),
      },
    ])
  })

/** Tables by key, and what they are after each change. */
const x = (keys: string, value: number): EventRow[] => [...keys].map(key => ev(key, 0, value))
function tables(type: Type) {
  const [left, right] = [changing(), changing()]
  const out = left.join(right, {
    type: type as 'full',
    on: (a, b) => a.k.eq(b.k),
    select: (a, b) => ({ k: a.k.coalesce(b.k), a: a.v, b: b.v }),
  })
  return { out, inputs: { left, right } }
}

const tableCases: Record<Type, readonly string[]> = {
  inner: [
    '',
    '+0 1 10, +1 1 10',
    '-0 1 10, +0 2 10, -1 1 10, +1 2 10',
    '-0 2 10, +0 2 20, -1 2 10, +1 2 20, +2 2 20, +3 2 20',
    '-0 2 20, -1 2 20',
    '-2 2 20, +2 3 20, -3 2 20, +3 3 20',
    '-2 3 20, -3 3 20',
  ],
  left: [
    '+0 1 -, +1 1 -',
    '+0 1 10, -0 1 -, +1 1 10, -1 1 -',
    '-0 1 10, +0 2 10, -1 1 10, +1 2 10, +2 2 -, +3 2 -',
    '-0 2 10, +0 2 20, -1 2 10, +1 2 20, +2 2 20, -2 2 -, +3 2 20, -3 2 -',
    '-0 2 20, +0 2 -, -1 2 20, +1 2 -',
    '-0 2 -, +0 3 -, -1 2 -, +1 3 -, -2 2 20, +2 3 20, -3 2 20, +3 3 20',
    '-0 3 -, -1 3 -, -2 3 20, -3 3 20',
  ],
  full: [
    '+0 1 -, +1 1 -',
    '+0 1 10, -0 1 -, +1 1 10, -1 1 -',
    '-0 1 10, +0 2 10, -1 1 10, +1 2 10, +2 2 -, +3 2 -',
    '-0 2 10, +0 2 20, -1 2 10, +1 2 20, +2 2 20, -2 2 -, +3 2 20, -3 2 -',
    '-0 2 20, +0 2 -, -1 2 20, +1 2 -',
    '-0 2 -, +0 3 -, -1 2 -, +1 3 -, -2 2 20, +2 3 20, -3 2 20, +3 3 20',
    '-0 3 -, -1 3 -, -2 3 20, +2 - 20, -3 3 20, +3 - 20',
  ],
}
for (const [type, outs] of Object.entries(tableCases))
  test(`KTable ${type} join: updates and tombstones of both sides`, async () => {
    const { out, inputs } = tables(type as Type)
    const [a, b, c, d, e, f, g] = outs as [string, string, string, string, string, string, string]
    const steps = [
      { left: x('01', 1), out: a },
      { right: x('01', 10), out: b },
      { left: x('0123', 2), gone: { left: x('01', 1) }, out: c },
      { right: x('0123', 20), gone: { right: x('01', 10) }, out: d },
      { gone: { right: x('01', 20) }, out: e },
      { restart: true as const, left: x('0123', 3), gone: { left: x('0123', 2) }, out: f },
      { gone: { left: x('0123', 3) }, out: g },
    ]
    await play(out, inputs, steps, { unbounded: true })
  })

test('KTable join: rows whose key is null meet nobody', async () => {
  const { out, inputs } = tables('inner')
  const nobody = [ev(null, 0, 7)]
  await play(out, inputs, [{ left: nobody, right: nobody, out: '' }], { unbounded: true })
})

/** A table with foreign keys: `v` of the left is the key of the right. */
function foreign(type: 'inner' | 'left') {
  const [left, right] = [changing(), changing()]
  const out = left.join(
    right.rename({ v: 'value', k: 'name', at: 'since' }).withColumn('id', r => r.name.cast('int')),
    {
      type: type as 'left',
      on: (a, b) => a.v.eq(b.id),
      select: (a, b) => ({ k: a.k, fk: a.v, value: b.value }),
    },
  )
  return { out, inputs: { left, right } }
}
const lhs = (id: number, fk: number): EventRow => ev(`lhs${id}`, 0, fk)
const rhs = (id: number): EventRow => ev(`${id}`, 0, id * 100)

const foreignCases: Record<string, (isLeft: boolean) => readonly Step<'left' | 'right'>[]> = {
  'from the left, then the left row goes': isLeft => [
    { right: [rhs(1), rhs(2), rhs(3)], out: '' },
    { left: [lhs(1, 1), lhs(2, 2)], out: '+lhs1 1 100, +lhs2 2 200' },
    { left: [lhs(3, 1)], out: '+lhs3 1 100' },
    { gone: { left: [lhs(1, 1)] }, out: '-lhs1 1 100' },
    { left: [lhs(4, 9)], out: isLeft ? '+lhs4 9 -' : '' },
  ],
  'from the right, then the right row goes': isLeft => [
    { left: [lhs(1, 1), lhs(2, 2), lhs(3, 1)], out: isLeft ? '+lhs1 1 -, +lhs2 2 -, +lhs3 1 -' : '' },
    { right: [rhs(1)], out: isLeft ? '+lhs1 1 100, -lhs1 1 -, +lhs3 1 100, -lhs3 1 -' : '+lhs1 1 100, +lhs3 1 100' },
    { right: [rhs(2)], out: isLeft ? '+lhs2 2 200, -lhs2 2 -' : '+lhs2 2 200' },
    { right: [rhs(3)], out: '' },
    {
      gone: { right: [rhs(1)] },
      out: isLeft ? '-lhs1 1 100, +lhs1 1 -, -lhs3 1 100, +lhs3 1 -' : '-lhs1 1 100, -lhs3 1 100',
    },
  ],
  'a row that joined nobody goes': isLeft => [
    { left: [lhs(1, 1)], out: isLeft ? '+lhs1 1 -' : '' },
    { gone: { left: [lhs(1, 1)] }, out: isLeft ? '-lhs1 1 -' : '' },
  ],
  'the foreign key changes': isLeft => [
    { left: [lhs(1, 1)], out: isLeft ? '+lhs1 1 -' : '' },
    { left: [lhs(1, 2)], gone: { left: [lhs(1, 1)] }, out: isLeft ? '-lhs1 1 -, +lhs1 2 -' : '' },
    { left: [lhs(1, 3)], gone: { left: [lhs(1, 2)] }, out: isLeft ? '-lhs1 2 -, +lhs1 3 -' : '' },
    { right: [rhs(1)], out: '' },
    { left: [lhs(1, 1)], gone: { left: [lhs(1, 3)] }, out: isLeft ? '+lhs1 1 100, -lhs1 3 -' : '+lhs1 1 100' },
    { left: [lhs(1, 2)], gone: { left: [lhs(1, 1)] }, out: isLeft ? '-lhs1 1 100, +lhs1 2 -' : '-lhs1 1 100' },
  ],
  'the old foreign key is followed no more': () => [
    { right: [rhs(1), rhs(2)], out: '' },
    { left: [lhs(1, 1)], out: '+lhs1 1 100' },
    { left: [lhs(1, 2)], gone: { left: [lhs(1, 1)] }, out: '-lhs1 1 100, +lhs1 2 200' },
    { right: [ev('1', 0, 111)], gone: { right: [rhs(1)] }, out: '' },
    { restart: true, right: [ev('2', 0, 222)], gone: { right: [rhs(2)] }, out: '-lhs1 2 200, +lhs1 2 222' },
  ],
}
for (const [name, steps] of Object.entries(foreignCases))
  for (const type of ['inner', 'left'] as const)
    test(`KTable foreign-key ${type} join: ${name}`, async () => {
      const { out, inputs } = foreign(type)
      await play(out, inputs, steps(type === 'left'), { unbounded: true })
    })

test('KTableAggregate: a count by a value that changes', async () => {
  const input = changing()
  const colours = input.groupBy('v').agg(g => ({ n: g.count() }))
  const [green, blue, yellow] = [1, 2, 3]
  const at = (key: string, value: number): EventRow => ev(key, 0, value)
  const steps = [
    { rows: [at('A', green)], out: '+1 1' },
    { rows: [at('B', green)], out: '-1 1, +1 2' },
    { rows: [at('A', blue)], gone: { rows: [at('A', green)] }, out: '+1 1, -1 2, +2 1' },
    { rows: [at('C', yellow)], out: '+3 1' },
    { rows: [at('D', green)], out: '-1 1, +1 2' },
  ]
  await play(colours, { rows: input }, steps, { unbounded: true })
})

test('KTableAggregate: old values are taken out before new ones come in; a group without rows is gone', async () => {
  const input = changing()
  const lists = input.groupBy(r => ({ first: r.k.left(1) })).agg(g => ({ values: g.v.collect({ max: 10 }) }))
  const at = (key: string, value: number): EventRow => ev(key, 0, value)
  const steps = [
    { rows: [at('11', 1)], out: '+1 [1]' },
    { rows: [at('12', 2)], out: '+1 [1 2], -1 [1]' },
    { gone: { rows: [at('11', 1)] }, out: '-1 [1 2], +1 [2]' },
    { rows: [at('12', 3)], gone: { rows: [at('12', 2)] }, out: '-1 [2], +1 [3]' },
    { gone: { rows: [at('12', 3)] }, out: '-1 [3]' },
  ]
  await play(lists, { rows: input }, steps, { unbounded: true })
})

test('KStream–KTable with a versioned table and grace: as-of, by the row’s own time', async () => {
  const [orders, prices] = [stream({ lateBy: '5 seconds' }), stream({ lateBy: '5 seconds' })]
  const out = orders.asOf(prices, {
    on: (a, b) => a.k.eq(b.k),
    select: (a, b) => ({ k: a.k, at: a.at, order: a.v, price: b.v }),
  })
  await play(out, { orders, prices }, [
    { prices: [ev('a', 0, 10), ev('a', 10, 11)], orders: [ev('a', 9, 1), ev('a', 10, 2)], out: '' },
    { orders: [ev('a', 5, 3)], out: '' }, // late by 5 at most: it waits, and gets what was valid at 5
    { prices: [ev('a', 8, 12)], out: '' }, // a version that comes out of order, within the grace
    { to: 16, out: '+a 5 3 10, +a 9 1 12, +a 10 2 11' },
  ])
})
