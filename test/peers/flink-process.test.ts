// Functions with state and timers answer as Flink's KeyedProcessOperatorTest and KeyedCoProcessOperatorTest say: what a function
// sees of time, when its timers fire, that keys do not see each other's, that two inputs share a key's state.
import { test } from 'node:test'
import { t } from 'millrace'
import { ev, play, sec, stream } from './support.ts'

const Said = t.row({ k: t.string().nullable(), said: t.string() })

test('KeyedProcessOperatorTest.testTimestampAndWatermarkQuerying', async () => {
  const input = stream({ lateBy: '100 seconds' })
  const out = input.keyBy('k').process({
    output: Said,
    *on(row, _state, ctx) {
      yield { k: row.k, said: `time ${Number(ctx.watermark) / 1000} ts ${Number(ctx.time) / 1000}` }
    },
  })
  const steps = [
    { to: 117, out: '' },
    { rows: [ev('5', 12)], out: '+5 time 17 ts 12' }, // a row behind the watermark is called too
    { to: 142, out: '' },
    { rows: [ev('6', 13)], out: '+6 time 42 ts 13' },
  ]
  await play(out, { rows: input }, steps, { unbounded: true })
})

for (const time of ['event', 'wall'] as const)
  test(`KeyedProcessOperatorTest: timers with state, ${time} time; keys do not leak`, async () => {
    const input = stream({ lateBy: '100 seconds' })
    const out = input.keyBy('k').process({
      state: () => ({ seen: '' }),
      timers: ['t'],
      output: Said,
      *on(row, state, ctx) {
        yield { k: row.k, said: 'input' }
        state.seen = `state ${row.k}`
        if (time === 'event') ctx.setTimer('t', new Date(Number(ctx.watermark) + 5000))
        else ctx.wallTimer('t', '5 seconds')
      },
      *onTimer(_name, state, ctx) {
        yield { k: ctx.key, said: state.seen }
      },
    })
    const move = (to: number, by: '1 second' | '3 seconds') => (time === 'event' ? { to } : { idle: by })
    const steps = [
      { ...move(1, '1 second'), out: '' },
      { rows: [ev('17', 0)], out: '+17 input' },
      { ...move(2, '1 second'), out: '' },
      { rows: [ev('42', 1)], out: '+42 input' },
      { ...move(5, '3 seconds'), out: '' },
      { ...move(6, '1 second'), out: '+17 state 17' },
      { restart: true as const, ...move(7, '1 second'), out: '+42 state 42' },
      { to: 500, out: '' },
    ]
    await play(out, { rows: input }, steps, { unbounded: true })
  })

test('KeyedProcessOperatorTest.testSnapshotAndRestore: both kinds of timers', async () => {
  const input = stream({ lateBy: '100 seconds' })
  const out = input.keyBy('k').process({
    timers: ['event', 'wall'],
    output: Said,
    on(_row, _state, ctx) {
      ctx.wallTimer('wall', '5 seconds')
      ctx.setTimer('event', sec(6))
    },
    *onTimer(name, _state, ctx) {
      yield { k: ctx.key, said: name }
    },
  })
  const steps = [
    { rows: [ev('5', 12)], out: '' },
    { restart: true as const, idle: '5 seconds', out: '+5 wall' },
    { restart: true as const, to: 106, out: '+5 event' },
  ] as const
  await play(out, { rows: input }, steps, { unbounded: true })
})

/** Two inputs with a key in common are one input that tells which it was. */
const connected = () => {
  const [one, two] = [stream({ lateBy: '100 seconds' }), stream({ lateBy: '100 seconds' })]
  const both = one.select(row => ({ ...row, from: 1 })).union(two.select(row => ({ ...row, from: 2 })))
  return { one, two, both }
}

test('KeyedCoProcessOperatorTest.testGetCurrentKeyFromTimers: the lesser watermark of two inputs', async () => {
  const { one, two, both } = connected()
  const out = both.keyBy('k').process({
    timers: ['t'],
    output: Said,
    *on(row, _state, ctx) {
      yield { k: row.k, said: `input${row.from}` }
      ctx.setTimer('t', sec(4 + row.from))
    },
    *onTimer(_name, _state, ctx) {
      yield { k: ctx.key, said: '1777' }
    },
  })
  const steps = [
    { one: [ev('17', 42)], two: [ev('18', 42)], out: '+17 input1, +18 input2' },
    { one: [ev('x', 200)], out: '+x input1' }, // the first at 100 already, the second at -58
    { two: [ev('y', 105)], out: '+17 1777, +x 1777, +y input2' },
    { two: [ev('z', 106)], out: '+18 1777, +y 1777, +z 1777, +z input2' },
  ]
  await play(out, { one, two }, steps, { unbounded: true })
})

test('KeyedCoProcessOperatorTest.testEventTimeTimerWithState: one input sets, the other takes away', async () => {
  const { one, two, both } = connected()
  const out = both.keyBy('k').process({
    state: () => ({ seen: '' }),
    timers: ['t'],
    output: Said,
    *on(row, state, ctx) {
      yield { k: row.k, said: `input${row.from}` }
      state.seen += row.from
      if (row.from === 1) ctx.setTimer('t', new Date(Number(ctx.watermark) + 5000))
      else ctx.clearTimer('t')
    },
    *onTimer(_name, state, ctx) {
      yield { k: ctx.key, said: `state ${state.seen}` }
    },
  })
  const steps = [
    { to: 1, out: '' },
    { one: [ev('17', 0), ev('13', 0)], out: '+13 input1, +17 input1' },
    { to: 2, out: '' },
    { two: [ev('13', 1), ev('42', 1)], out: '+13 input2, +42 input2' },
    { restart: true as const, one: [ev('42', 1)], out: '+42 input1' },
    { to: 6, out: '+17 state 1' },
    { to: 7, out: '+42 state 21' },
  ]
  await play(out, { one, two }, steps, { unbounded: true })
})
