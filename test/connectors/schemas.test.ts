// Readers take the schemas of zod, valibot and arktype as they are: the same rows from the same file by each.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { read, t } from 'millrace'
import * as v from 'valibot'
import { z } from 'zod'
import { showType, toSchema } from '../../src/types/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-schemas-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'flights.jsonl')
writeFileSync(
  file,
  `{"at":"2001-02-03T04:05:06Z","carrier":"AA","delay":5,"price":1.5,"tags":["x"],"kind":"a"}
{"at":"2001-02-03T05:05:06Z","carrier":"UA","delay":null,"price":2,"note":"late","tags":[],"kind":"b"}
`,
)

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T | undefined => undefined

interface Row {
  at: Date
  carrier: string
  delay: number | null
  price: number
  note: string | null
  tags: string[]
  kind: 'a' | 'b'
}

const isoToDate = z.codec(z.iso.datetime(), z.date(), {
  decode: text => new Date(text),
  encode: at => at.toISOString(),
})
const zod = z.object({
  at: isoToDate,
  carrier: z.string().min(2),
  delay: z.int().nullable(),
  price: z.number().positive(),
  note: z.string().optional(),
  tags: z.array(z.string()),
  kind: z.enum(['a', 'b']),
})
const valibot = toStandardJsonSchema(
  v.object({
    at: v.pipe(
      v.string(),
      v.isoTimestamp(),
      v.transform(text => new Date(text)),
    ),
    carrier: v.pipe(v.string(), v.minLength(2)),
    delay: v.nullable(v.pipe(v.number(), v.integer())),
    price: v.number(),
    note: v.optional(v.string()),
    tags: v.array(v.string()),
    kind: v.picklist(['a', 'b']),
  }),
)
const arktype = type({
  at: 'string.date.iso.parse',
  carrier: 'string >= 2',
  delay: 'number.integer | null',
  price: 'number',
  'note?': 'string',
  tags: 'string[]',
  kind: "'a' | 'b'",
})

const columns = [
  'at timestamp',
  'carrier string',
  'delay int?',
  'kind string',
  'note string?',
  'price double',
  'tags json',
]
const rows = [
  { at: new Date('2001-02-03T04:05:06Z'), carrier: 'AA', delay: 5, price: 1.5, note: null, tags: ['x'], kind: 'a' },
  { at: new Date('2001-02-03T05:05:06Z'), carrier: 'UA', delay: null, price: 2, note: 'late', tags: [], kind: 'b' },
]

for (const [name, schema] of Object.entries({ zod, valibot, arktype }))
  test(`the columns of a schema of ${name}`, () => {
    const shown = toSchema(schema).fields.map(each => `${each.name} ${showType(each.type)}${each.nullable ? '?' : ''}`)
    assert.deepEqual(shown.sort(), columns)
  })

test('rows by a schema of zod: typed, and event time is among its Dates', async () => {
  const flights = read.json(file, { schema: zod, time: 'at' })
  const got = await flights.collect()
  isTrue<Equal<(typeof got)[number], Row>>()
  assert.deepEqual(got, rows)
  const late = await flights
    .where(f => f.delay.gt(1))
    .select(f => ({ tag: f.tags.text(0), kind: f.kind }))
    .collect()
  isTrue<Equal<(typeof late)[number], { tag: string | null; kind: string }>>()
  assert.deepEqual(late, [{ tag: 'x', kind: 'a' }])
})

test('rows by a schema of valibot', async () => {
  const got = await read.json(file, { schema: valibot, time: 'at' }).collect()
  isTrue<Equal<(typeof got)[number], Row>>()
  assert.deepEqual(got, rows)
})

test('rows by a schema of arktype', async () => {
  const got = await read.json(file, { schema: arktype, time: 'at' }).collect()
  isTrue<Equal<(typeof got)[number], Row>>()
  assert.deepEqual(
    got.map(row => ({ ...row })),
    rows,
  )
})

test('rows from code and an input to push to take such schemas too', async () => {
  const schema = z.object({ word: z.string(), n: z.int().default(1) })
  const words = read.from(
    [
      { word: 'a', n: 2 },
      { word: 'b', n: null },
    ],
    { schema },
  )
  assert.deepEqual(await words.collect(), [
    { word: 'a', n: 2 },
    { word: 'b', n: null },
  ])
  const input = read.memory(schema)
  await input.push({ word: 'c', n: 3 })
  input.close()
  assert.deepEqual(await input.table.collect(), [{ word: 'c', n: 3 }])
})

test('rows are decoded, not validated: refinements and transforms do not run', async () => {
  const schema = z.object({
    carrier: z
      .string()
      .max(1)
      .transform(text => text.length),
    price: z.number().negative(),
  })
  const got = await read.json(file, { schema }).collect()
  isTrue<Equal<(typeof got)[number], { carrier: string; price: number }>>()
  assert.deepEqual(got, [
    { carrier: 'AA', price: 1.5 },
    { carrier: 'UA', price: 2 },
  ])
})

test('the sample that tells Dates from text fits lengths, ranges and formats; a pattern needs an example', () => {
  const strict = {
    at: isoToDate,
    id: z.uuid(),
    mail: z.email(),
    code: z.string().length(3),
    share: z.number().min(10).max(20).multipleOf(5),
    list: z.array(z.int()).min(2),
    place: z.object({ lat: z.number().max(-1) }),
  }
  assert.equal(showType(toSchema(z.object(strict)).fields[0]!.type), 'timestamp')
  const flight = z.string().regex(/^[A-Z]{2}\d+$/)
  assert.throws(() => toSchema(z.object({ ...strict, flight })), {
    code: 'BAD_SCHEMA',
    message:
      /whether column at is a Date or text can't be found out \(a sample row was refused at flight: Invalid string/,
  })
  const told = flight.meta({ examples: ['AA12'] })
  assert.equal(showType(toSchema(z.object({ ...strict, flight: told })).fields[0]!.type), 'timestamp')
})

test('what has no JSON Schema is refused with the way out', () => {
  assert.throws(() => toSchema(z.object({ at: z.date() })), {
    code: 'BAD_SCHEMA',
    message: /the zod schema has no JSON Schema for its input .*codec to Date/,
  })
  assert.throws(() => toSchema(v.object({ a: v.string() })), {
    code: 'BAD_SCHEMA',
    message: /the valibot schema does not tell its JSON Schema.*converter/,
  })
})

test('a path may be a file: URL', async () => {
  const schema = t.row({ carrier: t.string() })
  assert.equal(await read.json(pathToFileURL(file), { schema }).count(), 2)
  assert.throws(() => read.json(new URL('https://example.org/a.jsonl'), { schema }), {
    code: 'BAD_OPTION',
    message: /is not a file: URL/,
  })
})
