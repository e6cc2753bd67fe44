import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { MillraceError } from '../../src/base/index.ts'
import { infer } from '../../src/connectors/index.ts'
import { read } from '../../src/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { type Schema, showType } from '../../src/types/index.ts'

const shown = (schema: Schema) =>
  Object.fromEntries(schema.fields.map(({ name, type, nullable }) => [name, showType(type) + (nullable ? '?' : '')]))
const bytes = (text: string) => new TextEncoder().encode(text)

const cases: readonly [values: readonly unknown[], type: string][] = [
  [[1, -2, null], 'int?'],
  [[1, 2 ** 60], 'bigint?'],
  [[1, 0.5], 'double?'],
  [[true, null], 'boolean?'],
  [['a', '2001-01-01'], 'string?'],
  [['2001-01-01', '1969-12-31'], 'date?'],
  [['2001-01-01T00:00:00Z', '2001-01-01T00:00:00.5+01:00'], 'timestamp?'],
  [['2001-01-01T00:00:00'], 'string?'],
  [[1, 'a'], 'json?'],
  [[{ a: 1 }], 'json?'],
  [[[1]], 'json?'],
  [[null], 'json?'],
]
for (const [values, type] of cases) {
  test(`${JSON.stringify(values)} is ${type}`, async () => {
    const { disk } = virtualWorld()
    await disk.writeAtomic('a.json', bytes(values.map(v => `${JSON.stringify({ v })}\n`).join('')))
    assert.deepEqual(shown(await infer('a.json', { disk })), { v: type })
  })
}

test('columns in the order of their first appearance, over files, bad lines left aside', async () => {
  const { disk } = virtualWorld()
  await disk.writeAtomic('a/1.json', bytes('{"b":1}\nnonsense\n[1]\n{"a":"x","b":2}\n'))
  await disk.writeAtomic('a/2.json.gz', gzipSync('{"c":true}\n'))
  assert.deepEqual(shown(await infer('a', { disk })), { b: 'int?', a: 'string?', c: 'boolean?' })
  assert.deepEqual(shown(await infer('a', { disk, rows: 1 })), { b: 'int?' })
})

test('a pinned schema stays, whatever the files say later', async () => {
  const { disk } = virtualWorld()
  await disk.writeAtomic('a.json', bytes('{"a":1}\n'))
  const first = await infer('a.json', { disk, pin: '.millrace/a.schema.json' })
  await disk.writeAtomic('a.json', bytes('{"a":"x","b":1}\n'))
  assert.deepEqual(await infer('a.json', { disk, pin: '.millrace/a.schema.json' }), first)
  await disk.writeAtomic('.millrace/a.schema.json', bytes('{'))
  await assert.rejects(infer('a.json', { disk, pin: '.millrace/a.schema.json' }), /BAD_SCHEMA.*remove the file/)
})

test('CSV: the texts of the first file, with its header or without', async () => {
  const { disk } = virtualWorld()
  await disk.writeAtomic(
    'c/1.csv',
    bytes('id,at,ok,name\n1,2001-01-01T00:00:00Z,true,"a\nb"\n2,2001-01-02T00:00:00Z,,x\n'),
  )
  await disk.writeAtomic('c/2.csv', bytes('id,at,ok,name\nx,y,z,0\n'))
  const expected = { id: 'int?', at: 'timestamp?', ok: 'boolean?', name: 'string?' }
  assert.deepEqual(shown(await infer('c', { disk })), expected)
  await disk.writeAtomic('d.txt', bytes('1;x\n2.5;y\n'))
  const options = { disk, format: 'csv', header: false, delimiter: ';' } as const
  assert.deepEqual(shown(await infer('d.txt', options)), { column1: 'double?', column2: 'string?' })
  assert.deepEqual(shown(await infer('d.txt', { ...options, rows: 1 })), { column1: 'int?', column2: 'string?' })
})

test('Parquet: what the file declares, pinned too', async () => {
  const file = new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url)
  const expected = { date: 'timestamp?', delay: 'int?', distance: 'int?', origin: 'string?', destination: 'string?' }
  assert.deepEqual(shown(await infer(file)), expected)
})

test('a table of inferred columns runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-infer-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'rides.csv')
  writeFileSync(path, 'zone,fare\nnorth,12.5\nsouth,9\n')
  const schema = await infer<{ zone: string | null; fare: number | null }>(path, { pin: join(folder, 'pin.json') })
  const rides = read.csv(path, { schema })
  assert.deepEqual(await rides.where(r => r.fare.gt(10)).collect(), [{ zone: 'north', fare: 12.5 }])
  assert.deepEqual(await read.csv(path, { schema: await infer(path) }).count(), 2)
})

test('nothing to infer from is an error', async () => {
  const { disk } = virtualWorld()
  await assert.rejects(infer('a.json', { disk }), (e: unknown) => e instanceof MillraceError && e.code === 'NO_INPUT')
  await disk.writeAtomic('a.json', bytes('x\n'))
  await assert.rejects(infer('a.json', { disk }), /BAD_SCHEMA/)
})
