// A query that was changed goes on from its state where that fits, with the right rows; else it is refused with a diff, or
// computed from the beginning when that is agreed to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availableNow, type Output, read, type Table, t, write } from 'millrace'
import { failure, folder, put, runOnce } from './support.ts'

const Row = t.row({ k: t.string(), n: t.int() })
type Rows = Table<{ k: string; n: number }, 'append'>
type Make = (rows: Rows, sink: ReturnType<typeof write.memory>) => Output

const counts = (rows: Rows) => rows.groupBy('k').agg(g => ({ n: g.count() }))
const sums = (rows: Rows) => rows.groupBy('k').agg(g => ({ n: g.n.sum() }))
const update: Make = (rows, sink) => counts(rows).to(sink, { mode: 'update' })
const complete: Make = (rows, sink) => counts(rows).to(sink, { mode: 'complete' })
const first = (rows: Rows) => rows.orderBy(r => r.n).limit(2)

/** What is changed: before, after, whether it goes on. */
const changes: Record<string, readonly [before: Make, after: Make, fits: boolean]> = {
  nothing: [update, update, true],
  'another name of a column above the group by': [
    update,
    (rows, sink) => counts(rows).rename({ n: 'm' }).to(sink, { mode: 'update' }),
    false,
  ],
  'a where below the group by': [
    update,
    (rows, sink) => counts(rows.where(r => r.n.gt(0))).to(sink, { mode: 'update' }),
    false,
  ],
  'retract in place of update': [update, (rows, sink) => counts(rows).to(sink, { mode: 'retract' }), true],
  'another aggregate': [update, (rows, sink) => sums(rows).to(sink, { mode: 'update' }), false],
  'another key': [
    update,
    (rows, sink) =>
      rows
        .groupBy('n')
        .agg(g => ({ c: g.count() }))
        .to(sink, { mode: 'update' }),
    false,
  ],
  'the key gets another type': [
    update,
    (rows, sink) =>
      rows
        .select(r => ({ k: r.k.length(), n: r.n }))
        .groupBy('k')
        .agg(g => ({ n: g.count() }))
        .to(sink, { mode: 'update' }),
    false,
  ],
  'what is summed gets another type': [
    (rows, sink) => sums(rows).to(sink, { mode: 'update' }),
    (rows, sink) =>
      rows
        .withColumn('n', r => r.n.cast('double'))
        .groupBy('k')
        .agg(g => ({ n: g.n.sum() }))
        .to(sink, { mode: 'update' }),
    false,
  ],
  'complete in place of update: the table was not kept': [update, complete, false],
  'complete, a column more': [
    complete,
    (rows, sink) =>
      counts(rows)
        .withColumn('twice', r => r.n.mul(2))
        .to(sink, { mode: 'complete' }),
    false,
  ],
  'complete, a where over corrected rows': [
    complete,
    (rows, sink) =>
      counts(rows)
        .where(r => r.n.gt(1))
        .to(sink, { mode: 'complete' }),
    false,
  ],
  'distinct of other columns': [
    (rows, sink) =>
      rows
        .select(r => ({ k: r.k }))
        .distinct()
        .to(sink),
    (rows, sink) =>
      rows
        .select(r => ({ k: r.n }))
        .distinct()
        .to(sink),
    false,
  ],
  'a where between two group bys': [
    (rows, sink) =>
      counts(rows)
        .groupBy('n')
        .agg(g => ({ c: g.count() }))
        .to(sink, { mode: 'update' }),
    (rows, sink) =>
      counts(rows)
        .where(r => r.n.gt(1))
        .groupBy('n')
        .agg(g => ({ c: g.count() }))
        .to(sink, { mode: 'update' }),
    false,
  ],
  'another order': [
    (rows, sink) => first(rows).to(sink, { mode: 'retract' }),
    (rows, sink) =>
      rows
        .orderBy(r => r.n.desc())
        .limit(2)
        .to(sink, { mode: 'retract' }),
    false,
  ],
  'the first rows of other columns': [
    (rows, sink) => first(rows).to(sink, { mode: 'retract' }),
    (rows, sink) =>
      rows
        .select(r => ({ n: r.n.cast('string') }))
        .orderBy(r => r.n)
        .limit(2)
        .to(sink, { mode: 'retract' }),
    false,
  ],
  'a stateless query becomes another one': [
    (rows, sink) => rows.where(r => r.n.gt(1)).to(sink),
    (rows, sink) => rows.select(r => ({ n: r.n })).to(sink),
    true,
  ],
}

for (const [name, [before, after, fits]] of Object.entries(changes))
  test(`${fits ? 'goes on' : 'is refused'}: ${name}`, async context => {
    const dir = folder(context)
    const rows = () => read.json(`${dir}/in`, { schema: Row, until: 'forever' })
    const sink = write.memory()
    put(`${dir}/in/1.jsonl`, [
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
      { k: 'b', n: 3 },
    ])
    await runOnce(`${dir}/m`, before(rows(), sink), { trigger: availableNow() })
    put(`${dir}/in/2.jsonl`, [
      { k: 'a', n: 4 },
      { k: 'c', n: 0 },
    ])
    const [second, fresh] = [write.memory(), write.memory()]
    const again = runOnce(`${dir}/m`, after(rows(), second), { trigger: availableNow() })
    if (!fits) {
      const error = await failure(again)
      await runOnce(`${dir}/fresh`, after(rows(), fresh), { trigger: availableNow() })
      assert.equal(error.code, 'QUERY_CHANGED')
      assert.match(error.message, /\n {2}[-+] /, 'it shows the lines that differ')
      await runOnce(`${dir}/m`, after(rows(), second), { trigger: availableNow(), onChange: 'backfill' })
      assert.deepEqual(sorted(second.rows()), sorted(fresh.rows()), 'agreed to, it holds everything')
      return
    }
    await again
    await runOnce(`${dir}/fresh`, after(rows(), fresh), { trigger: availableNow() })
    const lines = new Set(sorted(fresh.rows()))
    const told = second.changes().filter(each => each.weight > 0)
    assert.ok(told.length > 0, 'it goes on with the new rows')
    for (const { row } of told) assert.ok(lines.has(JSON.stringify(row)), JSON.stringify(row))
  })

const sorted = (rows: readonly object[]): string[] => rows.map(row => JSON.stringify(row)).sort()
