// Lists, maps and structs between the Parquet library (arrays, objects by key, objects by name) and the bytes we keep.
import { isUtf8 } from 'node:buffer'
import {
  type Cell,
  CellWriter,
  cellOf,
  decimalFrom,
  decimalText,
  END,
  elementsOf,
  entriesOf,
  fieldsOf,
  intervalParts,
  isoText,
  type Memory,
  mapBytes,
  NULL,
  putCell,
  VALUE,
} from '../../data/index.ts'
import type { ColumnType, ElementType, MapType } from '../../types/index.ts'
import { asBytes, type TextTable } from './texts.ts'

interface Texts {
  readonly texts: TextTable
  readonly memory: Memory
}

/** The bytes of a list or a map as the library gives it; undefined if it does not fit the type. */
export function cellBytes(type: ColumnType, value: unknown, from: Texts): Uint8Array | undefined {
  const out = new CellWriter()
  return put(out, type, value, from) ? out.slice() : undefined
}

function putOne(out: CellWriter, { type, nullable }: ElementType, value: unknown, from: Texts): boolean {
  if (value === null || value === undefined) {
    out.byte(NULL)
    return nullable
  }
  out.byte(VALUE)
  return put(out, type, value, from)
}

function put(out: CellWriter, type: ColumnType, value: unknown, from: Texts): boolean {
  switch (type.kind) {
    case 'list': {
      const fits = Array.isArray(value) && value.every(each => putOne(out, type.element, each, from))
      out.byte(END)
      return fits
    }
    case 'map':
      return putMap(out, type, value as object, from)
    case 'struct':
      return type.fields.every(each =>
        putOne(
          out,
          each,
          Object.hasOwn(value as object, each.name) ? (value as Readonly<Record<string, unknown>>)[each.name] : null,
          from,
        ),
      )
    default: {
      const cell = plain(type, value, from)
      if (cell !== undefined) putCell(out, type, cell)
      return cell !== undefined
    }
  }
}

/** Keys are names of properties: numbers in text, of which a text's is its place in the table. */
function putMap(out: CellWriter, type: MapType, value: object, from: Texts): boolean {
  const entries: [Uint8Array, Uint8Array][] = []
  for (const [name, each] of Object.entries(value)) {
    const one = new CellWriter()
    const key = type.key.kind === 'boolean' ? name === 'true' : /^-?\d+$/.test(name) ? keyNumber(type, name) : name
    if (!putOne(one, { type: type.key, nullable: false }, key, from)) return false
    const middle = one.length
    if (!putOne(one, type.value, each, from)) return false
    entries.push([one.slice().subarray(0, middle), one.slice(middle)])
  }
  out.raw(mapBytes(entries))
  return true
}

const wide = (type: ColumnType): boolean => ['int', 'bigint', 'timestamp', 'time'].includes(type.kind)
const keyNumber = ({ key }: MapType, name: string): number | bigint => (wide(key) ? BigInt(name) : Number(name))

function plain(type: ColumnType, value: unknown, { texts, memory }: Texts): Exclude<Cell, null> | undefined {
  if (type.kind === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (wide(type)) return typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as number) : undefined
  if (type.kind === 'date') return Number.isInteger(value) ? (value as number) : undefined
  if (type.kind === 'float')
    return typeof value === 'number' || typeof value === 'bigint' ? Math.fround(Number(value)) : undefined
  if (type.kind === 'decimal') {
    const bytes = value instanceof Uint8Array ? value : texts.bytes(value, memory)
    const read = bytes && decimalFrom(new TextDecoder().decode(bytes), type)
    return read === undefined || typeof read === 'string' ? undefined : decimalText(read.decimal)
  }
  if (type.kind === 'double') return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
  const bytes = value instanceof Uint8Array ? value : texts.bytes(value, memory)
  const known = asBytes[type.kind as 'uuid']
  if (known !== undefined) return known(bytes)
  return bytes !== undefined && isUtf8(bytes) ? new TextDecoder().decode(bytes) : undefined
}

/** The other way: a value as the library's writer takes it. */
export function libraryValue(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null
  if (type.kind === 'interval') return isoText(intervalParts(cell as Uint8Array))
  if (type.kind === 'list')
    return elementsOf(type, cell as Uint8Array).map(each =>
      libraryValue(type.element.type, cellOf(type.element.type, each)),
    )
  if (type.kind === 'map')
    return entriesOf(type, cell as Uint8Array).map(([key, value]) => ({
      key: libraryValue(type.key, cellOf(type.key, key)),
      value: libraryValue(type.value.type, cellOf(type.value.type, value)),
    }))
  if (type.kind !== 'struct') return cell
  const row = {}
  for (const [field, value] of fieldsOf(type, cell as Uint8Array))
    Object.defineProperty(row, field.name, { value: libraryValue(field.type, value), enumerable: true })
  return row
}

/** A field of a struct, or of a struct inside it; null where one of them is. */
export function dig(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (at === null || at === undefined || !Object.hasOwn(at, name)) return null
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}
