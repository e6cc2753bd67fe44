// Law 9: no name or value that comes from data or schema becomes code or a path without escaping. Partition values are in
// test/integration/files.test.ts, callers without types in test/hostile.test.ts.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { read, t, write } from 'millrace'
import { filesOf, folder, put, runOnce } from '../integration/support.ts'

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'count',
  'of',
  'window',
  '#1',
  '__order_0',
  'a b',
  'a.b',
  "'",
  '"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that would be code if it were pasted into a template
  '`${1}`',
  '\\',
  '../x',
  '/',
  '😀',
  'select',
  'x'.repeat(256),
]

for (const name of names)
  test(`a column called ${JSON.stringify(name).slice(0, 20)}`, async context => {
    const dir = folder(context)
    type Any = any
    const schema = t.row(
      Object.fromEntries([
        [name, t.int()],
        ['other', t.string()],
      ]) as Any,
    ) as Any
    const line = `{${JSON.stringify(name)}:5,"other":"o"}\n`
    const table = read.json(put(`${dir}/in.jsonl`, line), { schema }) as Any
    const [row] = await table.collect()
    assert.deepEqual(Object.entries(row), [
      [name, 5],
      ['other', 'o'],
    ])
    assert.equal(
      (
        await table
          .groupBy(name)
          .agg((g: Any) => ({ rows: g.count() }))
          .collect()
      )[0].rows,
      1,
    )
    assert.deepEqual(await table.select((r: Any) => ({ x: r[name].add(1) })).collect(), [{ x: 6 }])
    assert.equal(
      (
        await table
          .orderBy((r: Any) => r[name])
          .limit(1)
          .collect()
      ).length,
      1,
    )
    assert.deepEqual(
      Object.entries(
        (
          await table
            .filter((r: Any) => r[name] === 5)
            .map((r: Any) => ({ ...r }), schema)
            .collect()
        )[0],
      ),
      Object.entries(row),
    )
    assert.deepEqual(Object.keys(Object.prototype), [], 'nothing is polluted')
    for (const format of ['json', 'csv', 'parquet'] as const) {
      await runOnce(`${dir}/m`, table.to(write[format](`${dir}/${format}`, { partitionBy: name })), { id: format })
      assert.deepEqual(
        Object.entries((await (read[format](`${dir}/${format}`, { schema }) as Any).collect())[0]),
        Object.entries(row),
      )
    }
    assert.ok(filesOf(dir).every(each => /^(in\.jsonl|(json|csv|parquet|m)\/)/.test(each)))
  })

const ids = [
  '../../evil',
  'a/b',
  '/etc/x',
  '.',
  '..',
  ' ',
  'a\nb',
  'CON',
  '__proto__',
  '%2e%2e',
  'é',
  '😀'.repeat(10),
  'x'.repeat(200),
]

test('the id of a run is one folder of its own', async context => {
  const dir = folder(context)
  for (const id of ids)
    await runOnce(`${dir}/m`, read.from([{ n: 1 }], { schema: t.row({ n: t.int() }) }).to(write.memory()), { id })
  assert.equal(readdirSync(`${dir}/m/queries`).length, ids.length)
  assert.deepEqual(readdirSync(dir), ['m'])
})
