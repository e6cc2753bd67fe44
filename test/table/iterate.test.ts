import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from '../../src/index.ts'

const Count = t.row({ id: t.int(), n: t.int() })
const counts = read.from(
  [
    { id: 1, n: 3 },
    { id: 2, n: 5 },
  ],
  { schema: Count },
)
const down = (now: typeof counts | ReturnType<typeof counts.iterate>) =>
  now.where(r => r.n.gt(0)).select(r => ({ id: r.id, n: r.n.sub(1) }))
type Any = any

test('a number of rounds, a fixpoint, and until a table is empty', async () => {
  const rows = async (table: { collect(): Promise<object[]> }) =>
    (await table.collect()).map(each => JSON.stringify(each)).sort()
  assert.deepEqual(await rows(counts.iterate(down, { rounds: 2 })), ['{"id":1,"n":1}', '{"id":2,"n":3}'])
  assert.deepEqual(await rows(counts.iterate(down, { maxRounds: 10 })), [])
  const until = (_now: object, next: ReturnType<typeof counts.iterate>) => next.where(r => r.n.gt(2))
  assert.deepEqual(await rows(counts.iterate(down, { until })), ['{"id":1,"n":0}', '{"id":2,"n":2}'])
  assert.deepEqual(await rows(counts.iterate(down, { until, rounds: 1 })), ['{"id":1,"n":2}', '{"id":2,"n":4}'])
})

test('recursion gives each row once, or as often as it is made', async () => {
  const numbers = (table: { collect(): Promise<{ n: number }[]> }) =>
    table.collect().then(rows => rows.map(each => each.n).sort())
  assert.deepEqual(await numbers(counts.recursive(down)), [0, 0, 1, 1, 2, 2, 3, 3, 4, 5])
  const bare = counts.select(r => ({ n: r.n }))
  const less = (now: typeof bare | ReturnType<typeof bare.iterate>) =>
    now.where(r => r.n.gt(0)).select(r => ({ n: r.n.sub(1) }))
  assert.deepEqual(await numbers(bare.recursive(less)), [0, 1, 2, 3, 4, 5])
  assert.deepEqual(await numbers(bare.recursive(less, { distinct: false })), [0, 0, 1, 1, 2, 2, 3, 3, 4, 5])
})

test('columns of the step are matched by name; one that it may leave null is nullable in all rounds', async () => {
  const turned = counts.iterate(now => now.select(r => ({ n: r.n.add(1), id: r.id })), { rounds: 1 })
  assert.deepEqual(await turned.where(r => r.id.eq(1)).collect(), [{ id: 1, n: 4 }])
  const bare = counts.iterate((now: Any) => now.select((r: Any) => ({ id: r.id, n: r.n.nullIf(4) })), {
    rounds: 1,
  })
  assert.equal(bare.schema.fields[1]?.nullable, true)
})

test('a delta iteration ends when its work set is empty', async () => {
  const half = { key: 'id' as const, step: (_all: Any, work: Any) => ({ delta: down(work), next: down(work) }) }
  const ended = (
    await counts
      .iterateDelta(
        counts.where(r => r.id.eq(2)),
        half,
      )
      .collect()
  ).map(each => [each.id, each.n])
  assert.deepEqual(ended.sort(), [
    [1, 3],
    [2, 0],
  ])
  await assert.rejects(counts.iterateDelta(counts, { ...half, maxRounds: 3 }).collect(), /ITERATION_NOT_CONVERGED/)
  assert.equal((await counts.iterateDelta(counts, { ...half, rounds: 3 }).collect()).length, 2)
  const wild = counts as Any
  assert.throws(() => wild.iterateDelta(counts, { ...half, key: 'x' }), /UNKNOWN_COLUMN.*x/)
  assert.throws(() => wild.iterateDelta(counts, { ...half, key: [] }), /no key/)
  assert.throws(() => wild.iterateDelta(counts, { ...half, key: 7 }), /the key is 7/)
  assert.throws(() => wild.iterateDelta(5, half), /does not return a table|not a table/)
  assert.throws(() => wild.iterateDelta(counts, { key: 'id', step: () => undefined }), /does not return a table/)
})

test('a feedback loop: rows go round until they leave; bad use is refused', async () => {
  const loop = (rows: typeof counts) => ({ output: rows.where(r => r.n.eq(0)), again: down(rows) as typeof counts })
  assert.equal((await counts.feedback(loop, { inFlight: 10 }).collect()).length, 2)
  const wild = counts as Any
  assert.throws(() => wild.feedback(loop), /feedback/)
  assert.throws(() => wild.feedback(loop, { inFlight: 0 }), /0 is not a number of rows in flight/)
  assert.throws(() => wild.feedback(loop, { inFlight: 1, rounds: 'x' }), /not a number of rounds/)
  assert.throws(() => wild.feedback(() => undefined, { inFlight: 1 }), /does not return a table/)
  const counting = (rows: Any) => ({ output: rows, again: rows.distinct() })
  assert.throws(() => wild.feedback(counting, { inFlight: 1 }), /distinct looks at more than one row/)
})

test('what an iteration can not do is refused when it is made, with the fix', () => {
  const refused = (make: () => unknown, message: RegExp) => assert.throws(make, message)
  const wild = counts as Any
  refused(() => wild.iterate(5), /iterate/)
  refused(() => wild.iterate(() => 5), /BAD_VERB.*iterate.*does not return a table/)
  refused(() => wild.iterate(down, 7), /iterate/)
  refused(() => wild.iterate(down, { rounds: 0 }), /BAD_VERB.*0 is not a number of rounds/)
  refused(() => wild.iterate(down, { rounds: 'x' }), /BAD_VERB.*not a number of rounds/)
  refused(() => wild.iterate(down, { rounds: 2, maxRounds: 3 }), /both rounds and maxRounds/)
  refused(() => wild.iterate(down, { until: 1 }), /iterate/)
  refused(() => wild.recursive(down, { distinct: 1 }), /distinct/)
  refused(
    () => wild.iterate((now: Any) => now.select((r: Any) => ({ id: r.id }))),
    /makes the columns id of the columns/,
  )
  refused(() => wild.iterate((now: Any) => now.withColumn('n', (r: Any) => r.n.cast('string'))), /column n a string/)
  refused(() => wild.iterate((now: Any) => now.limit(1)), /a limit by arrival has no meaning/)
  refused(() => wild.iterate((now: Any) => now.orderBy((r: Any) => r.n)), /an order alone has no meaning/)
  refused(
    () => wild.iterate((now: Any) => now.iterate((inner: Any) => inner.union(now))),
    /an iteration within the step/,
  )
})

test('a table of a step is refused outside of it', async () => {
  let kept: Any
  counts.iterate(now => {
    kept = now
    return now
  })
  await assert.rejects(kept.collect(), /ITERATION_VARIABLE/)
})

test('an iteration within a step that does not use its table is a table from outside', async () => {
  const inner = counts.iterate(down, { rounds: 1 })
  const outer = counts.iterate(now => now.union(inner).distinct(), { rounds: 3 })
  assert.equal((await outer.collect()).length, 4)
})
