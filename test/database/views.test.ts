// Materialized views with a folder of checkpoints go on where they were, as jobs do; what is in this process alone begins anew.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { JsonText } from '../../src/data/index.ts'
import { keptRows } from '../../src/database/kept-rows.ts'
import { changeIn, lineOf } from '../../src/database/row-text.ts'
import { realWorld } from '../../src/host/index.ts'
import { MillraceError, millrace } from '../../src/index.ts'
import { t, toSchema } from '../../src/types/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''
const path = (name: string): string => join(folder, name)

/** A process of its own: what its statements come to. */
async function session(dir: string, text: string): Promise<string[]> {
  await using m = await millrace({ dir: path(dir) })
  const all: string[] = []
  for await (const outcome of m.execute(text)) {
    if (outcome.kind === 'done') all.push(outcome.tag)
    else all.push(...(await outcome.table.collect()).map(row => Object.values(row).map(String).join('|')))
  }
  return all
}

const VIEW = 'CREATE MATERIALIZED VIEW v AS SELECT level, count(*) AS n, max(n) AS most FROM log GROUP BY level'
const ASK = 'SELECT * FROM v ORDER BY level'

function input(name: string, files: Readonly<Record<string, readonly object[]>>): string {
  mkdirSync(path(name), { recursive: true })
  for (const [file, rows] of Object.entries(files))
    writeFileSync(path(`${name}/${file}.jsonl`), rows.map(each => `${JSON.stringify(each)}\n`).join(''))
  return `CREATE TABLE log (level text, n bigint) WITH (path = '${path(name)}', until = 'forever', poll = '20 milliseconds')`
}

describe('materialized views that are kept', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'views-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('go on: rows that were read are not read again, whatever became of them', async () => {
    const log = input('log', {
      a: [
        { level: 'info', n: 1 },
        { level: 'warn', n: 9007199254740991 },
      ],
    })
    const big = `${VIEW.replace('max(n)', 'CAST(max(n) AS text)')}`
    assert.deepEqual((await session('state', `${log}; ${big}; ${ASK}`)).slice(2), [
      'info|1|1',
      'warn|1|9007199254740991',
    ])
    rmSync(path('log/a.jsonl'))
    input('log', { b: [{ level: 'info', n: 7 }] })
    const next = await session('state', `${log}; SET epoch_rows = 1; ${big}; ${ASK}`)
    assert.deepEqual(next.slice(3), ['info|2|7', 'warn|1|9007199254740991'])
    assert.deepEqual((await session('state', `${log}; ${big}; SELECT sum(n) FROM v`)).slice(2), ['3'])
  })

  test('begin anew when they were dropped; another query is told from the one that was saved', async () => {
    const log = input('other', { a: [{ level: 'info', n: 1 }] })
    await session('dropped', `${log}; ${VIEW}`)
    const other = VIEW.replace('max(n)', 'min(n)')
    await assert.rejects(
      session('dropped', `${log}; SET on_change = reject; ${other}`),
      error => error instanceof MillraceError && error.code === 'QUERY_CHANGED',
    )
    assert.deepEqual((await session('dropped', `${log}; SET on_change = backfill; ${other}; ${ASK}`)).slice(3), [
      'info|1|1',
    ])
    assert.deepEqual(
      (await session('dropped', `${log}; ${other}; DROP MATERIALIZED VIEW v; ${VIEW}; ${ASK}`)).slice(4),
      ['info|1|1'],
    )
    const left = readdirSync(path('dropped/queries'))
    assert.deepEqual(left, ['materialized%20view%20v'])
  })

  test('over rows of this process they begin anew, and over one another they follow', async () => {
    const text = `CREATE TABLE t (a bigint); INSERT INTO t VALUES (1), (2);
      CREATE MATERIALIZED VIEW s AS SELECT sum(a) AS s FROM t; CREATE MATERIALIZED VIEW d AS SELECT s * 2 AS d FROM s; SELECT d FROM d`
    assert.equal((await session('memory', text)).at(-1), '6')
    assert.equal((await session('memory', text)).at(-1), '6')
  })
})

test('rows on disk: what was committed, also after all rows were written in the place of changes', async () => {
  const { disk } = realWorld()
  const dir = mkdtempSync(join(build, 'rows-'))
  const schema = toSchema(t.row({ a: t.int() }))
  const of = (a: number, weight = 1) => ({ row: { a }, weight })
  const open = () => keptRows(disk, dir, schema)
  const kept = open()
  await kept.write(1, [of(1), of(2)])
  await kept.write(2, [])
  await kept.write(3, [of(1, -1), of(3)])
  assert.deepEqual(await open().read(0, 1), [of(1), of(2)])
  await kept.write(3, [of(1, -1), of(3)])
  assert.deepEqual(await open().read(0, 3), [of(1), of(2), of(1, -1), of(3)])
  await kept.compact(3, [of(2), of(3)])
  assert.deepEqual(readdirSync(dir), ['000000000003-whole'])
  await kept.write(4, [of(4)])
  const again = open()
  assert.deepEqual(await again.read(0, 4), [of(2), of(3), of(4)])
  assert.equal(again.size, 3)
  assert.deepEqual(await open().read(3, 4), [of(4)])
  await again.forget(3)
  assert.deepEqual(readdirSync(dir), ['000000000004'])
  writeFileSync(join(dir, '000000000005'), '[1,')
  await assert.rejects(
    open().read(0, 5),
    error => error instanceof MillraceError && error.code === 'CHECKPOINT_CORRUPT',
  )
  rmSync(dir, { recursive: true })
})

test('exact rows as lines, and back', () => {
  const schema = toSchema(
    t.row({
      a: t.bigint(),
      b: t.double(),
      c: t.binary(),
      d: t.date(),
      e: t.json().nullable(),
      f: t.list(t.string()),
      g: t.string(),
    }),
  )
  const row = {
    a: 2n ** 62n,
    b: Number.NaN,
    c: new Uint8Array([1, 255]),
    d: new Date(86400000),
    e: new JsonText('null'),
    f: ['a', 'n'],
    g: '["n","1"]',
  }
  const back = changeIn(lineOf({ row, weight: -2 }, schema), schema)
  assert.deepEqual(back, { row, weight: -2 })
  const other = { ...row, b: -0, e: null, f: [] }
  assert.deepEqual(changeIn(lineOf({ row: other, weight: 1 }, schema), schema), { row: other, weight: 1 })
})
