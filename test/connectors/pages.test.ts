// Law: numbers into a dictionary say what the library's values say, for every encoding of a chunk that is read so; and
// damaged pages are an error or other values, never a hang or another sort of error.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { MillraceError } from '../../src/base/index.ts'
import { parquetFiles } from '../../src/connectors/index.ts'
import { loadPageTools } from '../../src/connectors/parquet/library.ts'
import { isIndexed } from '../../src/connectors/parquet/pages.ts'
import { realWorld } from '../../src/host/index.ts'
import { t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { openSource } from './drive.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-pages-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const flights = fileURLToPath(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url))

const schema = t.row({
  i: t.int().nullable(),
  l: t.bigint().nullable(),
  d: t.double().nullable(),
  s: t.string().nullable(),
  b: t.boolean().nullable(),
})

async function read(path: string, rows = Number.POSITIVE_INFINITY): Promise<object[]> {
  const reading = await openSource(parquetFiles(path, schema), { world: realWorld() })
  try {
    return (await reading.all(null, { rows })).flatMap(each => each.rows)
  } finally {
    await reading.source.close()
  }
}

seeded('what is written is read, whatever the encoding, nulls, row groups and cuts', async random => {
  const count = random.int(1, 3000)
  const distinct = random.pick([1, 2, 9, 300, 5000])
  const nullOneIn = random.pick([1, 2, 50, 1_000_000])
  const value = () => random.int(0, distinct - 1)
  const rows = Array.from({ length: count }, () => {
    const or = <T>(made: T): T | null => (random.oneIn(nullOneIn) ? null : made)
    return {
      i: or(value() - 7),
      l: or(BigInt(value()) * -(2n ** 50n)),
      d: or(value() / 3),
      s: or(`text ${'x'.repeat(value() % 20)} ${value()}`),
      b: or(random.oneIn(2)),
    }
  })
  const types = { i: 'INT32', l: 'INT64', d: 'DOUBLE', s: 'STRING', b: 'BOOLEAN' } as const
  const columnData = Object.entries(types).map(([name, type]) => ({
    name,
    type,
    nullable: true,
    data: rows.map(row => row[name as keyof typeof row]),
  }))
  const path = join(folder, `${random.uint32()}.parquet`)
  const rowGroupSize = random.int(1, 4000)
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize } as never)))
  assert.deepEqual(await read(path, random.pick([Number.POSITIVE_INFINITY, 777])), rows)
})

test('the flights are what the library reads, and all of their columns are read as numbers', async () => {
  const { parquetMetadataAsync } = await import('hyparquet')
  const bytes = readFileSync(flights)
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end = bytes.length) => bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + end),
  } as never
  const metadata = await parquetMetadataAsync(file)
  for (const { columns } of metadata.row_groups)
    for (const { meta_data: chunk } of columns) assert.ok(chunk !== undefined && isIndexed(chunk))
  const [rowStart, rowEnd] = [1_000_000, 1_006_000]
  const expected = await parquetReadObjects({ file, rowStart, rowEnd, compressors: await codecs() })
  const all = t.row({
    date: t.timestamp(),
    delay: t.int(),
    distance: t.int(),
    origin: t.string(),
    destination: t.string(),
  })
  const reading = await openSource(parquetFiles(flights, all), { world: realWorld() })
  const first = await reading.source.plan(null, { rows: rowStart })
  const range = await reading.source.plan(first?.to ?? null, { rows: rowEnd - rowStart })
  const plain = (rows: readonly object[]) =>
    JSON.parse(JSON.stringify(rows, (_, v) => (typeof v === 'bigint' ? Number(v) : v)))
  assert.deepEqual(plain(await reading.rows(range as never)), plain(expected))
})

async function codecs() {
  const { zstdDecompressSync } = await import('node:zlib')
  return { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) }
}

seeded(
  'a damaged file is an error that names it, or other values',
  async random => {
    const data = Array.from({ length: 500 }, (_, i) => (i % 11 === 0 ? null : i % 40))
    const columnData = [
      { name: 'i', type: 'INT32', nullable: true, data },
      {
        name: 's',
        type: 'STRING',
        nullable: true,
        data: data.map(each => (each === null ? null : `text number ${each}`)),
      },
    ]
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' } as never))
    for (let flips = random.int(1, 3); flips > 0; flips--) bytes[random.int(4, bytes.length - 9)] = random.int(0, 255)
    const path = join(folder, `${random.uint32()}.parquet`)
    writeFileSync(path, bytes)
    try {
      await read(path)
    } catch (error) {
      assert.ok(error instanceof MillraceError, String((error as Error).stack))
      assert.match(error.message, /\.parquet/)
    }
  },
  { runs: 200 },
)

test('the library has the parts that read single pages', async () => {
  const tools = await loadPageTools()
  for (const part of Object.values(tools)) assert.equal(typeof part, 'function')
})
