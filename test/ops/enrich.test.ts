import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/base/index.ts'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { type EnrichSpec, enrich, type Operator } from '../../src/ops/index.ts'
import { enrichTwin } from '../../src/ops/reference/enrich.ts'
import type { Row, Weighted } from '../../src/ops/reference/zset.ts'
import { errorsSchema } from '../../src/plan/index.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { noisyBatch, shown } from './harness.ts'

const input = schemaOf([field('id', t.int), field('s', t.string)])
const output = schemaOf([...input.fields, field('name', t.string, true)])
type In = { id: number; s: string }

/** Time passes only when everybody sleeps. */
function fakeClock(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    ticks: () => clock.at,
    breathe: async () => {},
    async sleep(ms: number, signal?: AbortSignal) {
      const until = clock.at + ms
      for (let turn = 0; turn < 50 && signal?.aborted !== true; turn++) await null
      if (signal?.aborted !== true) clock.at = Math.max(clock.at, until)
    },
  }
  return clock
}

const named = (rows: readonly object[]) => (rows as In[]).map(({ id }) => ({ name: `n${id}` }))

const specOf = (over: Partial<EnrichSpec> = {}): EnrichSpec => ({
  fn: async rows => named(rows),
  input,
  output,
  batch: 3,
  wait: Number.POSITIVE_INFINITY,
  concurrency: 2,
  patience: { timeout: 1000, retries: 0, backoff: 10 },
  onError: 'fail',
  ...over,
})

class Bench {
  readonly memory = new Memory()
  readonly arena = this.memory.arena()
  readonly clock = fakeClock()
  readonly out: Weighted[][] = [[], []]
  readonly operator: Operator

  constructor(over: Partial<EnrichSpec> = {}) {
    this.operator = enrich(specOf(over), { memory: this.memory, arena: this.arena, operator: 'enrich-1' })
  }

  readonly emit = (port: number, delta: Parameters<Parameters<Operator['step']>[2]>[1]): void => {
    this.out[port]?.push(...changesOf(delta, port === 0 ? output : errorsSchema, this.memory))
  }

  step(rows: readonly Weighted[], rng?: Rng): void {
    if (rng !== undefined) {
      const { batch, free } = noisyBatch(rng, rows, input, this.memory)
      this.operator.step(0, batch, this.emit)
      free()
      return
    }
    const objects = rows.map(each => each.row)
    this.operator.step(0, batchFromRows(objects, input, this.arena, undefined, { source: 'push' }), this.emit)
  }

  ids(...ids: number[]): this {
    this.step(ids.map(id => ({ row: { id, s: 'x' }, weight: 1 })))
    return this
  }

  /** What the driver does, between batches or at the end of an epoch. */
  async settle(all: boolean): Promise<void> {
    for (
      let wait = this.operator.pending?.(this.clock, all);
      wait !== undefined;
      wait = this.operator.pending?.(this.clock, all)
    ) {
      await wait
      this.operator.collect?.(this.emit)
    }
    this.operator.collect?.(this.emit)
  }

  names(): string {
    return this.out[0]?.map(({ row }) => `${row['id']}=${row['name']}`).join() ?? ''
  }
}

seeded('enrich is its twin, however the input is cut', async rng => {
  const cache = rng.oneIn(2) ? { by: ['id'], ttl: 1000, most: 3 } : undefined
  const bench = new Bench({ batch: rng.int(1, 5), concurrency: rng.int(1, 3), cache })
  const given: Weighted[] = []
  for (let steps = rng.int(1, 6); steps > 0; steps--) {
    const rows = rng.list(12, () => ({
      row: { id: rng.int(0, 5), s: rng.pick(['a', 'b']) },
      weight: rng.oneIn(8) ? 2 : 1,
    }))
    if (rows.length > 0) bench.step(rows, rng)
    given.push(...rows)
    await bench.settle(rng.oneIn(2))
  }
  await bench.settle(true)
  assert.deepEqual(
    bench.out[0]?.map(each => each.row),
    enrichTwin(given, row => named([row])[0] as Row).map(each => each.row),
    'in order',
  )
  assert.deepEqual(shown(bench.out[0] ?? []), shown(enrichTwin(given, row => named([row])[0] as Row)))
})

test('a question holds so many rows, and so many are under way; then the driver waits', async () => {
  let underWay = 0
  let most = 0
  const asked: number[] = []
  const answers: (() => void)[] = []
  const bench = new Bench({
    async fn(rows) {
      asked.push(rows.length)
      most = Math.max(most, ++underWay)
      await new Promise<void>(resolve => answers.push(resolve))
      underWay--
      return named(rows)
    },
  }).ids(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  const full = bench.operator.pending?.(bench.clock, false)
  assert.ok(full !== undefined, 'there is no room')
  await null
  assert.deepEqual(asked, [3, 3])
  answers.shift()?.()
  await full
  bench.operator.collect?.(bench.emit)
  assert.equal(bench.names(), '1=n1,2=n2,3=n3')
  assert.equal(bench.operator.pending?.(bench.clock, false), undefined, 'one row waits for a full question')
  const done = bench.settle(true)
  while (asked.length < 4 || answers.length > 0) {
    answers.shift()?.()
    await null
  }
  await done
  assert.deepEqual(asked, [3, 3, 3, 1])
  assert.equal(most, 2)
})

test('answers leave in the order of the rows', async () => {
  const bench = new Bench({
    async fn(rows) {
      for (let i = 0; i < ((rows[0] as In).id === 1 ? 30 : 1); i++) await null
      return named(rows)
    },
  }).ids(1, 2, 3, 4, 5, 6)
  await bench.settle(true)
  assert.equal(bench.names(), '1=n1,2=n2,3=n3,4=n4,5=n5,6=n6')
})

test('rows that wait long enough are asked for in a smaller question', async () => {
  const bench = new Bench({ wait: 100 }).ids(1)
  assert.equal(bench.operator.pending?.(bench.clock, false), undefined)
  bench.clock.at = 100
  await bench.settle(false)
  bench.operator.pending?.(bench.clock, false)
  for (let i = 0; i < 20; i++) await null
  bench.operator.collect?.(bench.emit)
  assert.equal(bench.names(), '1=n1')
})

test('a question that fails is asked again, after ever longer pauses; then it is told', async () => {
  const at: number[] = []
  const failing: EnrichSpec['fn'] = async () => {
    at.push(bench.clock.at)
    throw new RangeError('down')
  }
  const bench = new Bench({ fn: failing, patience: { timeout: 1e6, retries: 2, backoff: 10 } }).ids(1, 2)
  await assert.rejects(
    bench.settle(true),
    /FUNCTION_FAILED.*enrich.*RangeError: down at .*enrich\.test\.ts.*push, row 1/s,
  )
  assert.equal(at.length, 3)
  assert.ok((at[1] as number) - (at[0] as number) >= 10 && (at[2] as number) - (at[1] as number) >= 20, at.join())
})

test('a try that takes too long is given up, and its signal says so', async () => {
  let reason: unknown
  const bench = new Bench({
    fn: (_rows, signal) =>
      new Promise(() => signal.addEventListener('abort', () => (reason = signal.reason), { once: true })),
    patience: { timeout: 500, retries: 0, backoff: 10 },
  }).ids(1)
  await assert.rejects(bench.settle(true), /LOOKUP_TIMEOUT.*no answer within 500 milliseconds/)
  assert.match(String(reason), /no answer/)
})

test('closing tells questions under way to stop', async () => {
  let stopped = false
  const bench = new Bench({
    fn: (_rows, signal) => new Promise(() => signal.addEventListener('abort', () => (stopped = true), { once: true })),
  }).ids(1, 2, 3)
  bench.operator.pending?.(bench.clock, false)
  await null
  bench.operator.close()
  assert.ok(stopped)
})

test('rows without an answer: nulls, .errors, or other columns', async () => {
  const some: EnrichSpec['fn'] = async rows =>
    (rows as In[]).map(({ id }) => (id === 1 ? null : id === 2 ? new Error('unknown') : { name: `n${id}` }))
  const skipping = new Bench({ fn: some, onError: 'skip', errors: errorsSchema }).ids(1, 2, 3)
  await skipping.settle(true)
  assert.equal(skipping.names(), '1=null,3=n3')
  const [error] = skipping.out[1] ?? []
  assert.equal(error?.row['raw'], '{"id":2,"s":"x"}')
  assert.match(String(error?.row['reason']), /unknown/)
  const other = new Bench({ fn: some, onError: () => ({ name: '?' }) }).ids(1, 2, 3)
  await other.settle(true)
  assert.equal(other.names(), '1=null,2=?,3=n3')
})

test('answers of the wrong shape are told, and not asked for again', async () => {
  let asked = 0
  for (const [answer, reason] of [
    [[{ name: 'a' }], /1 answers for 2 rows/],
    ['text', /an array with an answer for each row/],
    [[5, 5], /an object of columns/],
  ] as const) {
    const fn = () => {
      asked++
      return answer as never
    }
    const bench = new Bench({ fn, patience: { timeout: 1000, retries: 5, backoff: 1 } }).ids(1, 2)
    await assert.rejects(bench.settle(true), reason)
  }
  assert.equal(asked, 3)
})

test('alike rows are asked for once, and the answer is kept for a while', async () => {
  const asked: number[][] = []
  const bench = new Bench({
    async fn(rows) {
      asked.push((rows as In[]).map(each => each.id))
      return named(rows)
    },
    batch: 10,
    cache: { by: ['id'], ttl: 1000, most: 2 },
  }).ids(1, 2, 1, 1)
  await bench.settle(true)
  bench.ids(2, 1)
  await bench.settle(true)
  assert.deepEqual(asked, [[1, 2]])
  bench.ids(3, 2)
  await bench.settle(true)
  bench.ids(1)
  await bench.settle(true)
  assert.deepEqual(asked, [[1, 2], [3], [1]], '2 was used later than 1')
  bench.clock.at += 1000
  bench.ids(3)
  await bench.settle(true)
  assert.deepEqual(asked.at(-1), [3])
  assert.equal(bench.names(), '1=n1,2=n2,1=n1,1=n1,2=n2,1=n1,3=n3,2=n2,1=n1,3=n3')
})
