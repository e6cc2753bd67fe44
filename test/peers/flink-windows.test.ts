// Windows answer as Flink's suites say: WindowAggregateITCase, WindowRankITCase, WindowOperatorTest. A watermark W of Flink says
// that no row of W or before will come; here one says that no row before it will, so theirs is ours a millisecond later.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { ev, outcome, play, sec, stream } from './support.ts'

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
  'TumbleWindowWithNegativeOffset: a day from 8 hours before': [
    { tumbling: '1 day', offset: '-8 hours' },
    ['a 6 1998', 'b 4 1443', '- 1 777'].map(each => `${each} ${-8 * HOUR}..${16 * HOUR}`),
  ],
  'CumulateWindowWithNegativeOffset: half days of a day from 8 hours before': [
    { cumulating: '1 day', every: '12 hours', offset: '-8 hours' },
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
  '-1 seconds': ['2 2 -1', '3 2 -1', '4 5 4', '4 5 4', '6 6 4', '7 3 4', '16 4 14', '32 7 29', '34 1 34'],
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
