// LZ4 of Parquet files that DuckDB wrote, of Hadoop's frames, and of bytes that are none.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { lz4, lz4Block } from '../../src/connectors/parquet/lz4.ts'
import { read, t } from '../../src/index.ts'
import { seeded } from '../support/seed.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

/** 'abcabcabcab…' as 3 literals and a match that repeats itself, then the last literals. */
const repeats = Uint8Array.of(0x3f, 97, 98, 99, 3, 0, 10, 0x50, 49, 50, 51, 52, 53)
const repeated = `${'abc'.repeat(11).slice(0, 32)}12345`

test('literals, a match that repeats itself, and a last sequence without a match', () => {
  assert.equal(textOf(lz4Block(repeats, repeated.length)), repeated)
  assert.equal(textOf(lz4Block(Uint8Array.of(0x20, 104, 105), 2)), 'hi')
  assert.equal(lz4Block(Uint8Array.of(0), 0)?.length, 0)
})

test('lengths of more than a byte', () => {
  const text = 'x'.repeat(15 + 255 + 7)
  const block = Uint8Array.of(0xf0, 255, 7, ...bytesOf(text))
  assert.equal(textOf(lz4Block(block, text.length)), text)
})

test("Hadoop's frames, one or more, and a bare block under the old name", () => {
  const frame = (size: number, block: Uint8Array) => [0, 0, 0, size, 0, 0, 0, block.length, ...block]
  const two = Uint8Array.from([...frame(repeated.length, repeats), ...frame(2, Uint8Array.of(0x20, 104, 105))])
  assert.equal(textOf(lz4(two, repeated.length + 2)), `${repeated}hi`)
  assert.equal(textOf(lz4(repeats, repeated.length)), repeated)
})

seeded('damaged bytes are refused, and nothing else is done', rng => {
  const bytes = Uint8Array.from(repeats)
  for (let i = rng.int(1, 3); i > 0; i--) bytes[rng.int(0, bytes.length - 1)] = rng.int(0, 255)
  const cut = bytes.subarray(0, rng.int(0, bytes.length))
  for (const inflate of [lz4, lz4Block]) {
    const made = inflate(cut, repeated.length)
    assert.ok(made === undefined || made.length === repeated.length)
  }
  assert.equal(lz4Block(repeats, 2 ** 40), undefined)
  assert.equal(lz4(repeats, repeated.length + 1), undefined)
})

test('files of DuckDB: numbers, text and nulls, repeated and not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lz4-'))
  const duck = await (await DuckDBInstance.create()).connect()
  const file = join(folder, 'a.parquet')
  await duck.run(`COPY (SELECT i AS id, (i * 7919) % 1000003 AS far, 'text ' || (i * 31) % 20011 AS own, i % 3 AS few,
    CASE WHEN i % 5 = 0 THEN NULL ELSE 'again and again' END AS same FROM range(30000) r(i))
    TO '${file}' (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 10000)`)
  const schema = t.row({
    id: t.int(),
    far: t.int().nullable(),
    own: t.string().nullable(),
    few: t.int().nullable(),
    same: t.string().nullable(),
  })
  const rows = await read
    .parquet(file, { schema })
    .orderBy(row => row.id)
    .collect()
  const expected = Array.from({ length: 30_000 }, (_, i) => ({
    id: i,
    far: (i * 7919) % 1_000_003,
    own: `text ${(i * 31) % 20_011}`,
    few: i % 3,
    same: i % 5 === 0 ? null : 'again and again',
  }))
  assert.deepEqual(rows, expected)
  duck.closeSync()
  rmSync(folder, { recursive: true, force: true })
})
