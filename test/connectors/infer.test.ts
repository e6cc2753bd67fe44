import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { MillraceError } from '../../src/base/index.ts'
import { inferSchema } from '../../src/connectors/index.ts'
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
    assert.deepEqual(shown(await inferSchema('a.json', { disk })), { v: type })
  })
}

test('columns in the order of their first appearance, over files, bad lines left aside', async () => {
  const { disk } = virtualWorld()
  await disk.writeAtomic('a/1.json', bytes('{"b":1}\nnonsense\n[1]\n{"a":"x","b":2}\n'))
  await disk.writeAtomic('a/2.json.gz', gzipSync('{"c":true}\n'))
  assert.deepEqual(shown(await inferSchema('a', { disk })), { b: 'int?', a: 'string?', c: 'boolean?' })
  assert.deepEqual(shown(await inferSchema('a', { disk, rows: 1 })), { b: 'int?' })
})

test('a pinned schema stays, whatever the files say later', async () => {
  const { disk } = virtualWorld()
  await disk.writeAtomic('a.json', bytes('{"a":1}\n'))
  const first = await inferSchema('a.json', { disk, pin: '.millrace/a.schema.json' })
  await disk.writeAtomic('a.json', bytes('{"a":"x","b":1}\n'))
  assert.deepEqual(await inferSchema('a.json', { disk, pin: '.millrace/a.schema.json' }), first)
  await disk.writeAtomic('.millrace/a.schema.json', bytes('{'))
  await assert.rejects(inferSchema('a.json', { disk, pin: '.millrace/a.schema.json' }), /BAD_SCHEMA.*remove the file/)
})

test('nothing to infer from is an error', async () => {
  const { disk } = virtualWorld()
  await assert.rejects(
    inferSchema('a.json', { disk }),
    (e: unknown) => e instanceof MillraceError && e.code === 'NO_INPUT',
  )
  await disk.writeAtomic('a.json', bytes('x\n'))
  await assert.rejects(inferSchema('a.json', { disk }), /BAD_SCHEMA/)
})
