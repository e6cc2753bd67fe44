// Interval joins and temporal joins answer as Flink's IntervalJoinITCase and TemporalJoinITCase say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Duration } from 'millrace'
import { type EventRow, ev, outcome, stream } from './support.ts'

type Stream = ReturnType<typeof stream>
const late = () => stream({ lateBy: '1 hour' })
const seconds = (n: number) => ({ seconds: n })
/** Rows like `A 2`: a key and a time in seconds, which is their number in milliseconds too. */
const at = (...texts: readonly string[]): EventRow[] =>
  texts.map(text => {
    const [key, time] = text.split(' ') as [string, string]
    return ev(key === '-' ? null : key, Number(time), Number(time) * 1000)
  })
const both = (left: Stream, right: Stream, out: object, l: readonly EventRow[], r: readonly EventRow[]) =>
  outcome(out, { left, right }, [...l.map(row => ({ left: [row] })), ...r.map(row => ({ right: [row] }))], {
    unbounded: true,
  })

// t1.rowtime BETWEEN t2.rowtime - 5 AND t2.rowtime + 6: the right row is from 6 before to 5 after the left one.
const within = { before: seconds(6), after: seconds(5) } as const
const one = at('A 0.999', 'A 1', 'A 2', 'A 3', 'B 4', 'A 5', 'A 6', '- 8')
const two = at('A 6', 'B 7', '- 10')
const pair = ['A 6000 1000', 'A 6000 2000', 'A 6000 3000', 'A 6000 5000', 'A 6000 6000', 'B 7000 4000']

test('IntervalJoin: testRowTimeInnerJoin: the bounds belong to it, null keys do not meet', async () => {
  const [left, right] = [late(), late()]
  const out = left.join(right, {
    on: (a, b) => a.k.eq(b.k),
    within,
    select: (a, b) => ({ k: b.k, right: b.v, left: a.v }),
  })
  assert.deepEqual(await both(left, right, out, one, two), pair)
})

test('IntervalJoin: with IS NOT DISTINCT FROM null keys meet', async () => {
  const [left, right] = [late(), late()]
  const out = left.join(right, {
    on: (a, b) => a.k.isDistinctFrom(b.k).not(),
    within,
    select: (a, b) => ({ k: b.k, right: b.v, left: a.v }),
  })
  assert.deepEqual(await both(left, right, out, one, two), ['- 10000 8000', ...pair])
})

test('IntervalJoin: without an equality', async () => {
  const [left, right] = [late(), late()]
  const out = left.join(right, { within, select: (a, b) => ({ k: b.k, right: b.v, left: a.v }) })
  const sixth = [1, 2, 3, 4, 5, 6, 8].map(time => `A 6000 ${time * 1000}`)
  const seventh = [2, 3, 4, 5, 6, 8].map(time => `B 7000 ${time * 1000}`)
  const tenth = [5, 6, 8].map(time => `- 10000 ${time * 1000}`)
  assert.deepEqual(await both(left, right, out, one, two), [...tenth, ...sixth, ...seventh].sort())
})

test('IntervalJoin: an unbounded aggregate of distinct values behind it', async () => {
  const [left, right] = [late(), late()]
  const out = left
    .join(right, { on: (a, b) => a.k.eq(b.k), within, select: (a, b) => ({ k: b.k, right: b.v, left: a.v }) })
    .groupBy('k')
    .agg(g => ({ right: g.right.countDistinct(), left: g.left.countDistinct() }))
  assert.deepEqual(await both(left, right, out, one, two), ['A 1 5', 'B 1 1'])
})

test('IntervalJoin: equal times, several rows of a time, rows out of order', async () => {
  const [left, right] = [late(), late()]
  const out = left.join(right, {
    on: (a, b) => a.k.eq(b.k),
    within: { before: seconds(0), after: seconds(0) },
    select: (a, b) => ({ at: a.at, left: a.v, right: b.v }),
  })
  const l = [
    ev('1', 1, 1),
    ev('1', 1, 2),
    ev('1', 1, 3),
    ev('2', 2, 4),
    ev('1', 4, 5),
    ev('1', 6, 7),
    ev('1', 5.001, 8),
  ]
  const r = [
    ev('1', 1, 1),
    ev('1', 1, 2),
    ev('1', 1, 3),
    ev('2', 3, 4),
    ev('1', 4, 5),
    ev('1', 6, 6),
    ev('1', 5.001, 7),
  ]
  const nine = [1, 2, 3].flatMap(a => [1, 2, 3].map(b => `1 ${a} ${b}`))
  assert.deepEqual(await both(left, right, out, l, r), [...nine, '4 5 5', '5.001 8 7', '6 7 6'])
})

test('IntervalJoin: open bounds, and conditions on both sides', async () => {
  const [left, right] = [late(), late()]
  // t1 > t2 - 5 and t1 < t2 - 1: between a millisecond more and less.
  const out = left.join(right, {
    on: (a, b) => a.k.eq(b.k).and(a.v.lt(b.v)).and(a.v.gt(2)),
    within: { before: '-1001 milliseconds', after: '4999 milliseconds' },
    select: (a, b) => ({ k: a.k, left: a.at, right: b.at }),
  })
  const l = [
    [1, 1, 4],
    [1, 1.001, 8],
    [1, 2, 2],
    [1, 3, 7],
    [2, 4, 5],
    [1, 4.999, 4],
    [1, 5, 4],
    [1, 6, 10],
  ] as const
  const r = [
    [1, 1, 1],
    [1, 6, 9],
    [2, 7, 14],
    [1, 8, 4],
  ] as const
  const rows = (all: readonly (readonly [number, number, number])[]) => all.map(([k, time, v]) => ev(`${k}`, time, v))
  assert.deepEqual(await both(left, right, out, rows(l), rows(r)), ['1 1.001 6', '1 3 6', '1 4.999 6', '2 4 7'])
})

const firsts = at('A 1', 'A 2', 'A 3', 'B 4', 'C 4', 'A 10', 'A 13')
const seconds2 = at('A 7', 'B 7', 'A 8', 'D 8')
for (const [side, expected] of [
  ['left', ['A 12 2', 'A 16 1', 'A 4 3', 'B 8 1']],
  ['right', ['A 12 3', 'A 8 3', 'B 8 1']],
] as const)
  test(`IntervalJoin: a window by the time of the ${side} row behind it`, async () => {
    const [left, right] = [late(), late()]
    const joined = left.join(right, {
      on: (a, b) => a.k.eq(b.k),
      within: { before: seconds(5), after: seconds(5) },
      select: (a, b) => ({ k: a.k, at: side === 'left' ? a.at : b.at }),
    })
    const out = joined
      .window({ tumbling: '4 seconds' })
      .groupBy('k')
      .agg(g => ({ n: g.count() }))
      .final()
      .select(r => ({ k: r.k, end: r.window.end, n: r.n }))
    assert.deepEqual(await both(left, right, out, firsts, seconds2), [...expected].sort())
  })

const outerLeft = at('A 1', 'A 2', 'B 4', 'B 5', 'A 6', 'C 7', 'A 10', 'A 12', 'A 20')
test('IntervalJoin: testRowTimeLeftOuterJoin, with a condition on the left alone', async () => {
  const [left, right] = [late(), late()]
  const out = left.join(right, {
    type: 'left',
    on: (a, b) => a.k.eq(b.k).and(a.v.ne(5000)),
    within,
    select: (a, b) => ({ k: a.k, right: b.v, left: a.v }),
  })
  const expected = [
    ...[1, 2, 6, 10, 12].map(time => `A 6000 ${time * 1000}`),
    ...['B 7000 4000', 'A 11000 6000', 'A 11000 10000', 'A 11000 12000', 'B - 5000', 'C - 7000', 'A - 20000'],
  ]
  assert.deepEqual(await both(left, right, out, outerLeft, at('A 6', 'B 7', 'D 8', 'A 11')), expected.sort())
})

test('IntervalJoin: testRowTimeRightOuterJoin, with a condition on the right alone', async () => {
  const [left, right] = [late(), late()]
  const out = left.join(right, {
    type: 'right',
    on: (a, b) => a.k.eq(b.k).and(b.v.ne(5000)),
    within,
    select: (a, b) => ({ k: b.k, right: b.v, left: a.v }),
  })
  const rows = at('A 1', 'A 2', 'B 4', 'A 6', 'C 7', 'A 10', 'A 12')
  const expected = [
    ...[1, 2, 6, 10, 12].map(time => `A 6000 ${time * 1000}`),
    ...['A 5000 -', 'A 20000 -', 'B 7000 4000', 'D 8000 -'],
  ]
  assert.deepEqual(await both(left, right, out, rows, at('A 5', 'A 6', 'B 7', 'D 8', 'A 20')), expected.sort())
})

test('IntervalJoin: an interval that is empty is refused here; Flink gives the nulls', () => {
  const bounds = { before: '-3 seconds', after: '1 second' } as const
  const refused = () =>
    late().join(late(), { type: 'left', on: (a, b) => a.k.eq(b.k), within: bounds, select: a => ({ k: a.k }) })
  assert.throws(refused, { code: 'BAD_VERB' })
})

// Temporal joins: seconds since 15 August; the rate is null from when its currency is gone.
const day = 86_400
const orders = [
  ev('Euro', 60, 1),
  ev('RMB', 180, 3),
  ev('Euro', day + 240, 4),
  ev('US Dollar', day + 180, 2),
  ev('RMB', day + 180, 5),
]
const rates = [
  ...[ev('Euro', 1, 114), ev('US Dollar', 2, 102), ev('Yen', 3, 1), ev('RMB', 4, 702)],
  ...[ev('Euro', day + 60, 118), ev('US Dollar', day + 120, 106), ev('RMB', day + 120, null)],
]
const temporal = (type: 'inner' | 'left', lateBy: Duration = '2 days') => {
  const [left, right] = [stream({ lateBy }), stream({ lateBy })]
  const out = left.asOf(right, {
    type: type as 'left',
    on: (a, b) => a.k.eq(b.k),
    select: (a, b) => ({ order: a.v, k: a.k, at: a.at, rate: b.v, since: b.at }),
  })
  return { left, right, out }
}
const found = {
  1: '1 Euro 60 114 1',
  2: `2 US Dollar ${day + 180} 106 ${day + 120}`,
  3: '3 RMB 180 702 4',
  4: `4 Euro ${day + 240} 118 ${day + 60}`,
}

test('TemporalJoin: testEventTimeTemporalJoin', async () => {
  const { left, right, out } = temporal('inner')
  assert.deepEqual(
    await both(
      left,
      right,
      out.where(r => r.rate.isNotNull()),
      orders,
      rates,
    ),
    Object.values(found),
  )
})

test('TemporalJoin: testEventTimeTemporalJoinWithFilter', async () => {
  const { left, right, out } = temporal('inner')
  assert.deepEqual(
    await both(
      left,
      right,
      out.where(r => r.rate.lt(115)),
      orders,
      rates,
    ),
    [found[1], found[2]],
  )
})

test('TemporalJoin: testEventTimeLeftTemporalJoin: a currency that is gone has no rate', async () => {
  const { left, right, out } = temporal('left')
  const columns = out.select(r => ({ order: r.order, rate: r.rate }))
  assert.deepEqual(await both(left, right, columns, orders, rates), ['1 114', '2 106', '3 702', '4 118', '5 -'])
})

test('TemporalJoin: by two keys, of one version and another (testEventTimeMultiTemporalJoin)', async () => {
  const { left, right, out } = temporal('left')
  const again = out.asOf(right, {
    type: 'left',
    on: (a, b) => a.k.eq(b.k),
    select: (a, b) => ({ order: a.order, rate: a.rate, again: b.v }),
  })
  const expected = ['1 114 114', '2 106 106', '3 702 702', '4 118 118', '5 - -']
  assert.deepEqual(await both(left, right, again, orders, rates), expected)
})

test('TemporalJoin: versions of a time: the greatest row counts; the order of arrival does not', async () => {
  const { left, right, out } = temporal('left')
  const twice = [...rates.filter(row => row.k !== 'RMB'), ev('US Dollar', day + 120, 102), ev('RMB', 4, 702)].reverse()
  const columns = out.select(r => ({ order: r.order, rate: r.rate }))
  assert.deepEqual(await both(left, right, columns, orders, twice), ['1 114', '2 106', '3 702', '4 118', '5 702'])
})

test('TemporalJoin: only the first version of each key (testEventTimeTemporalJoinWithDeduplicateFirstView)', async () => {
  const [left, right] = [stream({ lateBy: '2 days' }), stream({ lateBy: '2 days' })]
  const first = right.dedup({ by: 'k', within: '30 days' })
  const out = left.asOf(first, {
    type: 'left',
    on: (a, b) => a.k.eq(b.k),
    select: (a, b) => ({ order: a.v, rate: b.v }),
  })
  assert.deepEqual(await both(left, right, out, orders, rates), ['1 114', '2 102', '3 702', '4 114', '5 702'])
})
