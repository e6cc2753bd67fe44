// What is written reads back as it was; JSON is what JSON.stringify would write.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Batch, batchFromRows, type Csv, createEncoder, withSelection } from '../../../src/data/index.ts'
import { field, type Schema, scalars, schemaOf } from '../../../src/types/index.ts'
import { type Rng, seeded } from '../../support/seed.ts'
import { decodePieces, memory, rowsOf, schema, type Value } from '../decode/read.ts'

type Format = { readonly kind: 'json' } | Csv

function encode(
  shape: Schema,
  rows: readonly object[],
  format: Format,
  change = (batch: Batch): Batch => batch,
): string {
  const arena = memory.arena()
  const encoder = createEncoder({ format, schema: shape, memory })
  const bytes = encoder.encode(change(batchFromRows(rows, shape, arena)))
  const text = new TextDecoder().decode(encoder.header) + new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  encoder.close()
  arena.free()
  return text
}

const json = { kind: 'json' } as const
const csv = { kind: 'csv' } as const

/** [columns, values, JSON line, CSV line]. */
const cases: readonly (readonly [string, Record<string, unknown>, string, string])[] = [
  ['a int', { a: 0 }, '{"a":0}', '0'],
  ['a int', { a: -12345678901 }, '{"a":-12345678901}', '-12345678901'],
  ['a bigint', { a: -(2n ** 63n) }, '{"a":-9223372036854775808}', '-9223372036854775808'],
  ['a bigint', { a: 2n ** 63n - 1n }, '{"a":9223372036854775807}', '9223372036854775807'],
  ['a double', { a: 0.1 }, '{"a":0.1}', '0.1'],
  ['a double', { a: -0 }, '{"a":-0}', '-0'],
  ['a double', { a: 1e21 }, '{"a":1e+21}', '1e+21'],
  ['a double', { a: 123456789012345680000 }, '{"a":123456789012345680000}', '123456789012345680000'],
  ['a double', { a: 1.5e-7 }, '{"a":1.5e-7}', '1.5e-7'],
  ['a double', { a: 0.000001 }, '{"a":0.000001}', '0.000001'],
  ['a double', { a: 5e-324 }, '{"a":5e-324}', '5e-324'],
  ['a double', { a: Number.NaN }, '{"a":null}', 'NaN'],
  ['a double', { a: -Infinity }, '{"a":null}', '-Infinity'],
  ['a float', { a: Math.fround(0.1) }, '{"a":0.1}', '0.1'],
  ['a float', { a: Infinity }, '{"a":null}', 'Infinity'],
  ['a boolean, b boolean', { a: true, b: false }, '{"a":true,"b":false}', 'true,false'],
  ['a string', { a: '' }, '{"a":""}', '""'],
  ['a string', { a: 'plain' }, '{"a":"plain"}', 'plain'],
  ['a string', { a: 'say "hi", é\n\\\u0001\u001f\b\t' }, '{"a":"say \\"hi\\", é\\n\\\\\\u0001\\u001f\\b\\t"}', '"say ""hi"", é\n\\\u0001\u001f\b\t"'],
  ['a string', { a: `${'x'.repeat(40)},` }, `{"a":"${'x'.repeat(40)},"}`, `"${'x'.repeat(40)},"`],
  ['a binary', { a: Uint8Array.of(1, 2) }, '{"a":"AQI="}', 'AQI='],
  ['a binary', { a: new Uint8Array(0) }, '{"a":""}', '""'],
  ['a timestamp', { a: new Date(0) }, '{"a":"1970-01-01T00:00:00.000Z"}', '1970-01-01T00:00:00.000Z'],
  ['a timestamp', { a: new Date(-1) }, '{"a":"1969-12-31T23:59:59.999Z"}', '1969-12-31T23:59:59.999Z'],
  ['a timestamp', { a: new Date(8.64e15) }, '{"a":"+275760-09-13T00:00:00.000Z"}', '+275760-09-13T00:00:00.000Z'],
  ['a timestamp', { a: new Date(-8.64e15) }, '{"a":"-271821-04-20T00:00:00.000Z"}', '-271821-04-20T00:00:00.000Z'],
  ['a time', { a: '00:00:00' }, '{"a":"00:00:00"}', '00:00:00'],
  ['a time', { a: '23:59:59.25' }, '{"a":"23:59:59.25"}', '23:59:59.25'],
  ['a time', { a: '24:00:00' }, '{"a":"24:00:00"}', '24:00:00'],
  ['a decimal', { a: '1.5000000000000000' }, '{"a":1.5000000000000000}', '1.5000000000000000'],
  ['a decimal', { a: '-0.1234567890123456789012345' }, '{"a":-0.1234567890123456789012345}', '-0.1234567890123456789012345'],
  ['a decimal', { a: '9007199254740992.00' }, '{"a":9007199254740992.00}', '9007199254740992.00'],
  ['a decimal', { a: '9007199254740993' }, '{"a":"9007199254740993"}', '9007199254740993'],
  ['a decimal', { a: '-12345678901234567890.5' }, '{"a":"-12345678901234567890.5"}', '-12345678901234567890.5'],
  ['a decimal', { a: 'NaN' }, '{"a":"NaN"}', 'NaN'],
  ['a interval', { a: { days: 0 } }, '{"a":"PT0S"}', 'PT0S'],
  ['a interval', { a: { months: 14, days: -3, micros: 3_661_500_000 } }, '{"a":"P1Y2M-3DT1H1M1.5S"}', 'P1Y2M-3DT1H1M1.5S'],
  ['a interval', { a: { months: -1, days: 0, micros: -500_000 } }, '{"a":"P-1MT-0.5S"}', 'P-1MT-0.5S'],
  ['a uuid', { a: '9B2B38C6-1c0c-4c52-8a5d-2f1d0c9d7a10' }, '{"a":"9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10"}', '9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10'],
  ['a json', { a: { b: [1, 'x'] } }, '{"a":{"b":[1,"x"]}}', '"{""b"":[1,""x""]}"'],
  ['a int?, b string?, c json?', {}, '{"a":null,"b":null,"c":null}', ',,'],
] // biome-ignore format: a table

for (const [shape, row, line, record] of cases) {
  test(`${shape} → ${line || record}`, () => {
    assert.equal(encode(schema(shape), [row], json), `${line}\n`)
    assert.equal(encode(schema(shape), [row], { ...csv, header: false }), `${record}\n`)
  })
}

const windowed = schemaOf([
  field('the "key"', scalars.string),
  field('window', { kind: 'struct', fields: [field('start', scalars.timestamp), field('end', scalars.timestamp)] }),
  field('inner', { kind: 'struct', fields: [field('deep', { kind: 'struct', fields: [field('n', scalars.int)] })] }),
])

test('structs nest in JSON and lie flat in CSV; names are escaped', () => {
  const at = new Date(0)
  const row = { 'the "key"': 'k', window: { start: at, end: at }, inner: { deep: { n: 1 } } }
  assert.equal(encode(windowed, [row], json), `${JSON.stringify(row)}\n`)
  const text = encode(windowed, [row], csv)
  const stamp = at.toISOString()
  assert.equal(text, `"the ""key""",window.start,window.end,inner.deep.n\nk,${stamp},${stamp},1\n`)
})

test('a field that looks like null is quoted', () => {
  const shape = schema('a string?, b int?')
  const rows = [{ a: 'NA', b: 7 }, { a: null, b: null }, { a: '', b: 70 }] // biome-ignore format: short
  assert.equal(encode(shape, rows, { ...csv, nullText: 'NA' }), 'a,b\n"NA",7\nNA,NA\n,70\n')
  assert.equal(encode(shape, rows.slice(0, 1), { ...csv, nullText: '7' }), 'a,b\nNA,"7"\n')
  assert.equal(
    encode(schema('a timestamp'), [{ a: new Date(0) }], { ...csv, delimiter: ':' }),
    'a\n"1970-01-01T00:00:00.000Z"\n',
  )
})

test('selected rows, each as often as its weight', () => {
  const rows = [1, 2, 3].map(a => ({ a }))
  const pick = (batch: Batch): Batch => {
    const sel = memory.alloc(16)
    memory.u32.set([0, 2], sel >>> 2)
    const weights = memory.alloc(32)
    memory.i64.set([3n, 0n, 1n], weights >>> 3)
    return { ...withSelection(batch, sel, 2), weights }
  }
  assert.equal(encode(schema('a int'), rows, json, pick), '{"a":1}\n{"a":1}\n{"a":1}\n{"a":3}\n')
  assert.equal(encode(schema('a int'), rows, { ...csv, header: false }, pick), '1\n1\n1\n3\n')
  const none = (batch: Batch): Batch => ({ ...pick(batch), count: 3, sel: 0 })
  assert.throws(() => encode(schema('a int'), rows, json, none), /weight below 1/)
})

test('a buffer grows with its rows', () => {
  const rows = Array.from({ length: 300 }, (_, n) => ({ a: '\u0001'.repeat(n * 20), b: n }))
  assert.equal(encode(schema('a string, b int'), rows, json), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
})

const bits = new DataView(new ArrayBuffer(8))

function anyDouble(rng: Rng): number {
  const shape = rng.int(0, 5)
  if (shape === 0) return Number(rng.int64()) / 10 ** rng.int(0, 20)
  if (shape === 1) return 2 ** rng.int(-1074, 1023)
  if (shape === 2) return Number(`${rng.int(1, 9)}e${rng.int(-323, 308)}`)
  if (shape === 3) return rng.int(-1e6, 1e6) / 100
  bits.setBigInt64(0, rng.int64())
  const value = bits.getFloat64(0)
  return Number.isFinite(value) ? value : rng.double()
}

seeded('doubles are written as JSON.stringify writes them', rng => {
  const rows = Array.from({ length: 1000 }, () => ({ a: anyDouble(rng) })).filter(row => !Object.is(row.a, -0))
  assert.equal(encode(schema('a double'), rows, json), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
})

seeded('floats are written shortest: they read back, and no text with fewer digits does', rng => {
  const rows = Array.from({ length: 1000 }, () => {
    bits.setInt32(0, rng.uint32())
    return { a: bits.getFloat32(0) }
  }).filter(row => Number.isFinite(row.a))
  const lines = encode(schema('a float'), rows, { ...csv, header: false }).split('\n')
  for (const [index, { a }] of rows.entries()) {
    const line = lines[index] as string
    assert.ok(Object.is(Math.fround(Number(line)), a), line)
    const digits = line.replace(/e.*/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length
    if (digits > 1) assert.notEqual(Math.fround(Number(a.toPrecision(digits - 1))), a, `${line} can be shorter`)
  }
})

const makers: Readonly<Record<string, (rng: Rng) => unknown>> = {
  int: rng => rng.int(-(2 ** 53) + 1, 2 ** 53 - 1),
  bigint: rng => rng.int64() >> BigInt(rng.int(0, 63)),
  double: anyDouble,
  float: rng => Math.fround(rng.double() * 10 ** rng.int(-30, 30)),
  boolean: rng => rng.oneIn(2),
  string: rng =>
    rng
      .list(30, () => rng.pick(['a', 'b', ' ', '"', ',', '\n', '\r', ';', '\\', '\u0000', '\u001f', 'é', '😀', 'NA']))
      .join(''),
  binary: rng => Uint8Array.from(rng.list(20, () => rng.int(0, 255))),
  timestamp: rng => new Date(rng.int(-8.64e15, 8.64e15)),
  date: rng => new Date(rng.int(-100000000, 100000000) * 86400000).toISOString().replace(/T.*/, ''),
  time: rng => `${String(rng.int(0, 23)).padStart(2, '0')}:0${rng.int(0, 9)}:59${rng.pick(['', '.5', '.000001'])}`,
  interval: rng => ({
    months: rng.int(-30, 30),
    days: rng.int(-(2 ** 31), 2 ** 31 - 1),
    micros: rng.int(-(2 ** 53) + 1, 2 ** 53 - 1),
  }),
  uuid: rng => rng.pick(['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-4fff-8fff-0123456789ab']),
  json: rng => rng.pick([1, 'x', [null, { a: ',"' }], {}, false]),
}
const everything = Object.keys(makers).map(kind => `${kind} ${kind}${kind === 'json' ? '' : '?'}`).join(', ') // biome-ignore format: short

for (const format of [
  json,
  csv,
  { ...csv, delimiter: ';', nullText: 'NA', header: false },
  { ...csv, delimiter: ':' },
]) {
  seeded(`what is written as ${JSON.stringify(format)} reads back the same`, rng => {
    const shape = schema(everything)
    const kinds = shape.fields.map(each => each.type.kind as 'int')
    const rows = Array.from({ length: rng.int(1, 50) }, () =>
      Object.fromEntries(
        Object.entries(makers).map(([kind, make]) => [kind, kind !== 'json' && rng.oneIn(6) ? null : make(rng)]),
      ),
    )
    const arena = memory.arena()
    const given: Value[][] = rowsOf(batchFromRows(rows, shape, arena), kinds)
    arena.free()
    const { rows: got, bad } = decodePieces(shape, [encode(shape, rows, format)], { format })
    assert.deepEqual(bad.map(each => each.message), []) // biome-ignore format: short
    assert.deepEqual(got, given)
  })
}
