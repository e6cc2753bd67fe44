// One row of a column to and from a JavaScript value: for twins, interpreters and messages, not for hot paths.
import {
  type Arena,
  type Column,
  decimalTextAt,
  type Memory,
  type Ptr,
  partsOf,
  putDecimal,
  putText,
} from '../data/index.ts'
import type { ScalarKind } from '../types/index.ts'
import type { Value } from './value.ts'

const INLINE = 12

/** Views whose bytes are text. */
const texts: ReadonlySet<ScalarKind> = new Set(['string', 'json'])

export function bitOf(memory: Memory, bits: Ptr, row: number): boolean {
  return (((memory.u8[bits + (row >>> 3)] as number) >>> (row & 7)) & 1) !== 0
}

export function setBit(memory: Memory, bits: Ptr, row: number, bit: boolean): void {
  const mask = 1 << (row & 7)
  const at = bits + (row >>> 3)
  const old = memory.u8[at] as number
  memory.u8[at] = bit ? old | mask : old & ~mask
}

/** The value in a row; null where it is not valid. */
export function readValue(memory: Memory, column: Column, kind: ScalarKind, row: number): Value {
  if (column.validity !== 0 && !bitOf(memory, column.validity, row)) return null
  const { values } = column
  switch (kind) {
    case 'boolean':
      return bitOf(memory, values, row)
    case 'int':
    case 'bigint':
    case 'timestamp':
    case 'time':
      return memory.i64[(values >>> 3) + row] as bigint
    case 'float':
      return memory.f32[(values >>> 2) + row] as number
    case 'double':
      return memory.f64[(values >>> 3) + row] as number
    case 'date':
      return memory.i32[(values >>> 2) + row] as number
    case 'decimal':
      return decimalTextAt(memory, values + row * 16)
    default:
      return readView(memory, values + row * 16, !texts.has(kind))
  }
}

function readView(memory: Memory, view: Ptr, raw: boolean): Value {
  const length = memory.u32[view >>> 2] as number
  const from = length <= INLINE ? view + 4 : (memory.u32[(view >>> 2) + 3] as number)
  return raw ? memory.bytes(from, length).slice() : memory.text(from, length)
}

/** Write a value that is not null; the bytes of a long string go to the arena. */
export function writeValue(
  memory: Memory,
  values: Ptr,
  kind: ScalarKind,
  row: number,
  value: Value,
  arena: Arena,
): void {
  switch (kind) {
    case 'boolean':
      setBit(memory, values, row, value as boolean)
      return
    case 'int':
    case 'bigint':
    case 'timestamp':
    case 'time':
      memory.i64[(values >>> 3) + row] = value as bigint
      return
    case 'float':
      memory.f32[(values >>> 2) + row] = value as number
      return
    case 'double':
      memory.f64[(values >>> 3) + row] = value as number
      return
    case 'date':
      memory.i32[(values >>> 2) + row] = value as number
      return
    case 'decimal':
      putDecimal(memory, values + row * 16, partsOf(value as string))
      return
    default:
      if (value instanceof Uint8Array) writeView(memory, values + row * 16, value, arena)
      else putText(value as string, values + row * 16, arena)
  }
}

function writeView(memory: Memory, view: Ptr, bytes: Uint8Array, arena: Arena): void {
  const far = bytes.length > INLINE ? arena.put(bytes) : 0
  const { u8, u32 } = memory
  u8.fill(0, view, view + 16)
  u32[view >>> 2] = bytes.length
  u8.set(far === 0 ? bytes : bytes.subarray(0, 4), view + 4)
  if (far !== 0) u32[(view >>> 2) + 3] = far
}
