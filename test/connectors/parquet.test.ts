import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../src/base/index.ts'
import { parquetFiles, parquetSchema, write } from '../../src/connectors/index.ts'
import { Memory, type Row } from '../../src/data/index.ts'
import { realWorld } from '../../src/host/index.ts'
import { t } from '../../src/types/index.ts'
import { openSink, openSource } from './drive.ts'

const flights = fileURLToPath(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url))
const code = (wanted: string) => (error: unknown) => error instanceof MillraceError && error.code === wanted

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-parquet-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

describe('three million flights', () => {
  test('the file tells its schema', async () => {
    const schema = await parquetSchema(flights)
    const shown = schema.fields.map(
      each => `${each.name} ${'kind' in each.type ? each.type.kind : ''} ${each.nullable}`,
    )
    assert.deepEqual(shown, [
      'date timestamp true',
      'delay int true',
      'distance int true',
      'origin string true',
      'destination string true',
    ])
  })

  test('any range of rows, also across row groups, equals the same rows of a longer range', async () => {
    const schema = await parquetSchema(flights)
    const reading = await openSource(parquetFiles(flights, schema), { world: realWorld() })
    const first = await reading.source.plan(null, { rows: 272_000 })
    assert.ok(first)
    const second = await reading.source.plan(first.to, { rows: 1500 })
    const third = await reading.source.plan(second?.to ?? null, { rows: 10 })
    const long = await reading.source.plan(first.to, { rows: 1510 })
    const parts = [...(await reading.rows(second as never)), ...(await reading.rows(third as never))]
    assert.equal(parts.length, 1510)
    assert.deepEqual(parts, await reading.rows(long as never))
    assert.deepEqual(Object.keys(parts[0] as Row), ['date', 'delay', 'distance', 'origin', 'destination'])
    await reading.source.close()
  })

  test('only the columns asked for are decoded; none is enough to count', async () => {
    const schema = await parquetSchema(flights)
    for (const columns of [['origin'], []]) {
      const memory = new Memory()
      const source = await parquetFiles(flights, schema).open({
        memory,
        world: realWorld(),
        columns,
        wake() {},
        badRow() {},
        signal: new AbortController().signal,
      })
      const range = await source.plan(null, { rows: Number.POSITIVE_INFINITY })
      let rows = 0
      for await (const { batch } of source.read(range as never)) {
        assert.equal(batch.columns.length, columns.length)
        rows += batch.rows
      }
      assert.equal(rows, 3_000_000)
      assert.equal(source.ended(range?.to ?? null), true)
      await source.close()
      assert.ok(memory.used < 64, `${memory.used} bytes left`)
    }
  })
})

describe('files that are not as declared', () => {
  const cases: readonly [name: string, schema: ReturnType<typeof t.row>, message: RegExp][] = [
    ['another type', t.row({ origin: t.int() }), /column origin is string, not int.*t\.string\(\)/],
    ['a missing column', t.row({ nope: t.int() }), /no column nope/],
    ['nulls where none may be', t.row({ maybe: t.int() }), /BAD_VALUE.*maybe.*row 2/],
  ]
  for (const [name, schema, message] of cases) {
    test(name, async () => {
      const world = realWorld(root)
      if (!(await world.disk.exists('small/part-000001.parquet'))) {
        const writing = await openSink(write.parquet('small'), t.row({ maybe: t.int().nullable() }), { world })
        await writing.epoch(1, [{ maybe: 1 }, { maybe: null }])
        await writing.sink.close('done')
      }
      const file = name.startsWith('nulls') ? 'small' : flights
      const reading = await openSource(parquetFiles(file, schema), { world })
      await assert.rejects(reading.all(null, { rows: 10 }), message)
    })
  }

  test('a missing column that may be null is null', async () => {
    const schema = t.row({ origin: t.string().nullable(), nope: t.string().nullable() })
    const reading = await openSource(parquetFiles(flights, schema), { world: realWorld() })
    const range = await reading.source.plan(null, { rows: 2 })
    assert.deepEqual(
      (await reading.rows(range as never)).map(row => row['nope']),
      [null, null],
    )
  })

  test('what is no Parquet is named', async () => {
    const world = realWorld(root)
    await world.disk.writeAtomic('text.parquet', new TextEncoder().encode('no parquet at all, really'))
    const reading = await openSource(parquetFiles('text.parquet', t.row({ a: t.int() })), { world })
    await assert.rejects(reading.all(), code('BAD_PARQUET'))
  })
})

test('others read what we write: DuckDB', async () => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const world = realWorld(root)
  const schema = t.row({ n: t.bigint(), s: t.string().nullable(), at: t.timestamp(), x: t.double(), d: t.date() })
  const rows = Array.from({ length: 100_000 }, (_, i) => ({
    n: BigInt(i),
    s: i % 7 === 0 ? null : `text number ${i % 1000}`,
    at: new Date(1e12 + i * 1000),
    x: i % 1000 === 0 ? Number.NaN : i / 7,
    d: new Date(86_400_000 * (i % 1000)),
  }))
  const writing = await openSink(write.parquet('duck', { roll: { bytes: 2 << 20 } }), schema, { world })
  for (let n = 0; n < 5; n++) await writing.epoch(n + 1, rows.slice(n * 20_000, (n + 1) * 20_000))
  await writing.sink.close('done')
  assert.ok((await world.disk.glob('duck')).length > 1)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const result = await connection.runAndReadAll(
    `SELECT count(*), sum(n), count(s), count(DISTINCT s), max("at")::VARCHAR, count(*) FILTER (isnan(x)), max(d)::VARCHAR
     FROM '${root}/duck/*.parquet'`,
  )
  assert.deepEqual(result.getRows()[0]?.map(String), [
    '100000',
    String((99_999n * 100_000n) / 2n),
    String(rows.filter(each => each.s !== null).length),
    '1000',
    '2001-09-10 05:33:19+00',
    '100',
    '1972-09-26',
  ])
  connection.closeSync()
  const reading = await openSource(parquetFiles('duck', schema), { world })
  const back = (await reading.all(null, { rows: 30_000 })).flatMap(each => each.rows)
  assert.deepEqual(back, rows)
})
