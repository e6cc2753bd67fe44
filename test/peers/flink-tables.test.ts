// Joins of tables that change, in windows, semi and anti joins, and first and last rows answer as Flink's JoinITCase,
// SemiAntiJoinStreamITCase, WindowJoinITCase and DeduplicateITCase say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { type EventRow, ev, outcome, play, stream } from './support.ts'

const Pair = t.row({ a: t.int(), b: t.string(), n: t.int() })
const pairs = () => read.memory(Pair).table
type Pairs = ReturnType<typeof pairs>
const rowsOf = (...texts: readonly string[]) =>
  texts.map(text => {
    const [a, b, n = '0'] = text.split(' ') as [string, string, string?]
    return { a: Number(a), b, n: Number(n) }
  })
const told = (out: object, left: Pairs, right: Pairs, l: readonly string[], r: readonly string[]) =>
  outcome(
    out,
    { left, right },
    [...rowsOf(...l).map(row => ({ left: [row] })), ...rowsOf(...r).map(row => ({ right: [row] }))],
    {
      unbounded: true,
    },
  )

// A: a, text, its number. B likewise: 1; 2 and 3 of 2; 4, 5, 6 of 3, and so on.
const A = ['1 Hi 1', '2 Hello 2', '3 world 2']
const B = ['1 x1 1', '2 x2 2', '2 x3 3', '3 x4 4', '3 x5 5', '3 x6 6', '4 x7 7', '4 x8 8', '4 x9 9', '4 x10 10']
const sums = (rows: Pairs) => rows.groupBy('a').agg(g => ({ sum: g.n.sum() }))

test('Join: left, with and without another condition, of rows and of sums', async () => {
  const [left, right] = [pairs(), pairs()]
  const plain = left.join(right, { type: 'left', on: (a, b) => a.a.eq(b.a), select: (a, b) => ({ l: a.a, r: b.a }) })
  assert.deepEqual(await told(plain, left, right, A, B), ['1 1', '2 2', '2 2', '3 3', '3 3', '3 3'])
  const greater = left.join(right, {
    type: 'left',
    on: (a, b) => a.a.eq(b.a).and(a.n.gt(b.n)),
    select: (a, b) => ({ l: a.a, r: b.a }),
  })
  assert.deepEqual(await told(greater, left, right, A, B), ['1 -', '2 -', '3 -'])
  const ofSums = sums(left).join(sums(right), {
    type: 'left',
    on: (a, b) => a.sum.eq(b.sum),
    select: (a, b) => ({ l: a.a, sum: a.sum, r: b.a, other: b.sum }),
  })
  assert.deepEqual(await told(ofSums, left, right, A, B), ['1 1 1 1', '2 2 - -', '3 2 - -'])
})

test('Join: full and right, by numbers', async () => {
  const [left, right] = [pairs(), pairs()]
  const alone = ['- x10', '- x3', '- x4', '- x5', '- x6', '- x7', '- x8', '- x9']
  const met = ['Hello x2', 'Hi x1', 'world x2']
  for (const type of ['full', 'right'] as const) {
    const out = left.join(right, { type, on: (a, b) => a.n.eq(b.n), select: (a, b) => ({ l: a.b, r: b.b }) })
    assert.deepEqual(await told(out, left, right, A, B), [...alone, ...met])
  }
})

test('Join: three sums, the third on another column (testThreeWayMultiJoinWithoutPk)', async () => {
  const [one, two, three] = [pairs(), pairs(), pairs()]
  const out = sums(one)
    .join(sums(two), { on: (a, b) => a.a.eq(b.a), select: (a, b) => ({ a: a.a, b: b.a, sum: b.sum }) })
    .join(sums(three), { on: (a, c) => a.sum.eq(c.sum), select: (a, c) => ({ a: a.a, b: a.b, c: c.a }) })
  const numbered = (...all: readonly [number, number][]) => all.map(([a, n]) => ({ a, b: '', n }))
  const first = numbered([1, 1], [1, 2], [1, 2], [1, 5], [2, 7], [1, 9], [1, 8], [3, 8])
  const second = numbered([1, 1], [2, 2], [3, 2], [1, 4])
  const third = numbered([1, 1], [2, 2], [3, 2], [2, 1])
  const epochs = [
    ...first.map(row => ({ one: [row] })),
    ...second.map(row => ({ two: [row] })),
    ...third.map(row => ({ three: [row] })),
  ]
  assert.deepEqual(await outcome(out, { one, two, three }, epochs, { unbounded: true }), ['2 2 3', '3 3 3'])
})

test('Join: equal rows count as often as they came', async () => {
  const [left, right] = [pairs(), pairs()]
  const out = left.join(right, { on: (a, b) => a.a.eq(b.a), select: (a, b) => ({ l: a.a, r: b.a }) })
  const twice = [1, 1, 2, 2, 3, 3].map(n => `${n} x`)
  assert.deepEqual(await told(out, left, right, twice, ['1 x', '2 x', '3 x', '4 x']), [
    '1 1',
    '1 1',
    '2 2',
    '2 2',
    '3 3',
    '3 3',
  ])
})

const table = ['0 a', '1 a', '1 b', '1 b', '1 c', '2 c', '3 c', '4 c', '1 d', '2 d', '3 d']
const summed = (rows: Pairs) =>
  rows
    .groupBy('b')
    .agg(g => ({ a: g.a.sum() }))
    .select(r => ({ a: r.a, b: r.b }))

test('SemiJoin: with sums that change, on one side and on both', async () => {
  const [left, right] = [pairs(), pairs()]
  const one = left.join(summed(right), { type: 'semi', on: (a, b) => a.a.eq(b.a) }).select(r => ({ a: r.a }))
  const l = ['1 a', '2 b', '10 c', '6 d', '8 e']
  assert.deepEqual(await told(one, left, right, l, [...table, '4 e', '4 e']), ['1', '10', '2', '6', '8'])
  const both = summed(left)
    .join(summed(right), { type: 'semi', on: (a, b) => a.a.eq(b.a) })
    .select(r => ({ a: r.a }))
  const same = [...table, '3 e', '5 e']
  assert.deepEqual(await told(both, left, right, same, same), ['1', '10', '2', '6', '8'])
})

test('AntiJoin: with sums that change, on one side and on both', async () => {
  const [left, right] = [pairs(), pairs()]
  const one = left.join(summed(right), { type: 'anti', on: (a, b) => a.a.eq(b.a) }).select(r => ({ a: r.a, b: r.b }))
  const l = ['1 a', '2 b', '10 c', '6 d', '8 e', '11 f']
  assert.deepEqual(await told(one, left, right, l, [...table, '4 e', '4 e']), ['11 f'])
  const both = summed(left)
    .join(summed(right), { type: 'anti', on: (a, b) => a.a.eq(b.a) })
    .select(r => ({ a: r.a, b: r.b }))
  const many = [
    '0 a',
    '5 f',
    '-2 a',
    '1 b',
    '1 b',
    '1 c',
    '2 c',
    '3 c',
    '1 f',
    '4 c',
    '1 d',
    '2 d',
    '3 d',
    '4 e',
    '3 a',
    '3 e',
    '2 f',
  ]
  assert.deepEqual(await told(both, left, right, many, [...table, '4 e', '3 e']), ['8 f'])
})

const halves: Record<string, readonly ['semi' | 'anti', 'less' | 'none', readonly string[]]> = {
  testSemiJoin: ['semi', 'none', ['1 1', '2 2', '3 2']],
  testSemiJoinNonEqui: ['semi', 'less', ['2 2', '3 2']],
  testAntiJoin: ['anti', 'none', []],
  testAntiJoinNonEqui: ['anti', 'less', ['1 1']],
}
for (const [name, [type, condition, expected]] of Object.entries(halves))
  test(`SemiAntiJoin: ${name}`, async () => {
    const [left, right] = [pairs(), pairs()]
    const out = left
      .join(right, { type, on: (a, b) => (condition === 'less' ? a.a.eq(b.a).and(a.n.lt(b.n)) : a.a.eq(b.a)) })
      .select(r => ({ a: r.a, n: r.n }))
    assert.deepEqual(await told(out, left, right, A, B), expected)
  })

test('SemiAntiJoin: NOT EXISTS without an equality', async () => {
  const [left, right] = [pairs(), pairs()]
  const out = left.join(right, { type: 'anti', on: (a, b) => b.a.lt(a.a) }).select(r => ({ a: r.a }))
  const l = [1, 1, 2, 2, 5, 5].map(n => `${n} x`)
  assert.deepEqual(await told(out, left, right, l, ['5 x', '6 x', '7 x']), ['1', '1', '2', '2', '5', '5'])
})

// Windows of both sides: the names and texts of windowData on the left; the right has b and null only.
const words = [
  ev('a', 1, 1),
  ev('a', 2, 2),
  ev('b', 7, 3),
  ev('b', 6, 4),
  ev('a', 8, 5),
  ev('b', 16, 4),
  ev(null, 32, null),
  ev('b', 34, 6),
]
for (const [name, nullSafe, type, expected] of [
  ['testInnerJoin', false, 'inner', ['b 5..10 2 2', 'b 15..20 1 1', 'b 30..35 1 1']],
  [
    'testInnerJoinWithIsNotDistinctFrom',
    true,
    'inner',
    ['- 30..35 0 0', 'b 15..20 1 1', 'b 30..35 1 1', 'b 5..10 2 2'],
  ],
  ['left', false, 'left', ['- 30..35 0 -', 'a 0..5 2 -', 'a 5..10 1 -', 'b 15..20 1 1', 'b 30..35 1 1', 'b 5..10 2 2']],
] as const)
  test(`WindowJoin: ${name}`, async () => {
    const [left, right] = [stream({ lateBy: '1 minute' }), stream({ lateBy: '1 minute' })]
    const counted = (rows: typeof left) =>
      rows
        .window({ tumbling: '5 seconds' })
        .groupBy('k')
        .agg(g => ({ uv: g.v.countDistinct() }))
        .final()
    const out = counted(left).join(counted(right), {
      type: type as 'left',
      on: (a, b) => a.window.eq(b.window).and(nullSafe ? a.k.isDistinctFrom(b.k).not() : a.k.eq(b.k)),
      select: (a, b) => ({ k: a.k, window: a.window, uv1: a.uv, uv2: b.uv }),
    })
    const epochs = [
      ...words.map(row => ({ left: [row] })),
      ...words.filter(row => row.k !== 'a').map(row => ({ right: [row] })),
    ]
    assert.deepEqual(await outcome(out, { left, right }, epochs), [...expected].sort())
  })

// Rows of a, their time in milliseconds, a text: the number of the text is the row.
const row = (a: number, time: number, v: number): EventRow => ev(`${a}`, time / 1000, v)
const times = [
  row(1, 1, 1),
  row(1, 3, 2),
  row(1, 2, 3),
  row(2, 3, 4),
  row(2, 6, 5),
  row(3, 5, 6),
  row(3, 4, 7),
  row(4, 4, 8),
]

test('Deduplicate: the first row of each key by event time, corrected by an earlier one', async () => {
  const input = stream({ lateBy: '1 minute' })
  const out = input.firstBy({ by: 'k' }).select(r => ({ k: r.k, v: r.v }))
  const outs = ['+1 1', '', '', '+2 4', '', '+3 6', '-3 6, +3 7', '+4 8']
  const steps = times.map((each, i) => ({ rows: [each], out: outs[i] as string }))
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('Deduplicate: the last row of each time, and how many there are', async () => {
  const input = stream({ lateBy: '1 minute' })
  const last = input.lastBy({ by: 'at' })
  const epochs = times.map(each => ({ rows: [each] }))
  const rows = await outcome(
    last.select(r => ({ k: r.k, at: r.at })),
    { rows: input },
    epochs,
    { unbounded: true },
  )
  // Of rows of one time Flink keeps the last that arrived, millrace the least: it does not depend on how they came.
  assert.deepEqual(rows, ['1 0.001', '1 0.002', '1 0.003', '2 0.006', '3 0.004', '3 0.005'])
  assert.deepEqual(
    await outcome(
      last.agg(g => ({ n: g.count() })),
      { rows: input },
      epochs,
      { unbounded: true },
    ),
    ['6'],
  )
  const first = input.firstBy({ by: 'at' }).agg(g => ({ n: g.count() }))
  assert.deepEqual(await outcome(first, { rows: input }, epochs, { unbounded: true }), ['6'])
})
