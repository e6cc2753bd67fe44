// What goes in comes out: every type, nulls, weights and selections; and what does not fit says why.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { batchFromRows, changesOf, Kind, Memory, putText, rowsOf, withSelection } from '../../src/data/index.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'

const memory = new Memory()
const all = schemaOf([
  field('flag', t.boolean, true),
  field('whole', t.int, true),
  field('big', t.bigint, true),
  field('single', t.float, true),
  field('real', t.double, true),
  field('text', t.string, true),
  field('bytes', t.binary, true),
  field('at', t.timestamp, true),
  field('day', t.date, true),
  field('any', t.json, true),
  field('clock', t.time, true),
  field('span', t.interval, true),
  field('uuid', t.uuid, true),
  field('window', { kind: 'struct', fields: [field('start', t.timestamp), field('end', t.timestamp)] }, true),
])

const full = {
  flag: true,
  whole: -9007199254740991,
  big: -(2n ** 63n),
  single: 0.5,
  real: -0,
  text: 'größer als zwölf 🎈',
  bytes: Uint8Array.of(0, 255),
  at: new Date('1969-12-31T23:59:59.999Z'),
  day: new Date('2001-02-28T00:00:00Z'),
  any: { a: [1, null, '"'] },
  clock: '23:59:59.5',
  span: { months: -14, days: 3, micros: -1 },
  uuid: '9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10',
  window: { start: new Date(0), end: new Date(1) },
}
const none = Object.fromEntries(all.fields.map(each => [each.name, null]))

function roundTrip(rows: readonly object[], schema = all): object[] {
  const arena = memory.arena()
  try {
    return rowsOf(batchFromRows(rows, schema, arena), schema, memory)
  } finally {
    arena.free()
  }
}

test('every type goes in and out, nulls too', () => {
  assert.deepStrictEqual(roundTrip([full, none, { ...full, flag: false, text: '' }, {}]), [
    full,
    none,
    { ...full, flag: false, text: '' },
    none,
  ])
})

test('no row, one row, and rows at the edges of bitmap bytes', () => {
  for (const count of [0, 1, 7, 8, 9, 127, 128, 129, 4096]) {
    const rows = Array.from({ length: count }, (_, i) =>
      i % 3 === 0 ? none : { ...full, whole: i, flag: i % 2 === 0 },
    )
    assert.deepStrictEqual(roundTrip(rows), rows)
  }
})

test('strings around the inline length', () => {
  const schema = schemaOf([field('s', t.string)])
  const rows = [
    '',
    'a',
    'x'.repeat(12),
    'x'.repeat(13),
    'ü'.repeat(6),
    'ü'.repeat(7),
    'y'.repeat(100_000),
    '\0',
    '\u{10ffff}',
  ]
  const doubled = [...rows, ...rows].map(s => ({ s }))
  assert.deepStrictEqual(roundTrip(doubled, schema), doubled)
})

const instants: readonly [unknown, string | bigint][] = [
  [new Date(5), 5000n],
  [1.5, 1500n],
  [-0.001, -1n],
  [7n, 7n],
  ['1970-01-01T00:00:00.000001Z', 1n],
  ['1969-12-31T23:59:59.999999Z', -1n],
  ['1970-01-01T01:00+01:00', 0n],
  ['1970-01-01 00:00:01Z', 1_000_000n],
  ['1970-01-01T00:00:00-0030', 1_800_000_000n],
  ['1970-01-01T00:00:00', 'no offset'],
  ['2001-02-29T00:00:00Z', 'no such day'],
  ['2001-02-28T24:00:00Z', 'no such time'],
  ['soon', 'not ISO'],
  [new Date(Number.NaN), 'not an instant'],
  [Number.POSITIVE_INFINITY, 'not an instant'],
  [true, 'not a Date'],
]

test('instants: what is taken for one', () => {
  const asBigint = schemaOf([field('at', t.bigint)])
  const schema = schemaOf([field('at', t.timestamp)])
  for (const [value, expected] of instants) {
    const arena = memory.arena()
    if (typeof expected === 'bigint') {
      const batch = batchFromRows([{ at: value }], schema, arena)
      assert.deepStrictEqual(rowsOf(batch, asBigint, memory), [{ at: expected }], String(value))
    } else assert.throws(() => batchFromRows([{ at: value }], schema, arena), new RegExp(expected), String(value))
    arena.free()
  }
})

test('a Date drops microseconds towards the past', () => {
  const schema = schemaOf([field('at', t.timestamp)])
  const cases: [bigint, number][] = [
    [1999n, 1],
    [-1n, -1],
    [-1000n, -1],
    [-1001n, -2],
    [8_640_000_000_000_000_000n - 1n, 8.64e15 - 1],
    [-8_639_999_999_999_999_999n, -8.64e15],
  ]
  for (const [at, ms] of cases) assert.deepStrictEqual(roundTrip([{ at }], schema), [{ at: new Date(ms) }], `${at}`)
  assert.throws(() => roundTrip([{ at: 2n ** 63n - 1n }], schema), /beyond what a JavaScript Date can hold/)
})

const bad: readonly [string, unknown, RegExp][] = [
  ['flag', 1, /not a boolean/],
  ['whole', 1.5, /not a whole number/],
  ['whole', 2 ** 53, /give a bigint/],
  ['whole', '1', /not an integer/],
  ['big', 2n ** 63n, /64 bits/],
  ['single', 1e300, /range of a float/],
  ['real', '1', /not a number/],
  ['text', 5, /not a string/],
  ['text', '\ud800', /lone surrogate/],
  ['bytes', 'ab', /Uint8Array/],
  ['day', new Date(1), /midnight UTC/],
  ['day', '2001-02-29', /no such day/],
  ['any', () => 1, /no JSON form/],
  ['any', { n: 1n }, /no JSON form/],
]

test('what does not fit is told with source, row, column, value and reason', () => {
  const arena = memory.arena()
  for (const [column, value, reason] of bad) {
    const attempt = () => batchFromRows([full, { ...full, [column]: value }], all, arena, undefined, { source: 'push' })
    assert.throws(attempt, (error: unknown) => {
      assert.ok(error instanceof MillraceError)
      assert.equal(error.code, 'BAD_VALUE')
      assert.match(error.message, reason)
      assert.deepEqual(error.where.position, { source: 'push', row: 2, column })
      return true
    })
  }
  arena.free()
})

test('null where the schema has none is refused, and a struct says which field', () => {
  const schema = schemaOf([field('window', { kind: 'struct', fields: [field('start', t.int)] })])
  assert.throws(() => roundTrip([{ window: null }], schema), /column window\.start .* not nullable/)
  assert.throws(() => roundTrip([{}], schema), /not nullable/)
})

test('an integer beyond 2^53 names its column and the way out', () => {
  const schema = schemaOf([field('id', t.int)])
  for (const id of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n])
    assert.throws(() => roundTrip([{ id }], schema), /UNSAFE_INTEGER.*id.*t\.bigint/s)
  assert.deepEqual(roundTrip([{ id: 2n ** 53n - 1n }], schema), [{ id: 2 ** 53 - 1 }])
})

test('names that mean something to JavaScript are only names', () => {
  const schema = schemaOf(['__proto__', 'constructor', 'toString', '7'].map(name => field(name, t.string, true)))
  const [row] = roundTrip([JSON.parse('{"__proto__":"p","7":"x"}')], schema)
  assert.equal(Object.getPrototypeOf(row), Object.prototype)
  assert.deepStrictEqual(Object.entries(row ?? {}).sort(), [
    ['7', 'x'],
    ['__proto__', 'p'],
    ['constructor', null],
    ['toString', null],
  ])
})

test('selections and weights', () => {
  const arena = memory.arena()
  const schema = schemaOf([field('n', t.int)])
  const batch = batchFromRows([{ n: 1 }, { n: 2 }, { n: 3 }], schema, arena, [1, -2, 3])
  const sel = arena.alloc(16)
  memory.u32.set([1, 2], sel >>> 2)
  assert.deepEqual(changesOf(withSelection(batch, sel, 2), schema, memory), [
    { row: { n: 2 }, weight: -2 },
    { row: { n: 3 }, weight: 3 },
  ])
  assert.deepEqual(changesOf(batchFromRows([{ n: 1 }], schema, arena), schema, memory), [{ row: { n: 1 }, weight: 1 }])
  arena.free()
})

test('text is put into views of memory that held something else', () => {
  const arena = memory.arena()
  const texts = [
    '',
    'twelve bytes',
    'thirteen byte',
    'é',
    'größer',
    'größer als zwölf 🎈',
    'ends in half a pair \ud83c',
  ]
  const values = arena.alloc(texts.length * 16)
  memory.u8.fill(0xff, values, values + texts.length * 16)
  for (const [i, text] of texts.entries()) putText(text, values + i * 16, arena)
  const columns = [{ kind: Kind.VIEW, values, validity: 0 }]
  const batch = { columns, rows: texts.length, sel: 0, count: texts.length, weights: 0 }
  const read = rowsOf(batch, schemaOf([field('text', t.string)]), memory).map(each => each['text'])
  assert.deepEqual(
    read,
    texts.map(text => text.toWellFormed()),
  )
  const again = arena.alloc(16)
  putText('twelve bytes', again, arena)
  assert.deepEqual(memory.bytes(again, 16), memory.bytes(values + 16, 16))
  arena.free()
})
