// Lists, maps and structs: every door in and out gives what came in, bad ones are told with their place, and the order of
// their bytes is the order of their values.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { fromArrow, toIPC } from '../../src/data/arrow.ts'
import {
  batchFromRows,
  CellWriter,
  type Csv,
  compareBytes,
  createDecoder,
  createEncoder,
  Memory,
  putValueOf,
  type Row,
  rowsOf,
} from '../../src/data/index.ts'
import { type ColumnType, type Schema, t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const memory = new Memory()
const json = { kind: 'json' } as const
const csv = { kind: 'csv' } as const

const Address = { city: t.string(), zip: t.int().nullable() }
const schema = t.row({
  id: t.int(),
  tags: t.list(t.string()).nullable(),
  numbers: t.list(t.int().nullable()),
  reals: t.list(t.double()).nullable(),
  deep: t
    .list(t.list(t.struct({ at: t.timestamp(), day: t.date().nullable(), raw: t.binary().nullable() })))
    .nullable(),
  scores: t.map(t.string(), t.double().nullable()).nullable(),
  byId: t.map(t.int(), t.struct(Address)),
  any: t.list(t.json().nullable()).nullable(),
  others: t.list(t.uuid()).nullable(),
  spans: t.list(t.interval().nullable()).nullable(),
  clocks: t.map(t.time(), t.boolean()).nullable(),
  address: t.struct({ ...Address, geo: t.struct({ lat: t.double(), lon: t.double() }).nullable() }).nullable(),
  home: t.struct({ street: t.string(), floors: t.list(t.int()) }),
  outer: t.struct({ a: t.int(), inner: t.struct({ b: t.int().nullable() }) }).nullable(),
})

const full: Row = {
  id: 1,
  tags: ['a', '', 'größer als zwölf 🎈', 'nul\0l', '"quoted", \\ and\nnew line'],
  numbers: [3, null, -1, 2 ** 53 - 1],
  reals: [0.5, -1e300, 3],
  deep: [
    [{ at: new Date(5), day: new Date(0), raw: Uint8Array.of(0, 255) }],
    [],
    [{ at: new Date(-1), day: null, raw: null }],
  ],
  scores: new Map([
    ['a', 1.5],
    ['b', null],
  ]),
  byId: new Map([
    [-5, { city: 'Bonn', zip: null }],
    [7, { city: 'Ulm', zip: 89073 }],
  ]),
  any: [1, { x: [null] }, 'text', null],
  others: ['9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10'],
  spans: [{ months: 1, days: -2, micros: 3 }, null],
  clocks: new Map([
    ['00:00:00', true],
    ['12:30:00.5', false],
  ]),
  address: { city: 'Köln', zip: 50667, geo: { lat: 50.9, lon: 6.9 } },
  home: { street: 'Ring', floors: [1, 2] },
  outer: { a: 1, inner: { b: null } },
}
const bare: Row = {
  id: 2,
  tags: null,
  numbers: [],
  reals: null,
  deep: null,
  scores: null,
  byId: new Map(),
  any: null,
  others: null,
  spans: null,
  clocks: null,
  address: null,
  home: { street: '', floors: [] },
  outer: null,
}
const half: Row = { ...full, id: 3, tags: [], deep: [], address: { city: 'x', zip: null, geo: null }, any: [] }
const rows = [full, bare, half]

function encode(format: typeof json | Csv, shape: Schema, given: readonly object[]): string {
  const arena = memory.arena()
  const encoder = createEncoder({ format, schema: shape, memory })
  const bytes = encoder.encode(batchFromRows(given, shape, arena))
  const text = new TextDecoder().decode(encoder.header) + new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  encoder.close()
  arena.free()
  return text
}

function decode(format: typeof json | Csv, shape: Schema, text: string, columns?: readonly string[]) {
  const bad: MillraceError[] = []
  const decoder = createDecoder({
    format,
    schema: shape,
    memory,
    source: 'test',
    badRow: error => bad.push(error),
    ...(columns === undefined ? {} : { columns }),
  })
  decoder.push(new TextEncoder().encode(text), true)
  const fields =
    columns === undefined ? shape.fields : columns.map(name => shape.fields.find(each => each.name === name))
  const out: Row[] = []
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next())
    out.push(...rowsOf(batch, { fields } as Schema, memory))
  decoder.close()
  return { rows: out, bad }
}

test('rows go in and come out', () => {
  const arena = memory.arena()
  assert.deepStrictEqual(rowsOf(batchFromRows(rows, schema, arena), schema, memory), rows)
  arena.free()
})

test('long lists: of every length around the sizes at which bytes grow', () => {
  const shape = t.row({ n: t.list(t.int()), d: t.list(t.date()), b: t.list(t.boolean()), f: t.list(t.float()) })
  const long = Array.from({ length: 70 }, (_, length) => ({
    n: Array.from({ length }, (_, i) => i - 3),
    d: Array.from({ length }, (_, i) => new Date(i * 86_400_000)),
    b: Array.from({ length }, (_, i) => i % 3 === 0),
    f: Array.from({ length }, (_, i) => i / 2),
  }))
  const arena = memory.arena()
  assert.deepStrictEqual(rowsOf(batchFromRows(long, shape, arena), shape, memory), long)
  arena.free()
})

test('a map takes an object too; its entries come out by key, and a key is there once', () => {
  const shape = t.row({ m: t.map(t.string(), t.int()), n: t.map(t.int(), t.int()) })
  const arena = memory.arena()
  const [row] = rowsOf(batchFromRows([{ m: { b: 1, a: 2 }, n: { 10: 1, 9: 2 } }], shape, arena), shape, memory)
  assert.deepEqual(
    [...((row as Row)['m'] as Map<string, number>)],
    [
      ['a', 2],
      ['b', 1],
    ],
  )
  assert.deepEqual(
    [...((row as Row)['n'] as Map<number, number>)],
    [
      [9, 2],
      [10, 1],
    ],
  )
  arena.free()
})

for (const format of [json, csv, { ...csv, delimiter: ';', nullText: 'NULL' }] as const)
  test(`what is written as ${JSON.stringify(format)} reads back the same`, () => {
    const text = encode(format, schema, rows)
    const back = decode(format, schema, text)
    assert.deepEqual(back.bad, [])
    assert.deepStrictEqual(back.rows, rows)
    const some = decode(format, schema, text, ['address', 'numbers'])
    assert.deepStrictEqual(
      some.rows,
      rows.map(({ address, numbers }) => ({ address, numbers })),
    )
  })

test('JSON is what JSON.stringify would write, maps as objects', () => {
  const line = JSON.parse(encode(json, schema, [full])) as Row
  assert.deepEqual(line['tags'], full['tags'])
  assert.deepEqual(line['scores'], { a: 1.5, b: null })
  assert.deepEqual(line['byId'], { '-5': { city: 'Bonn', zip: null }, 7: { city: 'Ulm', zip: 89073 } })
  assert.deepEqual(line['address'], full['address'])
  assert.deepEqual(line['clocks'], { '00:00:00': true, '12:30:00.5': false })
  assert.deepEqual(line['spans'], ['P1M-2DT0.000003S', null])
})

test('through Arrow and back', () => {
  const arena = memory.arena()
  const bytes = toIPC([batchFromRows(rows, schema, arena)], schema, memory)
  const back = fromArrow(bytes)
  assert.deepStrictEqual(rowsOf(back.read(0, arena), back.schema, memory), rows)
  assert.deepEqual(
    back.schema.fields.map(each => each.type.kind),
    schema.fields.map(each => each.type.kind),
  )
  arena.free()
})

test('white space, other orders of keys, unknown and repeated keys', () => {
  const shape = t.row({
    l: t.list(t.struct({ a: t.int(), b: t.string().nullable() })),
    m: t.map(t.string(), t.int()),
    s: t.struct({ x: t.int(), y: t.struct({ z: t.int() }).nullable() }).nullable(),
  })
  const line = ` { "s" : { "q":[1], "y" : { "z" : 1 , "z" : 2 } , "\\u0078" : 7 } , "l" : [ { "b" : "é\\n" , "a" : 1 , "c" : {} , "a" : 2 } , { "a":3 } ] , "m" : { "k" : 1 , "\\u006b" : 2 , "j" : 3 } } `
  const expected = {
    l: [
      { a: 2, b: 'é\n' },
      { a: 3, b: null },
    ],
    m: new Map([
      ['j', 3],
      ['k', 2],
    ]),
    s: { x: 7, y: { z: 2 } },
  }
  const { rows: got, bad } = decode(json, shape, `${line}\n${line}\n`)
  assert.deepEqual(bad, [])
  assert.deepStrictEqual(got, [expected, expected])
})

test('of a struct that stands twice in a line the last counts, whole', () => {
  const shape = t.row({ s: t.struct({ a: t.int().nullable(), b: t.int().nullable() }).nullable() })
  const { rows: got } = decode(json, shape, '{"s":{"a":1},"s":{"b":2}}\n{"s":{"a":1},"s":null}\n{}\n{"s":{}}\n')
  assert.deepEqual(got, [{ s: { a: null, b: 2 } }, { s: null }, { s: null }, { s: null }])
})

const one = t.row({
  l: t.list(t.int()),
  m: t.map(t.int(), t.string()).nullable(),
  s: t.struct({ a: t.int(), b: t.list(t.string()).nullable() }).nullable(),
})
const wrong: readonly (readonly [line: string, code: string, column: string, text: string])[] = [
  ['{"l":[1,"x"]}', 'BAD_FIELD', 'l', '"x"'],
  ['{"l":[1,null]}', 'BAD_FIELD', 'l', 'null'],
  ['{"l":[1.5]}', 'BAD_FIELD', 'l', '1.5'],
  ['{"l":{}}', 'BAD_FIELD', 'l', '{}'],
  ['{"l":null}', 'BAD_FIELD', 'l', 'null'],
  ['{"l":[1,]}', 'BAD_JSON', 'l', ']'],
  ['{"l":[1 2]}', 'BAD_JSON', 'l', '2]'],
  ['{"l":[', 'BAD_JSON', 'l', ''],
  ['{}', 'MISSING_FIELD', 'l', '{}'],
  ['{"l":[],"m":{"x":"y"}}', 'BAD_FIELD', 'm', '"x"'],
  ['{"l":[],"m":{"1":2}}', 'BAD_FIELD', 'm', '2}'],
  ['{"l":[],"m":[]}', 'BAD_FIELD', 'm', '[]'],
  ['{"l":[],"s":{"a":"x"}}', 'BAD_FIELD', 's.a', '"x"'],
  ['{"l":[],"s":{"a":null,"b":[]}}', 'BAD_FIELD', 's.a', '{"a":null'],
  ['{"l":[],"s":{"b":[]}}', 'MISSING_FIELD', 's.a', '{"b"'],
  ['{"l":[],"s":{"a":1,"b":[null]}}', 'BAD_FIELD', 's.b', 'null'],
  ['{"l":[],"s":[1]}', 'BAD_FIELD', 's', '[1]'],
  ['{"l":[],"s":{"a":1,}}', 'BAD_JSON', 's', '}'],
]
for (const [line, code, column, text] of wrong)
  test(`refused: ${line}`, () => {
    const good = '{"l":[1],"s":{"a":1}}'
    const { rows: got, bad } = decode(json, one, `${good}\n${line}\n${good}\n`)
    assert.equal(got.length, 2)
    const [error] = bad
    assert.equal(error?.code, code)
    if (code !== 'BAD_JSON') assert.equal(error?.where.position?.column, column)
    assert.ok(String(error?.where.position?.text).startsWith(text), `${error?.where.position?.text}`)
  })

test('values of programs that do not fit say what does not', () => {
  const reason = (row: object): string => {
    const arena = memory.arena()
    try {
      batchFromRows([{ l: [], ...row }], one, arena)
      return ''
    } catch (error) {
      assert.ok(error instanceof MillraceError && error.code === 'BAD_VALUE')
      return error.message
    } finally {
      arena.free()
    }
  }
  assert.match(reason({ l: 5 }), /not an array/)
  assert.match(reason({ l: [1, null] }), /elements are not nullable/)
  assert.match(reason({ l: [1, 'x'] }), /not an integer/)
  assert.match(reason({ m: [] }), /not a Map or an object/)
  assert.match(reason({ m: new Map([[null, 'x']]) }), /key is null/)
  assert.match(reason({ m: { x: 'y' } }), /not an integer/)
  assert.match(reason({ s: { a: 1, b: 'x' } }), /not an array/)
})

const scalars: readonly (readonly [ColumnType, (rng: Rng) => unknown, (a: never, b: never) => number])[] = [
  [t.int().type, rng => rng.int(-3, 3), (a: number, b: number) => a - b],
  [
    t.double().type,
    rng => rng.pick([-1, -0.5, 0, 0.25, 7, Number.NaN]),
    (a: number, b: number) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a - b),
  ],
  [
    t.string().type,
    rng => rng.pick(['', 'a', 'a\0', 'a\0b', 'ab', 'b']),
    (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0),
  ],
]

seeded('lists order as PostgreSQL’s arrays: element by element, null last, the shorter first', rng => {
  const [type, make, compare] = rng.pick(scalars)
  const list = t.list({ type, isNullable: true } as never).type
  const order = (a: readonly unknown[], b: readonly unknown[]): number => {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const [x, y] = [a[i], b[i]]
      const each = x === null || y === null ? Number(x === null) - Number(y === null) : compare(x as never, y as never)
      if (each !== 0) return each
    }
    return a.length - b.length
  }
  const bytes = (values: readonly unknown[]): Uint8Array => {
    const out = new CellWriter()
    putValueOf(out, list, values, reason => assert.fail(reason))
    return out.slice()
  }
  for (let round = 0; round < 200; round++) {
    const [a, b] = [0, 1].map(() => Array.from({ length: rng.int(0, 4) }, () => (rng.oneIn(5) ? null : make(rng)))) as [
      unknown[],
      unknown[],
    ]
    assert.equal(
      Math.sign(compareBytes(bytes(a), bytes(b))),
      Math.sign(order(a, b)),
      `${JSON.stringify(a)} ${JSON.stringify(b)}`,
    )
  }
})
