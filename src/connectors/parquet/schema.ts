// Parquet's types and ours.
import { fail } from '../../base/index.ts'
import { type Field, field, type Leaf, type ScalarKind, type Schema, scalars, schemaOf } from '../../types/index.ts'
import type { SchemaElement } from './library.ts'

/** What the values of a Parquet column are; undefined: nothing that we read yet (lists, structs, decimals …). */
function kindOfElement(element: SchemaElement): ScalarKind | undefined {
  const { type, logical_type: logical, converted_type: converted } = element
  if (element.num_children !== undefined || element.repetition_type === 'REPEATED') return undefined
  if (logical?.type === 'TIMESTAMP' || converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS')
    return 'timestamp'
  if (logical?.type === 'DATE' || converted === 'DATE') return 'date'
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL' || logical?.type === 'TIME') return undefined
  if (logical?.type === 'JSON' || converted === 'JSON') return 'json'
  if (logical?.type === 'STRING' || logical?.type === 'ENUM' || converted === 'UTF8') return 'string'
  return type === undefined ? undefined : plainKinds[type]
}

const plainKinds: Readonly<Partial<Record<NonNullable<SchemaElement['type']>, ScalarKind>>> = {
  BOOLEAN: 'boolean',
  INT32: 'int',
  INT64: 'int',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'binary',
  FIXED_LEN_BYTE_ARRAY: 'binary',
}

/** Kinds of columns that take a kind of Parquet values. */
const takes: Readonly<Record<ScalarKind, readonly ScalarKind[]>> = {
  boolean: ['boolean'],
  int: ['int'],
  bigint: ['int'],
  float: ['float', 'int'],
  double: ['double', 'float', 'int'],
  string: ['string', 'json', 'binary'],
  binary: ['binary', 'string', 'json'],
  timestamp: ['timestamp'],
  date: ['date'],
  json: ['json', 'string'],
}

/** BAD_SCHEMA when a file has other columns than were asked for; a column that is not there must be nullable. */
export function checkSchema(path: string, elements: readonly SchemaElement[], asked: readonly Leaf[]): void {
  for (const leaf of asked) {
    const name = leaf.path[0] as string
    const element = elements.find((each, index) => index > 0 && each.name === name)
    if (element === undefined) {
      if (!leaf.nullable) mismatch(path, `there is no column ${name}`, `declare it nullable, or leave it out`)
      continue
    }
    const found = kindOfElement(element)
    if (found === undefined || leaf.path.length > 1)
      mismatch(path, `column ${name} is of a type that is not read yet`, 'leave it out of the schema')
    else if (!takes[leaf.type.kind].includes(found))
      mismatch(path, `column ${name} is ${found}, not ${leaf.type.kind}`, `declare it as t.${found}()`)
  }
}

function mismatch(path: string, reason: string, fix: string): never {
  return fail('BAD_SCHEMA', { reason: `${path}: ${reason}`, fix })
}

/** The columns of a file that can be read. */
export function schemaOfElements(elements: readonly SchemaElement[]): Schema {
  const fields: Field[] = []
  for (let i = 1; i < elements.length; i++) {
    const element = elements[i] as SchemaElement
    const kind = kindOfElement(element)
    if (kind !== undefined) fields.push(field(element.name, scalars[kind], element.repetition_type !== 'REQUIRED'))
    else i += descendants(elements, i)
  }
  return schemaOf(fields)
}

function descendants(elements: readonly SchemaElement[], at: number): number {
  let count = 0
  for (let left = elements[at]?.num_children ?? 0; left > 0; left--) count += 1 + descendants(elements, at + count + 1)
  return count
}
