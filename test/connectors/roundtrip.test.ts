// What write puts into files, read gets out of them, on a real disk.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parquetFiles, textFiles, write } from '../../src/connectors/index.ts'
import type { Row, SinkSpec, SourceSpec } from '../../src/data/index.ts'
import { realWorld } from '../../src/host/index.ts'
import { t } from '../../src/types/index.ts'
import { openSink, openSource } from './drive.ts'

const schema = t.row({
  id: t.int(),
  big: t.bigint().nullable(),
  x: t.double().nullable(),
  ok: t.boolean().nullable(),
  text: t.string().nullable(),
  at: t.timestamp().nullable(),
  day: t.date().nullable(),
  bytes: t.binary().nullable(),
  clock: t.time().nullable(),
  span: t.interval().nullable(),
  uuid: t.uuid().nullable(),
  list: t.list(t.string().nullable()).nullable(),
  nested: t.list(t.struct({ at: t.timestamp(), bytes: t.binary().nullable() })).nullable(),
  map: t.map(t.int(), t.double()).nullable(),
  named: t.map(t.string(), t.list(t.date())).nullable(),
  price: t.decimal(20, 2).nullable(),
  exact: t.decimal().nullable(),
  prices: t.list(t.decimal(10, 3).nullable()).nullable(),
  struct: t.struct({ a: t.int(), b: t.struct({ c: t.string().nullable() }) }).nullable(),
})

const texts = ['plain', 'quote " and \\', 'new\nline', 'a,b;c\td', 'é 日本 \u{1f600}', "'", ' padded ', '{"a":1}', '#']
const rows: Row[] = texts.map((text, id) => ({
  id,
  big: 2n ** 62n + BigInt(id),
  x: id === 3 ? 1e300 : 0.1 * id,
  ok: id % 2 === 0,
  text,
  at: new Date(Date.UTC(2001, 1, 3, 4, 5, 6, id)),
  day: new Date(Date.UTC(1969, 11, 31 - id)),
  bytes: new Uint8Array([id, 0, 255]),
  clock: `12:34:5${id}.25`,
  span: { months: id - 4, days: 3 * id, micros: 1_500_000 - id * 1_000_000 },
  uuid: `9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a1${id}`,
  list: [text, null, `${id}`].slice(0, id % 4),
  nested: [{ at: new Date(id), bytes: id % 2 === 0 ? null : new Uint8Array([id]) }],
  map: new Map([
    [-id - 1, 0.5 * id],
    [id, 1],
  ]),
  named: new Map([[text, [new Date(0)]]]),
  price: `${id % 2 === 0 ? '-' : ''}12345678901234567${id}.5${id}`,
  exact: [
    '0',
    '-0.50',
    '1.10',
    'NaN',
    '-Infinity',
    `${'9'.repeat(36)}`,
    `0.${'0'.repeat(87)}1`,
    '12',
    '1e3'.replace('e3', '000'),
  ][id],
  prices: ['1.500', null, `-${id}.125`].slice(0, id % 4),
  struct: { a: id, b: { c: id === 2 ? null : text } },
}))
const nothing = {
  big: null,
  x: null,
  ok: null,
  text: null,
  at: null,
  day: null,
  bytes: null,
  clock: null,
  span: null,
  uuid: null,
  list: null,
  nested: null,
  map: null,
  named: null,
  price: null,
  exact: null,
  prices: null,
  struct: null,
}
const all = [...rows, { id: 99, ...nothing }]

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-roundtrip-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

const formats: readonly [name: string, sink: (folder: string) => SinkSpec, source: (folder: string) => SourceSpec][] = [
  ['json', folder => write.json(folder), folder => textFiles(folder, schema, { kind: 'json' })],
  ['csv', folder => write.csv(folder), folder => textFiles(folder, schema, { kind: 'csv' })],
  ['parquet', folder => write.parquet(folder), folder => parquetFiles(folder, schema)],
  [
    'csv with ; and NULL',
    folder => write.csv(folder, { delimiter: ';', nullText: 'NULL', header: false }),
    folder => textFiles(folder, schema, { kind: 'csv', delimiter: ';', nullText: 'NULL', header: false }),
  ],
]

describe('files written are the files read', () => {
  for (const [name, sink, source] of formats) {
    test(name, async () => {
      const world = realWorld(root)
      const folder = name.replaceAll(' ', '-')
      const writing = await openSink(sink(folder), schema, { world })
      await writing.epoch(1, all.slice(0, 5))
      await writing.epoch(2, all.slice(5))
      await writing.sink.close('done')
      const reading = await openSource(source(folder), { world })
      assert.deepEqual(
        (await reading.all()).flatMap(each => each.rows),
        all,
      )
      const limited = await openSource(source(folder), { world })
      assert.deepEqual(
        (await limited.all(null, { rows: 2 })).map(each => each.rows.length),
        [2, 2, 2, 2, 2],
      )
    })
  }

  test('complete replaces one file', async () => {
    const world = realWorld(root)
    const writing = await openSink(write.csv('whole', { mode: 'complete' }), t.row({ n: t.int() }), { world })
    await writing.epoch(1, [{ n: 1 }, { n: 2 }])
    await writing.epoch(2, [{ n: 3 }])
    await writing.sink.close('done')
    assert.deepEqual(
      readdirSync(join(root, 'whole')).filter(each => !each.startsWith('.')),
      ['result.csv'],
    )
    assert.equal(readFileSync(join(root, 'whole/result.csv'), 'utf8'), 'n\n3\n')
  })
})

describe('CSV in parts', () => {
  const csv = { kind: 'csv' } as const
  const people = t.row({ name: t.string(), age: t.int() })
  const text = 'age,name\n1,"a\nb"\n2,"c ""d"""\n3,"\n\n"\n4,e\n'
  const expected = [
    { name: 'a\nb', age: 1 },
    { name: 'c "d"', age: 2 },
    { name: '\n\n', age: 3 },
    { name: 'e', age: 4 },
  ]

  test('cuts lie between records, and the header is known in the middle of a file', async () => {
    const world = realWorld(root)
    await world.disk.writeAtomic('people.csv', new TextEncoder().encode(text))
    for (const rows of [1, 2, 3]) {
      let at = null
      const seen: Row[] = []
      for (;;) {
        const reading = await openSource(textFiles('people.csv', people, csv), { world })
        const range = await reading.source.plan(at, { rows })
        if (range === undefined) break
        seen.push(...(await reading.rows(range)))
        at = range.to as never
      }
      assert.deepEqual(seen, expected, `epochs of ${rows}`)
    }
  })
})

describe('many and large', () => {
  // Against the same files read one after the other in the same process, so that a busy machine slows down both.
  test('2,000 small files at most 12 times slower as reading their bytes', async () => {
    const world = realWorld(root)
    const one = t.row({ id: t.int() })
    const { mkdirSync, readdirSync, writeFileSync } = await import('node:fs')
    const { readFile } = await import('node:fs/promises')
    mkdirSync(join(root, 'many'))
    for (let i = 0; i < 2000; i++) writeFileSync(join(root, `many/${String(i).padStart(5, '0')}.json`), `{"id":${i}}\n`)
    const bytes = await elapsedMs(async () => {
      for (const name of readdirSync(join(root, 'many')).sort()) await readFile(join(root, 'many', name))
    })
    const reading = await openSource(textFiles('many', one, { kind: 'json' }), { world })
    let seen: unknown[] = []
    const rows = await elapsedMs(async () => {
      seen = (await reading.all(null, { rows: 100_000 })).flatMap(each => each.rows.map(row => row['id']))
    })
    assert.deepEqual(
      seen,
      Array.from({ length: 2000 }, (_, i) => i),
    )
    assert.ok(rows < 12 * bytes, `${rows} ms, their bytes ${bytes} ms`)
  })
})

async function elapsedMs(act: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}
