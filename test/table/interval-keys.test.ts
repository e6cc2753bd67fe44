// Intervals as keys: equal when they are of one length, as in PostgreSQL; a group keeps the interval that it began with.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { testing } from 'millrace/testing'

const Gap = t.row({ id: t.int(), gap: t.interval().nullable(), tag: t.string() })
const months = (n: number) => ({ months: n, days: 0, micros: 0 })
const days = (n: number) => ({ months: 0, days: n, micros: 0 })
const hours = (n: number) => ({ months: 0, days: 0, micros: n * 3_600_000_000 })
const rows = [
  { id: 1, gap: months(1), tag: 'a' },
  { id: 2, gap: days(30), tag: 'a' },
  { id: 3, gap: null, tag: 'a' },
  { id: 4, gap: hours(24), tag: 'b' },
  { id: 5, gap: days(1), tag: 'b' },
  { id: 6, gap: hours(720), tag: 'a' },
  { id: 7, gap: days(31), tag: 'a' },
]
const gaps = read.from(rows, { schema: Gap })
const lengths = (all: readonly { gap: unknown; n?: number }[]): readonly string[] =>
  all.map(each => `${JSON.stringify(each.gap)} ${each.n ?? ''}`).sort()

test('groups and distinct rows', async () => {
  const counts = await gaps
    .groupBy('gap')
    .agg(g => ({ n: g.count() }))
    .collect()
  assert.deepEqual(
    lengths(counts),
    lengths([
      { gap: months(1), n: 3 },
      { gap: null, n: 1 },
      { gap: hours(24), n: 2 },
      { gap: days(31), n: 1 },
    ]),
  )
  const different = await gaps
    .select(r => ({ gap: r.gap, tag: r.tag }))
    .distinct()
    .collect()
  assert.deepEqual(lengths(different), lengths([months(1), null, hours(24), days(31)].map(gap => ({ gap }))))
})

test('several keys, and the groups of ranks and window functions', async () => {
  const both = await gaps
    .groupBy('tag', 'gap')
    .agg(g => ({ n: g.count() }))
    .collect()
  assert.deepEqual(both.map(each => each.n).sort(), [1, 1, 2, 3])
  const first = await gaps.topN(1, { per: 'gap', by: r => r.id }).collect()
  assert.deepEqual(first.map(each => each.id).sort(), [1, 3, 4, 7])
  const numbers = await gaps.over({ per: 'gap', by: r => r.id }, w => ({ n: w.rowNumber() })).collect()
  assert.deepEqual(
    numbers.sort((a, b) => a.id - b.id).map(each => each.n),
    [1, 2, 1, 1, 2, 3, 1],
  )
  const once = await gaps.dedup({ by: 'gap' }).collect()
  assert.deepEqual(once.map(each => each.id).sort(), [1, 3, 4, 7])
})

test('groups that go and come again, over restarts', async () => {
  const source = read.memory(Gap).table
  const counts = source
    .groupBy('id')
    .agg(g => ({ gap: g.gap.max() }))
    .groupBy('gap')
    .agg(g => ({ n: g.count() }))
  await using run = await testing(counts, { unbounded: true })
  const push = async (...some: readonly (typeof rows)[number][]): Promise<readonly string[]> => {
    run.push(some)
    await run.epoch()
    const shown = lengths(run.rows())
    await run.crash()
    await run.restore()
    return shown
  }
  assert.deepEqual(await push({ id: 1, gap: days(30), tag: 'a' }), lengths([{ gap: days(30), n: 1 }]))
  assert.deepEqual(await push({ id: 2, gap: months(1), tag: 'a' }), lengths([{ gap: days(30), n: 2 }]))
  // Both leave the group, which is there no more; then it comes again under another name.
  const gone = [
    { id: 1, gap: days(40), tag: 'a' },
    { id: 2, gap: days(40), tag: 'a' },
  ]
  assert.deepEqual(await push(...gone), lengths([{ gap: days(40), n: 2 }]))
  const again = [
    { gap: days(40), n: 2 },
    { gap: months(1), n: 1 },
  ]
  assert.deepEqual(await push({ id: 3, gap: months(1), tag: 'a' }), lengths(again))
  assert.deepEqual(
    await push({ id: 4, gap: hours(720), tag: 'a' }),
    lengths([
      { gap: days(40), n: 2 },
      { gap: months(1), n: 2 },
    ]),
  )
})
