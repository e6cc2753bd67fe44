// Schemas of other libraries, as they present themselves: by structure, none is installed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromJsonSchema, type Schema, type StandardSchema, showType, t, toSchema } from '../../src/types/index.ts'

const shown = (schema: Schema): string =>
  schema.fields.map(each => `${each.name} ${showType(each.type)}${each.nullable ? '?' : ''}`).join(', ')

const object = (properties: Record<string, unknown>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})

const columns: readonly (readonly [string, unknown, string])[] = [
  [
    'scalars',
    object({ a: { type: 'string' }, b: { type: 'integer' }, c: { type: 'number' }, d: { type: 'boolean' } }),
    'a string, b int, c double, d boolean',
  ],
  [
    'instants and dates',
    object({ at: { type: 'string', format: 'date-time' }, on: { type: 'string', format: 'date' } }),
    'at timestamp, on date',
  ],
  ['other formats are text', object({ id: { type: 'string', format: 'uuid' } }), 'id string'],
  ['not required is nullable', object({ a: { type: 'string' } }, []), 'a string?'],
  ['null in a list of types', object({ a: { type: ['integer', 'null'] } }), 'a int?'],
  [
    'null in a choice',
    object({ a: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] } }),
    'a timestamp?',
  ],
  [
    'enums by their values',
    object({ a: { enum: ['x', 'y'] }, b: { const: 5 }, c: { enum: [1, 2.5, null] } }),
    'a string, b int, c double?',
  ],
  [
    'objects and arrays are json',
    object({ a: { type: 'object' }, b: { type: 'array' }, c: {} }),
    'a json, b json, c json?',
  ],
  [
    'references',
    { $ref: '#/$defs/row', $defs: { row: object({ a: { $ref: '#/$defs/id' } }), id: { type: 'integer' } } },
    'a int',
  ],
  [
    'names that are methods elsewhere',
    object({ constructor: { type: 'string' }, toString: { type: 'integer' } }),
    'constructor string, toString int',
  ],
]
for (const [name, schema, expected] of columns)
  test(`JSON Schema: ${name}`, () => assert.equal(shown(fromJsonSchema(schema)), expected))

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['no object', 'row', /not an object with properties/],
  ['an array', { type: 'array' }, /not an object with properties/],
  ['no properties', object({}), /it has no properties/],
  ['several types', object({ a: { type: ['string', 'integer'] } }), /column a: it may be string or integer/],
  ['a missing definition', object({ a: { $ref: '#/$defs/none' } }), /there is no #\/\$defs\/none/],
  ['a definition elsewhere', object({ a: { $ref: 'https://x.example/s' } }), /can not be followed/],
  [
    'a definition of itself',
    { ...object({ a: { $ref: '#/$defs/a' } }), $defs: { a: { $ref: '#/$defs/a' } } },
    /can not be followed/,
  ],
  ['never', object({ a: false }), /column a: its schema is not an object/],
]
for (const [name, schema, message] of refused)
  test(`JSON Schema refused: ${name}`, () =>
    assert.throws(() => fromJsonSchema(schema), { code: 'BAD_SCHEMA', message }))

const standard = (
  input: () => object,
  validate: (value: unknown) => unknown = value => ({ value }),
): StandardSchema => ({
  '~standard': { version: 1, vendor: 'some', validate, jsonSchema: { input } },
})
const timed = object({ at: { type: 'string', format: 'date-time' }, n: { type: 'integer' } })

test('a date-time column is a timestamp where the program gets a Date, else text', () => {
  const decodes = (value: unknown) => ({ value: { ...(value as object), at: new Date((value as { at: string }).at) } })
  assert.equal(shown(toSchema(standard(() => timed, decodes))), 'at timestamp, n int')
  assert.equal(shown(toSchema(standard(() => timed))), 'at string, n int')
})

const unusable: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', null, /it is not a schema/],
  ['anything else', { a: 1 }, /neither t\.row/],
  [
    'no JSON Schema',
    { '~standard': { version: 1, vendor: 'some', validate: () => ({}) } },
    /the some schema does not tell its JSON Schema/,
  ],
  [
    'a type without JSON Schema',
    standard(() => {
      throw new Error('Date cannot be represented')
    }),
    /has no JSON Schema for its input \(Date cannot be represented\)/,
  ],
  [
    'a sample that is refused',
    standard(
      () => timed,
      () => ({ issues: [{}] }),
    ),
    /whether column at is a Date or text/,
  ],
  [
    'async validation',
    standard(
      () => timed,
      () => Promise.resolve({}),
    ),
    /whether column at is a Date or text/,
  ],
]
for (const [name, schema, message] of unusable)
  test(`a Standard Schema refused: ${name}`, () =>
    assert.throws(() => toSchema(schema as StandardSchema), { code: 'BAD_SCHEMA', message }))

test('t.row is a schema as it is', () => {
  const row = t.row({ a: t.int() })
  assert.equal(toSchema(row), row)
})
