// Windows, panes and triggers answer as Beam's suites say: FixedWindowsTest, SlidingWindowsTest, SessionsTest,
// CalendarWindowsTest, ReduceFnRunnerTest, AfterEach-, OrFinally- and AfterWatermarkStateMachineTest. Their milliseconds are
// seconds here. A pane of nothing is not told here (docs/windows.md), in Beam it depends on the closing behaviour.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from 'millrace'
import { Event, type EventRow, ev, outcome, play, type Step, stream } from './support.ts'

type Input = ReturnType<typeof stream>
type Shape = Parameters<Input['window']>[0]

const windows: Record<string, readonly [Shape, readonly number[], readonly string[]]> = {
  'Fixed: simple': [{ tumbling: '10 seconds' }, [1, 2, 5, 9, 10, 11, 100], ['0..10 4', '10..20 2', '100..110 1']],
  'Fixed: offset': [
    { tumbling: '10 seconds', offset: '5 seconds' },
    [1, 2, 5, 9, 10, 11, 100],
    ['-5..5 2', '5..15 4', '95..105 1'],
  ],
  'Fixed: a large unit': [
    { tumbling: '1000 seconds' },
    [1, 2, 1000, 5000, 5001, 10_000],
    ['0..1000 2', '1000..2000 1', '5000..6000 2', '10000..11000 1'],
  ],
  'Sliding: simple': [
    { sliding: '10 seconds', every: '5 seconds' },
    [1, 2, 5, 9, 10, 11],
    ['-5..5 2', '0..10 4', '5..15 4', '10..20 2'],
  ],
  'Sliding: slightly overlapping': [
    { sliding: '7 seconds', every: '5 seconds' },
    [1, 2, 5, 9, 10, 11],
    ['-5..2 1', '0..7 3', '5..12 4', '10..17 2'],
  ],
  'Sliding: eliding': [
    { sliding: '3 seconds', every: '10 seconds' },
    [1, 2, 3, 5, 9, 10, 11, 100],
    ['0..3 2', '10..13 2', '100..103 1'],
  ],
  'Sliding: offset': [
    { sliding: '10 seconds', every: '5 seconds', offset: '2 seconds' },
    [1, 2, 5, 9, 10, 11],
    ['-8..2 1', '-3..7 3', '2..12 5', '7..17 3'],
  ],
  'Sessions: consecutive': [{ session: '10 seconds' }, [1, 2, 5, 9, 100, 101], ['1..19 4', '100..111 2']],
  'Sessions: merging': [{ session: '10 seconds' }, [1, 15, 30, 100, 101, 95, 22, 10], ['1..40 5', '95..111 3']],
  'Sessions: a large unit': [
    { session: '1000 seconds' },
    [1, 2, 1000, 5000, 5001, 10_000],
    ['1..2000 3', '5000..6001 2', '10000..11000 1'],
  ],
}
for (const [name, [shape, times, expected]] of Object.entries(windows))
  test(name, async () => {
    const input = stream({ lateBy: '1 day' })
    const out = input
      .window(shape)
      .agg(g => ({ n: g.count() }))
      .final()
    assert.deepEqual(
      await outcome(
        out,
        { rows: input },
        times.map(at => ({ rows: [ev('', at)] })),
      ),
      [...expected].sort(),
    )
  })

// Windows of the calendar are those that the row says.
const utc = (text: string): Date => new Date(`${text}Z`)
type Days = readonly [start: string, end: string, ...rows: string[]][]
const days: Days = [
  ['2014-01-01', '2014-01-02', '2014-01-01T00:00', '2014-01-01T23:59'],
  ['2014-01-02', '2014-01-03', '2014-01-02T00:00', '2014-01-02T05:05'],
  ['2015-01-01', '2015-01-02', '2015-01-01T00:00', '2015-01-01T05:05'],
]
const weeks: Days = [
  ['2014-01-01', '2014-01-08', '2014-01-01T00:00', '2014-01-05T05:05'],
  ['2014-01-08', '2014-01-15', '2014-01-08T00:00', '2014-01-12T05:05'],
  ['2014-12-31', '2015-01-07', '2015-01-01T00:00', '2015-01-06T05:05'],
]
const months: Days = [
  ['2014-01-01', '2014-02-01', '2014-01-01T00:00', '2014-01-31T05:05'],
  ['2014-02-01', '2014-03-01', '2014-02-01T00:00', '2014-02-15T05:05'],
  ['2015-01-01', '2015-02-01', '2015-01-01T00:00', '2015-01-31T05:05'],
]
const sevenMonths: Days = [
  ['2014-03-05', '2014-10-05', '2014-03-05T00:00', '2014-10-04T23:59'],
  ['2014-10-05', '2015-05-05', '2014-10-05T00:00', '2015-03-01T00:00'],
  ['2015-12-05', '2016-07-05', '2016-01-05T00:00', '2016-01-31T05:05'],
]
const tenYears: Days = [
  ['2000-05-05', '2010-05-05', '2000-05-05T00:00', '2010-05-04T23:59'],
  ['2010-05-05', '2020-05-05', '2010-05-05T00:00', '2015-03-01T00:00'],
  ['2050-05-05', '2060-05-05', '2052-01-05T00:00', '2060-05-04T05:05'],
]

const live = () => read.memory(Event, { time: 'at', lateBy: '36500 days', idleAfter: 'never' }).table
/** So many months from a day of a month of a year on: the start is counted in months. */
const monthly = (input: Input, count: number, from: Date) => {
  const origin = from.getUTCFullYear() * 12 + from.getUTCMonth()
  const day = from.getUTCDate()
  return input
    .withColumn('shifted', r => r.at.minus(`${(day - 1) * 86_400} seconds`))
    .withColumn('months', r =>
      r.shifted
        .extract('year')
        .mul(12)
        .add(r.shifted.extract('month'))
        .sub(origin + 1)
        .cast('int'),
    )
    .withColumn('past', r => r.months.mod(count).add(count).mod(count))
    .withColumn('start', r =>
      r.shifted
        .truncate('month')
        .minus(r.past.cast('string').concat(' months').cast('interval'))
        .plus(`${(day - 1) * 86_400} seconds`),
    )
    .window({
      start: r => r.start,
      end: r =>
        r.start
          .minus(`${(day - 1) * 86_400} seconds`)
          .plus(`${count} months` as '1 month')
          .plus(`${(day - 1) * 86_400} seconds`),
    })
}

const calendar: Record<string, readonly [Days, (input: Input) => { agg: Input['agg'] }]> = {
  days: [days, input => input.window({ tumbling: '1 day' }) as never],
  weeks: [weeks, input => input.window({ tumbling: '7 days', offset: '6 days' }) as never],
  months: [
    months,
    input =>
      input.window({ start: r => r.at.truncate('month'), end: r => r.at.truncate('month').plus('1 month') }) as never,
  ],
  'seven months from 5 March 2014': [sevenMonths, input => monthly(input, 7, utc('2014-03-05T00:00')) as never],
  'ten years from 5 May 2000': [tenYears, input => monthly(input, 120, utc('2000-05-05T00:00')) as never],
}
for (const [name, [cases, windowed]] of Object.entries(calendar))
  test(`Calendar: ${name}`, async () => {
    const input = live()
    const out = windowed(input as never).agg(g => ({ n: g.count() }))
    const rows = cases.flatMap(([, , ...texts]) => texts.map(text => ({ k: '', v: 0, at: utc(text) })))
    const second = (text: string): number => utc(`${text}T00:00`).getTime() / 1000
    const expected = cases.map(([start, end, ...texts]) => `${second(start)}..${second(end)} ${texts.length}`)
    assert.deepEqual(await outcome(out, { rows: input }, [{ rows }]), expected.sort())
  })

test('Calendar: days in a time zone', async () => {
  const input = live()
  const zone = 'America/Los_Angeles'
  const out = input
    .withColumn('day', r => r.at.atTimeZone(zone).truncate('day'))
    .window({ start: r => r.day.fromTimeZone(zone), end: r => r.day.plus('1 day').fromTimeZone(zone) })
    .agg(g => ({ n: g.count() }))
  const at = (text: string): EventRow => ({ k: '', v: 0, at: utc(text) })
  const rows = [at('2014-01-01T08:00'), at('2014-01-02T07:59'), at('2014-01-02T08:00'), at('2014-01-03T07:59')]
  const first = utc('2014-01-01T08:00').getTime() / 1000
  const expected = [`${first}..${first + 86_400} 2`, `${first + 86_400}..${first + 2 * 86_400} 2`]
  assert.deepEqual(await outcome(out, { rows: input }, [{ rows }]), expected)
})

test('Calendar: the days on which clocks change have 23 and 25 hours', async () => {
  const input = live()
  const zone = 'America/Los_Angeles'
  const out = input
    .withColumn('day', r => r.at.atTimeZone(zone).truncate('day'))
    .window({ start: r => r.day.fromTimeZone(zone), end: r => r.day.plus('1 day').fromTimeZone(zone) })
    .agg(g => ({ n: g.count() }))
    .select(r => ({ hours: r.window.end.since(r.window.start), n: r.n }))
  const at = (text: string): EventRow => ({ k: '', v: 0, at: utc(text) })
  const rows = [at('2014-03-09T09:30'), at('2014-03-09T10:30'), at('2014-11-02T08:30'), at('2014-11-02T09:30')]
  assert.deepEqual(await outcome(out, { rows: input }, [{ rows }]), [`${23 * 3600e6} 2`, `${25 * 3600e6} 2`])
})

// Panes: sum, number, timing, first and last of each. Rows do not move the watermark: it is told, a hundred seconds behind.
const shownPane = (table: ReturnType<typeof paned>['out']) =>
  table.select(r => ({ sum: r.sum, i: r.paneIndex, timing: r.paneTiming, first: r.isFirstPane, last: r.isLastPane }))
function paned(shape: Shape, options: Parameters<ReturnType<typeof sums>['emit']>[0]) {
  const input = stream({ lateBy: '100 seconds' })
  return { input, out: sums(input, shape).emit(options) }
}
const sums = (input: Input, shape: Shape) => input.window(shape).agg(g => ({ sum: g.v.sum() }))
const told = (watermark: number): number => watermark + 100
const rows = (...times: number[]): EventRow[] => times.map(at => ev('', at))

async function panes(
  shape: Shape,
  options: Parameters<ReturnType<typeof sums>['emit']>[0],
  steps: readonly Step<'rows'>[],
) {
  const { input, out } = paned(shape, options)
  await play(shownPane(out), { rows: input }, steps)
}
const ten = { tumbling: '10 seconds' } as const
const late100 = { ...ten, accept: '100 seconds' } as const
const ONLY = 'on time true true'

test('ReduceFnRunner: only one pane on time; what comes then is late', async () => {
  await panes(late100, { accumulate: 'accumulating' }, [
    { to: told(0), out: '' },
    { rows: [ev('', 1, 1)], out: '' },
    { to: told(10), out: '+1 0 on time true false' },
    { rows: [ev('', 3, 3)], out: '+4 1 late false false' },
  ])
})

test('ReduceFnRunner: a window and a session that end and are over together', async () => {
  const steps = [
    { to: told(0), out: '' },
    { rows: rows(1), out: '' },
    { to: told(100), out: `+1 0 ${ONLY}` },
    { to: told(250), out: '' },
  ]
  await panes({ ...ten, accept: '50 seconds' }, { accumulate: 'accumulating' }, steps)
  await panes({ session: '10 seconds', accept: '50 seconds' }, { accumulate: 'accumulating' }, steps)
})

const twoOrEnd = { when: { repeatedly: { any: [{ rows: 2 }, { watermark: true }] } } } as const
test('ReduceFnRunner: every two rows or at the watermark, accumulating: the pane on time comes without new rows', async () => {
  await panes(late100, { ...twoOrEnd, accumulate: 'accumulating' }, [
    { to: told(0), out: '' },
    { rows: rows(1, 2), out: '+3 0 early true false' },
    { to: told(20), out: '+3 1 on time false false' },
    { to: told(250), out: '' },
  ])
})

test('ReduceFnRunner: every two rows or at the watermark, discarding: a pane of nothing is not told', async () => {
  await panes(late100, { ...twoOrEnd, accumulate: 'discarding' }, [
    { to: told(0), out: '' },
    { rows: rows(1, 2), out: '+3 0 early true false' },
    { to: told(50), out: '' },
    { to: told(150), out: '' },
  ])
})

test('ReduceFnRunner: by processing time; a window that is over has told what was left, and tells no more', async () => {
  const hundred = { tumbling: '100 seconds' } as const
  await panes(hundred, { when: { repeatedly: { after: '10 seconds' } }, accumulate: 'accumulating' }, [
    { rows: rows(2, 5), out: '' },
    { to: told(100), out: `+7 0 ${ONLY}` },
    { idle: '11 seconds', out: '' },
  ])
})

test('ReduceFnRunner: repeatedly at the watermark', async () => {
  const hundred = { tumbling: '100 seconds', accept: '1 second' } as const
  await panes(hundred, { when: { repeatedly: { watermark: true } }, accumulate: 'accumulating' }, [
    { rows: rows(2, 5), out: '' },
    { to: told(1000), out: `+7 0 ${ONLY}` },
  ])
})

test('ReduceFnRunner: sessions merge before they are told', async () => {
  await panes({ session: '10 seconds' }, { accumulate: 'accumulating' }, [
    { rows: rows(1, 10), out: '' },
    { to: told(100), out: `+11 0 ${ONLY}` },
  ])
})

test('ReduceFnRunner: early, on time, and what was left when the window is over', async () => {
  const short = { ...ten, accept: '10 seconds' } as const
  const options = { early: { rows: 3 }, late: { rows: 2 }, accumulate: 'accumulating' } as const
  await panes(short, options, [
    { rows: rows(1, 3), out: '' },
    { rows: rows(2), out: '+6 0 early true false' },
    { to: told(4), rows: rows(2, 3, 5, 4), out: '+20 1 early false false' },
    { to: told(8), rows: rows(6, 5), out: '' },
    { to: told(10), out: '+31 2 on time false false' },
    { rows: rows(8), out: '' },
    { to: told(50), out: '+39 3 late false true' },
  ])
})

test('AfterEach: the first until three rows, then every five until the watermark', async () => {
  const first = { repeatedly: { rows: 2 }, orFinally: { rows: 3 } } as const
  const second = { repeatedly: { rows: 5 }, orFinally: { watermark: true } } as const
  await panes(ten, { when: { each: [first, second] }, accumulate: 'discarding' }, [
    { rows: rows(1), out: '' },
    { rows: rows(2), out: '+3 0 early true false' },
    { rows: rows(1, 2, 3), out: '+6 1 early false false' },
    { rows: rows(1, 2, 3, 4), out: '' },
    { rows: rows(5), out: '+15 2 early false false' },
    { rows: rows(7), out: '' },
    { to: told(10), out: '+7 3 on time false true' },
  ])
})

test('OrFinally: a trigger that fires and is over fires no more; one that repeats goes on', async () => {
  const hundred = { tumbling: '100 seconds', accept: '1000 seconds' } as const
  const once = [
    { rows: rows(1), out: '' },
    { rows: rows(2), out: '+3 0 early true false' },
  ]
  await panes(hundred, { when: { any: [{ rows: 2 }, { rows: 100 }] }, accumulate: 'discarding' }, [
    ...once,
    { rows: rows(3, 4), out: '' },
  ])
  await panes(hundred, { when: { repeatedly: { rows: 2 }, orFinally: { rows: 100 } }, accumulate: 'discarding' }, [
    ...once,
    { rows: rows(3, 4), out: '+7 1 early false false' },
  ])
})

test('OrFinally: the last trigger counts from the beginning, and ends it', async () => {
  const hundred = { tumbling: '100 seconds', accept: '1000 seconds' } as const
  await panes(hundred, { when: { repeatedly: { rows: 2 }, orFinally: { rows: 3 } }, accumulate: 'discarding' }, [
    { rows: rows(1), out: '' },
    { rows: rows(2), out: '+3 0 early true false' },
    { rows: rows(3), out: '+3 1 early false false' },
    { rows: rows(4, 5, 6), out: '' },
  ])
})

test('AfterAll: all of them', async () => {
  await panes(
    late100,
    { when: { repeatedly: { all: [{ rows: 2 }, { after: '5 seconds' }] } }, accumulate: 'discarding' },
    [
      { rows: rows(1, 2), out: '' },
      { idle: '6 seconds', out: '+3 0 early true false' },
      { rows: rows(3), out: '' },
      { idle: '6 seconds', out: '' },
      { rows: rows(4), out: '+7 1 early false false' },
    ],
  )
})

test('Latest, Distinct, Count and Combine over a key', async () => {
  const input = stream({ lateBy: '1 day' })
  const given = [ev('a', 5, 1), ev('a', 9, 2), ev('a', 7, 3), ev('b', 1, 4), ev(null, 1, 5), ev(null, 2, 6)]
  const one = (table: object) =>
    outcome(
      table,
      { rows: input },
      given.map(row => ({ rows: [row] })),
      { unbounded: true },
    )
  const latest = input.lastBy({ by: 'k' }).select(r => ({ k: r.k, v: r.v }))
  assert.deepEqual(await one(latest), ['- 6', 'a 2', 'b 4'])
  assert.deepEqual(await one(input.groupBy('k').agg(g => ({ n: g.count(), sum: g.v.sum() }))), [
    '- 2 11',
    'a 3 6',
    'b 1 4',
  ])
  assert.deepEqual(await one(input.select(r => ({ k: r.k })).distinct()), ['-', 'a', 'b'])
})
