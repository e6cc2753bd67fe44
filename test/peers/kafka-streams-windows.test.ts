// Windowed results, sessions and final results answer as Kafka Streams' suites say: KStreamWindowAggregateTest,
// KStreamSessionWindowAggregateProcessorTest, SuppressScenarioTest, KStreamSlidingWindowAggregateTest. Their milliseconds are
// seconds here; their grace is `accept`; stream time is the watermark of rows that are never late by themselves.
import { test } from 'node:test'
import { checkEverywhere } from 'millrace/testing'
import { type EventRow, ev, play, stream } from './support.ts'

const k1 = (...times: number[]): EventRow[] => times.map(at => ev('k1', at))

/** One row an epoch, and what it changed. */
const each = (...pairs: readonly (readonly [row: EventRow, out: string])[]) =>
  pairs.map(([row, out]) => ({ rows: [row], out }))

test('Suppress: raw results of time windows, with grace', async () => {
  const input = stream()
  const counts = input
    .window({ tumbling: '2 seconds', accept: '1 second' })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const raw = ['0..2 1', '0..2 2', '2..4 1', '0..2 3', '0..2 4', '4..6 1', ''].map(out =>
    out === '' ? '' : `+k1 ${out}`,
  )
  const steps = k1(0, 1, 2, 1, 0, 5, 0).map((row, i) => [row, raw[i] as string] as const)
  await play(counts, { rows: input }, each(...steps), { view: 'update' })
})

test('Suppress: final results of time windows, with grace', async () => {
  const input = stream()
  const counts = input
    .window({ tumbling: '2 seconds', accept: '1 second' })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  await play(counts.final(), { rows: input }, [
    ...k1(0, 1, 2, 1, 0).map(row => ({ rows: [row], out: '' })),
    { rows: k1(5), out: '+k1 0..2 4, +k1 2..4 1' },
    { rows: k1(0), out: '', late: 1 },
    { end: true, out: '+k1 4..6 1' },
  ])
})

test('Suppress: final results of time windows, with a large jump', async () => {
  const input = stream()
  const counts = input
    .window({ tumbling: '2 seconds', accept: '2 seconds' })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  await play(counts.final(), { rows: input }, [
    ...k1(0, 1, 2, 0, 3, 0).map(row => ({ rows: [row], out: '' })),
    { rows: k1(4), out: '+k1 0..2 4' },
    { rows: k1(0), out: '', late: 1 },
    { rows: k1(30), out: '+k1 2..4 2, +k1 4..6 1' },
  ])
})

test('Suppress: final and raw results of session windows', async () => {
  const input = stream()
  const sessions = input
    .window({ session: '5 seconds' })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const rows = [...k1(0, 5, 1), ev('k2', 11), ...k1(5, 30)]
  const final = ['', '', '', '+k1 0..10 3', '', '+k2 11..16 1']
  await play(sessions.final(), { rows: input }, each(...rows.map((row, i) => [row, final[i] as string] as const)))
  const raw = ['+k1 0..5 1', '-k1 0..5 1, +k1 0..10 2', '-k1 0..10 2, +k1 0..10 3', '+k2 11..16 1', '', '+k1 30..35 1']
  await play(sessions, { rows: input }, each(...rows.map((row, i) => [row, raw[i] as string] as const)))
})

for (const [grace, onTime] of [
  ['0 seconds', 0],
  ['1 second', 1],
] as const)
  test(`Session: late rows with a grace of ${grace}`, async () => {
    const input = stream()
    const out = input
      .window({ session: '10 seconds', accept: grace })
      .groupBy('k')
      .agg(g => ({ n: g.count() }))
    await play(out, { rows: input }, [
      { rows: [ev('dummy', 0), ev('OnTime1', 0)], out: '+OnTime1 0..10 1, +dummy 0..10 1' },
      { rows: [ev('dummy', 11)], out: onTime === 1 ? '+dummy 11..21 1' : '+dummy 11..21 1' },
      { rows: [ev('OnTime2', 0)], out: onTime === 1 ? '+OnTime2 0..10 1' : '', late: 1 - onTime },
      { rows: [ev('dummy', 12)], out: '-dummy 11..21 1, +dummy 11..22 2' },
      { rows: [ev('Late1', 0)], out: '', late: 2 - onTime },
    ])
  })

const five = '5 minutes'
test('Session: one within the gap, and of rows of one time', async () => {
  const input = stream({ lateBy: '1 hour' })
  const out = input
    .window({ session: five })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  await play(
    out,
    { rows: input },
    each([ev('john', 0), '+john 0..300 1'], [ev('john', 0.5, 1), '-john 0..300 1, +john 0..300.5 2']),
  )
  await play(out, { rows: input }, [{ rows: [ev('mel', 0), ev('mel', 0)], out: '+mel 0..300 2' }])
})

test('Session: a row between two merges them', async () => {
  const input = stream({ lateBy: '1 hour' })
  const out = input
    .window({ session: five })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const steps = each(
    [ev('mel', 0), '+mel 0..300 1'],
    [ev('mel', 301), '+mel 301..601 1'],
    [ev('mel', 150), '-mel 0..300 1, +mel 0..601 3, -mel 301..601 1'],
  )
  await play(out, { rows: input }, steps)
})

test('Session: several of one key, apart by more than the gap', async () => {
  const input = stream()
  const out = input
    .window({ session: five })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const mel = (...times: number[]): EventRow[] => times.map(at => ev('mel', at))
  await play(out.final(), { rows: input }, [
    { rows: mel(0), out: '' },
    { rows: mel(301, 301), out: '+mel 0..300 1' },
    { rows: mel(602, 602, 602), out: '+mel 301..601 2' },
    { end: true, out: '+mel 602..902 3' },
  ])
})

test('Session: several keys, merging', async () => {
  const input = stream()
  const out = input
    .window({ session: five })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const rows = [
    ...['a', 'b', 'c', 'd'].map(key => ev(key, 0)),
    ev('d', 150),
    ev('a', 301),
    ev('b', 301),
    ev('a', 451),
    ev('c', 451),
  ]
  const ended = '+a 0..300 1, +b 0..300 1, +c 0..300 1, +d 0..450 2'
  const open = '+a 301..751 2, +b 301..601 1, +c 451..751 1'
  await play(out.final(), { rows: input }, [
    { rows, out: ended },
    { end: true, out: open },
  ])
})

test('Session: whose row moves the watermark to the end of a session decides nothing', async () => {
  const input = stream()
  const out = input
    .window({ session: '5 seconds' })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const rows = [
    ['a', 5],
    ['b', 10],
    ['a', 10],
    ['b', 15],
    ['c', 15],
    ['a', 15],
    ['c', 20],
    ['b', 20],
  ] as const
  await checkEverywhere(
    out.final(),
    rows.map(([key, at]) => ev(key, at)),
    { runs: 8 },
  )
})

/** The rows of testAggBasic, 100 later: windows before 0, which Kafka has not, are no matter then. */
const basic = [
  ...['A0', 'B1', 'C2', 'D3', 'A4', 'A5', 'B6', 'D7', 'B8', 'C9', 'A10', 'B11', 'D12', 'B13', 'C14', 'B3', 'B2', 'B9'],
].map(each => ev(each.slice(0, 1), 100 + Number(each.slice(1))))

test('WindowAggregate: hopping windows of 10 every 5, rows out of order, nothing closes within the grace', async () => {
  const input = stream()
  const windows = { sliding: '10 seconds', every: '5 seconds', accept: '100 seconds' } as const
  const out = input
    .window(windows)
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const from100 = out
    .select(r => ({ start: r.window.start, k: r.k, n: r.n }))
    .where(r => r.start.gte(new Date(100_000)))
  await play(
    out.final(),
    { rows: input },
    basic.map(row => ({ rows: [row], out: '', late: 0 })),
  )
  const table = [
    ...['100 A 3', '100 B 6', '100 C 2', '100 D 2'],
    ...['105 A 2', '105 B 5', '105 C 2', '105 D 2'],
    ...['110 A 1', '110 B 2', '110 C 1', '110 D 1'],
  ]
  await play(from100, { rows: input }, [{ rows: basic, out: table.map(each => `+${each}`).join(', ') }])
})

test('WindowAggregate: two windowed tables joined, kept up to date', async () => {
  const [one, two] = [stream(), stream()]
  const windows = { sliding: '10 seconds', every: '5 seconds', accept: '100 seconds' } as const
  const counts = (rows: typeof one) =>
    rows
      .window(windows)
      .groupBy('k')
      .agg(g => ({ n: g.count() }))
  const out = counts(one)
    .join(counts(two), {
      on: (a, b) => a.k.eq(b.k).and(a.window.eq(b.window)),
      select: (a, b) => ({ start: a.window.start, k: a.k, left: a.n, right: b.n }),
    })
    .where(r => r.start.gte(new Date(100_000)))
  const rows = (...texts: string[]): EventRow[] => texts.map(each => ev(each.slice(0, 1), 100 + Number(each.slice(1))))
  const steps = [
    { one: rows('A0', 'B1', 'C2', 'D3', 'A9'), out: '' },
    { one: rows('A5', 'B6', 'D7', 'B8', 'C9'), out: '' },
    { two: rows('A0', 'B1', 'C2', 'D20', 'A20'), out: '+100 A 3 1, +100 B 3 1, +100 C 2 1' },
    {
      two: rows('A5', 'B6', 'D7', 'D18', 'A21'),
      out: '+100 A 3 2, +100 B 3 2, +100 D 2 1, +105 A 2 1, +105 B 2 1, +105 D 1 1',
    },
  ]
  await play(out, { one, two }, steps, { view: 'update' })
})

// Kafka's sliding windows are those of a fixed length that end with a row or begin right behind one: each set of rows that
// fits into the length, once. Those that end with a row are a range frame, told when the watermark has passed the row.
const sliding: Record<string, readonly [number, readonly number[], string]> = {
  'AggregateSmallInput: windows of 10 that end with a row': [
    10,
    [10, 10, 14, 15, 20, 22, 30],
    '+10 2, +10 2, +14 3, +15 4, +20 5, +22 4, +30 3',
  ],
  'ReduceSmallInput: the same': [10, [10, 14, 15, 22, 26, 30], '+10 1, +14 2, +15 3, +22 3, +26 2, +30 3'],
  'EarlyRecordsLargeInput: rows out of order': [
    10,
    [0, 5, 6, 3, 13, 10, 4, 2, 15],
    '+0 1, +2 2, +3 3, +4 4, +5 5, +6 6, +10 7, +13 6, +15 5',
  ],
}
for (const [name, [size, times, out]] of Object.entries(sliding))
  test(`SlidingWindowAggregate: ${name}`, async () => {
    const input = stream({ lateBy: '1 minute' })
    const frames = input
      .over({ per: 'k', by: r => r.at, range: { preceding: { seconds: size } } }, w => ({ n: w.count() }))
      .final()
      .select(r => ({ end: r.at, n: r.n }))
    await play(frames, { rows: input }, [
      { rows: k1(...times), out: '' },
      { end: true, out },
    ])
  })
