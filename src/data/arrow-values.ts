// Values that Arrow has in another form than we do: uuids, intervals and decimals have 16 bytes in a row there, times other
// units.
import { fail } from '../base/index.ts'
import {
  type ColumnType,
  DECIMAL_DIGITS,
  type ListType,
  type MapType,
  type PlainType,
  showType,
} from '../types/index.ts'
import { isSet } from './arrow-buffers.ts'
import { arrow } from './arrow-library.ts'
import { isFixed } from './arrow-types.ts'
import type { Column } from './batch.ts'
import { type Cell, cellOf, elementsOf, entriesOf, fieldsOf } from './cells.ts'
import {
  coefficientOf,
  decimalAt,
  partsOf as decimalParts,
  decimalText,
  isDecimal,
  putDecimal,
  ten,
} from './decimal.ts'
import { intervalBytes, intervalParts } from './interval.ts'
import { columnBytes, Kind, kindOf } from './kind.ts'
import { type Arena, type Memory, utf8 } from './memory.ts'
import { uuidText } from './uuid.ts'

const WIDTH = 16

/** The values of a column of uuids, intervals or decimals, 16 bytes each; undefined for other types. */
export function fixedValues(
  type: ColumnType,
  column: Column,
  rows: number,
  memory: Memory,
): { readonly values: Uint8Array | BigUint64Array; readonly offsets?: Int32Array } | undefined {
  if (type.kind === 'decimal') return decimalValues(type, column, rows, memory)
  if (type.kind !== 'uuid' && type.kind !== 'interval') return undefined
  const values = new Uint8Array(rows * WIDTH)
  const view = new DataView(values.buffer)
  for (let row = 0; row < rows; row++) {
    if (column.validity !== 0 && !isSet(memory.u8.subarray(column.validity), row)) continue
    const at = memory.u32[(column.values >>> 2) + row * 4 + 3] as number
    if (type.kind === 'uuid') values.set(memory.bytes(at, WIDTH), row * WIDTH)
    else putInterval(view, row * WIDTH, memory.bytes(at, 24))
  }
  return { values }
}

const BITS = 64n

/** Decimals of one scale as 128-bit integers; others as text. */
function decimalValues(type: PlainType, column: Column, rows: number, memory: Memory) {
  const valid = column.validity === 0 ? undefined : memory.u8.subarray(column.validity)
  const isValid = (row: number): boolean => valid === undefined || isSet(valid, row)
  if (!isFixed(type))
    return textValues(rows, row => (isValid(row) ? decimalText(decimalAt(memory, column.values + row * WIDTH)) : ''))
  const values = new BigUint64Array(rows * 2)
  const words = new Uint32Array(values.buffer)
  const { u32 } = memory
  for (let row = 0; row < rows; row++) {
    if (!isValid(row) || putCoefficient(u32, (column.values >>> 2) + row * 4, type.scale, words, row * 4)) continue
    const bits = coefficientOf(decimalAt(memory, column.values + row * WIDTH), type.scale, showType(type))
    values[row * 2] = BigInt.asUintN(64, bits)
    values[row * 2 + 1] = BigInt.asUintN(64, bits >> BITS)
  }
  return { values }
}

/** A value that has this scale already: its sign and its size become one integer. False for any other. */
function putCoefficient(from: Uint32Array, at: number, scale: number, to: Uint32Array, out: number): boolean {
  const top = from[at + 3] as number
  if (((top >>> 24) & 127) !== scale) return false
  const flip = top >>> 31 === 0 ? 0 : -1
  let carry = -flip
  for (let i = 0; i < 4; i++) {
    const word = i < 3 ? (from[at + i] as number) : top & 0xffffff
    const sum = ((word ^ flip) >>> 0) + carry
    to[out + i] = sum
    carry = sum > 0xffffffff ? 1 : 0
  }
  return true
}

function textValues(rows: number, textOf: (row: number) => string) {
  const texts = Array.from({ length: rows }, (_, row) => utf8(textOf(row)))
  const offsets = new Int32Array(rows + 1)
  for (const [row, text] of texts.entries()) offsets[row + 1] = (offsets[row] as number) + text.length
  const values = new Uint8Array(offsets[rows] as number)
  for (const [row, text] of texts.entries()) values.set(text, offsets[row])
  return { offsets, values }
}

function putInterval(view: DataView, at: number, bytes: Uint8Array): void {
  const { months, days, micros } = intervalParts(bytes)
  view.setInt32(at, months, true)
  view.setInt32(at + 4, days, true)
  // Arrow counts nanoseconds: beyond 292 years of them the nearest that fit.
  const nanos = micros * 1000n
  view.setBigInt64(
    at + 8,
    nanos === BigInt.asIntN(64, nanos) ? nanos : micros < 0n ? -(2n ** 63n) : 2n ** 63n - 1n,
    true,
  )
}

/** Intervals of months, days and nanoseconds; undefined for Arrow's other intervals, which are read value by value. */
export function intervalsIn(
  batch: arrow.Batch<unknown>,
  { first, count, arena }: { readonly first: number; readonly count: number; readonly arena: Arena },
): Omit<Column, 'validity'> | undefined {
  if (batch.type.typeId !== arrow.Type.Interval || batch.type.unit !== arrow.IntervalUnit.MONTH_DAY_NANO)
    return undefined
  const source = batch.values as Uint8Array
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  const values = arena.zeroed(columnBytes(Kind.VIEW, count))
  for (let row = 0; row < count; row++) {
    const at = (first + row) * WIDTH
    const parts = {
      months: view.getInt32(at, true),
      days: view.getInt32(at + 4, true),
      micros: view.getBigInt64(at + 8, true) / 1000n,
    }
    const bytes = arena.put(intervalBytes(parts))
    const { u32 } = arena.memory
    u32.set([24, u32[bytes >>> 2] as number, 0, bytes], (values >>> 2) + row * 4)
  }
  return { kind: Kind.VIEW, values }
}

/** Decimals of 32, 64, 128 or 256 bits from their integers; undefined for what else a decimal is read from. */
export function decimalsIn(
  type: PlainType,
  batch: arrow.Batch<unknown>,
  { first, count, arena }: { readonly first: number; readonly count: number; readonly arena: Arena },
): Omit<Column, 'validity'> | undefined {
  const source = batch.values
  if (batch.type.typeId !== arrow.Type.Decimal) return undefined
  const { bitWidth, scale } = batch.type
  const integerAt = integers(source as BigUint64Array | Int32Array, bitWidth)
  const kind = kindOf(type)
  const values = arena.zeroed(columnBytes(kind, count))
  for (let row = 0; row < count; row++) {
    const value = { coefficient: integerAt(first + row), scale: Math.max(scale, 0) }
    const made = scale < 0 ? { ...value, coefficient: value.coefficient * ten(-scale) } : value
    const isThere = batch.nullCount === 0 || isSet(batch.validity as Uint8Array, first + row)
    if (isThere && !isDecimal(made)) fail('BAD_VALUE', tooLong(decimalText(made), type))
    if (isThere) putDecimal(arena.memory, values + row * WIDTH, made)
  }
  return { kind, values }
}

function integers(source: BigUint64Array | Int32Array, bitWidth: number): (row: number) => bigint {
  if (source instanceof Int32Array) return row => BigInt(source[row] ?? 0)
  const words = bitWidth / 64
  return row => {
    let bits = 0n
    for (let word = words - 1; word >= 0; word--) bits = (bits << BITS) | (source[row * words + word] ?? 0n)
    return BigInt.asIntN(bitWidth, bits)
  }
}

const tooLong = (value: string, type: PlainType) => ({
  value,
  column: 'a column of Arrow data',
  type: showType(type),
  reason: `it has more than ${DECIMAL_DIGITS} digits`,
})

const MICROS: Readonly<Record<number, readonly [times: bigint, over: bigint]>> = {
  0: [1_000_000n, 1n],
  1: [1_000n, 1n],
  2: [1n, 1n],
  3: [1n, 1_000n],
}

/** What the Arrow library gives for a value, as rows have it: dates as Dates, times in microseconds, intervals as parts. */
export function adapt(type: ColumnType, from: arrow.DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'date':
      return typeof value === 'number' ? new Date(value) : value
    case 'json':
      return JSON.parse(value as string)
    case 'uuid':
      return value instanceof Uint8Array ? uuidText(value) : value
    case 'decimal':
      return from.typeId === arrow.Type.Decimal && typeof value !== 'string'
        ? typeof value === 'bigint'
          ? decimalText({ coefficient: value, scale: from.scale })
          : String(value)
        : value
    case 'time':
      return from.typeId === arrow.Type.Time ? microsOfTime(from.unit, value as number | bigint) : value
    case 'interval':
      return typeof value === 'number' ? { months: value } : partsOf(value as Float64Array)
    case 'list': {
      const [item] = childrenOf(from)
      return Array.from(value as ArrayLike<unknown>, each => adapt(type.element.type, item as arrow.DataType, each))
    }
    case 'map': {
      const [key, element] = childrenOf(childrenOf(from)[0] as arrow.DataType) as [arrow.DataType, arrow.DataType]
      const pairs = [...(value as Iterable<readonly [unknown, unknown]>)]
      return new Map(pairs.map(([k, v]) => [adapt(type.key, key, k), adapt(type.value.type, element, v)]))
    }
    case 'struct': {
      const types = childrenOf(from)
      const fields = type.fields.map(({ name, type }, i) => {
        const given = (value as Readonly<Record<string, unknown>>)[name]
        return [name, adapt(type, types[i] as arrow.DataType, given)] as const
      })
      return Object.fromEntries(fields)
    }
    default:
      return value
  }
}

const childrenOf = (type: arrow.DataType): readonly arrow.DataType[] =>
  (type as arrow.StructType).children.map(each => each.type)

function microsOfTime(unit: number, value: number | bigint): bigint {
  const [times, over] = MICROS[unit] as readonly [bigint, bigint]
  return (BigInt(value) * times) / over
}

/** Days and milliseconds, or months, days and nanoseconds. */
function partsOf(value: ArrayLike<number>): object {
  const [a = 0, b = 0, nanos] = Array.from(value)
  if (nanos === undefined) return { days: a, milliseconds: b }
  return { months: a, days: b, micros: Math.trunc(nanos / 1000) }
}

/** The other way, for values inside lists and maps: what the library's builders take. Instants have milliseconds there. */
function toArrow(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null
  switch (type.kind) {
    case 'timestamp':
      return Number((cell as bigint) / 1000n)
    case 'date':
      return (cell as number) * 86_400_000
    case 'decimal':
      return isFixed(type) ? coefficientOf(decimalParts(cell as string), type.scale, showType(type)) : cell
    case 'interval': {
      const { months, days, micros } = intervalParts(cell as Uint8Array)
      return [months, days, micros * 1000n]
    }
    case 'list':
      return elementsOf(type, cell as Uint8Array).map(each =>
        toArrow(type.element.type, cellOf(type.element.type, each)),
      )
    case 'map':
      return entriesOf(type, cell as Uint8Array).map(([key, value]) => [
        toArrow(type.key, cellOf(type.key, key)),
        toArrow(type.value.type, cellOf(type.value.type, value)),
      ])
    case 'struct':
      return Object.fromEntries(
        fieldsOf(type, cell as Uint8Array).map(([{ name, type }, each]) => [name, toArrow(type, each)]),
      )
    default:
      return cell
  }
}

/** A column of lists or maps, built value by value. */
export function nestedPart(
  type: ListType | MapType,
  column: Column,
  rows: number,
  memory: Memory,
  to: arrow.DataType,
): arrow.Batch<unknown> {
  const values = Array.from({ length: rows }, (_, row) => {
    if (column.validity !== 0 && !isSet(memory.u8.subarray(column.validity), row)) return null
    const at = (column.values >>> 2) + row * 4
    const length = memory.u32[at] as number
    const bytes = memory.bytes(length > 12 ? (memory.u32[at + 3] as number) : (at + 1) * 4, length)
    return toArrow(type, bytes.slice())
  })
  return arrow.columnFromArray(values, to).data[0] as arrow.Batch<unknown>
}
