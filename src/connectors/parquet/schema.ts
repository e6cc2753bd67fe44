// Parquet's types and ours. A file's schema is a tree told as a flat list; lists and maps are groups of a known form.
import { fail } from '../../base/index.ts'
import { decimalText } from '../../data/index.ts'
import {
  type ColumnType,
  DECIMAL_DIGITS,
  decimalOf,
  type Field,
  field,
  isKeyType,
  listOf,
  mapOf,
  type PlainKind,
  type Schema,
  scalars,
  schemaOf,
  showType,
} from '../../types/index.ts'
import type { DecodedArray, SchemaElement } from './library.ts'

/** An element of a file's schema with those inside it. */
interface Node {
  readonly element: SchemaElement
  readonly children: readonly Node[]
}

/** The columns of a file. */
function columnsOf(elements: readonly SchemaElement[]): readonly Node[] {
  let at = 0
  const next = (): Node => {
    const element = elements[at++] as SchemaElement
    return { element, children: Array.from({ length: element.num_children ?? 0 }, next) }
  }
  return next().children
}

/** The element of a column of the file, by its name. */
export function columnNamed(elements: readonly SchemaElement[], name: string): SchemaElement | undefined {
  return columnsOf(elements).find(each => each.element.name === name)?.element
}

/**
 * Where the values of a leaf are: in a column of its first name, inside whose structs it lies, or in one of its own,
 * as the sink writes them (`window.start`). Undefined: the file has neither.
 */
export function placeOf(
  elements: readonly SchemaElement[],
  path: readonly string[],
): { readonly column: string; readonly inside: readonly string[] } | undefined {
  const [first, ...inside] = path as [string, ...string[]]
  if (columnNamed(elements, first) !== undefined) return { column: first, inside }
  const flat = path.join('.')
  return columnNamed(elements, flat) === undefined ? undefined : { column: flat, inside: [] }
}

/** What the values of a Parquet column are; undefined: nothing that we read yet (intervals …). */
function typeOfNode(node: Node, inner: boolean): ColumnType | undefined {
  const { element, children } = node
  const { logical_type: logical, converted_type: converted } = element
  if (element.repetition_type === 'REPEATED') return undefined
  if (children.length === 0) {
    if (isDecimal(element)) return inner ? undefined : decimalType(element)
    const kind = inner && timeUnit(element) !== undefined ? undefined : kindOfElement(element)
    return kind === undefined ? undefined : scalars[kind]
  }
  if (logical?.type === 'LIST' || converted === 'LIST') return listOfNode(node)
  if (logical?.type === 'MAP' || converted === 'MAP' || converted === 'MAP_KEY_VALUE') return mapOfNode(node)
  const fields = children.map(fieldOfNode)
  return fields.every(each => each !== undefined) ? { kind: 'struct', fields } : undefined
}

const isNullable = ({ element }: Node): boolean => element.repetition_type !== 'REQUIRED'

function fieldOfNode(node: Node): Field | undefined {
  const type = typeOfNode(node, true)
  return type && field(node.element.name, type, isNullable(node))
}

/** The group repeats a group of one element; older writers repeat the element itself. */
function listOfNode({ children }: Node): ColumnType | undefined {
  const [repeated] = children
  const [element] = repeated?.children ?? []
  if (children.length !== 1 || repeated === undefined || repeated.children.length > 1) return undefined
  const item = element ?? { element: { ...repeated.element, repetition_type: 'REQUIRED' as const }, children: [] }
  const type = typeOfNode(item, true)
  return type && listOf(type, isNullable(item))
}

function mapOfNode({ children }: Node): ColumnType | undefined {
  const [key, value] = children[0]?.children ?? []
  if (key === undefined || value === undefined) return undefined
  const [keyType, valueType] = [typeOfNode(key, true), typeOfNode(value, true)]
  if (keyType === undefined || valueType === undefined || !isKeyType(keyType)) return undefined
  return mapOf(keyType, valueType, isNullable(value))
}

function kindOfElement(element: SchemaElement): PlainKind | undefined {
  const { type, logical_type: logical, converted_type: converted } = element
  if (logical?.type === 'TIMESTAMP' || converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS')
    return 'timestamp'
  if (logical?.type === 'DATE' || converted === 'DATE') return 'date'
  if (converted === 'INTERVAL') return undefined
  if (logical?.type === 'TIME' || converted === 'TIME_MILLIS' || converted === 'TIME_MICROS') return 'time'
  if (logical?.type === 'UUID') return 'uuid'
  if (logical?.type === 'JSON' || converted === 'JSON') return 'json'
  if (logical?.type === 'STRING' || logical?.type === 'ENUM' || converted === 'UTF8') return 'string'
  return type === undefined ? undefined : plainKinds[type]
}

const isDecimal = ({ logical_type: logical, converted_type: converted }: SchemaElement): boolean =>
  logical?.type === 'DECIMAL' || converted === 'DECIMAL'

function decimalType(element: SchemaElement): ColumnType {
  const { precision, scale } = digitsOf(element)
  const fits = precision <= DECIMAL_DIGITS && scale >= 0 && scale <= precision
  return fits ? decimalOf(precision, scale) : scalars.decimal
}

function digitsOf({ logical_type: logical, precision, scale }: SchemaElement): { precision: number; scale: number } {
  const own = logical?.type === 'DECIMAL' ? logical : undefined
  return { precision: precision ?? own?.precision ?? 0, scale: scale ?? own?.scale ?? 0 }
}

/** The elements without what makes decimals doubles in the library: it gives their digits as integers or bytes then. */
export function withDigits(elements: readonly SchemaElement[]): SchemaElement[] {
  return elements.map(element => {
    if (!isDecimal(element)) return element
    const { converted_type: _converted, logical_type: _logical, ...plain } = element
    return { ...plain, ...digitsOf(element) }
  })
}

/** Digits as an integer, or as the bytes of one, big endian. */
function coefficientOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint)
  let bits = 0n
  for (const byte of value) bits = (bits << 8n) | BigInt(byte)
  return BigInt.asIntN(value.length * 8, bits)
}

const plainKinds: Readonly<Partial<Record<NonNullable<SchemaElement['type']>, PlainKind>>> = {
  BOOLEAN: 'boolean',
  INT32: 'int',
  INT64: 'int',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'binary',
  FIXED_LEN_BYTE_ARRAY: 'binary',
}

/** The unit of a time of day that is not in microseconds. */
function timeUnit({ logical_type: logical, converted_type: converted }: SchemaElement): 'MILLIS' | 'NANOS' | undefined {
  const unit = logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : undefined
  return unit === 'MICROS' ? undefined : unit
}

/** Decimals as text, times of day in other units in microseconds; other values as they are. */
export function scaledValues(element: SchemaElement, values: DecodedArray): DecodedArray {
  const { scale, precision } = element
  if (precision !== undefined)
    return Array.from(values as Iterable<unknown>, value =>
      value === null || value === undefined
        ? value
        : decimalText({ coefficient: coefficientOf(value), scale: scale ?? 0 }),
    )
  const unit = timeUnit(element)
  if (unit === undefined) return values
  const scaled = (value: unknown): unknown => {
    if (value === null || value === undefined) return value
    return unit === 'MILLIS' ? BigInt(value as number) * 1000n : BigInt(value as number) / 1000n
  }
  return Array.from(values as Iterable<unknown>, scaled)
}

/** Kinds of columns that take a kind of Parquet values. */
const takes: Readonly<Record<PlainKind, readonly PlainKind[]>> = {
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
  decimal: ['decimal', 'string'],
}

function fits(asked: ColumnType, found: ColumnType): boolean {
  if (asked.kind === 'list') return found.kind === 'list' && fits(asked.element.type, found.element.type)
  if (asked.kind === 'map')
    return found.kind === 'map' && fits(asked.key, found.key) && fits(asked.value.type, found.value.type)
  if (asked.kind !== 'struct') return takes[asked.kind].includes(found.kind as PlainKind)
  if (found.kind !== 'struct') return false
  return asked.fields.every(each => {
    const inside = found.fields.find(other => other.name === each.name)
    return inside === undefined ? each.nullable : fits(each.type, inside.type)
  })
}

/** BAD_SCHEMA when a file has other columns than were asked for; a column that is not there must be nullable. */
export function checkSchema(path: string, elements: readonly SchemaElement[], asked: readonly Field[]): void {
  const columns = columnsOf(elements)
  const check = ({ name, type, nullable }: Field, above: string): void => {
    const shown = above + name
    const node = columns.find(each => each.element.name === shown)
    if (node === undefined) {
      if (type.kind === 'struct')
        for (const each of type.fields) check({ ...each, nullable: each.nullable || nullable }, `${shown}.`)
      else if (!nullable) mismatch(path, `there is no column ${shown}`, `declare it nullable, or leave it out`)
      return
    }
    const found = typeOfNode(node, false)
    if (found === undefined)
      mismatch(path, `column ${shown} is of a type that is not read yet`, 'leave it out of the schema')
    else if (!fits(type, found))
      mismatch(path, `column ${shown} is ${showType(found)}, not ${showType(type)}`, `declare it as ${declared(found)}`)
  }
  for (const each of asked) check(each, '')
}

/** A type as it is declared: `t.list(t.int())`. */
function declared(type: ColumnType): string {
  if (type.kind === 'list') return `t.list(${declared(type.element.type)})`
  if (type.kind === 'map') return `t.map(${declared(type.key)}, ${declared(type.value.type)})`
  if (type.kind === 'decimal' && type.precision !== undefined) return `t.decimal(${type.precision}, ${type.scale})`
  return type.kind === 'struct' ? `t.struct({ ${type.fields[0]?.name}: … })` : `t.${type.kind}()`
}

function mismatch(path: string, reason: string, fix: string): never {
  return fail('BAD_SCHEMA', { reason: `${path}: ${reason}`, fix })
}

/** The columns of a file that can be read. */
export function schemaOfElements(elements: readonly SchemaElement[]): Schema {
  return schemaOf(
    columnsOf(elements).flatMap(node => {
      const type = typeOfNode(node, false)
      return type === undefined ? [] : [field(node.element.name, type, isNullable(node))]
    }),
  )
}
