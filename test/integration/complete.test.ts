// A table that is written whole: it comes in the order of its orderBy, in every epoch, whatever the epoch changed.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { continuous, read, t, write } from 'millrace'
import { folder, rowsIn, runOnce, sorted } from './support.ts'

const Row = t.row({ k: t.string(), n: t.int() })
const rows = [
  { k: 'b', n: 2 },
  { k: 'a', n: 1 },
  { k: 'c', n: 10 },
  { k: 'd', n: 3 },
  { k: 'e', n: 5 },
  { k: 'z', n: 4 },
]
const input = () => read.from(rows, { schema: Row })

const orders = {
  'orderBy, limit': () =>
    input()
      .orderBy(r => r.n.desc())
      .limit(4),
  'the sort key is not a column of the result': () =>
    input()
      .orderBy(r => r.n.desc())
      .limit(4)
      .select(r => ({ k: r.k })),
  'a full sort': () => input().orderBy(r => r.n.desc()),
  'by an expression, ties by the second key': () =>
    input()
      .orderBy(r => [r.n.mod(2), r.k.desc()])
      .select(r => ({ k: r.k })),
  'over a group by, in windows of rank': () =>
    input()
      .groupBy(r => ({ odd: r.n.mod(2) }))
      .agg(g => ({ sum: g.n.sum() }))
      .orderBy(r => r.sum.desc())
      .limit(1, { offset: 1 }),
}

for (const [name, table] of Object.entries(orders)) {
  test(`complete mode keeps the order: ${name}`, async context => {
    const dir = folder(context)
    const [memory, printed] = [write.memory(), [] as string[]]
    const to = new Writable({ write: (chunk, _, done) => done(void printed.push(String(chunk))) })
    await runOnce(
      `${dir}/m`,
      [
        table().to(write.json(`${dir}/out`, { mode: 'complete' })),
        table().to(memory, { mode: 'complete' }),
        table().to(write.console({ to }), { mode: 'complete' }),
      ],
      { epochRows: 2 },
    )
    const expected = await table().collect()
    assert.deepEqual(rowsIn(`${dir}/out`), expected)
    assert.deepEqual(memory.rows(), expected)
    const shown = (printed.at(-1) as string).trim().split('\n').slice(3)
    assert.deepEqual(
      shown.map(line => line.trim().split(/ +/)),
      expected.map(row => Object.values(row).map(String)),
    )
  })
}

const sums = (of: readonly object[]) =>
  read
    .from(of as { k: string; n: number }[], { schema: Row })
    .where(r => r.n.gt(0))
    .groupBy('k')
    .agg(g => ({ n: g.n.sum() }))

test('an epoch that changes nothing leaves the table as it was', async context => {
  const dir = folder(context)
  const memory = write.memory()
  const table = sums([...rows, { k: 'b', n: 0 }, { k: 'b', n: -1 }])
  await runOnce(
    `${dir}/m`,
    [table.to(write.json(`${dir}/out`, { mode: 'complete' })), table.to(memory, { mode: 'complete' })],
    { epochRows: 1 },
  )
  assert.deepEqual(sorted(rowsIn(`${dir}/out`)), sorted(await table.collect()))
  assert.deepEqual(sorted(memory.rows()), sorted(await table.collect()))
})

test('rows that flow one by one make one table per interval', async context => {
  const dir = folder(context)
  const table = sums(rows)
  await runOnce(`${dir}/m`, table.to(write.json(`${dir}/out`, { mode: 'complete' })), { trigger: continuous('1 hour') })
  assert.deepEqual(sorted(rowsIn(`${dir}/out`)), sorted(await table.collect()))
})

test('a table without rows is an empty file', async context => {
  const dir = folder(context)
  await runOnce(`${dir}/m`, sums([]).to(write.json(`${dir}/out`, { mode: 'complete' })))
  assert.equal(readFileSync(`${dir}/out/result.jsonl`, 'utf8'), '')
})
