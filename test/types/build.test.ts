import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ColumnSpec, leaves, showType, t } from '../../src/types/index.ts'

test('every column type, in the order written', () => {
  const row = t.row({
    a: t.boolean(),
    b: t.int(),
    c: t.bigint(),
    d: t.float(),
    e: t.double(),
    f: t.string(),
    g: t.binary(),
    h: t.timestamp(),
    i: t.date(),
    j: t.json(),
    k: t.struct({ x: t.int(), y: t.string().nullable() }).nullable(),
  })
  const shown = row.fields.map(each => `${each.name} ${showType(each.type)}${each.nullable ? '?' : ''}`)
  assert.deepEqual(shown, [
    'a boolean',
    'b int',
    'c bigint',
    'd float',
    'e double',
    'f string',
    'g binary',
    'h timestamp',
    'i date',
    'j json',
    'k struct<x int, y string>?',
  ])
  assert.equal(leaves(row).length, 12)
  assert.ok(Object.isFrozen(row) && Object.isFrozen(row.fields))
})

test('nullable is another column spec: the first stays as it was', () => {
  const plain = t.int()
  assert.equal(plain.nullable().isNullable, true)
  assert.equal(plain.isNullable, false)
})

// name, what is refused; undefined: taken as it is
const names: readonly (readonly [string, RegExp | undefined])[] = [
  ['a b', undefined],
  ['日付', undefined],
  ['__proto__', undefined],
  ['constructor', undefined],
  ["'; drop table", undefined],
  ['x'.repeat(256), undefined],
  ['', /it is empty/],
  ['x'.repeat(257), /longer than 256/],
  ['a\nb', /control character/],
  ['\ud800', /lone surrogate/],
]
for (const [name, refused] of names)
  test(`a column named ${JSON.stringify(name.slice(0, 20))}`, () => {
    const make = () => t.row(Object.fromEntries([[name, t.int()]]))
    if (refused === undefined)
      assert.deepEqual(
        make().fields.map(each => each.name),
        [name],
      )
    else assert.throws(make, refused)
  })

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['no columns', {}, /it has no columns/],
  ['no object', null, /not an object of columns/],
  ['no type', { a: 5 }, /column 'a' is not a column type/],
  ['a forgotten call', { a: undefined }, /column 'a' is not a column type/],
]
for (const [name, specs, message] of wrong)
  test(`t.row: ${name}`, () => assert.throws(() => t.row(specs as Record<string, ColumnSpec<unknown>>), message))
