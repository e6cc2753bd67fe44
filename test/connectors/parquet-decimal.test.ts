// Decimals of Parquet files that DuckDB wrote (32, 64 and 128 bits, plain and by dictionary), and ours read by it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { millrace, read, t, write } from '../../src/index.ts'
import { showType } from '../../src/types/index.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-decimals-'))
after(() => rmSync(root, { recursive: true, force: true }))
const duck = await (await DuckDBInstance.create()).connect()

test('decimals of every width', async () => {
  const path = join(root, 'duck.parquet')
  await duck.run(
    `COPY (SELECT (i * 1.25)::DECIMAL(4, 2) AS small, (i * -12345.678)::DECIMAL(12, 3) AS middle,
       (i * 1234567890123456.789)::DECIMAL(30, 4) AS large, CASE WHEN i = 2 THEN NULL ELSE (i % 2)::DECIMAL(9, 1) END AS few
     FROM range(4) t(i)) TO '${path}' (FORMAT parquet)`,
  )
  const m = await millrace({ dir: false })
  const table = await m.sql(`SELECT small, middle, large, few FROM '${path}'`)
  assert.deepEqual(
    table.schema.fields.map(each => showType(each.type)),
    ['decimal(4, 2)', 'decimal(12, 3)', 'decimal(30, 4)', 'decimal(9, 1)'],
  )
  assert.deepEqual(await table.collect(), [
    { small: '0.00', middle: '0.000', large: '0.0000', few: '0.0' },
    { small: '1.25', middle: '-12345.678', large: '1234567890123456.7890', few: '1.0' },
    { small: '2.50', middle: '-24691.356', large: '2469135780246913.5780', few: null },
    { small: '3.75', middle: '-37037.034', large: '3703703670370370.3670', few: '1.0' },
  ])
  const Other = t.row({ middle: t.decimal(10, 1), few: t.decimal().nullable() })
  const [, second] = await read.parquet(path, { schema: Other }).collect()
  assert.deepEqual(second, { middle: '-12345.7', few: '1.0' })
  const Wrong = t.row({ large: t.int() })
  await assert.rejects(
    read.parquet(path, { schema: Wrong }).collect(),
    /is decimal\(30, 4\), not int.*t\.decimal\(30, 4\)/s,
  )
})

test('what we write is DECIMAL for others', async () => {
  const Row = t.row({ price: t.decimal(20, 2).nullable(), any: t.decimal() })
  const rows = [
    { price: '-123456789012345678.25', any: '1.10' },
    { price: null, any: 'NaN' },
  ]
  await using m = await millrace({ dir: join(root, 'state') })
  await using run = await m.run('out', read.from(rows, { schema: Row }).to(write.parquet(join(root, 'out'))))
  await run.done
  const answer = await duck.runAndReadAll(
    `SELECT price::VARCHAR, typeof(price), "any" FROM read_parquet('${join(root, 'out')}/*.parquet')`,
  )
  assert.deepEqual(answer.getRows(), [
    ['-123456789012345678.25', 'DECIMAL(20,2)', '1.10'],
    [null, 'DECIMAL(20,2)', 'NaN'],
  ])
})
