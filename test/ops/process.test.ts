import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { keyedProcess, type Operator, type ProcessSpec, WATERMARK_MAX } from '../../src/ops/index.ts'

import { type ProcessTwin, processTwin, type TwinContext } from '../../src/ops/reference/process.ts'
import { type Row, rowsIn, type Weighted } from '../../src/ops/reference/zset.ts'
import { errorsSchema } from '../../src/plan/index.ts'
import { field, type ProcessContext, type Schema, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin, noisyBatch, shown } from './harness.ts'

const input = schemaOf([field('at', t.timestamp, true), field('key', t.string, true), field('n', t.int)])
const output = schemaOf([field('key', t.string, true), field('what', t.string), field('n', t.double)])
const alerts = schemaOf([field('why', t.string)])

interface State {
  sum: number
  last: Date | null
  seen: string[]
}
type Context = ProcessContext<string, 'quiet' | 'tick'> & TwinContext

const minutes = (n: number): Date => new Date(n * 60_000)
const later = (time: Date, more: number): Date => new Date(time.getTime() + more * 60_000)

/** Does a bit of everything; the same code for the operator and its twin. */
const functions = {
  state: (): State => ({ sum: 0, last: null, seen: [] }),
  *on(row: Row, state: State, ctx: TwinContext) {
    const n = row['n'] as number
    state.sum += n
    state.seen = [...state.seen.slice(-2), String(n)]
    yield { key: row['key'], what: `on ${state.seen.join()} ${state.last?.getTime() ?? '-'}`, n: state.sum }
    state.last = ctx.time ?? null
    if (ctx.time !== undefined) ctx.setTimer('quiet', later(ctx.time, 10))
    if (n === 3 && ctx.time !== undefined) ctx.setTimer('tick', ctx.time)
    if (n === 4) yield { key: row['key'], what: 'random', n: ctx.random() }
    if (n === 5) ctx.clearTimer('quiet')
    if (n === 6) ctx.clearState()
  },
  *onTimer(name: string, state: State, ctx: TwinContext) {
    yield { key: ctx.key, what: `${name} ${ctx.time?.getTime()}`, n: state.sum }
    if (name === 'tick' && state.sum % 2 === 0) ctx.setTimer('tick', later(ctx.time as Date, 7))
    if (name === 'quiet' && state.sum > 10) ctx.clearState()
  },
}

const specOf = (over: Partial<ProcessSpec> = {}): ProcessSpec => ({
  ...(functions as unknown as ProcessSpec),
  input,
  keys: ['key'],
  time: { column: 0, shift: 0n },
  timers: ['quiet', 'tick'],
  order: 'event time',
  versions: { version: 1, migrate: {} },
  outputs: [{ name: 'rows', schema: output }],
  onError: 'fail',
  ...over,
})

const twinOf = (more: { ttl?: number } = {}): ProcessTwin<State> => ({
  ...(functions as unknown as ProcessTwin<State>),
  key: 'key',
  time: 'at',
  columns: ['at', 'key', 'n'],
  timers: ['quiet', 'tick'],
  seed: 'test',
  ...more,
})

const someRow = (rng: Rng, from = 0, to = 40): Row => ({
  at: minutes(rng.int(from, to)),
  key: rng.pick(['a', 'b', null, 'a key of some length', 'a key of some other length']),
  n: rng.int(0, 6),
})

const HOUR = 60 * 60_000
seeded('in order of event time process is its twin, however the input is cut', rng => {
  const ttl = rng.oneIn(2) ? HOUR / 4 : undefined
  checkTwin(rng, {
    build: context => keyedProcess(specOf(ttl === undefined ? {} : { ttl: ttl * 1000 }), context),
    inputs: [input],
    outputs: [output],
    row: rng => someRow(rng),
    twin: ([rows = []]) => [
      processTwin(rowsIn(rows), twinOf(ttl === undefined ? {} : { ttl })).map(row => ({ row, weight: 1 })),
    ],
    atEnd: true,
  })
})

/** An operator fed by hand. */
class Bench {
  readonly memory = new Memory()
  readonly arena = this.memory.arena()
  readonly out: Row[][] = [[], [], [], []]
  readonly schemas: readonly Schema[]
  operator: Operator
  #epoch = 0
  readonly #spec: ProcessSpec

  constructor(spec: ProcessSpec) {
    this.#spec = spec
    const errors = spec.errors === undefined ? [] : [spec.errors]
    this.schemas = [...spec.outputs.map(each => each.schema), ...errors]
    this.operator = this.#build()
  }

  #build(): Operator {
    return keyedProcess(this.#spec, { memory: this.memory, arena: this.arena, operator: 'test', durable: true })
  }

  readonly #emit = (port: number, delta: Parameters<Parameters<Operator['step']>[2]>[1]): void => {
    this.out[port]?.push(...changesOf(delta, this.schemas[port] as Schema, this.memory).map(each => each.row))
  }

  step(rows: readonly Weighted[], rng?: Rng): this {
    if (rows.length === 0) return this
    const { batch, free } =
      rng === undefined
        ? { batch: this.#plain(rows, input), free: () => {} }
        : noisyBatch(rng, rows, input, this.memory)
    this.arena.use()
    this.operator.step(0, batch, this.#emit)
    this.arena.reset()
    free()
    return this
  }

  #plain(rows: readonly Weighted[], schema: Schema) {
    const weights = rows.map(each => each.weight)
    const all = weights.every(each => each === 1) ? undefined : weights
    return batchFromRows(
      rows.map(each => each.row),
      schema,
      this.arena,
      all,
      { source: 'push' },
    )
  }

  initial(rows: readonly Row[], schema: Schema): this {
    this.operator.step(1, batchFromRows(rows, schema, this.arena), this.#emit)
    this.arena.reset()
    return this
  }

  rows(...rows: [at: number | null, key: string | null, n: number][]): this {
    return this.step(rows.map(([at, key, n]) => ({ row: { at: at === null ? null : minutes(at), key, n }, weight: 1 })))
  }

  end(watermark?: number | bigint, now = 0): this {
    this.operator.tick?.(now)
    if (watermark !== undefined)
      this.operator.advance(0, typeof watermark === 'bigint' ? watermark : BigInt(watermark) * 60_000_000n, this.#emit)
    this.arena.use()
    this.operator.flush(this.#emit)
    this.arena.reset()
    this.operator.seal(++this.#epoch)
    return this
  }

  /** Save, forget, and load into an operator of another definition. */
  restart(spec: ProcessSpec = this.#spec): Bench {
    const blocks: [string, Uint8Array][] = []
    this.operator.save({ put: (store, block) => blocks.push([store, block.slice()]) }, true)
    this.operator.close()
    const next = new Bench(spec)
    for (const [store, block] of blocks) next.operator.load(store, block)
    return next
  }

  /** What came out since this was asked last. */
  taken(port = 0): Row[] {
    return (this.out[port] as Row[]).splice(0)
  }
}

seeded('whatever watermarks come between, no row being late', rng => {
  const bench = new Bench(specOf())
  const all: Weighted[] = []
  const out: Row[] = []
  let reached = 0
  for (let epoch = rng.int(1, 6); epoch > 0; epoch--) {
    for (let steps = rng.int(0, 3); steps > 0; steps--) {
      const rows = rng.list(10, () => ({ row: someRow(rng, reached, reached + 15), weight: 1 }))
      all.push(...rows)
      bench.step(rows, rng)
    }
    reached += rng.int(0, 12)
    bench.end(epoch === 1 ? WATERMARK_MAX : reached)
    out.push(...bench.taken())
  }
  bench.operator.close()
  const weighted = (rows: readonly Row[]): Weighted[] => rows.map(row => ({ row, weight: 1 }))
  assert.deepEqual(shown(weighted(out)), shown(weighted(processTwin(rowsIn(all), twinOf()))))
})

const counting = (over: Partial<ProcessSpec> = {}): ProcessSpec =>
  specOf({
    order: 'arrival',
    state: () => ({ n: 0 }),
    on: function* (row: Row, state: { n: number }, ctx: Context) {
      state.n++
      if (ctx.time !== undefined) ctx.setTimer('quiet', '10 minutes')
      yield { key: row['key'], what: 'on', n: state.n }
    } as never,
    onTimer: function* (name: string, state: { n: number }, ctx: Context) {
      yield { key: ctx.key, what: name, n: state.n }
      ctx.clearState()
    } as never,
    ...over,
  })

const brief = (rows: readonly Row[]): string =>
  rows.map(each => `${each['key']} ${each['what']} ${each['n']}`).join(', ')

test('by arrival rows come before the timers of the epoch, which fire in time order', () => {
  const bench = new Bench(counting()).rows([5, 'b', 1], [1, 'a', 1], [2, 'b', 1])
  assert.equal(brief(bench.taken()), 'b on 1, a on 1, b on 2')
  assert.equal(brief(bench.end(11).taken()), 'a quiet 1', 'not the one of b, which moved to minute 12')
  assert.equal(brief(bench.end(12).taken()), 'b quiet 2', 'when the watermark reaches it')
  assert.equal(bench.operator.size().rows, 0, 'what is cleared and waits for nothing is forgotten')
  bench.rows([13, 'a', 1])
  assert.equal(brief(bench.taken()), 'a on 1', 'a fresh state')
})

test('a timer set in the past fires at the end of the epoch; one set again moves', () => {
  const on = (row: Row, _state: object, ctx: Context) => {
    ctx.setTimer('quiet', minutes(row['n'] as number))
  }
  const bench = new Bench(counting({ on: on as never })).end(100).rows([100, 'a', 5], [100, 'b', 200])
  assert.equal(brief(bench.end().taken()), 'a quiet 0')
  bench.rows([100, 'b', 120])
  assert.equal(brief(bench.end(119).taken()), '')
  assert.equal(brief(bench.end(120).taken()), 'b quiet 0')
  assert.equal(brief(bench.end(300).taken()), '', 'once')
})

test('a timer of the wall clock fires when the time of an epoch has reached it', () => {
  const on = (_row: Row, _state: object, ctx: Context) => {
    ctx.wallTimer('tick', '1 minute')
  }
  const bench = new Bench(counting({ on: on as never, time: undefined }))
  bench.operator.tick?.(1000)
  bench.rows([null, 'a', 1])
  assert.equal(bench.operator.wakeAt?.(), 61_000)
  assert.equal(brief(bench.end(undefined, 60_999).taken()), '')
  const again = bench.restart()
  assert.equal(brief(again.end(undefined, 61_000).taken()), 'a tick 0')
  assert.equal(again.operator.wakeAt?.(), Number.POSITIVE_INFINITY)
})

test('when the input has ended every timer fires, and each name once more', () => {
  const onTimer = function* (name: string, _state: object, ctx: Context) {
    yield { key: ctx.key, what: name, n: (ctx.time as Date).getTime() / 60_000 }
    ctx.setTimer(name === 'quiet' ? 'tick' : 'quiet', '5 minutes')
  }
  const bench = new Bench(counting({ onTimer: onTimer as never })).rows([1, 'a', 1])
  bench.taken()
  assert.equal(brief(bench.end(WATERMARK_MAX).taken()), 'a quiet 11, a tick 16')
})

test('what onTimer sets and is due fires in the same pass, in time order', () => {
  const onTimer = function* (name: string, _state: object, ctx: Context) {
    yield { key: ctx.key, what: name, n: (ctx.time as Date).getTime() / 60_000 }
    ctx.setTimer('tick', '2 minutes')
  }
  const bench = new Bench(counting({ onTimer: onTimer as never })).rows([1, 'a', 1], [4, 'b', 1])
  bench.taken()
  assert.equal(brief(bench.end(16).taken()), 'a quiet 11, a tick 13, b quiet 14, a tick 15, b tick 16')
})

test('several keys, side outputs, and rows of some weight', () => {
  const on = function* (row: Row, state: { n: number }, ctx: ProcessContext<{ key: string; n: number }>) {
    state.n++
    ctx.emit('alerts', { why: `${ctx.key.key} ${ctx.key.n} ${state.n}` })
    yield row
  }
  const outputs = [
    { name: 'rows', schema: input },
    { name: 'alerts', schema: alerts },
  ]
  const bench = new Bench(counting({ on: on as never, keys: ['key', 'n'], outputs }))
  const row = { at: minutes(1), key: 'a', n: 7 }
  bench.step([
    { row, weight: 2 },
    { row: { ...row, n: 8 }, weight: 1 },
  ])
  assert.deepEqual(bench.taken(), [row, row, { ...row, n: 8 }], 'the view of a row may be yielded')
  assert.deepEqual(
    bench.taken(1).map(each => each['why']),
    ['a 7 1', 'a 7 2', 'a 8 1'],
  )
})

test('rows that are taken back go to onRetract', () => {
  const onRetract = function* (row: Row, state: { n: number }) {
    state.n--
    yield { key: row['key'], what: 'off', n: state.n }
  }
  const bench = new Bench(counting({ onRetract: onRetract as never }))
  const row = { at: minutes(1), key: 'a', n: 7 }
  bench.step([
    { row, weight: 2 },
    { row, weight: -2 },
  ])
  assert.equal(brief(bench.taken()), 'a on 1, a on 2, a off 1, a off 0')
})

test('state that no row touches for its time to live is dropped', () => {
  const bench = new Bench(counting({ ttl: 30 * 60_000_000, timers: ['quiet'], onTimer: undefined }))
  bench.rows([0, 'a', 1], [29, 'a', 1], [59, 'a', 1], [10, 'a', 1])
  assert.equal(brief(bench.taken()), 'a on 1, a on 2, a on 1, a on 2', 'by the time of the rows, in one epoch too')
  assert.equal(bench.end(88).operator.size().rows, 1)
  assert.equal(bench.end(89).operator.size().rows, 0)
  const wall = new Bench(counting({ ttl: 30 * 60_000_000, time: undefined, onTimer: undefined }))
  wall.rows([null, 'a', 1]).end(undefined, 29 * 60_000)
  assert.equal(wall.operator.wakeAt?.(), Number.POSITIVE_INFINITY, 'no epoch for it')
  wall.rows([null, 'a', 1]).end(undefined, 60 * 60_000)
  wall.rows([null, 'a', 1])
  assert.equal(brief(wall.taken()), 'a on 1, a on 2, a on 1')
})

test('an initial state is there before the first row', () => {
  const initial = schemaOf([field('n', t.int), field('key', t.string)])
  const bench = new Bench(counting({ initial })).initial([{ key: 'a', n: 10 }], initial)
  bench.rows([1, 'a', 1], [1, 'b', 1])
  assert.equal(brief(bench.taken()), 'a on 11, b on 1')
  const twice = new Bench(counting({ initial })).initial([{ key: 'a', n: 10 }], initial)
  assert.throws(() => twice.initial([{ key: 'a', n: 11 }], initial), /INITIAL_STATE_TWICE.*'a'/)
})

test('a restart brings state, timers and random numbers back; a newer version migrates', () => {
  const bench = new Bench(counting()).rows([1, 'a', 1], [2, 'a', 1]).end(5)
  const next = bench.restart(
    counting({
      versions: {
        version: 3,
        migrate: { 2: (old: { n: number }) => ({ n: old.n * 10 }), 3: (old: { n: number }) => ({ n: old.n + 1 }) },
      },
    }),
  )
  next.operator.advance(0, 300_000_000n, () => {})
  next.rows([6, 'a', 1])
  assert.equal(brief(next.taken()), 'a on 22')
  assert.equal(brief(next.end(16).taken()), 'a quiet 22')
  const skipping = counting({ versions: { version: 3, migrate: { 3: old => old } } })
  const lost = new Bench(counting()).rows([1, 'a', 1]).end(5).restart(skipping)
  assert.throws(() => lost.operator.tick?.(0), /STATE_VERSION.*version 1.*migrate\[2\]/)
  const older = new Bench(skipping).rows([1, 'a', 1]).end(5).restart(counting())
  assert.throws(() => older.operator.tick?.(0), /STATE_VERSION.*newer/)
})

test('what can not be saved is told', () => {
  const bench = new Bench(counting({ state: () => ({ n: 0, when: new (class Clock {})() }) })).rows([1, 'a', 1]).end()
  assert.throws(() => bench.operator.save({ put() {} }, false), /FUNCTION_RESULT.*plain data/)
})

const throwing = (over: Partial<ProcessSpec>): Bench =>
  new Bench(
    counting({
      on: function* (row: Row, state: { n: number }, ctx: Context) {
        state.n++
        ctx.setTimer('quiet', '1 minute')
        ctx.random()
        yield { key: row['key'], what: 'on', n: state.n }
        if (row['n'] === 2) throw new RangeError('two')
      } as never,
      ...over,
    }),
  )

test('what a function throws is told with the row and the line of the function', () => {
  assert.throws(
    () => throwing({}).rows([1, 'a', 1], [1, 'a', 2]),
    (error: unknown) => {
      assert.ok(error instanceof MillraceError)
      assert.match(
        error.message,
        /FUNCTION_FAILED.*RangeError: two at .*process\.test\.ts:\d+:\d+.*operator test, push, row 2/,
      )
      return true
    },
  )
  const onTimer = () => {
    throw new Error('no')
  }
  assert.throws(() => new Bench(counting({ onTimer })).rows([1, 'a', 1]).end(20), /FUNCTION_FAILED.*process\.test\.ts/)
})

test('skip leaves no trace of a call that threw but a row of errors; a function gives results instead', () => {
  const bench = throwing({ onError: 'skip', errors: errorsSchema }).rows([1, 'a', 1], [5, 'a', 2], [3, 'a', 3])
  assert.equal(brief(bench.taken()), 'a on 1, a on 2')
  const [row] = bench.taken(1)
  assert.deepEqual(
    [row?.['source'], row?.['line'], row?.['code'], row?.['raw']],
    ['push', 2, 'FUNCTION_FAILED', '{"at":"1970-01-01T00:05:00.000Z","key":"a","n":2}'],
  )
  assert.equal(brief(bench.end(4).taken()), 'a quiet 2', 'the timer stands where the rows that held set it')
  const onError = (error: MillraceError, given: Row) => [{ key: given['key'], what: error.code, n: 0 }]
  const replaced = throwing({ onError: onError as never }).rows([1, 'a', 2], [1, 'a', 1])
  assert.equal(brief(replaced.taken()), 'a FUNCTION_FAILED 0, a on 1')
})

const mistakes: readonly [string, (ctx: ProcessContext) => unknown, RegExp][] = [
  ['an undeclared timer', ctx => ctx.setTimer('tock', '1 minute'), /BAD_TIMER.*tock.*not declared/],
  ['a timer at no time', ctx => ctx.setTimer('tick', new Date(Number.NaN)), /BAD_TIMER.*no date/],
  ['a bad duration', ctx => ctx.wallTimer('tick', 'soon' as never), /BAD_DURATION/],
  ['an undeclared output', ctx => ctx.emit('alert', {}), /BAD_VERB.*alert/],
  ['not a row', () => 5, /FUNCTION_RESULT.*5/],
  ['not rows', () => [5], /FUNCTION_RESULT.*row objects/],
  ['a promise', async () => undefined, /FUNCTION_RESULT.*promise/],
  ['a column too few', () => [{ key: 'a', what: 'x' }], /BAD_VALUE.*column n.*push, row 1/s],
]

test('mistakes are told', () => {
  for (const [what, on, reason] of mistakes) {
    const spec = counting({ on: ((_row: Row, _state: object, ctx: ProcessContext) => on(ctx)) as never })
    assert.throws(() => new Bench(spec).rows([1, 'a', 1]), reason, what)
  }
  const untimed = counting({
    time: undefined,
    on: ((_r: Row, _s: object, ctx: Context) => ctx.setTimer('tick', '1 minute')) as never,
  })
  assert.throws(() => new Bench(untimed).rows([1, 'a', 1]), /BAD_TIMER.*no event time/)
  const stuck = counting({
    onTimer: ((name: 'quiet', _s: object, ctx: Context) => ctx.setTimer(name, ctx.time as Date)) as never,
  })
  assert.throws(() => new Bench(stuck).rows([1, 'a', 1]).end(20), /BAD_TIMER.*not after its own/)
  const kept: ProcessContext[] = []
  const keeping = counting({ on: ((_r: Row, _s: object, ctx: ProcessContext) => void kept.push(ctx)) as never })
  new Bench(keeping).rows([1, 'a', 1])
  assert.throws(() => kept[0]?.key, /BAD_VERB.*returned/)
})

test('a column that a function sees is read lazily, and rows are taken by a plain function too', () => {
  let calls = 0
  const bench = new Bench(counting({ on: (() => void calls++) as never }))
  bench.rows([1, 'a', 1], [2, 'b', 1])
  assert.equal(calls, 2)
  assert.deepEqual(bench.taken(), [])
})
