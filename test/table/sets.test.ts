// Set operations and dedup as users write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const Row = t.row({ a: t.int().nullable(), b: t.string() })
const table = (...as: readonly (number | null)[]) =>
  read.from(
    as.map(a => ({ a, b: 'x' })),
    { schema: Row },
  )
const left = table(1, 1, 1, 2, 2, null, null)
const right = table(1, 1, 3, null)
const valuesOf = async (of: { collect(): Promise<readonly { a: number | null }[]> }) =>
  (await of.collect()).map(each => each.a).sort()

test('intersect and except, and how often a row is in them', async () => {
  assert.deepEqual(await valuesOf(left.intersect(right)), [1, null])
  assert.deepEqual(await valuesOf(left.intersectAll(right)), [1, 1, null])
  assert.deepEqual(await valuesOf(left.except(right)), [2])
  assert.deepEqual(await valuesOf(left.exceptAll(right)), [1, 2, 2, null])
})

test('columns are matched by name, and types must agree', () => {
  const turned = right.select(r => ({ b: r.b, a: r.a }))
  assert.equal(left.intersect(turned).schema.fields[0]?.name, 'a')
  assert.throws(() => left.except(right.select(r => ({ a: r.a })) as never), /except.*only one side has a column b/s)
  assert.throws(() => left.exceptAll(right.withColumn('a', r => r.b) as never), /exceptAll.*cast/s)
  assert.throws(() => left.intersect(undefined as never), /not a table/)
})

test('dedup keeps the first row of each key', async () => {
  assert.deepEqual(await valuesOf(left.dedup({ by: 'a' })), [1, 2, null])
  assert.deepEqual(await valuesOf(left.dedup({ by: ['a', 'b'] })), [1, 2, null])
  assert.deepEqual(await valuesOf(left.dedup({ by: r => ({ odd: r.a.mod(2) }) })), [1, 2, null])
})

test('dedup within a time forgets', async () => {
  const Event = t.row({ id: t.string(), at: t.timestamp() })
  const events = read.memory(Event, { time: 'at', lateBy: '1 minute' }).table
  await using run = await testing(events.dedup({ by: 'id', within: '5 minutes' }))
  const push = (id: string, minute: number) => run.push([{ id, at: new Date(Date.UTC(2026, 0, 1, 12, minute)) }])
  push('a', 0)
  push('a', 5)
  push('a', 11)
  await run.epoch()
  assertTable(run, '| id | at |\n| a | 2026-01-01 12:00 |\n| a | 2026-01-01 12:11 |')
})

test('what does not fit is refused with the fix', () => {
  const endless = read.memory(Row).table
  assert.throws(() => endless.dedup({ by: 'a', within: '1 hour' }), /no event time/)
  assert.throws(() => left.dedup({} as never), /by what/)
  assert.throws(() => left.firstBy({ by: 'a', time: r => r.b }).dedup({ by: 'a' } as never), /final|firstBy/)
  assert.match(endless.dedup({ by: 'a' }).explain(), /UNBOUNDED/)
})
