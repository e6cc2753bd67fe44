// Law: every row of a sample decodes by the schema that was inferred from it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inferSchema, type TextFormat } from '../../../src/data/index.ts'
import type { Schema } from '../../../src/types/index.ts'
import { type Rng, seeded } from '../../support/seed.ts'
import { decodePieces } from './read.ts'

const show = ({ fields }: Schema): string =>
  fields.map(each => `${each.name} ${each.type.kind}${each.nullable ? '?' : ''}`).join(', ')

const infer = (format: TextFormat, text: string, whole = true): string =>
  show(inferSchema(format, new TextEncoder().encode(text), whole))

const json = { kind: 'json' } as const
const csv = { kind: 'csv' } as const

/** [format, sample, schema]. */
const cases: readonly (readonly [TextFormat, string, string])[] = [
  [json, '{"b":1,"a":"x"}\n{"a":null,"c":true}', 'b int?, a string?, c boolean?'],
  [json, '{"a":1}\n{"a":1.5}\n{"a":9007199254740993}', 'a double'],
  [json, '{"a":1}\n{"a":9007199254740993}', 'a bigint'],
  [json, '{"a":1}\n{"a":1e300}', 'a double'],
  [json, '{"a":"2026-01-31T12:00:00Z"}\n{"a":"2026-01-31 12:00+01"}', 'a timestamp'],
  [json, '{"a":"2026-01-31T12:00:00"}', 'a string'],
  [json, '{"a":"2026-01-31"}\n{"a":"2024-02-29"}', 'a date'],
  [json, '{"a":"2026-02-29"}', 'a string'],
  [json, '{"a":"2026-01-31"}\n{"a":"2026-01-31T12:00:00Z"}', 'a string'],
  [json, '{"a":1}\n{"a":"x"}', 'a json'],
  [json, '{"a":{"b":1}}\n{"a":[1]}', 'a json'],
  [json, '{"a":null}\n{}', 'a json?'],
  [json, 'oops\n\n{"a":1}\n[1]\n', 'a int'],
  [csv, 'a,b,c\n1,x,\n2.5,2026-01-31,TRUE\n', 'a double, b string, c boolean?'],
  [csv, 'zip,n\n01234,1\n98765,99999999999999999999\n', 'zip string, n double'],
  [csv, '"a,b","c\nd"\r\n1,"x\ny"\r\n', 'a,b int, c\nd string'],
  [{ ...csv, header: false, delimiter: ';' }, '1;x\n2;y\n', 'column1 int, column2 string'],
  [{ ...csv, nullText: 'NA' }, 'a,b\nNA,\n1,x\n', 'a int?, b string'],
  [{ kind: 'lines' }, 'anything', 'line string'],
] // biome-ignore format: a table

for (const [format, text, schema] of cases) {
  test(`${JSON.stringify(text)} is ${schema}`, () => assert.equal(infer(format, text), schema))
}

test('a last line that may be cut is no evidence', () => {
  assert.equal(infer(json, '{"a":1}\n{"a":1.5}', false), 'a int')
  assert.equal(infer(csv, 'a\n1\n"x', false), 'a int')
})

test('a sample without a row is refused', () => {
  for (const [format, text] of [
    [json, ''],
    [json, 'oops'],
    [csv, 'a,b\n'],
  ] as const) {
    // biome-ignore format: short
    assert.throws(() => infer(format, text), /NO_SAMPLE/)
  }
})

const VALUES = [
  null,
  true,
  0,
  -7,
  1.5,
  2 ** 60,
  1e300,
  'x',
  '',
  '2026-01-31',
  '2026-01-31T10:00Z',
  '0000-02-29',
  '7',
  [1],
  { a: 1 },
]

const row = (rng: Rng, kinds: readonly unknown[]): string =>
  JSON.stringify(Object.fromEntries(['a', 'b', 'c'].flatMap(key => (rng.oneIn(5) ? [] : [[key, rng.pick(kinds)]]))))

seeded('a JSON sample decodes by its schema', rng => {
  const kinds = rng.list(4, () => rng.pick(VALUES)).concat([1])
  const lines = ['{"a":1}', ...rng.list(20, () => row(rng, kinds))].join('\n')
  const schema = inferSchema(json, new TextEncoder().encode(lines), true)
  assert.deepEqual(decodePieces(schema, [lines]).bad, [])
}, { runs: 200 }) // biome-ignore format: short

const TEXTS = [
  '',
  'x',
  '"q,"',
  '1',
  '007',
  '-5',
  '1.5',
  '1e5',
  '9999999999999999999',
  'true',
  'False',
  '2026-01-31',
  '2026-13-01',
  '2026-01-31 10:00:00.5+02:00',
  '" "',
  '1e999',
]

seeded('a CSV sample decodes by its schema', rng => {
  const some = rng.list(4, () => rng.pick(TEXTS)).concat(['x'])
  const records = Array.from({ length: rng.int(1, 20) }, () => `${rng.pick(some)},${rng.pick(some)}\n`)
  const text = `a,b\n${records.join('')}`
  const schema = inferSchema(csv, new TextEncoder().encode(text), true)
  const { rows, bad } = decodePieces(schema, [text], { format: csv })
  assert.deepEqual(bad, [])
  assert.equal(rows.length, records.length)
}, { runs: 200 }) // biome-ignore format: short
