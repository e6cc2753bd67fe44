// Decoded Parquet values as columns in linear memory, without an object per row. Texts come as numbers: each
// distinct value of a dictionary is copied to memory once and known by its number from then on.
import { isUtf8 } from 'node:buffer'
import { fail, type Position } from '../../base/index.ts'
import {
  type Arena,
  bitmapBytes,
  type Column,
  columnBytes,
  decimalFrom,
  Kind,
  kindOf,
  type Memory,
  type Ptr,
  physical,
  putDecimal,
  show,
} from '../../data/index.ts'
import { isNested, type Leaf, type PlainType, showType } from '../../types/index.ts'
import type { DecodedArray, ParquetParsers } from './library.ts'
import { cellBytes } from './nested.ts'
import { asBytes, type TextTable, text, VIEW_WORDS } from './texts.ts'

/** How the library hands values over: instants as microseconds, days as numbers, texts as numbers of the table. */
export function parsersOf(texts: TextTable, notText: () => never): Partial<ParquetParsers> {
  const text = (bytes: Uint8Array) => (isUtf8(bytes) ? texts.add(bytes) : notText())
  return {
    timestampFromMilliseconds: millis => millis * 1000n,
    timestampFromMicroseconds: micros => micros,
    timestampFromNanoseconds: nanos => (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n,
    dateFromDays: days => days,
    stringFromBytes: text,
    jsonFromBytes: text,
    uuidFromBytes: bytes => bytes,
    geometryFromBytes: bytes => bytes,
    geographyFromBytes: bytes => bytes,
  }
}

export interface FillContext {
  readonly memory: Memory
  readonly arena: Arena
  readonly texts: TextTable
  position(row: number): Position
}

/** Rows `from` .. `to` of decoded values as a column in the arena. BAD_VALUE for values that don't fit the type. */
export function fillColumn(leaf: Leaf, values: DecodedArray, from: number, to: number, context: FillContext): Column {
  const kind = kindOf(leaf.type)
  const rows = to - from
  const ptr =
    kind === Kind.BOOL ? context.arena.zeroed(columnBytes(kind, rows)) : context.arena.alloc(columnBytes(kind, rows))
  const put = writers[physical(kind)](ptr, leaf, context)
  let nulls = 0
  const present = new Uint8Array(bitmapBytes(rows))
  for (let row = 0; row < rows; row++) {
    const value = values[from + row] as unknown
    if (value === null || value === undefined) nulls++
    else {
      present[row >> 3] = (present[row >> 3] as number) | (1 << (row & 7))
      if (!put(row, value)) wrong(leaf, value, context, row)
    }
  }
  if (nulls > 0 && !leaf.nullable) wrong(leaf, null, context, firstNull(present))
  return { kind, values: ptr, validity: nulls === 0 ? 0 : context.arena.put(present) }
}

/** The values of a dictionary as a column, once per row group, and each row's number into it (u32, -1 is null). */
export interface Dictionary {
  readonly column: Column
  readonly indices: Ptr
  readonly nulls: boolean
}

/** Rows `from` .. `to` of a column that is told by numbers into a dictionary. */
export function gatherColumn(
  leaf: Leaf,
  { column, indices, nulls }: Dictionary,
  from: number,
  to: number,
  context: FillContext,
): Column {
  const { kind, values } = column
  const { arena, memory } = context
  const rows = to - from
  const ptr = arena.alloc(columnBytes(kind, rows))
  const first = indices + from * 4
  if (!nulls) {
    memory.kernels.gatherValues(rows, first, kind, values, ptr, 0)
    return { kind, values: ptr, validity: 0 }
  }
  const validity = arena.zeroed(bitmapBytes(rows))
  if (memory.kernels.gatherNumbered(rows, first, kind, values, ptr, validity) === 0)
    return { kind, values: ptr, validity: 0 }
  if (!leaf.nullable) wrong(leaf, null, context, firstNull(memory.bytes(validity, bitmapBytes(rows))))
  return { kind, values: ptr, validity }
}

/** Writes one value at a row; false when it does not fit. Nothing in it may allocate but what it looks up again. */
type Put = (row: number, value: unknown) => boolean
type MakePut = (ptr: number, leaf: Leaf, context: FillContext) => Put

const writers: Readonly<Record<Kind, MakePut>> = {
  [Kind.BOOL]: (ptr, _leaf, { memory }) => {
    const { u8 } = memory
    return (row, value) => {
      if (value === true) u8[ptr + (row >> 3)] = (u8[ptr + (row >> 3)] as number) | (1 << (row & 7))
      return typeof value === 'boolean'
    }
  },
  [Kind.I32]: (ptr, _leaf, { memory }) => {
    const { i32 } = memory
    return (row, value) => {
      if (typeof value !== 'number') return false
      i32[(ptr >>> 2) + row] = value
      return value === (value | 0)
    }
  },
  [Kind.I64]: (ptr, _leaf, { memory }) => {
    const { i64, i32 } = memory
    return (row, value) => {
      if (typeof value === 'bigint') i64[(ptr >>> 3) + row] = value
      else if (typeof value === 'number' && value === (value | 0)) {
        i32[(ptr >>> 2) + 2 * row] = value
        i32[(ptr >>> 2) + 2 * row + 1] = value >> 31
      } else if (Number.isSafeInteger(value)) i64[(ptr >>> 3) + row] = BigInt(value as number)
      else return false
      return true
    }
  },
  [Kind.F32]: (ptr, _leaf, { memory }) => {
    const { f32 } = memory
    return (row, value) => {
      f32[(ptr >>> 2) + row] = Number(value)
      return typeof value === 'number' || typeof value === 'bigint'
    }
  },
  [Kind.F64]: (ptr, _leaf, { memory }) => {
    const { f64 } = memory
    return (row, value) => {
      f64[(ptr >>> 3) + row] = Number(value)
      return typeof value === 'number' || typeof value === 'bigint'
    }
  },
  [Kind.VIEW]: (ptr, leaf, { memory, texts }) => {
    let { u32 } = memory
    const bytesOf = asBytes[leaf.type.kind] ?? text
    const nested = isNested(leaf.type)
    return (row, given) => {
      const value = nested ? cellBytes(leaf.type, given, { texts, memory }) : given
      let number = value
      if (value instanceof Uint8Array || bytesOf !== text) {
        const bytes = nested
          ? (value as Uint8Array)
          : bytesOf(value instanceof Uint8Array ? value : texts.bytes(value, memory))
        if (bytes === undefined) return false
        number = texts.add(bytes)
        u32 = memory.u32
      }
      if (typeof number !== 'number') return false
      texts.put(u32, (ptr >>> 2) + row * VIEW_WORDS, number)
      return true
    }
  },
  [Kind.DECIMAL]: (ptr, leaf, { memory, texts }) => {
    return (row, value) => {
      // A number is that of a text, where the file's column is text.
      const text = typeof value === 'number' ? texts.bytes(value, memory) : value
      const read = decimalFrom(
        text instanceof Uint8Array ? new TextDecoder().decode(text) : text,
        leaf.type as PlainType,
      )
      if (typeof read !== 'string') putDecimal(memory, ptr + row * 16, read.decimal)
      return typeof read !== 'string'
    }
  },
}

function firstNull(present: Uint8Array): number {
  let row = 0
  while (((present[row >> 3] as number) >> (row & 7)) & 1) row++
  return row
}

function wrong(leaf: Leaf, value: unknown, { position }: FillContext, row: number): never {
  const column = leaf.path.join('.')
  const reason = value === null ? 'it is null, and the column is not nullable' : 'the file holds another type'
  const shown = show(value)
  return fail(
    'BAD_VALUE',
    { value: shown.slice(0, 80), column, type: showType(leaf.type), reason },
    { position: position(row) },
  )
}
