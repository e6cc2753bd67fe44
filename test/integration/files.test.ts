// Folders in and out: which files an epoch takes, in which order, and what a restart does with them.
import assert from 'node:assert/strict'
import { readdirSync, rmSync, utimesSync } from 'node:fs'
import { test } from 'node:test'
import { availableNow, millrace, once, read, t, write } from 'millrace'
import { failure, filesOf, folder, put, rowsIn, runOnce, sorted } from './support.ts'

const Row = t.row({ f: t.int(), n: t.int() })
const DAY_S = 86_400

/** Files 1 … count of two rows each; the first is the oldest. */
function fill(dir: string, count: number): void {
  for (let f = 1; f <= count; f++) {
    const path = put(`${dir}/${String(f).padStart(2, '0')}.jsonl`, [
      { f, n: 1 },
      { f, n: 2 },
    ])
    utimesSync(path, f * DAY_S, f * DAY_S)
  }
}

const growing = (dir: string, more: object = {}) => read.json(dir, { schema: Row, until: 'forever', ...more })

test('availableNow takes all files that are there, some per epoch', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 7)
  const sink = write.memory<{ f: number }>()
  await runOnce(`${dir}/m`, growing(`${dir}/in`, { maxFilesPerEpoch: 3 }).to(sink), { trigger: availableNow() })
  const epochs = Map.groupBy(sink.changes(), each => each.epoch)
  assert.deepEqual(
    [...epochs.values()].map(each => [...new Set(each.map(({ row }) => row.f))]),
    [[1, 2, 3], [4, 5, 6], [7]],
  )
})

test('once takes them all in one epoch', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 7)
  const sink = write.memory<{ f: number }>()
  await runOnce(`${dir}/m`, growing(`${dir}/in`, { maxFilesPerEpoch: 3 }).to(sink), { trigger: once() })
  assert.deepEqual([sink.rows().length, new Set(sink.changes().map(each => each.epoch)).size], [14, 1])
})

test('a batch of a folder that grows is all of it', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 5)
  assert.equal(await growing(`${dir}/in`, { maxFilesPerEpoch: 2 }).count(), 10)
})

test('newest first', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 3)
  const sink = write.memory<{ f: number }>()
  const input = growing(`${dir}/in`, { newestFirst: true, maxFilesPerEpoch: 1 })
  await runOnce(`${dir}/m`, input.to(sink), { trigger: availableNow() })
  assert.deepEqual(
    sink.rows().map(row => row.f),
    [3, 3, 2, 2, 1, 1],
  )
})

test('files older than the newest by more than maxAge are left out', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 5)
  const rows = await growing(`${dir}/in`, { maxAge: '2 days' }).collect()
  assert.deepEqual([...new Set(rows.map(row => row.f))], [3, 4, 5])
})

test('a second run reads only what is new, whatever it is called', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 2)
  const copy = () => growing(`${dir}/in`).to(write.json(`${dir}/out`))
  await runOnce(`${dir}/m`, copy(), { trigger: availableNow() })
  put(`${dir}/in/00.jsonl`, [{ f: 0, n: 1 }])
  await runOnce(`${dir}/m`, copy(), { trigger: availableNow() })
  await runOnce(`${dir}/m`, copy(), { trigger: availableNow() })
  assert.deepEqual(
    rowsIn(`${dir}/out`)
      .map(row => (row as { f: number }).f)
      .sort(),
    [0, 1, 1, 2, 2],
  )
})

test('distinct remembers over a restart', async context => {
  const dir = folder(context)
  const seen = () =>
    growing(`${dir}/in`)
      .select(r => ({ n: r.n }))
      .distinct()
      .to(write.json(`${dir}/out`))
  put(`${dir}/in/1.jsonl`, [
    { f: 1, n: 1 },
    { f: 1, n: 2 },
  ])
  await runOnce(`${dir}/m`, seen(), { trigger: availableNow() })
  put(`${dir}/in/2.jsonl`, [
    { f: 2, n: 2 },
    { f: 2, n: 3 },
  ])
  await runOnce(`${dir}/m`, seen(), { trigger: availableNow() })
  assert.deepEqual(sorted(rowsIn(`${dir}/out`)), sorted([{ n: 1 }, { n: 2 }, { n: 3 }]))
})

test('two queries of one process share a folder, not their progress', async context => {
  const dir = folder(context)
  fill(`${dir}/in`, 3)
  await using m = await millrace({ dir: `${dir}/m` })
  const input = growing(`${dir}/in`, { maxFilesPerEpoch: 1 })
  const runs = await Promise.all(
    ['a', 'b'].map(id => m.run(id, input.to(write.json(`${dir}/${id}`)), { trigger: availableNow() })),
  )
  assert.equal((await failure(m.run('a', input.to(write.memory())))).code, 'RUN_EXISTS')
  await Promise.all(runs.map(run => run.done))
  assert.deepEqual(sorted(rowsIn(`${dir}/a`)), sorted(rowsIn(`${dir}/b`)))
  const taken = await failure(
    runOnce(`${dir}/m3`, input.to(write.json(`${dir}/a`)), { id: 'c', trigger: availableNow() }),
  )
  assert.equal(taken.code, 'SINK_TAKEN')
})

const hostile = [
  '..',
  '../../x',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'a\nb',
  "'; drop",
  '"',
  '=',
  '%2F',
  '',
  ' ',
  '.',
  'ü😀',
  '__null__',
  'CON',
  'x'.repeat(300),
  null,
]

for (const format of ['json', 'csv', 'parquet'] as const)
  test(`partitionBy any value stays in its folder, and is read back: ${format}`, async context => {
    const dir = folder(context)
    const schema = t.row({ k: t.string().nullable(), n: t.int() })
    const rows = hostile.flatMap((k, i) => [
      { k, n: i },
      { k, n: -i },
    ])
    await runOnce(`${dir}/m`, read.from(rows, { schema }).to(write[format](`${dir}/a/out`, { partitionBy: 'k' })), {
      epochRows: 5,
    })
    assert.ok(
      filesOf(dir).every(each => each.startsWith('a/out/k=') || each.startsWith('m/')),
      'nothing beside the folder',
    )
    assert.equal(new Set(filesOf(`${dir}/a/out`).map(each => each.split('/')[0])).size, hostile.length)
    const back = await read[format](`${dir}/a/out`, { schema, ...(format === 'csv' ? { nullText: '' } : {}) }).collect()
    assert.deepEqual(sorted(back), sorted(rows))
  })

test('columns of all nulls', async context => {
  const dir = folder(context)
  const schema = t.row({
    n: t.int(),
    i: t.int().nullable(),
    s: t.string().nullable(),
    at: t.timestamp().nullable(),
    b: t.boolean().nullable(),
  })
  const rows = Array.from({ length: 100 }, (_, n) => ({ n, i: null, s: null, at: null, b: null }))
  for (const format of ['json', 'csv', 'parquet'] as const) {
    await runOnce(`${dir}/m-${format}`, read.from(rows, { schema }).to(write[format](`${dir}/${format}`)))
    const table = read[format](`${dir}/${format}`, { schema })
    assert.deepEqual(await table.collect(), rows)
    const [all] = await table
      .agg(g => ({
        c: g.i.count(),
        d: g.s.countDistinct(),
        m: g.at.max(),
        e: g.b.every(),
        q: g.i.approxQuantile(0.5),
        v: g.i.variance(),
      }))
      .collect()
    assert.deepEqual(all, { c: 0, d: 0, m: null, e: null, q: null, v: null })
  }
})

test('the newest manifest of an output folder is gone: the next start notices', async context => {
  const dir = folder(context)
  const rows = read.json(`${dir}/in`, { schema: Row, until: 'forever' })
  for (let n = 1; n <= 2; n++) {
    put(`${dir}/in/${n}.jsonl`, [{ f: n, n }])
    await runOnce(`${dir}/m`, rows.to(write.json(`${dir}/out`)))
  }
  const manifests = `${dir}/out/.millrace/epochs`
  rmSync(`${manifests}/${readdirSync(manifests).sort().at(-1)}`)
  const error = await failure(runOnce(`${dir}/m`, rows.to(write.json(`${dir}/out`))))
  assert.equal(error.code, 'SINK_ALTERED')
  assert.match(error.message, /the manifest of epoch 2 is gone/)
})
