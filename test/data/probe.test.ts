import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probeSchema } from '../../src/data/index.ts'
import { field, schemaOf, showType, scalars as t } from '../../src/types/index.ts'

const input = schemaOf([
  field('id', t.int),
  field('delay', t.double, true),
  field('name', t.string, true),
  field('at', t.timestamp),
  field('day', t.date),
  field('ok', t.boolean, true),
  field('any', t.json),
  field('window', { kind: 'struct', fields: [field('start', t.timestamp), field('end', t.timestamp)] }),
])

interface In {
  id: number
  delay: number | null
  name: string | null
  at: Date
  day: Date
  ok: boolean | null
  any: unknown
  window: { start: Date; end: Date }
}

const told = (fn: (row: In) => unknown, verb: 'map' | 'flatMap' = 'map'): string =>
  probeSchema(fn as (row: never) => unknown, input, verb)
    .fields.map(each => `${each.name} ${showType(each.type)}${each.nullable ? '?' : ''}`)
    .join(', ')

const all =
  'id int, delay double?, name string?, at timestamp, day date, ok boolean?, any json, window struct<start timestamp, end timestamp>'

const cases: readonly [string, (row: In) => unknown, string][] = [
  ['the row itself', row => row, all],
  ['a spread and more', row => ({ ...row, hot: (row.delay ?? 0) > 60 }), `${all}, hot boolean`],
  ['renamed columns keep their type', row => ({ key: row.id, when: row.day }), 'key int, when date'],
  ['arithmetic is double', row => ({ n: row.id + 1, m: row.id / 3 }), 'n double, m double'],
  ['null in, null out', row => ({ d: row.delay === null ? null : row.delay * 2 }), 'd double?'],
  ['a default takes the null away', row => ({ name: row.name ?? 'n/a' }), 'name string'],
  ['a function that fails on null', row => ({ n: (row.name as string).length }), 'n double'],
  [
    'new values by their kind',
    row => ({ a: `${row.id}`, b: 5n, c: new Date(0), d: Uint8Array.of(1), e: [1], f: { x: 1 } }),
    'a string, b bigint, c timestamp, d binary, e json, f json',
  ],
  [
    'a part of a struct',
    row => ({ start: row.window.start, w: row.window }),
    'start timestamp, w struct<start timestamp, end timestamp>',
  ],
  [
    'a column that is there only sometimes',
    row => (row.name === null ? { id: row.id } : { id: row.id, name: 'x' }),
    'id int, name string?',
  ],
  ['an int or a number is a number', row => ({ n: row.delay === null ? 0.5 : row.id }), 'n double'],
]

for (const [name, fn, expected] of cases) test(`map: ${name}`, () => assert.equal(told(fn), expected))

test('flatMap: all rows of the trial count', () => {
  assert.equal(
    told(row => [{ a: row.id }, { a: row.id, b: 'x' }], 'flatMap'),
    'a int, b string?',
  )
  assert.equal(
    told(function* (row) {
      yield { id: row.id }
    }, 'flatMap'),
    'id int',
  )
})

const refused: readonly [(row: In) => unknown, RegExp][] = [
  [
    () => {
      throw new TypeError('no such thing')
    },
    /it threw TypeError: no such thing/,
  ],
  [() => null, /it returned null/],
  [() => 5, /it returned 5/],
  [() => ({}), /without columns/],
  [() => ({ x: null }), /column 'x' was null/],
  [async row => ({ id: row.id }), /a promise/],
  [row => ({ x: row.name === null ? 5 : 'x' }), /several types/],
  [
    row => {
      ;(row as { id: number }).id = 5
      return row
    },
    /it threw TypeError/,
  ],
]

test('what can not be found out says to name the columns', () => {
  for (const [fn, reason] of refused)
    assert.throws(
      () => told(fn),
      (error: Error) => reason.test(error.message) && /MAP_NEEDS_SCHEMA.*map\(row => …, t\.row\(/s.test(error.message),
      String(fn),
    )
  assert.throws(() => told(() => [], 'flatMap'), /returned no row/)
  assert.throws(() => told(() => 5, 'flatMap'), /MAP_NEEDS_SCHEMA/)
})
