// Lists, maps and the structs inside them between JavaScript and bytes (cells.ts): arrays, Maps and objects, whose elements
// are checked and read as columns of their types are (docs/notes/rows.md).
import type { ColumnType, ElementType, ListType, MapType, PlainType, StructType } from '../types/index.ts'
import {
  type Cell,
  CellWriter,
  cellOf,
  END,
  elementsOf,
  entriesOf,
  fieldsOf,
  mapBytes,
  NULL,
  putCell,
  VALUE,
} from './cells.ts'
import { binaryOf, booleanOf, floatOf, integerOf, intervalIn, jsonOf, numberOf, textOf, uuidOf } from './convert.ts'
import { decimalFrom, decimalText } from './decimal.ts'
import { dayOf, microsOf, timeOf } from './instants.ts'
import { clockText, intervalParts } from './interval.ts'
import { uuidText } from './uuid.ts'

type Refuse = (reason: string) => never

/** Append the bytes of a JavaScript value that is not null. */
export function putValueOf(out: CellWriter, type: ColumnType, value: unknown, refuse: Refuse): void {
  if (type.kind === 'list') putList(out, type, value, refuse)
  else if (type.kind === 'map') out.raw(mapOfValue(type, value, refuse))
  else if (type.kind === 'struct') putStruct(out, type, value, refuse)
  else if (type.kind === 'string' || type.kind === 'json') {
    const text = type.kind === 'string' ? textOf(value) : jsonOf(value)
    putCell(out, type, typeof text === 'string' ? refuse(text) : text.text)
  } else if (type.kind === 'decimal') {
    putDecimalOf(out, type, value, refuse)
  } else {
    const cell = scalarOf[type.kind](value)
    putCell(out, type, typeof cell === 'string' ? refuse(cell) : cell)
  }
}

function putDecimalOf(out: CellWriter, type: PlainType, value: unknown, refuse: Refuse): void {
  const read = decimalFrom(value, type)
  putCell(out, type, typeof read === 'string' ? refuse(read) : decimalText(read.decimal))
}

function putList(out: CellWriter, { element }: ListType, value: unknown, refuse: Refuse): void {
  if (!Array.isArray(value)) refuse('it is not an array')
  for (const each of value as unknown[]) putElementOf(out, element, each, refuse)
  out.byte(END)
}

type Scalar = Exclude<ColumnType['kind'], 'list' | 'map' | 'struct' | 'string' | 'json' | 'decimal'>

const scalarOf: Readonly<Record<Scalar, (value: unknown) => Exclude<Cell, null>>> = {
  boolean: booleanOf,
  int: integerOf,
  bigint: integerOf,
  float: floatOf,
  double: numberOf,
  binary: binaryOf,
  timestamp: microsOf,
  date: dayOf,
  time: timeOf,
  interval: intervalIn,
  uuid: uuidOf,
}

function putElementOf(
  out: CellWriter,
  { type, nullable }: ElementType,
  value: unknown,
  refuse: Refuse,
  name?: string,
): void {
  if (value !== null && value !== undefined) {
    out.byte(VALUE)
    putValueOf(out, type, value, name === undefined ? refuse : reason => refuse(`${name}: ${reason}`))
    return
  }
  if (!nullable) refuse(name === undefined ? 'an element is null, and elements are not nullable' : `${name} is null`)
  out.byte(NULL)
}

function putStruct(out: CellWriter, type: StructType, value: unknown, refuse: Refuse): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse('it is not an object')
  for (const field of type.fields) {
    const own = Object.hasOwn(value as object, field.name) || !(field.name in Object.prototype)
    const given = own ? (value as Readonly<Record<string, unknown>>)[field.name] : null
    putElementOf(out, field, given, refuse, field.name)
  }
}

function mapOfValue(type: MapType, value: unknown, refuse: Refuse): Uint8Array {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('it is not a Map or an object')
  const given: Iterable<readonly [unknown, unknown]> =
    value instanceof Map ? value : Object.entries(value).map(([key, each]) => [keyOfText(type, key), each])
  const entries: [Uint8Array, Uint8Array][] = []
  for (const [key, each] of given) {
    if (key === null || key === undefined) refuse('a key is null')
    const out = new CellWriter()
    putElementOf(out, { type: type.key, nullable: false }, key, refuse)
    const middle = out.length
    putElementOf(out, type.value, each, refuse)
    const bytes = out.slice()
    entries.push([bytes.subarray(0, middle), bytes.subarray(middle)])
  }
  return mapBytes(entries)
}

/** A property's name as a key: texts stand for what their type reads from text. */
function keyOfText({ key }: MapType, name: string): unknown {
  if (key.kind === 'int' || key.kind === 'bigint') return /^-?\d{1,19}$/.test(name) ? BigInt(name) : name
  if (key.kind === 'double' || key.kind === 'float') return name.trim() === '' ? name : Number(name)
  return key.kind === 'boolean' ? (name === 'true' ? true : name === 'false' ? false : name) : name
}

/** What can't be a JavaScript value. */
export interface Unreadable {
  unsafe(value: string): never
  beyond(micros: bigint): never
}

/** The JavaScript value of a cell. */
export function javaScriptOf(type: ColumnType, cell: Cell, troubles: Unreadable): unknown {
  if (cell === null) return null
  switch (type.kind) {
    case 'int':
      return safe(cell as bigint, troubles)
    case 'timestamp':
      return dateOf(cell as bigint, troubles)
    case 'date':
      return new Date((cell as number) * 86_400_000)
    case 'json':
      return JSON.parse(cell as string)
    case 'time':
      return clockText(cell as bigint)
    case 'uuid':
      return uuidText(cell as Uint8Array)
    case 'interval': {
      const { months, days, micros } = intervalParts(cell as Uint8Array)
      return { months, days, micros: safe(micros, troubles) }
    }
    case 'list':
      return elementsOf(type, cell as Uint8Array).map(each =>
        javaScriptOf(type.element.type, cellOf(type.element.type, each), troubles),
      )
    case 'map':
      return new Map(
        entriesOf(type, cell as Uint8Array).map(([key, value]) => [
          javaScriptOf(type.key, cellOf(type.key, key), troubles),
          javaScriptOf(type.value.type, cellOf(type.value.type, value), troubles),
        ]),
      )
    case 'struct':
      return structOf(type, cell as Uint8Array, troubles)
    default:
      return cell
  }
}

function safe(value: bigint, troubles: Unreadable): number {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : troubles.unsafe(`${value}`)
}

/** Whole milliseconds, rounded towards the past. */
function dateOf(micros: bigint, troubles: Unreadable): Date {
  const rest = ((micros % 1000n) + 1000n) % 1000n
  const date = new Date(Number((micros - rest) / 1000n))
  return Number.isNaN(date.getTime()) ? troubles.beyond(micros) : date
}

function structOf(type: StructType, bytes: Uint8Array, troubles: Unreadable): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const [field, cell] of fieldsOf(type, bytes)) {
    const value = javaScriptOf(field.type, cell, troubles)
    Object.defineProperty(row, field.name, { value, enumerable: true, writable: true, configurable: true })
  }
  return row
}
