// Groups with a state answer as Spark's FlatMapGroupsWithStateSuite says, and functions with timers as TransformWithState and
// Flink's KeyedProcessOperator do: counts, timeouts by event time and by the clock, timers that are set again or taken away.
import { test } from 'node:test'
import { type GroupState, t } from 'millrace'
import { type EventRow, ev, play, stream } from './support.ts'

const Count = t.row({ k: t.string().nullable(), n: t.int() })
const keys = (...all: readonly string[]): EventRow[] => all.map(key => ev(key, 0))

/** A running count that is forgotten at three. */
const upToTwo = (
  key: string | null,
  rows: readonly EventRow[],
  state: GroupState<number>,
): { k: string | null; n: number }[] => {
  const n = (state.getOption() ?? 0) + rows.length
  if (n === 3) {
    state.remove()
    return []
  }
  state.update(n)
  return [{ k: key, n }]
}

test('flatMapGroupsWithState - streaming', async () => {
  const input = stream()
  const out = input.keyBy('k').flatMapGroupsWithState(upToTwo, { outputMode: 'update', output: Count })
  const steps = [
    { rows: keys('a'), out: '+a 1' },
    { rows: keys('a', 'b'), out: '+a 2, +b 1' },
    { restart: true as const, rows: keys('a', 'b'), out: '+b 2' },
    { restart: true as const, rows: keys('a', 'c'), out: '+a 1, +c 1' },
  ]
  await play(out, { rows: input }, steps, { view: 'update', unbounded: true })
})

test('flatMapGroupsWithState - streaming + aggregation: append rows are counted', async () => {
  const input = stream()
  const minusOne = (key: string | null, rows: readonly EventRow[], state: GroupState<number>) => {
    const found = upToTwo(key, rows, state)
    return found.length === 0 ? [{ k: key, n: -1 }] : found
  }
  const out = input
    .keyBy('k')
    .flatMapGroupsWithState(minusOne, { outputMode: 'append', output: Count })
    .groupBy('k')
    .agg(g => ({ n: g.count() }))
  const steps = [
    { rows: keys('a'), out: '+a 1' },
    { rows: keys('a', 'b'), out: '+a 2, +b 1' },
    { restart: true as const, rows: keys('a', 'b'), out: '+a 3, +b 2' },
    { restart: true as const, rows: keys('a', 'c'), out: '+a 4, +c 1' },
  ]
  await play(out, { rows: input }, steps, { view: 'update', unbounded: true })
})

test('mapGroupsWithState - streaming', async () => {
  const input = stream()
  const out = input
    .keyBy('k')
    .mapGroupsWithState((key, rows, state: GroupState<number>) => upToTwo(key, rows, state)[0] ?? { k: key, n: -1 }, {
      output: Count,
    })
  const steps = [
    { rows: keys('a'), out: '+a 1' },
    { rows: keys('a', 'b'), out: '+a 2, +b 1' },
    { restart: true as const, rows: keys('a', 'b'), out: '+a -1, +b 2' },
    { restart: true as const, rows: keys('a', 'c'), out: '+a 1, +c 1' },
  ]
  await play(out, { rows: input }, steps, { view: 'update', unbounded: true })
})

test('flatMapGroupsWithState - streaming with processing time timeout', async () => {
  const input = stream()
  const out = input.keyBy('k').flatMapGroupsWithState(
    (key, rows, state: GroupState<number>) => {
      if (state.hasTimedOut) {
        state.remove()
        return [{ k: key, n: -1 }]
      }
      const n = (state.getOption() ?? 0) + rows.length
      state.update(n)
      state.setTimeoutDuration('10 seconds')
      return [{ k: key, n }]
    },
    { outputMode: 'append', output: Count, timeout: 'processing time' },
  )
  const steps = [
    { rows: keys('a'), out: '+a 1' },
    { idle: '1 second', out: '' },
    { rows: keys('b'), out: '+b 1' },
    { idle: '8 seconds', out: '' },
    { rows: keys('b'), out: '+b 2' },
    { idle: '2 seconds', out: '+a -1' }, // without new rows too: Spark waits for its next trigger
    { restart: true as const, idle: '11 seconds', out: '+b -1' },
    { rows: keys('c'), out: '+c 1' },
    { idle: '12 seconds', out: '+c -1' },
  ] as const
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('flatMapGroupsWithState - streaming w/ event time timeout + watermark', async () => {
  const input = stream({ lateBy: '10 seconds' })
  const out = input.keyBy('k').flatMapGroupsWithState(
    (key, rows, state: GroupState<number>) => {
      if (state.hasTimedOut) {
        state.remove()
        return [{ k: key, n: -1 }]
      }
      const latest = Math.max(...rows.map(row => row.at.getTime() / 1000), state.getOption() ?? 0)
      state.update(latest)
      state.setTimeoutTimestamp(new Date((latest + 5) * 1000))
      return [{ k: key, n: latest }]
    },
    { outputMode: 'append', output: Count, timeout: 'event time' },
  )
  const steps = [
    { rows: [ev('a', 11), ev('a', 13), ev('a', 15)], out: '+a 15' },
    { rows: [ev('a', 4)], out: '' },
    { rows: [ev('a', 10)], out: '+a 15' },
    { rows: [ev('b', 31)], out: '+a -1, +b 31' },
  ]
  await play(out, { rows: input }, steps, { unbounded: true })
})

// Timers.
const Fired = t.row({ k: t.string().nullable(), what: t.string(), at: t.timestamp().nullable() })

test('timers fire in order of time, then of key, then as they were declared', async () => {
  const input = stream({ lateBy: '100 seconds' })
  const out = input.keyBy('k').process({
    timers: ['second', 'first'],
    output: Fired,
    on(row, _state, ctx) {
      ctx.setTimer('first', new Date((row.v ?? 0) * 1000))
      ctx.setTimer('second', new Date((row.v ?? 0) * 1000))
    },
    *onTimer(name, _state, ctx) {
      yield { k: ctx.key, what: name, at: ctx.time }
    },
  })
  const order: string[] = []
  const seen = out.map(row => {
    order.push(`${Number(row.at) / 1000} ${row.k} ${row.what}`)
    return row
  }, Fired)
  const steps = [
    { rows: [ev('b', 1, 20), ev('a', 1, 20), ev('c', 1, 10)], out: '' },
    { to: 121, out: '+a first 20, +a second 20, +b first 20, +b second 20, +c first 10, +c second 10' },
  ]
  await play(seen, { rows: input }, steps, { unbounded: true })
  const expected = ['10 c second', '10 c first', '20 a second', '20 a first', '20 b second', '20 b first']
  if (order.join() !== expected.join()) throw new Error(order.join())
})

test('a timer that is set again moves; one that is cleared, or was never set, does not fire', async () => {
  const input = stream({ lateBy: '100 seconds' })
  const out = input.keyBy('k').process({
    timers: ['t'],
    output: Fired,
    on(row, _state, ctx) {
      if (row.v === 0) ctx.clearTimer('t')
      else ctx.setTimer('t', new Date((row.v ?? 0) * 1000))
    },
    *onTimer(name, _state, ctx) {
      yield { k: ctx.key, what: name, at: ctx.time }
    },
  })
  const steps = [
    { rows: [ev('later', 1, 10), ev('later', 1, 30), ev('sooner', 1, 30), ev('sooner', 1, 10)], out: '' },
    { rows: [ev('cleared', 1, 10), ev('cleared', 1, 0), ev('never', 1, 0)], out: '' },
    { restart: true as const, to: 110, out: '+sooner t 10' },
    { to: 130, out: '+later t 30' },
    { rows: [ev('past', 1, 5)], out: '+past t 5' },
    { to: 500, out: '' },
  ]
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('a timer that sets itself goes on as the watermark does, and ends with the input', async () => {
  const input = stream({ lateBy: '100 seconds' })
  const out = input.keyBy('k').process({
    state: () => ({ loops: 0 }),
    timers: ['loop'],
    output: Count,
    on(row, _state, ctx) {
      ctx.setTimer('loop', new Date(row.at.getTime() + 1000))
    },
    *onTimer(_name, state, ctx) {
      yield { k: ctx.key, n: ++state.loops }
      ctx.setTimer('loop', '1 second')
    },
  })
  const steps = [
    { rows: [ev('a', 1)], out: '' },
    { to: 104, out: '+a 1, +a 2, +a 3' },
    { restart: true as const, to: 105, out: '+a 4' },
    { end: true as const, out: '+a 5' },
  ]
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('wall-clock timers fire without rows, and after a restart', async () => {
  const input = stream()
  const out = input.keyBy('k').process({
    timers: ['wall'],
    output: Count,
    on(_row, _state, ctx) {
      ctx.wallTimer('wall', '10 seconds')
    },
    *onTimer(_name, _state, ctx) {
      yield { k: ctx.key, n: 1 }
    },
  })
  const steps = [
    { rows: keys('a'), out: '' },
    { idle: '5 seconds', out: '' },
    { rows: keys('a'), out: '' }, // set again: it moves
    { idle: '6 seconds', out: '' },
    { restart: true as const, idle: '5 seconds', out: '+a 1' },
    { idle: '1 minute', out: '' },
  ] as const
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('transformWithState - processing time timer', async () => {
  const input = stream()
  const out = input.keyBy('k').process({
    state: () => ({ n: 0 }),
    timers: ['t'],
    output: Count,
    *on(row, state, ctx) {
      if (state.n === 0 && (row.k === 'a' || row.k === 'c')) ctx.wallTimer('t', '5 seconds')
      if (++state.n === 3) ctx.clearState()
      else yield { k: row.k, n: state.n }
    },
    *onTimer(_name, _state, ctx) {
      ctx.clearState()
      yield { k: ctx.key, n: -1 }
    },
  })
  const steps = [
    { rows: keys('a'), out: '+a 1' },
    { idle: '1 second', rows: keys('b'), out: '+b 1' },
    { idle: '10 seconds', rows: keys('b'), out: '+b 2, +a -1' },
    { restart: true as const, rows: keys('b', 'c'), out: '+c 1' },
    { idle: '10 seconds', rows: keys('d'), out: '+d 1, +c -1' },
    { rows: keys('a', 'b', 'c'), out: '+a 1, +b 1, +c 1' }, // all three had been forgotten
  ] as const
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('transformWithState - a processing time timer that is replaced fires once', async () => {
  const input = stream()
  const out = input.keyBy('k').process({
    state: () => ({ n: 0 }),
    timers: ['t'],
    output: Count,
    *on(row, state, ctx) {
      if (row.k === 'a') ctx.wallTimer('t', state.n === 0 ? '5 seconds' : '7500 milliseconds')
      yield { k: row.k, n: ++state.n }
    },
    *onTimer(_name, _state, ctx) {
      yield { k: ctx.key, n: -1 }
    },
  })
  const steps = [
    { rows: keys('a'), out: '+a 1' },
    { idle: '2 seconds', out: '' },
    { rows: keys('a'), out: '+a 2' },
    { restart: true as const, idle: '4 seconds', out: '' },
    { idle: '10 seconds', rows: keys('d'), out: '+d 1, +a -1' },
  ] as const
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('transformWithState - multiple processing time timers of a key: one name each', async () => {
  const input = stream()
  const out = input.keyBy('k').process({
    state: () => ({ n: 0, waiting: 0 }),
    timers: ['first', 'second', 'third'],
    output: Count,
    on(_row, state, ctx) {
      state.n++
      if (state.waiting > 0) return
      state.waiting = 3
      ctx.wallTimer('first', '5 seconds')
      ctx.wallTimer('second', '10 seconds')
      ctx.wallTimer('third', '15 seconds')
    },
    *onTimer(_name, state, ctx) {
      state.waiting--
      yield { k: ctx.key, n: state.n }
    },
  })
  const steps = [
    { rows: keys('a'), out: '' },
    { rows: keys('a'), out: '' },
    { idle: '6 seconds', out: '+a 2' },
    { rows: keys('a'), out: '' },
    { idle: '5 seconds', out: '+a 3' },
    { restart: true as const, rows: keys('a'), out: '' },
    { idle: '5 seconds', out: '+a 4' },
    { idle: '1 minute', out: '' },
  ] as const
  await play(out, { rows: input }, steps, { unbounded: true })
})

test('transformWithState - three input streams', async () => {
  const [one, two, three] = [stream(), stream(), stream()]
  const out = one
    .union(two)
    .union(three)
    .keyBy('k')
    .flatMapGroupsWithState(upToTwo, { outputMode: 'update', output: Count })
  const steps = [
    { one: keys('a'), out: '+a 1' },
    { two: keys('a', 'b'), out: '+a 2, +b 1' },
    { three: keys('a', 'b'), out: '+b 2' },
    { one: keys('d', 'e'), two: keys('a', 'c'), out: '+a 1, +c 1, +d 1, +e 1' },
    { three: keys('a', 'c', 'd', 'e'), out: '+a 2, +c 2, +d 2, +e 2' },
  ]
  await play(out, { one, two, three }, steps, { view: 'update', unbounded: true })
})
