// Windows, sessions and chained stateful operators answer as Spark Structured Streaming's own suites say, epoch for epoch:
// EventTimeWatermarkSuite, StreamingSessionWindowSuite, MultiStatefulOperatorsSuite. Theirs is append mode (`.final()`) or
// update mode.
import { test } from 'node:test'
import type { EventRow, Step } from './support.ts'
import { ev, ints, play, stream } from './support.ts'

type Case = readonly [
  name: string,
  table: () => { input: ReturnType<typeof stream>; out: object },
  ...steps: Step<'rows'>[],
]

const late10 = () => stream({ lateBy: '10 seconds' })
const counted = (final: boolean) => () => {
  const input = late10()
  const counts = input.window({ tumbling: '5 seconds' }).agg(g => ({ n: g.count() }))
  const shape = (table: typeof counts) => table.select(r => ({ start: r.window.start, n: r.n }))
  return { input, out: final ? counts.final().select(r => ({ start: r.window.start, n: r.n })) : shape(counts) }
}

const append: readonly Case[] = [
  [
    'EventTimeWatermark: append mode',
    counted(true),
    { rows: ints(10, 11, 12, 13, 14, 15), out: '' },
    { rows: ints(25), out: '+10 5', watermark: 15 },
    { rows: ints(10), out: '', late: 1 },
  ],
  [
    'EventTimeWatermark: recovery goes on with the watermark it had',
    counted(true),
    { rows: ints(10, 11, 12, 13, 14, 15), out: '' },
    { rows: ints(25), out: '+10 5' },
    { restart: true, rows: ints(10, 27, 30), out: '+15 1', late: 1 },
    { restart: true, rows: ints(17), out: '', late: 2, watermark: 20 },
    { rows: ints(40), out: '+25 2' },
  ],
  [
    'EventTimeWatermark: a window waits for the watermark, not for rows',
    counted(true),
    { rows: ints(15), out: '', watermark: 5 },
    { rows: ints(10, 12, 14), out: '', watermark: 5 },
    { rows: ints(25), out: '+10 3', watermark: 15 },
    { rows: ints(50), out: '+15 1, +25 1', watermark: 40 },
  ],
]

for (const [name, make, ...steps] of append)
  test(name, async () => {
    const { input, out } = make()
    await play(out, { rows: input }, steps)
  })

test('EventTimeWatermark: update mode', async () => {
  const { input, out } = counted(false)()
  const steps = [
    { rows: ints(10, 11, 12, 13, 14, 15), out: '+10 5, +15 1' },
    { rows: ints(25), out: '+25 1' },
    { rows: ints(10, 25), out: '+25 2', late: 1 },
    { rows: ints(10), out: '', late: 2 },
  ]
  await play(out, { rows: input }, steps, { view: 'update' })
})

test('EventTimeWatermark: complete mode forgets nothing (here: a group without a window)', async () => {
  const input = late10()
  const out = input.groupBy(r => ({ start: r.at.dateBin('5 seconds', new Date(0)) })).agg(g => ({ n: g.count() }))
  const steps = [
    { rows: ints(10, 11, 12), out: '+10 3' },
    { rows: ints(25), out: '+25 1' },
    { rows: ints(25), out: '+25 2' },
    { rows: ints(10), out: '+10 4' },
    { rows: ints(25), out: '+25 3' },
  ]
  await play(out, { rows: input }, steps, { view: 'update', unbounded: true })
})

test('EventTimeWatermark: watermark with 2 streams is the least of both', async () => {
  const [first, second] = [late10(), stream({ lateBy: '5 seconds' })]
  const sum = first.union(second).agg(g => ({ sum: g.v.sum() }))
  const at = (a: number[], b: number[], watermark: number | undefined, out: string): Step<'first' | 'second'> => {
    return { first: ints(...a), second: ints(...b), watermark, out }
  }
  const steps = [
    at([11], [], undefined, '+11'),
    at([], [6], 1, '+17'),
    at([], [8], 1, '+25'),
    at([21], [], 3, '+46'),
    at([], [17, 28, 39], 11, '+130'),
    at([31], [], 21, '+161'),
    at([41], [], 31, '+202'),
    at([51], [], 34, '+253'),
    at([100], [100], 90, '+453'),
    at([120], [110], 105, '+683'),
    at([130], [125], 120, '+938'),
    at([100], [100], 120, '+1138'),
    at([140], [100], 120, '+1378'),
    at([100], [135], 130, '+1613'),
    at([200], [190], 185, '+2003'),
  ]
  await play(sum, { first, second }, steps, { view: 'update' })
})

/** Sessions with a gap, by a key. */
function sessions(final: boolean, key: (rows: ReturnType<typeof stream>) => typeof rows, gap = '5 seconds' as const) {
  const input = late10()
  const made = key(input)
    .window({ session: gap })
    .groupBy('k')
    .agg(g => ({ n: g.count(), sum: g.v.sum() }))
  return { input, out: final ? made.final() : made }
}
const same = (rows: ReturnType<typeof stream>): typeof rows => rows
const byGroup =
  (of: (v: number) => number) =>
  (...times: number[]): EventRow[] =>
    times.map(at => ev(`${of(at)}`, at, Math.floor(at)))
const tens = byGroup(v => Math.floor(v / 10))
const parity = byGroup(v => v % 2)

test('EventTimeWatermark: append mode - session', async () => {
  const { input, out } = sessions(true, same)
  await play(out, { rows: input }, [
    { rows: tens(10, 11), out: '' },
    { rows: tens(17), out: '' },
    { rows: tens(25), out: '' },
    { rows: tens(35), out: '+1 10..16 2 21, +1 17..22 1 17' },
    { rows: tens(10), out: '', late: 1 },
    { rows: tens(40), out: '' }, // a row of 30 is not late here, and would come into it
    { rows: tens(40.001), out: '+2 25..30 1 25' },
  ])
})

test('EventTimeWatermark: append mode - session - no key: rows exactly the gap apart are one', async () => {
  const { input, out } = sessions(true, same)
  await play(out, { rows: input }, [
    { rows: ints(10, 11), out: '' },
    { rows: ints(17), out: '' },
    { rows: ints(25), out: '' },
    { rows: ints(35), out: '+ 10..16 2 21, + 17..22 1 17' },
    { rows: ints(10), out: '', late: 1 },
    { rows: ints(40), out: '' },
    { rows: ints(60), out: '+ 25..30 1 25, + 35..45 2 75' },
  ])
})

test('EventTimeWatermark: update mode - session', async () => {
  const { input, out } = sessions(false, same)
  const steps = [
    { rows: tens(10, 11), out: '+1 10..16 2 21' },
    { rows: tens(17), out: '+1 17..22 1 17' },
    { rows: tens(25), out: '+2 25..30 1 25' },
    { rows: tens(35), out: '+3 35..40 1 35' },
    { rows: tens(10), out: '', late: 1 },
    { rows: tens(40), out: '+4 40..45 1 40' },
  ]
  await play(out, { rows: input }, steps, { view: 'update' })
})

test('EventTimeWatermark: update mode - session - keys overlapped with sessions', async () => {
  const { input, out } = sessions(false, same)
  const steps = [
    { rows: parity(10, 11, 12, 13), out: '+0 10..17 2 22, +1 11..18 2 24' },
    { rows: parity(17), out: '+1 11..22 3 41' },
    { rows: parity(25), out: '+1 25..30 1 25' },
    { rows: parity(35), out: '+1 35..40 1 35' },
    { rows: parity(27), out: '+1 25..32 2 52' },
    { rows: parity(10), out: '', late: 1 },
    { rows: parity(40), out: '+0 40..45 1 40' },
  ]
  await play(out, { rows: input }, steps, { view: 'update' })
})

test('EventTimeWatermark: update mode - session - no key', async () => {
  const { input, out } = sessions(false, same)
  const steps = [
    { rows: ints(10, 11), out: '+ 10..16 2 21' },
    { rows: ints(17), out: '+ 17..22 1 17' },
    { rows: ints(25), out: '+ 25..30 1 25' },
    { rows: ints(35), out: '+ 35..40 1 35' },
    { rows: ints(10), out: '', late: 1 },
    { rows: ints(40), out: '+ 35..45 2 75' },
  ]
  await play(out, { rows: input }, steps, { view: 'update' })
})

/** Words of a line, at a time. */
const words = (text: string, at: number): EventRow[] => text.split(' ').map(word => ev(word, at))
const first = [...words('hello world spark streaming', 40), ...words('world hello structured streaming', 41)]

function wordSessions(final: boolean, session: '10 seconds' | 'by word' = '10 seconds') {
  const input = stream({ lateBy: '30 seconds' })
  const gapped = input.withColumn('gap', r =>
    r.k.eq('hello').coalesce(false).cast('int').mul(-9_000_000).add(10_000_000),
  )
  const windowed = session === 'by word' ? gapped.window({ session: r => r.gap }) : gapped.window({ session })
  const made = windowed.groupBy('k').agg(g => ({ n: g.count() }))
  return { input, out: final ? made.final() : made }
}

test('StreamingSessionWindow: append mode - session window', async () => {
  const { input, out } = wordSessions(true)
  await play(out, { rows: input }, [
    { rows: first, out: '', watermark: 11 },
    { rows: words('spark streaming', 25), out: '' },
    { rows: words('spark streaming', 0), out: '', late: 2 },
    { rows: words('spark streaming', 30), out: '' },
    { rows: words('hello apache spark', 60), out: '' },
    {
      rows: words('structured streaming', 90),
      out: '+hello 40..51 2, +spark 25..50 3, +streaming 25..51 4, +structured 41..51 1, +world 40..51 2',
    },
  ])
})

test('StreamingSessionWindow: a session before, one that joins two, one behind (the table after each)', async () => {
  const { input, out } = wordSessions(false)
  await play(out, { rows: input }, [
    {
      rows: first,
      out: '+hello 40..51 2, +spark 40..50 1, +streaming 40..51 2, +structured 41..51 1, +world 40..51 2',
    },
    { rows: words('spark streaming', 25), out: '+spark 25..35 1, +streaming 25..35 1' },
    {
      rows: words('spark streaming', 30),
      out:
        '-spark 25..35 1, +spark 25..50 3, -spark 40..50 1, ' +
        '-streaming 25..35 1, +streaming 25..51 4, -streaming 40..51 2',
    },
    { rows: words('hello apache spark', 60), out: '+apache 60..70 1, +hello 60..70 1, +spark 60..70 1' },
    { rows: words('structured streaming', 90), out: '+streaming 90..100 1, +structured 90..100 1' },
  ])
})

test('StreamingSessionWindow: dynamic gap duration', async () => {
  const { input, out } = wordSessions(true, 'by word')
  await play(out, { rows: input }, [
    { rows: first.filter(row => row.k !== 'structured' && row.k !== 'world'), out: '', watermark: 11 },
    { rows: words('spark streaming', 25), out: '' },
    { rows: words('spark streaming', 0), out: '', late: 2 },
    { rows: words('spark streaming', 30), out: '' },
    { rows: words('hello apache spark', 60), out: '' },
    { rows: words('streaming', 90), out: '+hello 40..42 2, +spark 25..50 3, +streaming 25..51 4' },
  ])
})

const range = (from: number, to: number): EventRow[] =>
  ints(...Array.from({ length: to - from + 1 }, (_, i) => from + i))
const sized = (input: ReturnType<typeof stream>) =>
  input
    .window({ tumbling: '5 seconds' })
    .agg(g => ({ n: g.count() }))
    .final()

test('MultiStatefulOperators: window agg -> window agg, append mode', async () => {
  const input = stream()
  const out = sized(input)
    .rename({ window: 'inner' })
    .window({ tumbling: '10 seconds' })
    .agg(g => ({ n: g.count(), sum: g.n.sum() }))
    .final()
    .select(r => ({ start: r.window.start, n: r.n, sum: r.sum }))
  await play(out, { rows: input }, [
    { rows: range(10, 21), out: '+10 2 10', late: 0 },
    { rows: range(10, 29), out: '', late: 10 },
    { rows: ints(30, 31), out: '+20 2 12' },
  ])
})

test('MultiStatefulOperators: agg -> agg -> agg, append mode', async () => {
  const input = stream()
  const out = sized(input)
    .rename({ window: 'w1' })
    .window({ tumbling: '10 seconds' })
    .agg(g => ({ n: g.count(), sum: g.n.sum() }))
    .final()
    .rename({ window: 'w2' })
    .window({ tumbling: '20 seconds' })
    .agg(g => ({ n: g.count(), sum: g.sum.sum() }))
    .final()
  await play(out, { rows: input }, [
    { rows: range(0, 37), out: '+0..20 2 20' },
    { rows: range(30, 60), out: '+20..40 2 23, +40..60 2 20', late: 5 },
  ])
})

test('MultiStatefulOperators: stream deduplication -> aggregation, append mode', async () => {
  const input = late10()
  const out = input
    .dedup({ by: ['v', 'at'], within: '0 seconds' })
    .window({ tumbling: '5 seconds' })
    .agg(g => ({ n: g.count() }))
    .final()
  await play(out, { rows: input }, [{ rows: range(1, 15), out: '+0..5 4' }])
})

test('MultiStatefulOperators: aggregation -> stream deduplication, append mode', async () => {
  const input = stream()
  const out = sized(input).dedup({ by: ['n', 'window'], within: '0 seconds' })
  await play(out, { rows: input }, [{ rows: ints(1, 5, 10, 15), out: '+0..5 1, +5..10 1, +10..15 1' }])
})

test('MultiStatefulOperators: join -> window agg, append mode', async () => {
  const [left, right] = [stream(), stream()]
  const out = left
    .join(right, {
      on: (a, b) => a.v.eq(b.v),
      within: { before: '0 seconds', after: '0 seconds' },
      select: a => ({ at: a.at }),
    })
    .window({ tumbling: '5 seconds' })
    .agg(g => ({ n: g.count() }))
    .final()
    .select(r => ({ start: r.window.start, n: r.n }))
  await play(out, { left, right }, [
    { left: range(1, 4), right: range(1, 4), out: '' },
    { left: ints(5), right: ints(5), out: '+0 4' },
  ])
})

test('MultiStatefulOperators: time interval left outer join -> aggregation, append mode', async () => {
  const day = (n: number, h: number, m: number, s: number): number => ((n - 1) * 24 + h) * 3600 + m * 60 + s
  const [left, right] = [stream({ lateBy: '2 minutes' }), stream({ lateBy: '4 minutes' })]
  const out = left
    .join(right, {
      type: 'left',
      on: (a, b) => a.k.eq(b.k),
      within: { before: '30 seconds', after: '40 seconds' },
      select: a => ({ at: a.at }),
    })
    .window({ tumbling: '30 seconds' })
    .agg(g => ({ n: g.count() }))
    .final()
  const start = (at: number): string => `${at}..${at + 30} 1`
  const abc = (...times: number[]): EventRow[] => times.map(at => ev('abc', at))
  await play(out, { left, right }, [
    {
      left: abc(day(1, 0, 0, 0), day(2, 0, 0, 0), day(2, 1, 0, 0)),
      right: abc(day(2, 0, 0, 10), day(2, 0, 59, 59), day(2, 2, 0, 0)),
      out: `+${start(day(1, 0, 0, 0))}, +${start(day(2, 0, 0, 0))}`,
    },
    { left: abc(day(5, 0, 0, 0)), right: abc(day(5, 0, 0, 10)), out: `+${start(day(2, 1, 0, 0))}` },
  ])
})
