// Parquet's lists, maps and structs as other writers have them, and structs that lie in each other.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { MillraceError } from '../../src/base/index.ts'
import { parquetFiles, parquetSchema } from '../../src/connectors/index.ts'
import { realWorld } from '../../src/host/index.ts'
import { type RowSchema, showType, t } from '../../src/types/index.ts'
import { openSource } from './drive.ts'

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-nested-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const
const elements = [
  { name: 'root', num_children: 4 },
  { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' },
  {
    name: 'tags',
    repetition_type: 'OPTIONAL',
    num_children: 1,
    converted_type: 'LIST',
    logical_type: { type: 'LIST' },
  },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'OPTIONAL', ...text },
  {
    name: 'scores',
    repetition_type: 'OPTIONAL',
    num_children: 1,
    converted_type: 'MAP',
    logical_type: { type: 'MAP' },
  },
  { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
  { name: 'key', repetition_type: 'REQUIRED', ...text },
  { name: 'value', repetition_type: 'OPTIONAL', type: 'INT64' },
  { name: 'address', repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'city', repetition_type: 'OPTIONAL', ...text },
  { name: 'geo', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'lat', repetition_type: 'OPTIONAL', type: 'DOUBLE' },
] as const

function file(): string {
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({ writer, schema: elements.map(each => ({ ...each })) })
  parquet.write({
    columnData: [
      { name: 'id', data: [1n, 2n, 3n] },
      { name: 'tags', data: [['a', null, 'a much longer tag'], [], null] },
      {
        name: 'scores',
        data: [
          new Map([
            ['x', 1n],
            ['y', null],
          ]),
          new Map(),
          null,
        ],
      },
      { name: 'address', data: [{ city: 'Ulm', geo: { lat: 48.4 } }, { city: 'Bonn', geo: null }, null] },
    ],
  })
  parquet.finish()
  const path = join(root, 'nested.parquet')
  writeFileSync(path, new Uint8Array(writer.getBuffer()))
  return path
}

async function read(schema: RowSchema) {
  const reading = await openSource(parquetFiles(file(), schema), { world: realWorld() })
  const rows = (await reading.all()).flatMap(each => each.rows)
  await reading.source.close()
  return rows
}

const schema = t.row({
  id: t.int(),
  tags: t.list(t.string().nullable()).nullable(),
  scores: t.map(t.string(), t.int().nullable()).nullable(),
  address: t
    .struct({ city: t.string().nullable(), geo: t.struct({ lat: t.double().nullable() }).nullable() })
    .nullable(),
})

test('the file tells its lists, maps and structs', async () => {
  const found = await parquetSchema(file())
  assert.deepEqual(
    found.fields.map(each => showType(each.type)),
    ['int', 'list<string>', 'map<string, int>', 'struct<city string, geo struct<lat double>>'],
  )
})

test('they are read as rows have them', async () => {
  assert.deepStrictEqual(await read(schema), [
    {
      id: 1,
      tags: ['a', null, 'a much longer tag'],
      scores: new Map([
        ['x', 1],
        ['y', null],
      ]),
      address: { city: 'Ulm', geo: { lat: 48.4 } },
    },
    { id: 2, tags: [], scores: new Map(), address: { city: 'Bonn', geo: null } },
    { id: 3, tags: null, scores: null, address: null },
  ])
})

test('a part of a struct, and a wider type', async () => {
  const geo = t.struct({ lat: t.double().nullable(), lon: t.double().nullable() })
  const part = t.row({
    address: t.struct({ geo: geo.nullable() }).nullable(),
    scores: t.map(t.string(), t.double().nullable()).nullable(),
  })
  const rows = await read(part)
  assert.deepEqual(rows[0], {
    address: { geo: { lat: 48.4, lon: null } },
    scores: new Map([
      ['x', 1],
      ['y', null],
    ]),
  })
})

test('what does not fit is refused with the column', async () => {
  const refused: readonly (readonly [RowSchema, RegExp])[] = [
    [t.row({ tags: t.list(t.int()).nullable() }), /tags is list<string>, not list<int>.*t\.list\(t\.string\(\)\)/s],
    [t.row({ tags: t.string().nullable() }), /tags is list<string>, not string/],
    [t.row({ scores: t.map(t.int(), t.int().nullable()).nullable() }), /map<string, int>, not map<int, int>/],
    [t.row({ address: t.struct({ street: t.string() }).nullable() }), /address is struct/],
  ]
  for (const [each, message] of refused)
    await assert.rejects(
      read(each),
      error => error instanceof MillraceError && error.code === 'BAD_SCHEMA' && message.test(error.message),
    )
  await assert.rejects(
    read(t.row({ tags: t.list(t.string()).nullable() })),
    error => error instanceof MillraceError && error.code === 'BAD_VALUE' && error.where.position?.row === 1,
  )
})
