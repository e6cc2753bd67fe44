// Parquet's types and ours.
import { fail } from '../../base/index.ts'
import { type Field, field, type Leaf, type ScalarKind, type Schema, scalars, schemaOf } from '../../types/index.ts'
import type { DecodedArray, SchemaElement } from './library.ts'

/** What the values of a Parquet column are; undefined: nothing that we read yet (lists, structs, decimals, intervals …). */
function kindOfElement(element: SchemaElement): ScalarKind | undefined {
  const { type, logical_type: logical, converted_type: converted } = element
  if (element.num_children !== undefined || element.repetition_type === 'REPEATED') return undefined
  if (logical?.type === 'TIMESTAMP' || converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS')
    return 'timestamp'
  if (logical?.type === 'DATE' || converted === 'DATE') return 'date'
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL' || converted === 'INTERVAL') return undefined
  if (logical?.type === 'TIME' || converted === 'TIME_MILLIS' || converted === 'TIME_MICROS') return 'time'
  if (logical?.type === 'UUID') return 'uuid'
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

/** Times of day in other units than microseconds; other values as they are. */
export function scaledTimes(element: SchemaElement, values: DecodedArray): DecodedArray {
  const { logical_type: logical, converted_type: converted } = element
  const unit = logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : undefined
  if (unit !== 'MILLIS' && unit !== 'NANOS') return values
  const scaled = (value: unknown): unknown => {
    if (value === null || value === undefined) return value
    return unit === 'MILLIS' ? BigInt(value as number) * 1000n : BigInt(value as number) / 1000n
  }
  return Array.from(values as Iterable<unknown>, scaled)
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
  time: ['time'],
  interval: ['string'],
  uuid: ['uuid', 'string'],
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
