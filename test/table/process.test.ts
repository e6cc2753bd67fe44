// keyBy(…).process({…}) through the whole engine: batch and stream, timers, side outputs, errors, restarts, explain.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, type Table, write } from '../../src/index.ts'
import { checkEverywhere, testing } from '../../src/testing/index.ts'
import { type GroupState, t } from '../../src/types/index.ts'
import { folder, put, rowsIn, runOnce } from '../integration/support.ts'

const Payment = t.row({ at: t.timestamp(), card: t.string(), ok: t.boolean() })
const payments = () => read.memory(Payment, { time: 'at', lateBy: '5 minutes', idleAfter: 'never' }).table
const pay = (minute: number, card = 'a', ok = false) => ({ at: new Date(minute * 60_000), card, ok })

/** The example of the documentation. */
const alertsOf = (table = payments(), order: 'arrival' | 'event time' = 'arrival') =>
  table.keyBy('card').process({
    state: () => ({ fails: 0 }),
    timers: ['quiet'],
    order,
    *on(row, state, ctx) {
      state.fails += row.ok ? 0 : 1
      ctx.setTimer('quiet', '10 minutes')
      if (state.fails >= 3) yield { card: row.card, why: 'declines' }
    },
    *onTimer(name, _state, ctx) {
      yield { card: ctx.key, why: name }
      ctx.clearState()
    },
  })

test('a batch: rows, then timers', async () => {
  await using run = await testing(alertsOf())
  run.push([pay(0), pay(1), pay(2), pay(3, 'b')])
  await run.end()
  assert.deepEqual(run.rows(), [
    { card: 'a', why: 'declines' },
    { card: 'a', why: 'quiet' },
    { card: 'b', why: 'quiet' },
  ])
})

test('a stream: timers fire as the watermark passes, state and timers survive a crash', async () => {
  await using run = await testing(alertsOf())
  run.push([pay(0), pay(1)])
  await run.epoch()
  assert.deepEqual(run.rows(), [])
  await run.crash()
  await run.restore()
  run.push([pay(2)])
  await run.epoch()
  assert.deepEqual(run.changes(), [[{ card: 'a', why: 'declines' }, 1]])
  await run.advanceTo(new Date(16 * 60_000))
  assert.deepEqual(run.changes(), [], 'the watermark is 5 minutes behind')
  await run.advanceTo(new Date(17 * 60_000))
  assert.deepEqual(run.changes(), [[{ card: 'a', why: 'quiet' }, 1]])
  run.push([pay(18), pay(18), pay(18)])
  await run.epoch()
  assert.deepEqual(run.changes(), [[{ card: 'a', why: 'declines' }, 1]])
})

test('in order of event time the result is the same everywhere', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => pay((i * 37) % 80, i % 3 === 0 ? 'b' : 'a', i % 4 === 0))
  await checkEverywhere(alertsOf(payments(), 'event time'), rows, { runs: 10, seed: 3 })
})

test('timers of the wall clock fire without a row', async () => {
  const table = read
    .memory(t.row({ key: t.string() }))
    .table.keyBy('key')
    .process({
      state: () => ({ n: 0 }),
      timers: ['beat'],
      on(_row, state, ctx) {
        state.n++
        ctx.wallTimer('beat', '1 minute')
      },
      *onTimer(name, state, ctx) {
        yield { key: ctx.key, name, n: state.n, at: ctx.now }
      },
      output: t.row({ key: t.string(), name: t.string(), n: t.int(), at: t.timestamp() }),
    })
  await using run = await testing(table, { start: '2026-01-01T00:00:00Z' })
  run.push([{ key: 'a' }, { key: 'a' }])
  await run.epoch()
  await run.idle('59 seconds')
  assert.deepEqual(run.changes(), [])
  await run.idle('2 seconds')
  const [[row] = []] = run.changes()
  assert.equal(row?.n, 2)
  assert.ok((row?.at.getTime() ?? 0) >= Date.UTC(2026, 0, 1, 0, 1))
})

test('side outputs are tables of their own', async () => {
  const Alert = t.row({ card: t.string(), n: t.int() })
  const both = payments()
    .keyBy('card')
    .process({
      state: () => ({ n: 0 }),
      outputs: { alerts: Alert },
      *on(row, state, ctx) {
        state.n++
        if (!row.ok) ctx.emit('alerts', { card: ctx.key, n: state.n })
        yield row
      },
    })
  assert.deepEqual(
    both.schema.fields.map(each => each.name),
    ['at', 'card', 'ok'],
  )
  await using run = await testing(both.side.alerts)
  run.push([pay(1), pay(2, 'a', true), pay(3)])
  await run.end()
  assert.deepEqual(run.rows(), [
    { card: 'a', n: 1 },
    { card: 'a', n: 3 },
  ])
  assert.throws(() => (both.where(row => row.ok) as typeof both).side, /BAD_VERB.*right after process/)
})

test('an initial state is read before the first row', async () => {
  const known = read.from([{ card: 'a', fails: 2 }], { schema: t.row({ card: t.string(), fails: t.int() }) })
  const rows = read.from([pay(1), pay(1, 'b')], { schema: Payment })
  const counts = rows.keyBy('card').process({
    state: () => ({ fails: 0 }),
    initial: known,
    *on(row, state) {
      yield { card: row.card, fails: ++state.fails }
    },
  })
  assert.deepEqual(await counts.collect(), [
    { card: 'a', fails: 3 },
    { card: 'b', fails: 1 },
  ])
})

test('rows whose function threw go to .errors', async () => {
  const rows = read.from([pay(1), pay(2, 'bad'), pay(3)], { schema: Payment })
  const table = rows.keyBy('card').process({
    state: () => ({ n: 0 }),
    onError: 'skip',
    *on(row, state) {
      if (row.card === 'bad') throw new Error('no such card')
      yield { card: row.card, n: ++state.n }
    },
    output: t.row({ card: t.string(), n: t.int() }),
  })
  assert.equal((await table.collect()).length, 2)
  const [error, ...others] = await table.errors.collect()
  assert.deepEqual(others, [])
  assert.equal(error?.code, 'FUNCTION_FAILED')
  assert.match(error?.reason ?? '', /no such card at .*process\.test\.ts:\d+:\d+.*row 2/)
})

test('an updating table needs onRetract', async () => {
  const counted = payments()
    .groupBy('card')
    .agg(g => ({ n: g.count() }))
  const output = t.row({ card: t.string(), n: t.double() })
  const plain = counted.keyBy('card').process({ on: () => [], output })
  await assert.rejects(plain.collect(), /PROCESS_ON_UPDATES.*aggregate.*onRetract/s)
  const both = counted.keyBy('card').process({
    *on(row) {
      yield { card: row.card, n: row.n }
    },
    *onRetract(row) {
      yield { card: row.card, n: -row.n }
    },
    output,
  })
  await using run = await testing(both)
  run.push([pay(1)])
  await run.epoch()
  run.push([pay(2)])
  await run.epoch()
  assert.deepEqual(
    run.changes().map(([row, weight]) => `${row.n} ${weight}`),
    ['1 1', '-1 1', '2 1'],
  )
})

test('explain tells key, order, state and what is not replayed', () => {
  const text = alertsOf(payments(), 'event time').explain()
  assert.match(text, /process by card, in order of event time +append +- +- +≤ keys and rows up to the watermark/)
  const output = t.row({ card: t.string() })
  const hasty = payments()
    .keyBy('card')
    .process({ on: () => [{ card: String(Date.now()) }], ttl: '1 day', output })
  assert.match(hasty.explain(), /≤ keys of 1 day.*Date\.now is not replayed/)
  const timely = payments()
    .keyBy('at')
    .process({ on: () => [], output })
  assert.match(timely.explain(), /UNBOUNDED \(key at grows with time\)/)
})

const output = t.row({ card: t.string() })
const mistakes: readonly [string, () => unknown, RegExp][] = [
  ['no key', () => (payments() as unknown as Loose).keyBy(), /BAD_VERB.*keyBy.*no key/],
  ['an unknown key', () => (payments() as unknown as Loose).keyBy('crd'), /UNKNOWN_COLUMN.*card/],
  [
    'no definition',
    () =>
      payments()
        .keyBy('card')
        .process(undefined as never),
    /BAD_ARGUMENT.*process/,
  ],
  [
    'no on',
    () =>
      payments()
        .keyBy('card')
        .process({} as never),
    /BAD_ARGUMENT.*on/,
  ],
  ['a timer twice', () => with_({ timers: ['a', 'a'], onTimer: () => [] }), /BAD_VERB.*same name/],
  ['a timer without onTimer', () => with_({ timers: ['a'] }), /BAD_VERB.*no onTimer/],
  ['an order', () => with_({ order: 'random' }), /BAD_ARGUMENT.*order/],
  ['a version', () => with_({ version: 0 }), /BAD_ARGUMENT.*version/],
  ['a ttl', () => with_({ ttl: 'soon' }), /BAD_DURATION/],
  ['an initial state', () => with_({ initial: [] }), /BAD_ARGUMENT.*initial/],
  [
    'an initial state without key',
    () => with_({ initial: read.from([{ n: 1 }], { schema: t.row({ n: t.int() }) }) }),
    /no column card/,
  ],
  [
    'an initial key of another type',
    () => with_({ initial: read.from([{ card: 1 }], { schema: t.row({ card: t.int() }) }) }),
    /has type string, and int/,
  ],
  ['an output', () => with_({ outputs: { alerts: 5 } }), /BAD_ARGUMENT.*alerts/],
  ['an output called errors', () => with_({ outputs: { errors: output } }), /BAD_VERB.*errors/],
  ['a policy', () => with_({ onError: 'ignore' }), /BAD_ARGUMENT.*onError/],
  [
    'columns that trying does not tell',
    () =>
      payments()
        .keyBy('card')
        .process({ on: () => [] }),
    /PROCESS_NEEDS_OUTPUT.*t\.row/,
  ],
  [
    'an order by a time there is not',
    () =>
      read
        .memory(output)
        .table.keyBy('card')
        .process({ on: () => [], order: 'event time', output }),
    /BAD_VERB.*no event time/,
  ],
]

interface Loose {
  keyBy(...keys: string[]): unknown
}
const with_ = (more: object) =>
  payments()
    .keyBy('card')
    .process({ on: () => [], output, ...more } as never)

test('mistakes are told before anything runs', () => {
  for (const [what, build, reason] of mistakes) assert.throws(build, reason, what)
})

test('an initial state that never ends is refused', async () => {
  const initial = read.memory(t.row({ card: t.string(), n: t.int() })).table
  const table = payments()
    .keyBy('card')
    .process({ state: () => ({ n: 0 }), initial, on: () => [], output })
  await assert.rejects(() => table.changes().next(), /INITIAL_UNBOUNDED/)
})

test('mapGroupsWithState: a row a group, which an update sink takes by its key', async () => {
  const counts = payments()
    .keyBy('card')
    .mapGroupsWithState(
      (card, rows, state: GroupState<number>) => {
        state.update((state.getOption() ?? 0) + rows.length)
        return { card, n: state.get() }
      },
      { output: t.row({ card: t.string(), n: t.int() }) },
    )
  assert.match(counts.explain(), /mapGroupsWithState by card, update mode +update +card +- +≤ keys/)
  await using run = await testing(counts)
  run.push([pay(1), pay(1), pay(1, 'b')])
  await run.epoch()
  run.push([pay(2)])
  await run.epoch()
  assert.deepEqual(run.rows(), [
    { card: 'a', n: 3 },
    { card: 'b', n: 1 },
  ])
})

test('flatMapGroupsWithState: timeouts of event time, and rows too late for them', async () => {
  const silent = payments()
    .keyBy('card')
    .flatMapGroupsWithState(
      (card, rows, state: GroupState<{ n: number }>) => {
        if (state.hasTimedOut) return [{ card, n: state.get().n }]
        state.update({ n: (state.getOption()?.n ?? 0) + rows.length })
        state.setTimeoutTimestamp(rows.at(-1)?.at as Date, '10 minutes')
        return []
      },
      { outputMode: 'append', timeout: 'event time', output: t.row({ card: t.string(), n: t.int() }) },
    )
  await using run = await testing(silent)
  run.push([pay(0), pay(1)])
  await run.advanceTo(new Date(17 * 60_000))
  assert.deepEqual(run.changes(), [[{ card: 'a', n: 2 }, 1]])
  await using late = await testing(silent.side.late)
  await late.advanceTo(new Date(60 * 60_000))
  late.push([pay(5), pay(60)])
  await late.epoch()
  assert.deepEqual(late.rows(), [pay(5)])
})

const spark = (more: object, fn: unknown = () => []) =>
  payments()
    .keyBy('card')
    .flatMapGroupsWithState(fn as never, { outputMode: 'append', output, ...more } as never)

test('mistakes with the Spark forms are told before anything runs', async () => {
  assert.throws(() => spark({}, 5), /BAD_ARGUMENT.*function/)
  assert.throws(() => spark({ timeout: 'soon' }), /BAD_ARGUMENT.*timeout/)
  assert.throws(() => spark({ outputMode: 'complete' }), /BAD_ARGUMENT.*outputMode/)
  assert.throws(() => spark({ output: undefined }), /BAD_ARGUMENT.*output/)
  assert.throws(() => spark({ initialState: 5 }), /BAD_ARGUMENT.*initialState/)
  assert.throws(() => spark({ onError: 'ignore' }), /BAD_ARGUMENT.*onError/)
  const timeless = read.memory(output).table.keyBy('card')
  const byTime = { outputMode: 'append', timeout: 'event time', output } as const
  assert.throws(() => timeless.flatMapGroupsWithState(() => [], byTime), /BAD_VERB.*no event time/)
  const counted = payments()
    .groupBy('card')
    .agg(g => ({ n: g.count() }))
  const refused = counted.keyBy('card').mapGroupsWithState(card => ({ card }), { output })
  await assert.rejects(refused.collect(), /PROCESS_ON_UPDATES.*rows only come/s)
})

test('a changed function goes on with the state; one of another shape is migrated', async context => {
  const dir = folder(context)
  const Row = t.row({ k: t.string() })
  const counted = t.row({ k: t.string(), n: t.int() })
  const keyed = () => read.json(`${dir}/in/*.jsonl`, { schema: Row, until: 'forever' }).keyBy('k')
  const go = async (file: string, table: Table<{ k: string; n: number }>) => {
    put(`${dir}/in/${file}.jsonl`, [{ k: 'a' }])
    await runOnce(`${dir}/m`, table.to(write.json(`${dir}/out`) as never))
  }
  const first = keyed().process({
    state: () => ({ n: 0 }),
    *on(row, state) {
      yield { k: row.k, n: ++state.n }
    },
    output: counted,
  })
  await go('1', first)
  const fixed = keyed().process({
    state: () => ({ n: 0 }),
    *on(row, state) {
      state.n += 10
      yield { k: row.k, n: state.n }
    },
    output: counted,
  })
  await go('2', fixed)
  const reshaped = keyed().process({
    state: () => ({ total: 0, timers: 0 }),
    version: 2,
    migrate: { 2: (old: { n: number }) => ({ total: old.n * 100, timers: 0 }) },
    *on(row, state) {
      yield { k: row.k, n: ++state.total }
    },
    output: counted,
  })
  await go('3', reshaped)
  assert.deepEqual(
    rowsIn(`${dir}/out`),
    [1, 11, 1101].map(n => ({ k: 'a', n })),
  )
  const unversioned = keyed().process({ version: 3, on: () => [{ k: '', n: 0 }], output: counted })
  await assert.rejects(go('4', unversioned), /STATE_VERSION.*migrate\[3\]/)
})

test('map, filter and flatMap skip rows whose function threw, or take other results', async () => {
  const rows = read.from([pay(1), pay(2, 'bad'), pay(3)], { schema: Payment })
  const check = (card: string) => {
    if (card === 'bad') throw new Error('no such card')
    return card
  }
  const one = t.row({ card: t.string() })
  const mapped = rows.map(row => ({ card: check(row.card) }), one, { onError: 'skip' })
  const replaced = rows.map(row => ({ card: check(row.card) }), one, { onError: () => ({ card: '?' }) })
  const kept = rows.filter(row => check(row.card) === 'a', { onError: () => true })
  const flat = rows.flatMap(row => [{ card: check(row.card) }], one, { onError: 'skip' })
  const cards = async (table: Table<{ card: string }>) => (await table.collect()).map(row => row.card).join()
  assert.equal(await cards(mapped), 'a,a')
  assert.equal(await cards(replaced), 'a,?,a')
  assert.equal(await cards(kept.select(row => ({ card: row.card }))), 'a,bad,a')
  assert.equal(await cards(flat), 'a,a')
  assert.match((await mapped.errors.collect())[0]?.reason ?? '', /no such card at .*process\.test\.ts/)
  assert.deepEqual(await replaced.errors.collect(), [])
  await assert.rejects(rows.map(row => ({ card: check(row.card) }), one).collect(), /FUNCTION_FAILED.*row 2/)
  assert.throws(() => rows.filter(() => true, { onError: 'ignore' as never }), /BAD_ARGUMENT.*onError/)
})
