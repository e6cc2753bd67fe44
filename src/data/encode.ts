// How a JavaScript value becomes a value of a column: the inverse of read.ts, with the checks of a border.
// An encoder is made once per column; it is handed null for nulls and writes nothing then.
import { excerpt, fail } from '../base/index.ts'
import type { Leaf, PlainType, ScalarType } from '../types/index.ts'
import { showType } from '../types/index.ts'
import type { Origin } from './batch.ts'
import { putValueOf } from './cell-values.ts'
import { CellWriter } from './cells.ts'
import {
  binaryOf,
  booleanOf,
  type Convert,
  floatOf,
  integerOf,
  intervalIn,
  jsonOf,
  numberOf,
  type Text,
  textOf,
  uuidOf,
} from './convert.ts'
import { decimalFrom, putDecimal, putShortDecimal } from './decimal.ts'
import { dayOf, microsOf, timeOf } from './instants.ts'
import type { Arena, Ptr } from './memory.ts'

export type Encoder = (value: unknown, row: number) => void

/** An encoder that writes to the column at `values`, which has room for the rows. */
export function encoderOf(leaf: Leaf, values: Ptr, arena: Arena, origin: Origin): Encoder {
  const refuse = refusal(leaf, origin)
  const write = writerOf(leaf, values, arena, refuse)
  if (leaf.nullable) return (value, row) => (value === null ? undefined : write(value, row))
  return (value, row) => (value === null ? refuse(null, row, 'the column is not nullable') : write(value, row))
}

type Refuse = (value: unknown, row: number, reason: string, cause?: unknown) => never

function refusal(leaf: Leaf, origin: Origin): Refuse {
  const column = leaf.path.join('.')
  return (value, row, reason, cause) =>
    fail(
      'BAD_VALUE',
      { value: show(value), column, type: showType(leaf.type), reason },
      { position: { ...origin.position(row), column } },
      cause,
    )
}

/** A value of any kind as a short text; it must not throw, whatever it is given. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${excerpt(value)}'`
  if (typeof value === 'bigint') return excerpt(`${value}n`)
  if (typeof value === 'function') return 'a function'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString()
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    return excerpt(JSON.stringify(value) ?? 'an object')
  } catch {
    return 'an object'
  }
}

// Views of the memory are taken once a column: nothing is allocated while a column of fixed width is written.
function writerOf(leaf: Leaf, values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  const { u8, f32, f64, i32 } = arena.memory
  const word = values >>> 2
  switch (leaf.type.kind) {
    case 'boolean':
      return writer(booleanOf, refuse, (value, row) => {
        if (value) u8[values + (row >>> 3)] = (u8[values + (row >>> 3)] as number) | (1 << (row & 7))
      })
    case 'int':
    case 'bigint':
      return integerWriter(values, arena, refuse)
    case 'float':
      return writer(floatOf, refuse, (value, row) => {
        f32[word + row] = value
      })
    case 'double':
      return writer(numberOf, refuse, (value, row) => {
        f64[(values >>> 3) + row] = value
      })
    case 'timestamp':
      return instantWriter(values, arena, refuse)
    case 'date':
      return writer(dayOf, refuse, (value, row) => {
        i32[word + row] = value
      })
    case 'string':
      return textWriter(textOf, values, arena, refuse)
    case 'json':
      return textWriter(jsonOf, values, arena, refuse)
    case 'binary':
      return bytesWriter(binaryOf, values, arena, refuse)
    case 'time':
      return timeWriter(values, arena, refuse)
    case 'interval':
      return bytesWriter(intervalIn, values, arena, refuse)
    case 'uuid':
      return bytesWriter(uuidOf, values, arena, refuse)
    case 'decimal':
      return decimalWriter(leaf.type, values, arena, refuse)
    case 'list':
    case 'map':
      return cellWriter(leaf.type, values, arena, refuse)
  }
}

function writer<T extends boolean | number>(
  convert: Convert<T>,
  refuse: Refuse,
  store: (value: T, row: number) => void,
): Encoder {
  return (value, row) => {
    const converted = convert(value)
    if (typeof converted === 'string') refuse(value, row, converted)
    else store(converted, row)
  }
}

const HIGH = 2 ** 32

/** Writes 64-bit integers: numbers as two words, which makes no bigint; the rest as bigints. */
function longs(values: Ptr, arena: Arena): { number(value: number, row: number): void; bigint: BigInt64Array } {
  const { i32, u32, i64 } = arena.memory
  const word = values >>> 2
  return {
    number(value, row) {
      const high = Math.floor(value / HIGH)
      u32[word + row * 2] = value - high * HIGH
      i32[word + row * 2 + 1] = high
    },
    bigint: i64,
  }
}

function integerWriter(values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  const to = longs(values, arena)
  return (value, row) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return to.number(value, row)
    const converted = integerOf(value)
    if (typeof converted === 'string') return refuse(value, row, converted)
    to.bigint[(values >>> 3) + row] = converted
  }
}

function instantWriter(values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  const to = longs(values, arena)
  return (value, row) => {
    const micros = value instanceof Date ? value.getTime() * 1000 : Number.NaN
    if (Number.isSafeInteger(micros)) return to.number(micros, row)
    const converted = microsOf(value)
    if (typeof converted === 'string') return refuse(value, row, converted)
    to.bigint[(values >>> 3) + row] = converted
  }
}

function timeWriter(values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  const to = longs(values, arena)
  return (value, row) => {
    const micros = timeOf(value)
    if (typeof micros === 'string') return refuse(value, row, micros)
    to.number(Number(micros), row)
  }
}

function decimalWriter(type: PlainType, values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  const { u32 } = arena.memory
  return (value, row) => {
    const at = values + row * 16
    if (typeof value === 'string' && putShortDecimal(u32, at, value, type)) return
    const read = decimalFrom(value, type)
    if (typeof read === 'string') return refuse(value, row, read)
    putDecimal(arena.memory, at, read.decimal)
  }
}

const INLINE = 12
const BLOCK = 1 << 14
const ENCODER = new TextEncoder()

/** Room for bytes of unknown number, taken from the arena in blocks. */
function space(arena: Arena): (bytes: number) => Ptr {
  let next = 0
  let end = 0
  return bytes => {
    if (bytes > end - next) {
      next = arena.alloc(Math.max(bytes, BLOCK))
      end = next + Math.max(bytes, BLOCK)
    }
    const at = next
    next += bytes
    return at
  }
}

function textWriter(convert: Convert<Text>, values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  const room = space(arena)
  let u8 = arena.memory.u8
  return (value, row) => {
    if (typeof value === 'string' && convert === textOf && inlineAscii(value, values + row * 16, u8)) return
    const converted = convert(value)
    if (typeof converted === 'string') return refuse(value, row, converted)
    const { text } = converted
    const at = room(text.length * 3)
    u8 = arena.memory.u8
    const { written } = ENCODER.encodeInto(text, u8.subarray(at, at + text.length * 3))
    putView(values + row * 16, at, written, arena)
  }
}

/** Text in a view; what does not fit there goes to the arena. */
export function putText(text: string, view: Ptr, arena: Arena): void {
  const { memory } = arena
  memory.u8.fill(0, view, view + 16)
  if (inlineAscii(text, view, memory.u8)) return
  // Most text is ASCII: a byte a code unit.
  for (let room = text.length; ; room = text.length * 3) {
    const at = arena.alloc(room)
    const { read, written } = ENCODER.encodeInto(text, memory.bytes(at, room))
    if (read < text.length) continue
    putView(view, at, written, arena)
    return
  }
}

/** Write short ASCII text into the view itself; false (and nothing of consequence written) if it is not ASCII. */
function inlineAscii(text: string, view: Ptr, u8: Uint8Array): boolean {
  if (text.length > INLINE) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    u8[view + 4 + i] = code
  }
  u8[view] = text.length
  return true
}

function putView(view: Ptr, bytes: Ptr, length: number, arena: Arena): void {
  const { u8, u32 } = arena.memory
  u32[view >>> 2] = length
  u8.fill(0, view + 4, view + 16)
  if (length <= INLINE) {
    u8.copyWithin(view + 4, bytes, bytes + length)
    return
  }
  u8.copyWithin(view + 4, bytes, bytes + 4)
  u32[(view >>> 2) + 3] = bytes
}

function bytesWriter(convert: Convert<Uint8Array>, values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  return (value, row) => {
    const bytes = convert(value)
    if (typeof bytes === 'string') return refuse(value, row, bytes)
    putView(values + row * 16, arena.put(bytes), bytes.length, arena)
  }
}

/** A list or a map as its bytes. */
function cellWriter(type: ScalarType, values: Ptr, arena: Arena, refuse: Refuse): Encoder {
  return (value, row) => {
    const out = new CellWriter()
    putValueOf(out, type, value, reason => refuse(value, row, reason))
    const bytes = out.slice()
    putView(values + row * 16, arena.put(bytes), bytes.length, arena)
  }
}
