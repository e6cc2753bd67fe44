// What Spark's documentation says of GroupState and [flat]MapGroupsWithState, sentence by sentence
// (org.apache.spark.sql.streaming.GroupState), on the operator.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { type GroupStateSpec, groupState, type Operator, WATERMARK_MAX } from '../../src/ops/index.ts'
import { groupStateTwin } from '../../src/ops/reference/group-state.ts'
import { type Row, rowsIn } from '../../src/ops/reference/zset.ts'
import { errorsSchema } from '../../src/plan/index.ts'
import { field, type GroupState, type Schema, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const input = schemaOf([field('at', t.timestamp, true), field('key', t.string, true), field('n', t.int)])
const output = schemaOf([field('key', t.string, true), field('text', t.string)])
type In = { at: Date; key: string; n: number }
type Fn = (key: string, rows: readonly In[], state: GroupState<number>) => unknown

const minutes = (n: number): Date => new Date(n * 60_000)

class Bench {
  readonly memory = new Memory()
  readonly arena = this.memory.arena()
  readonly told: [row: Row, weight: number][][] = [[], [], []]
  readonly operator: Operator
  readonly #spec: GroupStateSpec
  readonly #schemas: readonly Schema[]
  #epoch = 0
  #now = 0

  constructor(fn: Fn, over: Partial<GroupStateSpec> = {}) {
    this.#spec = {
      verb: 'flatMapGroupsWithState',
      fn: fn as never,
      input,
      keys: ['key'],
      time: { column: 0, shift: 0n },
      timeout: 'none',
      outputMode: 'append',
      versions: { version: 1, migrate: {} },
      outputs: [
        { name: 'rows', schema: output },
        { name: 'late', schema: input },
      ],
      onError: 'fail',
      ...over,
    }
    this.#schemas = [output, input, errorsSchema]
    this.operator = groupState(this.#spec, { memory: this.memory, arena: this.arena, operator: 'test', durable: true })
  }

  readonly #emit = (port: number, delta: Parameters<Parameters<Operator['step']>[2]>[1]): void => {
    for (const { row, weight } of changesOf(delta, this.#schemas[port] as Schema, this.memory))
      this.told[port]?.push([row, weight])
  }

  rows(...rows: [at: number, key: string, n: number][]): this {
    const objects = rows.map(([at, key, n]) => ({ at: minutes(at), key, n }))
    this.operator.step(0, batchFromRows(objects, input, this.arena, undefined, { source: 'push' }), this.#emit)
    this.arena.reset()
    return this
  }

  initial(rows: readonly object[], schema: Schema): this {
    this.operator.step(1, batchFromRows(rows, schema, this.arena), this.#emit)
    return this
  }

  /** The end of an epoch; `watermark` in minutes, `now` in milliseconds. */
  end(watermark?: number | bigint, now = this.#now): string {
    this.#now = now
    this.operator.tick?.(now)
    const micros = typeof watermark === 'number' ? BigInt(watermark) * 60_000_000n : watermark
    if (micros !== undefined) this.operator.advance(0, micros, this.#emit)
    this.operator.flush(this.#emit)
    this.operator.seal(++this.#epoch)
    this.operator.tick?.(now)
    return this.taken()
  }

  taken(port = 0): string {
    const all = (this.told[port] as [Row, number][]).splice(0)
    return all.map(([row, weight]) => `${weight < 0 ? '-' : ''}${row['key']} ${row['text'] ?? row['n']}`).join(', ')
  }

  restarted(): Bench {
    const blocks: [string, Uint8Array][] = []
    this.operator.save({ put: (store, block) => blocks.push([store, block.slice()]) }, true)
    const next = new Bench(this.#spec.fn as unknown as Fn, this.#spec)
    for (const [store, block] of blocks) next.operator.load(store, block)
    return next
  }
}

const summing: Fn = (key, rows, state) => {
  const sum = rows.reduce((all, each) => all + each.n, state.getOption() ?? 0)
  state.update(sum)
  return [{ key, text: `${rows.map(each => each.n).join('+')}=${sum}` }]
}

test('in every epoch it is called once for each group that has data, with all its values', () => {
  const bench = new Bench(summing).rows([1, 'b', 1], [1, 'a', 2]).rows([2, 'b', 3])
  assert.equal(bench.taken(), '', 'at the end of the epoch')
  assert.equal(bench.end(), 'a 2=2, b 1+3=4')
  assert.equal(bench.rows([3, 'a', 5]).end(), 'a 5=7', 'not for groups without rows')
  assert.equal(bench.end(), '')
})

test('the state is empty at first, and what earlier calls set later', () => {
  const seen: unknown[] = []
  const bench = new Bench((_key, _rows, state) => {
    seen.push(state.exists, state.getOption(), state.hasTimedOut)
    state.update((state.getOption() ?? 0) + 1)
    return []
  })
  bench.rows([1, 'a', 1]).end()
  bench.rows([1, 'a', 1]).end()
  assert.deepEqual(seen, [false, undefined, false, true, 1, false])
})

const refused = (fn: Fn, over: Partial<GroupStateSpec> = {}): (() => unknown) => {
  const bench = new Bench(fn, over)
  return () => bench.rows([1, 'a', 1]).end()
}

test('updating the state with null throws', () => {
  assert.throws(
    refused((_k, _r, state) => state.update(null as never)),
    /BAD_GROUP_STATE.*null/,
  )
})

test('after remove() exists is false, get() throws, getOption() gives nothing; after update() it is there again', () => {
  const seen: unknown[] = []
  const bench = new Bench((_key, _rows, state) => {
    state.update(1)
    state.remove()
    seen.push(state.exists, state.getOption())
    assert.throws(() => state.get(), /BAD_GROUP_STATE.*none/)
    state.update(7)
    seen.push(state.exists, state.get(), state.getOption())
    state.remove()
    return []
  })
  bench.rows([1, 'a', 1]).end()
  assert.deepEqual(seen, [false, undefined, true, 7, 7])
  assert.equal(bench.operator.size().rows, 0, 'a removed state is not kept')
})

test('timeouts are set only with the timeout they belong to', () => {
  const duration: Fn = (_k, _r, state) => void state.setTimeoutDuration('1 hour')
  const timestamp: Fn = (_k, _r, state) => void state.setTimeoutTimestamp(minutes(60))
  for (const timeout of ['none', 'event time'] as const)
    assert.throws(refused(duration, { timeout }), /BAD_GROUP_STATE.*setTimeoutDuration.*processing time/s)
  for (const timeout of ['none', 'processing time'] as const)
    assert.throws(refused(timestamp, { timeout }), /BAD_GROUP_STATE.*setTimeoutTimestamp.*event time/s)
  assert.throws(
    refused((_k, _r, state) => void state.setTimeoutDuration('0 seconds'), { timeout: 'processing time' }),
    /above zero/,
  )
  assert.throws(
    refused((_k, _r, state) => void state.setTimeoutDuration('soon' as never), { timeout: 'processing time' }),
    /BAD_DURATION/,
  )
  assert.throws(
    refused((_k, _r, state) => void state.setTimeoutTimestamp(new Date(-1)), { timeout: 'event time' }),
    /after 1970/,
  )
})

const expiring: Fn = (key, rows, state) => {
  if (state.hasTimedOut) {
    const n = state.get()
    state.remove()
    return [{ key, text: `out ${n} ${rows.length}` }]
  }
  state.update((state.getOption() ?? 0) + rows.length)
  state.setTimeoutDuration('1 minute')
  return []
}

test('processing time: never before the clock has advanced by it, then with no values and hasTimedOut', () => {
  const bench = new Bench(expiring, { timeout: 'processing time' })
  bench.operator.tick?.(1000)
  bench.rows([1, 'a', 1], [1, 'a', 1]).end(undefined, 1000)
  assert.equal(bench.operator.wakeAt?.(), 61_000, 'an epoch is asked for: no row is needed')
  assert.equal(bench.end(undefined, 60_999), '')
  const again = bench.restarted()
  assert.equal(again.end(undefined, 61_000), 'a out 2 0', 'after a restart too')
  assert.equal(again.end(undefined, 999_000), '', 'once')
  assert.equal(again.operator.size().rows, 0)
})

test('the timeout is reset every time the function is called', () => {
  const bench = new Bench(
    (key, rows, state) => {
      if (state.hasTimedOut) return [{ key, text: 'out' }]
      if (rows[0]?.n === 1) state.setTimeoutDuration('1 minute')
      state.update(1)
      return []
    },
    { timeout: 'processing time' },
  )
  bench.rows([1, 'a', 1], [1, 'b', 1]).end(undefined, 0)
  bench.rows([1, 'a', 2]).end(undefined, 30_000)
  assert.equal(bench.end(undefined, 60_000), 'b out', 'a did not set it again')
  assert.equal(bench.end(undefined, 990_000), '', 'a group that timed out has to set it again too')
})

test('a group with rows whose time has come is called with its rows, not as timed out', () => {
  const bench = new Bench(expiring, { timeout: 'processing time' })
  bench.rows([1, 'a', 1]).end(undefined, 0)
  assert.equal(bench.rows([1, 'a', 1]).end(undefined, 60_000), '')
  assert.equal(bench.end(undefined, 120_000), 'a out 2 0')
})

const byEvent: Fn = (key, rows, state) => {
  if (state.hasTimedOut) return [{ key, text: `out at ${state.getCurrentWatermarkMs() / 60_000}` }]
  state.update(1)
  state.setTimeoutTimestamp((rows[0] as In).at, '10 minutes')
  return []
}

test('event time: not before the watermark has exceeded it', () => {
  const bench = new Bench(byEvent, { timeout: 'event time' })
  bench.rows([1, 'a', 1]).end(1)
  assert.equal(bench.end(11), '', 'it has reached it')
  assert.equal(bench.end(12), 'a out at 12')
})

test('event time: data older than the watermark is filtered out, and told', () => {
  const bench = new Bench(byEvent, { timeout: 'event time' })
  bench.end(100)
  bench.rows([99, 'a', 1], [100, 'b', 2])
  bench.end(100)
  assert.equal(bench.taken(1), 'a 1')
  assert.equal(bench.end(111), 'b out at 111')
  const without = new Bench(summing, { timeout: 'none' })
  without.end(100)
  assert.equal(without.rows([99, 'a', 1]).end(), 'a 1=1', 'with another timeout it is not')
})

test('a timeout before the current watermark throws', () => {
  const fn: Fn = (_k, rows, state) => rows.length > 0 && void state.setTimeoutTimestamp(minutes(50))
  const bench = new Bench((key, rows, state) => [fn(key, rows, state)].filter(Boolean), { timeout: 'event time' })
  bench.rows([1, 'a', 1]).end(20)
  bench.end(60)
  bench.rows([70, 'a', 1])
  assert.throws(() => bench.end(80), /BAD_GROUP_STATE.*00:50.*before the watermark.*01:00/)
})

test('the watermark is that of before the epoch, -1 when there is none; the time is that of the epoch', () => {
  const seen: number[] = []
  const bench = new Bench((_k, _r, state) => {
    seen.push(state.getCurrentWatermarkMs(), state.getCurrentProcessingTimeMs())
    return []
  })
  bench.rows([1, 'a', 1]).end(5, 1234)
  bench.rows([6, 'a', 1]).end(7, 5678)
  assert.deepEqual(seen, [-1, 1234, 300_000, 5678])
})

test('a batch: one call a group, and timeouts have no effect', () => {
  const bench = new Bench(byEvent, { timeout: 'event time' })
  bench.rows([1, 'a', 1], [500, 'a', 1])
  assert.equal(bench.end(WATERMARK_MAX), '')
})

test('mapGroupsWithState gives one and only one row; it takes the place of the one before', () => {
  const one: Fn = (key, rows, state) => (summing(key, rows, state) as object[])[0]
  const bench = new Bench(one, { verb: 'mapGroupsWithState', outputMode: 'update' })
  assert.equal(bench.rows([1, 'a', 1], [1, 'b', 1]).end(), 'a 1=1, b 1=1')
  assert.equal(bench.restarted().rows([1, 'a', 2]).end(), '-a 1=1, a 2=3', 'after a restart too')
  for (const [what, fn] of [
    ['undefined', () => undefined],
    ['undefined', () => {}],
    ['another key', () => ({ key: 'z', text: '' })],
  ] as [string, Fn][])
    assert.throws(
      refused(fn, { verb: 'mapGroupsWithState', outputMode: 'update' }),
      new RegExp(`FUNCTION_RESULT.*${what}`),
    )
})

test('flatMapGroupsWithState gives any number of rows: append adds them, update replaces the earlier ones', () => {
  const many: Fn = (key, rows) =>
    rows.flatMap(each => Array.from({ length: each.n }, () => ({ key, text: `${each.n}` })))
  for (const outputMode of ['append', 'update'] as const) {
    const bench = new Bench(many, { outputMode })
    assert.equal(bench.rows([1, 'a', 2]).end(), 'a 2, a 2')
    assert.equal(bench.rows([1, 'a', 0]).end(), '')
    assert.equal(bench.rows([1, 'a', 1]).end(), outputMode === 'append' ? 'a 1' : '-a 2, -a 2, a 1')
  }
})

test('an initial state is there in the first epoch, and its groups are called without values too', () => {
  const initial = schemaOf([field('key', t.string), field('n', t.int)])
  const states = [
    { key: 'a', n: 10 },
    { key: 'b', n: 20 },
  ]
  const fn: Fn = (key, rows, state) => [{ key, text: `${rows.length} ${JSON.stringify(state.getOption())}` }]
  const bench = new Bench(fn, { initial }).initial(states, initial).rows([1, 'b', 1], [1, 'c', 1])
  assert.equal(bench.end(), 'a 0 {"n":10}, b 1 {"n":20}, c 1 undefined')
  assert.equal(bench.end(), '')
  assert.throws(() => new Bench(fn, { initial }).initial([...states, ...states], initial), /INITIAL_STATE_TWICE/)
})

test('with skip a group whose function threw is as before, and told', () => {
  const fn: Fn = (key, rows, state) => {
    summing(key, rows, state)
    if (rows.some(each => each.n < 0)) throw new Error('negative')
    return [{ key, text: `${state.get()}` }]
  }
  const bench = new Bench(fn, { onError: 'skip', errors: errorsSchema })
  assert.equal(bench.rows([1, 'a', 1]).end(), 'a 1')
  assert.equal(bench.rows([1, 'a', -5]).end(), '')
  assert.equal(bench.rows([1, 'a', 1]).end(), 'a 2')
  assert.equal(bench.told[2]?.length, 1)
  assert.throws(
    refused((_k, _r, _s) => 'text'),
    /FUNCTION_RESULT/,
  )
})

seeded('a result that adds up is its twin, however the rows come', rng => {
  const sums: Fn = (key, rows, state) => {
    state.update(rows.reduce((all, each) => all + each.n, state.getOption() ?? 0))
    return { key, text: `${state.get()}` }
  }
  checkTwin(rng, {
    build: context =>
      groupState(
        {
          verb: 'mapGroupsWithState',
          fn: sums as never,
          input,
          keys: ['key'],
          timeout: 'none',
          outputMode: 'update',
          versions: { version: 1, migrate: {} },
          outputs: [{ name: 'rows', schema: output }],
          onError: 'fail',
        },
        context,
      ),
    inputs: [input],
    outputs: [output],
    row: rng => ({
      at: minutes(rng.int(0, 9)),
      key: rng.pick(['a', 'b', null, 'a longer key than twelve']),
      n: rng.int(0, 9),
    }),
    twin: ([rows = []]) => [
      groupStateTwin(rowsIn(rows), 'key', (key, group) => ({
        key,
        text: `${group.reduce((all, each) => all + (each['n'] as number), 0)}`,
      })).map(row => ({ row, weight: 1 })),
    ],
  })
})
