// How a value of a column becomes a JavaScript value. One reader per column and batch: kinds and validity are
// decided when it is made, never per row. A reader is good until the next allocation (see memory.ts).
// What each type becomes is told in docs/notes/rows.md.
import { fail } from '../base/index.ts'
import type { Leaf, ScalarType } from '../types/index.ts'
import { showType } from '../types/index.ts'
import type { Column, Origin } from './batch.ts'
import { javaScriptOf } from './cell-values.ts'
import { decimalTextAt } from './decimal.ts'
import { clockText, intervalParts } from './interval.ts'
import type { Memory } from './memory.ts'
import { uuidText } from './uuid.ts'

/** The value of physical row `row`; null where it is null. */
export type Reader = (row: number) => unknown

const HIGH = 2 ** 32
const SAFE_HIGH = 2 ** 21
const DAY_MS = 86_400_000
const DATE_MAX_MS = 8.64e15

/** A reader of one column. `origin` only serves errors. */
export function readerOf(leaf: Leaf, column: Column, memory: Memory, origin?: Origin): Reader {
  const read = valueReader(leaf, column, memory, origin)
  if (column.validity === 0) return read
  const bits = memory.u8
  const base = column.validity
  return row => (((bits[base + (row >>> 3)] as number) >>> (row & 7)) & 1 ? read(row) : null)
}

function valueReader(leaf: Leaf, column: Column, memory: Memory, origin: Origin | undefined): Reader {
  switch (leaf.type.kind) {
    case 'boolean':
      return readBit(column, memory)
    case 'int':
      return readInt(leaf, column, memory, origin)
    case 'bigint':
      return readBigint(column, memory)
    case 'float':
      return readFloat(column, memory)
    case 'double':
      return readDouble(column, memory)
    case 'string':
      return readText(column, memory)
    case 'binary':
      return readBinary(column, memory)
    case 'timestamp':
      return readTimestamp(leaf, column, memory, origin)
    case 'date':
      return readDate(column, memory)
    case 'json':
      return readJson(column, memory)
    case 'time':
      return readTime(column, memory)
    case 'interval':
      return readInterval(leaf, column, memory, origin)
    case 'uuid':
      return row => uuidText(viewBytes(column, memory, row))
    case 'decimal':
      return row => decimalTextAt(memory, column.values + row * 16)
    case 'list':
    case 'map':
      return readCells(leaf, column, memory, origin)
  }
}

function readBit(column: Column, memory: Memory): Reader {
  const bits = memory.u8
  const base = column.values
  return row => (((bits[base + (row >>> 3)] as number) >>> (row & 7)) & 1) === 1
}

function readInt(leaf: Leaf, column: Column, memory: Memory, origin: Origin | undefined): Reader {
  const words = memory.i32
  const base = column.values >>> 2
  return row => {
    const at = base + row * 2
    const high = words[at + 1] as number
    const value = high * HIGH + ((words[at] as number) >>> 0)
    if (high >= -SAFE_HIGH && high < SAFE_HIGH && Number.isSafeInteger(value)) return value
    return unsafe(leaf, (memory.i64[at >>> 1] as bigint).toString(), row, origin)
  }
}

function unsafe(leaf: Leaf, value: string, row: number, origin: Origin | undefined): never {
  const position = origin === undefined ? {} : { position: origin.position(row) }
  return fail('UNSAFE_INTEGER', { value, column: leaf.path.join('.') }, position)
}

function readBigint(column: Column, memory: Memory): Reader {
  const values = memory.i64
  const base = column.values >>> 3
  return row => values[base + row]
}

function readFloat(column: Column, memory: Memory): Reader {
  const values = memory.f32
  const base = column.values >>> 2
  return row => values[base + row]
}

function readDouble(column: Column, memory: Memory): Reader {
  const values = memory.f64
  const base = column.values >>> 3
  return row => values[base + row]
}

/** Microseconds as a Date: whole milliseconds, rounded towards the past. */
function readTimestamp(leaf: Leaf, column: Column, memory: Memory, origin: Origin | undefined): Reader {
  const words = memory.i32
  const base = column.values >>> 2
  return row => {
    const at = base + row * 2
    const high = words[at + 1] as number
    const ms =
      high >= -SAFE_HIGH && high < SAFE_HIGH
        ? Math.floor((high * HIGH + ((words[at] as number) >>> 0)) / 1000)
        : wholeMillis(memory.i64[at >>> 1] as bigint)
    if (ms > DATE_MAX_MS || ms < -DATE_MAX_MS) return beyondDate(leaf, memory.i64[at >>> 1] as bigint, row, origin)
    return new Date(ms)
  }
}

/** Floor of microseconds / 1000, exact for every 64-bit value. */
function wholeMillis(micros: bigint): number {
  const rest = micros % 1000n
  return Number((micros - (rest < 0n ? rest + 1000n : rest)) / 1000n)
}

function beyondDate(leaf: Leaf, micros: bigint, row: number, origin: Origin | undefined): never {
  const params = {
    value: `${micros} µs`,
    column: leaf.path.join('.'),
    type: showType(leaf.type),
    reason: 'it is beyond what a JavaScript Date can hold',
  }
  return fail('BAD_VALUE', params, origin === undefined ? {} : { position: origin.position(row) })
}

function readDate(column: Column, memory: Memory): Reader {
  const values = memory.i32
  const base = column.values >>> 2
  return row => new Date((values[base + row] as number) * DAY_MS)
}

const INLINE = 12
const CACHE = 256

/** Strings repeat (codes, names): the last one of each hash is kept as long as the reader lives. */
function readText(column: Column, memory: Memory): Reader {
  const words = memory.u32
  const base = column.values >>> 2
  const keys = new Uint32Array(CACHE * 4)
  const texts: string[] = new Array(CACHE).fill('')
  return row => {
    const at = base + row * 4
    const length = words[at] as number
    if (length > INLINE) return memory.text(words[at + 3] as number, length)
    if (length === 0) return ''
    const a = words[at + 1] as number
    const b = words[at + 2] as number
    const c = words[at + 3] as number
    const slot = (Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b), 0xc2b2ae35) ^ length) >>> 24
    const key = slot * 4
    if (keys[key] === length && keys[key + 1] === a && keys[key + 2] === b && keys[key + 3] === c)
      return texts[slot] as string
    const text = memory.text((at + 1) * 4, length)
    keys[key] = length
    keys[key + 1] = a
    keys[key + 2] = b
    keys[key + 3] = c
    texts[slot] = text
    return text
  }
}

/** The bytes of row `row`'s view, where they lie. */
function viewBytes(column: Column, memory: Memory, row: number): Uint8Array {
  const at = (column.values >>> 2) + row * 4
  const words = memory.u32
  const length = words[at] as number
  return memory.bytes(length > INLINE ? (words[at + 3] as number) : (at + 1) * 4, length)
}

function readBinary(column: Column, memory: Memory): Reader {
  return row => viewBytes(column, memory, row).slice()
}

function readJson(column: Column, memory: Memory): Reader {
  const text = readText(column, memory)
  return row => JSON.parse(text(row) as string) as unknown
}

function readTime(column: Column, memory: Memory): Reader {
  const values = memory.i64
  const base = column.values >>> 3
  return row => clockText(values[base + row] as bigint)
}

function readInterval(leaf: Leaf, column: Column, memory: Memory, origin: Origin | undefined): Reader {
  return row => {
    const { months, days, micros } = intervalParts(viewBytes(column, memory, row))
    const number = Number(micros)
    return Number.isSafeInteger(number) ? { months, days, micros: number } : unsafe(leaf, `${micros}`, row, origin)
  }
}

function readCells(leaf: Leaf, column: Column, memory: Memory, origin: Origin | undefined): Reader {
  let at = 0
  const troubles = {
    unsafe: (value: string) => unsafe(leaf, value, at, origin),
    beyond: (micros: bigint) => beyondDate(leaf, micros, at, origin),
  }
  return row => {
    at = row
    return javaScriptOf(leaf.type, viewBytes(column, memory, row), troubles)
  }
}

/** Raw 64-bit microseconds or integers, for those who need more than a Date or a number holds. */
export function readerOfBits(type: ScalarType, column: Column, memory: Memory): (row: number) => bigint | null {
  if (type.kind !== 'int' && type.kind !== 'bigint' && type.kind !== 'timestamp' && type.kind !== 'time')
    return fail('ASSERTION', { reason: `a column of type ${type.kind} has no 64-bit integers` })
  const values = memory.i64
  const base = column.values >>> 3
  const valid = (row: number): boolean =>
    column.validity === 0 || (((memory.u8[column.validity + (row >>> 3)] as number) >>> (row & 7)) & 1) === 1
  return row => (valid(row) ? (values[base + row] as bigint) : null)
}
