// Windows, window functions and rankings answer as Flink's suites say: WindowAggregateITCase, WindowRankITCase,
// OverAggregateITCase, RankITCase, WindowOperatorTest. A watermark W of Flink says that no row of W or before will come; here
// one says that no row before it will, so theirs is ours a millisecond later.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { type EventRow, ev, outcome, play, sec, stream } from './support.ts'

const Data = t.row({
  at: t.timestamp(),
  int: t.int(),
  double: t.double().nullable(),
  float: t.float().nullable(),
  cents: t.int().nullable(),
  string: t.string().nullable(),
  name: t.string().nullable(),
})
type Cells = readonly [
  at: number,
  int: number,
  double: number | null,
  float: number | null,
  ...(string | number | null)[],
]
const data = (
  [
    [1, 1, 1, 1, 111, 'Hi', 'a'],
    [2, 2, 2, 2, 222, 'Comment#1', 'a'],
    [3, 2, 2, 2, 222, 'Comment#1', 'a'],
    [4, 5, 5, 5, 555, null, 'a'],
    [7, 3, 3, 3, null, 'Hello', 'b'],
    [6, 6, 6, 6, 666, 'Hi', 'b'],
    [8, 3, null, 3, 333, 'Comment#2', 'a'],
    [4, 5, 5, null, 555, 'Hi', 'a'], // late for [0, 5)
    [16, 4, 4, 4, 444, 'Hi', 'b'],
    [32, 7, 7, 7, 777, null, null],
    [34, 1, 3, 3, 333, 'Comment#3', 'b'],
  ] as Cells[]
).map(([at, int, double, float, cents, string, name]) => ({ at: sec(at), int, double, float, cents, string, name }))

const windowInput = () => read.memory(Data, { time: 'at', lateBy: '1 second', idleAfter: 'never' }).table
type Input = ReturnType<typeof windowInput>
/** The rows one by one, then the end; what came out in all. */
const oneByOne = (table: object, input: Input) =>
  outcome(
    table,
    { rows: input },
    data.map(row => ({ rows: [row] })),
  )

type Shape = Parameters<Input['window']>[0]
const aggregated = (input: Input, shape: Shape) =>
  input
    .window(shape)
    .groupBy('name')
    .agg(g => ({
      n: g.count(),
      sum: g.cents.sum(),
      max: g.double.max(),
      min: g.float.min(),
      uv: g.string.countDistinct(),
    }))
const level = (input: Input, shape: Shape) =>
  input
    .window(shape)
    .rollup('name')
    .agg(
      g => ({
        n: g.count(),
        sum: g.cents.sum(),
        max: g.double.max(),
        min: g.float.min(),
        uv: g.string.countDistinct(),
      }),
      { grouping: 'level' },
    )

const tumbling = { tumbling: '5 seconds' } as const
const hopping = { sliding: '10 seconds', every: '5 seconds' } as const
const cumulating = { cumulating: '15 seconds', every: '5 seconds' } as const

const byName: Record<string, readonly [Shape, readonly string[]]> = {
  testEventTimeTumbleWindow: [
    tumbling,
    [
      'a 0..5 4 1110 5 1 2',
      'a 5..10 1 333 - 3 1',
      'b 5..10 2 666 6 3 2',
      'b 15..20 1 444 4 4 1',
      'b 30..35 1 333 3 3 1',
      '- 30..35 1 777 7 7 0',
    ],
  ],
  testEventTimeHopWindow: [
    hopping,
    [
      'a -5..5 4 1110 5 1 2',
      'a 0..10 6 1998 5 1 3',
      'a 5..15 1 333 - 3 1',
      'b 0..10 2 666 6 3 2',
      'b 5..15 2 666 6 3 2',
      'b 10..20 1 444 4 4 1',
      'b 15..25 1 444 4 4 1',
      'b 25..35 1 333 3 3 1',
      'b 30..40 1 333 3 3 1',
      '- 25..35 1 777 7 7 0',
      '- 30..40 1 777 7 7 0',
    ],
  ],
  testEventTimeCumulateWindow: [
    cumulating,
    [
      'a 0..5 4 1110 5 1 2',
      'a 0..10 6 1998 5 1 3',
      'a 0..15 6 1998 5 1 3',
      'b 0..10 2 666 6 3 2',
      'b 0..15 2 666 6 3 2',
      'b 15..20 1 444 4 4 1',
      'b 15..25 1 444 4 4 1',
      'b 15..30 1 444 4 4 1',
      'b 30..35 1 333 3 3 1',
      'b 30..40 1 333 3 3 1',
      'b 30..45 1 333 3 3 1',
      '- 30..35 1 777 7 7 0',
      '- 30..40 1 777 7 7 0',
      '- 30..45 1 777 7 7 0',
    ],
  ],
}
for (const [name, [shape, expected]] of Object.entries(byName))
  test(`WindowAggregate: ${name}`, async () => {
    const input = windowInput()
    const out = aggregated(input, shape).final()
    const inOrder = out.select(r => ({
      name: r.name,
      window: r.window,
      n: r.n,
      sum: r.sum,
      max: r.max,
      min: r.min,
      uv: r.uv,
    }))
    assert.deepEqual(await oneByOne(inOrder, input), [...expected].sort())
  })

// Rollup, cube and the grouping sets (name), () of one key are the same; the level of all names is 1.
const all: Record<string, readonly [Shape, readonly string[]]> = {
  testEventTimeTumbleWindow_GroupingSets: [
    tumbling,
    ['0..5 4 1110 5 1 2', '5..10 3 999 6 3 3', '15..20 1 444 4 4 1', '30..35 2 1110 7 3 1'],
  ],
  testEventTimeHopWindow_Cube: [
    hopping,
    [
      '-5..5 4 1110 5 1 2',
      '0..10 8 2664 6 1 4',
      '5..15 3 999 6 3 3',
      '10..20 1 444 4 4 1',
      '15..25 1 444 4 4 1',
      '25..35 2 1110 7 3 1',
      '30..40 2 1110 7 3 1',
    ],
  ],
  testEventTimeCumulateWindow_Rollup: [
    cumulating,
    [
      '0..5 4 1110 5 1 2',
      '0..10 8 2664 6 1 4',
      '0..15 8 2664 6 1 4',
      '15..20 1 444 4 4 1',
      '15..25 1 444 4 4 1',
      '15..30 1 444 4 4 1',
      '30..35 2 1110 7 3 1',
      '30..40 2 1110 7 3 1',
      '30..45 2 1110 7 3 1',
    ],
  ],
}
for (const [name, [shape, expected]] of Object.entries(all))
  test(`WindowAggregate: ${name}`, async () => {
    const input = windowInput()
    const sets = level(input, shape).final()
    const columns = sets.select(r => ({
      level: r.level,
      name: r.name,
      window: r.window,
      n: r.n,
      sum: r.sum,
      max: r.max,
      min: r.min,
      uv: r.uv,
    }))
    const alike = Object.values(byName).find(each => each[0] === shape)?.[1] as readonly string[]
    const both = [...alike.map(each => `0 ${each}`), ...expected.map(each => `1 - ${each}`)]
    assert.deepEqual(await oneByOne(columns, input), both.sort())
  })

const DAY = 86_400
const HOUR = 3600
const offsets: Record<string, readonly [Shape, readonly string[]]> = {
  'TumbleWindowWithOffset: a day from 8 o’clock': [
    { tumbling: '1 day', offset: '8 hours' },
    ['a 6 1998', 'b 4 1443', '- 1 777'].map(each => `${each} ${-16 * HOUR}..${8 * HOUR}`),
  ],
  'TumbleWindowWithNegativeOffset: a day from 16 o’clock': [
    { tumbling: '1 day', offset: '16 hours' },
    ['a 6 1998', 'b 4 1443', '- 1 777'].map(each => `${each} ${-8 * HOUR}..${16 * HOUR}`),
  ],
  'CumulateWindowWithNegativeOffset: half days of a day from 16 o’clock': [
    { cumulating: '1 day', every: '12 hours', offset: '16 hours' },
    ['a 6 1998', 'b 4 1443', '- 1 777'].flatMap(each => [4, 16].map(end => `${each} ${-8 * HOUR}..${end * HOUR}`)),
  ],
}
for (const [name, [shape, expected]] of Object.entries(offsets))
  test(`WindowAggregate: ${name}`, async () => {
    const input = windowInput()
    const out = input
      .window(shape)
      .groupBy('name')
      .agg(g => ({ n: g.count(), sum: g.cents.sum() }))
      .final()
    const columns = out.select(r => ({ name: r.name, n: r.n, sum: r.sum, window: r.window }))
    assert.deepEqual(await oneByOne(columns, input), [...expected].sort())
    assert.equal(DAY, 24 * HOUR)
  })

test('WindowAggregate: the least and greatest row time of a window, and the window’s own', async () => {
  const input = windowInput()
  const out = input
    .window(tumbling)
    .agg(g => ({ first: g.at.min(), last: g.at.max() }))
    .final()
  assert.deepEqual(await oneByOne(out, input), ['0..5 1 4', '15..20 16 16', '30..35 32 34', '5..10 6 8'])
})

test('WindowAggregate: windows of windows, by what was counted in them', async () => {
  const input = windowInput()
  const inner = input
    .window({ tumbling: '1 day', offset: '8 hours' })
    .groupBy('name')
    .agg(g => ({ uv: g.string.countDistinct() }))
  const out = inner
    .final()
    .groupBy('uv', 'window')
    .agg(g => ({ n: g.count() }))
    .select(r => ({ uv: r.uv, n: r.n }))
  assert.deepEqual(
    await outcome(
      out,
      { rows: input },
      data.map(row => ({ rows: [row] })),
      { unbounded: true },
    ),
    ['0 1', '3 2'],
  )
})

const best: Record<string, readonly [Shape, readonly string[]]> = {
  testTumbleWindow: [
    tumbling,
    ['a 0..5 1110 1', 'a 5..10 333 2', 'b 5..10 666 1', 'b 15..20 444 1', 'b 30..35 333 2', '- 30..35 777 1'],
  ],
  testHopWindow: [
    hopping,
    [
      'a -5..5 1110 1',
      'a 0..10 1998 1',
      'a 5..15 333 2',
      'b 0..10 666 2',
      'b 5..15 666 1',
      'b 10..20 444 1',
      'b 15..25 444 1',
      'b 25..35 333 2',
      'b 30..40 333 2',
      '- 25..35 777 1',
      '- 30..40 777 1',
    ],
  ],
}
for (const [name, [shape, expected]] of Object.entries(best))
  test(`WindowRank: ${name}: the two best names of each window`, async () => {
    const input = windowInput()
    const sums = input
      .window(shape)
      .groupBy('name')
      .agg(g => ({ sum: g.cents.sum() }))
    const top = sums
      .final()
      .topN(2, { per: 'window', by: r => r.sum.desc() })
      .final()
    const columns = top.select(r => ({ name: r.name, window: r.window, sum: r.sum, rank: r.rank }))
    assert.deepEqual(await oneByOne(columns, input), [...expected].sort())
  })

for (const [offset, expected] of Object.entries({
  '0 seconds': ['4 5 0', '2 2 0', '8 3 5', '6 6 5', '7 3 5', '16 4 15', '32 7 30', '34 1 30'],
  '1 second': ['4 5 1', '2 2 1', '8 3 6', '6 6 6', '7 3 6', '16 4 16', '32 7 31', '34 1 31'],
  '4 seconds': ['2 2 -1', '3 2 -1', '4 5 4', '4 5 4', '6 6 4', '7 3 4', '16 4 14', '32 7 29', '34 1 34'],
}))
  test(`WindowRank: the two greatest rows of each name and window, offset ${offset}`, async () => {
    const input = windowInput()
    const top = input
      .window({ ...tumbling, offset: offset as '0 seconds' })
      .topN(2, { per: ['name', 'window'], by: r => r.int.desc() })
      .final()
    const columns = top.select(r => ({ at: r.at, int: r.int, start: r.window.start }))
    assert.deepEqual(await oneByOne(columns, input), [...expected].sort())
  })

// Window functions.
const v = (key: string, at: number, value: number): EventRow => ev(key, at, value)

test('OverAggregate: testRowTimeBoundedPartitionedRangeOver', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at, range: { preceding: '1 second' } }, w => ({ n: w.v.count(), sum: w.v.sum() }))
    .final()
    .select(r => ({ k: r.k, v: r.v, n: r.n, sum: r.sum }))
  const H = (at: number, value: number) => v('H', at, value)
  const W = (at: number, value: number) => v('W', at, value)
  const steps = [
    { rows: [H(1.5, 1), H(1.6, 1), H(1, 1), H(2, 2)], to: 1.001 },
    { rows: [H(2, 2), H(2, 2), H(3, 3)], to: 2.001 },
    { rows: [H(4, 4)], to: 3.001 },
    { rows: [H(5, 5)], to: 5.001 },
    { rows: [H(6, 6), H(6.5, 6)], to: 7.001 },
    { rows: [H(9, 6), H(9.5, 6), H(9, 6)], to: 9.999 },
    { rows: [W(10, 7), W(11, 7), W(11, 7)], to: 12.001 },
    { rows: [W(14, 7)], to: 14.001 },
    { rows: [W(15, 8)], to: 17.001 },
    { rows: [W(20, 20)], to: 19.001 },
  ]
  // Their first rows carry each its time as `a`: 1 for 1000 to 1600.
  const expected = [
    ...[
      'H 1 1 1',
      'H 1 2 2',
      'H 1 3 3',
      'H 2 6 9',
      'H 2 6 9',
      'H 2 6 9',
      'H 3 4 9',
      'H 4 2 7',
      'H 5 2 9',
      'H 6 2 11',
      'H 6 2 12',
    ],
    ...['H 6 2 12', 'H 6 2 12', 'H 6 3 18', 'W 7 1 7', 'W 7 3 21', 'W 7 3 21', 'W 7 1 7', 'W 8 2 15', 'W 20 1 20'],
  ]
  assert.deepEqual(await outcome(out, { rows: input }, steps), expected.sort())
})

test('OverAggregate: lag by one, by two, and over rows that came out of order', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at }, w => ({ one: w.v.lag(), two: w.v.lag(2) }))
    .final()
    .select(r => ({ v: r.v, one: r.one, two: r.two }))
  const rows = [v('1', 1, 1), v('1', 5, 2), v('1', 2, 3), v('1', 3, 4)]
  const steps = [
    { rows, to: 20.001 },
    { rows: [v('1', 21, 6), v('1', 22, 7)], to: 30.001 },
  ]
  assert.deepEqual(await outcome(out, { rows: input }, steps), ['1 - -', '2 4 3', '3 1 -', '4 3 1', '6 2 4', '7 6 2'])
})

test('OverAggregate: lead, which Flink has not over streams', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at }, w => ({ next: w.v.lead() }))
    .final()
    .select(r => ({ v: r.v, next: r.next }))
  const steps = [
    { rows: [v('1', 1, 1), v('1', 3, 5)], to: 20 },
    { rows: [v('1', 21, 6), v('1', 22, 7)], to: 30 },
  ]
  assert.deepEqual(await outcome(out, { rows: input }, steps), ['1 5', '5 6', '6 7', '7 -'])
})

/** tupleData5: a from 1 to 5, each as often as it says; c counts from 0. */
const tuples = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5].map((a, c) => v(`${a}`, c, c))
test('OverAggregate: rows between 4 preceding and the row, per key and over all', async () => {
  const input = stream()
  const per = input
    .over({ per: 'k', by: r => r.at, rows: { preceding: 4 } }, w => ({ sum: w.v.sum(), min: w.v.min() }))
    .final()
  const columns = per.select(r => ({ k: r.k, sum: r.sum, min: r.min }))
  const expected = [
    ...['1 0 0', '2 1 1', '2 3 1', '3 3 3', '3 7 3', '3 12 3', '4 6 6', '4 13 6', '4 21 6', '4 30 6'],
    ...['5 10 10', '5 21 10', '5 33 10', '5 46 10', '5 60 10'],
  ]
  assert.deepEqual(await outcome(columns, { rows: input }, [{ rows: tuples }]), expected.sort())
  const over = input
    .over({ by: r => r.at, rows: { preceding: 10 } }, w => ({
      sum: w.v.sum(),
      min: w.v.min(),
      first: w.v.firstValue(),
    }))
    .final()
  const last = over.select(r => ({ sum: r.sum, min: r.min, first: r.first, v: r.v })).where(r => r.v.gte(9))
  const sums = ['45 0 0 9', '55 0 0 10', '66 1 1 11', '77 2 2 12', '88 3 3 13', '99 4 4 14']
  assert.deepEqual(await outcome(last, { rows: input }, [{ rows: tuples }]), sums.sort())
})

test('OverAggregate: ROW_NUMBER, RANK and DENSE_RANK by arrival', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at }, w => ({ a: w.rowNumber(), b: w.rank(), c: w.denseRank() }))
    .final()
  const columns = out.select(r => ({ k: r.k, a: r.a, b: r.b, c: r.c }))
  const expected = [1, 2, 3, 4, 5].flatMap(k => Array.from({ length: k }, (_, i) => `${k} ${i + 1} ${i + 1} ${i + 1}`))
  assert.deepEqual(await outcome(columns, { rows: input }, [{ rows: tuples }]), expected.sort())
})

// Rankings that are kept up to date. `k` is the category, `at` the shop, `v` the number.
const sold = (...texts: readonly string[]): EventRow[] =>
  texts.map(text => {
    const [k, shop, num] = text.split(' ') as [string, string, string]
    return ev(k, Number(shop), Number(num))
  })
const shops = sold('book 1 12', 'book 2 19', 'book 4 11', 'fruit 4 33', 'fruit 3 44', 'fruit 5 22')
const grouped = sold(
  'book 1 11',
  'book 2 19',
  'book 4 13',
  'book 1 11',
  'fruit 4 33',
  'fruit 5 12',
  'fruit 3 44',
  'fruit 5 22',
)
const singly = (rows: readonly EventRow[]) => rows.map(row => ({ rows: [row] }))
const later = () => stream({ lateBy: '1 day' })

test('Rank: testTopN, testTop1, testTop2, ascending', async () => {
  const input = later()
  const top = (n: number, ascending = false) =>
    input
      .topN(n, { per: 'k', by: r => (ascending ? r.v : r.v.desc()) })
      .select(r => ({ k: r.k, at: r.at, v: r.v, rank: r.rank }))
  const told = (table: object) => outcome(table, { rows: input }, singly(shops), { unbounded: true })
  const two = ['book 2 19 1', 'book 1 12 2', 'fruit 3 44 1', 'fruit 4 33 2']
  assert.deepEqual(await told(top(2)), two.sort())
  assert.deepEqual(await told(top(1)), ['book 2 19 1', 'fruit 3 44 1'])
  assert.deepEqual(await told(top(2).where(r => r.rank.eq(2))), ['book 1 12 2', 'fruit 4 33 2'])
  assert.deepEqual(await told(top(2, true)), ['book 4 11 1', 'book 1 12 2', 'fruit 5 22 1', 'fruit 4 33 2'].sort())
})

test('Rank: over sums that change, which come nearer to the top or leave it', async () => {
  const input = later()
  const sums = input.groupBy('k', 'at').agg(g => ({ sum: g.v.sum(), n: g.count() }))
  const top = (n: number) => sums.topN(n, { per: 'k', by: r => [r.sum.desc(), r.n] })
  const told = (table: object, rows: readonly EventRow[]) =>
    outcome(table, { rows: input }, singly(rows), { unbounded: true })
  const two = ['book 1 22 2 1', 'book 2 19 1 2', 'fruit 3 44 1 1', 'fruit 5 34 2 2']
  assert.deepEqual(await told(top(2), grouped), two)
  assert.deepEqual(
    await told(
      top(2).where(r => r.rank.eq(2)),
      grouped,
    ),
    ['book 2 19 1 2', 'fruit 5 34 2 2'],
  )
})

test('Rank: testTopNWithUnary: least sums, while sums only grow', async () => {
  const input = later()
  const texts = [
    ...[
      '11 100',
      '11 200',
      '12 400',
      '12 500',
      '10 600',
      '10 700',
      '9 800',
      '9 900',
      '10 500',
      '8 110',
      '8 120',
      '7 1800',
    ],
    ...[
      '9 300',
      '6 1900',
      '7 50',
      '11 1800',
      '7 50',
      '8 2000',
      '6 700',
      '5 800',
      '4 910',
      '3 1000',
      '2 1100',
      '1 1200',
    ],
  ]
  const top = input
    .groupBy('k', 'at')
    .agg(g => ({ sum: g.v.sum() }))
    .topN(3, { per: 'k', by: r => r.sum })
  const rows = sold(...texts.map(each => `book ${each}`))
  const told = await outcome(top, { rows: input }, singly(rows), { unbounded: true })
  assert.deepEqual(told, ['book 12 900 2', 'book 4 910 3', 'book 5 800 1'])
})

test('Rank: testTopNWithGroupByCount: four of each', async () => {
  const input = later()
  const counts = input.groupBy('k', 'at').agg(g => ({ n: g.count() }))
  const top = counts
    .topN(4, { per: 'k', by: r => r.n.desc() })
    .select(r => ({ k: r.k, rank: r.rank, n: r.n, at: r.at }))
  const book = [1, 2, 4, 1, 1, 3, 2, 4, 1, 4, 4, 4].map(shop => ev('book', shop, 0))
  const told = await outcome(top, { rows: input }, singly(book), { unbounded: true })
  assert.deepEqual(told, ['book 1 5 4', 'book 2 4 1', 'book 3 2 2', 'book 4 1 3'])
})

// The window operator: lateness.
test('WindowOperator: testDropDueToLatenessSliding: late for one of its windows, in time for the others', async () => {
  const input = stream()
  const out = input
    .window({ sliding: '3 seconds', every: '1 second' })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
    .final()
  const columns = out.select(r => ({ end: r.window.end, k: r.k, n: r.n }))
  await play(columns, { rows: input }, [
    { rows: [ev('2', 1, 1)], to: 2, out: '+2 2 1' },
    { rows: [ev('2', 2, 1)], to: 3.001, out: '+3 2 2' },
    {
      rows: [ev('1', 3.001, 1), ev('2', 2.4, 1), ev('2', 2.4, 1), ev('1', 3.001, 1), ev('2', 3.9, 1)],
      to: 6.001,
      out: '+4 1 2, +4 2 5, +5 1 2, +5 2 4, +6 1 2, +6 2 1',
      late: 2,
    },
    { rows: [ev('1', 3.001, 1)], to: 25, out: '', late: 5 },
  ])
})

/** Rows do not move the watermark: it is told, a hundred seconds behind what is reached. */
const told = (watermark: number): number => watermark + 100
const sessionRows = [
  { rows: [ev('2', 1, 1)], to: told(2) },
  { rows: [ev('2', 2, 1)], to: told(4.999) },
  { rows: [ev('2', 4.5, 1), ev('2', 8.5, 1)], to: told(7.401) },
]
for (const [lateness, second] of Object.entries({ '0 seconds': 0, '10 milliseconds': 10, '10 seconds': 10_000 }))
  test(`WindowOperator: sessions of 3 seconds that merge, allowed lateness ${lateness}`, async () => {
    const input = stream({ lateBy: '100 seconds' })
    const sessions = input
      .window({ session: '3 seconds', accept: lateness as '0 seconds' })
      .groupBy('k')
      .agg(g => ({ n: g.count() }))
    const out = sessions.select(r => ({ start: r.window.start, end: r.window.end, n: r.n }))
    const [tiny, huge] = [second === 10, second === 10_000]
    const changed = (no: string, few: string, many: string): string => (huge ? many : tiny ? few : no)
    await play(
      out,
      { rows: input },
      [
        ...sessionRows.map((step, i) => ({ ...step, out: ['+1 4 1', '+1 5 2', '+1 7.5 3, +8.5 11.5 1'][i] as string })),
        { rows: [ev('2', 7, 1)], to: told(11.502), out: '+1 11.5 5' },
        { rows: [ev('2', 11.6, 1)], to: told(14.601), out: '+11.6 14.6 1' },
        { rows: [ev('2', 10, 1)], out: changed('', '+10 14.6 2', '+1 14.6 7'), late: lateness === '0 seconds' ? 1 : 0 },
        { rows: [ev('2', 14.5, 1)], to: told(20.001), out: changed('+14.5 17.5 1', '+10 17.5 3', '+1 17.5 8') },
      ],
      { view: 'update' },
    )
  })
