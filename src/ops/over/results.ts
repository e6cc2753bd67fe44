// Results of window functions as columns of a page of rows.
import {
  type Arena,
  bitmapBytes,
  type Column,
  columnBytes,
  type Decimal,
  gatherColumn,
  Kind,
  putDecimal,
} from '../../data/index.ts'
import type { Result } from './functions.ts'

export type { Result } from './functions.ts'

/** @param places of the page's rows in the sequence; -1: null. `columns`: those of the entries. */
export function writeResult(result: Result, places: Int32Array, columns: readonly Column[], arena: Arena): Column {
  return result.what === 'taken'
    ? taken(result.taken, columns[result.column] as Column, places, arena)
    : computed(result.computed, places, arena)
}

function taken(entries: Int32Array, from: Column, places: Int32Array, arena: Arena): Column {
  const index = new Uint32Array(places.length)
  const valid = new Uint8Array(places.length)
  const { u8 } = arena.memory
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    const entry = place < 0 ? -1 : (entries[place] as number)
    if (entry < 0) continue
    index[i] = entry
    valid[i] = from.validity === 0 ? 1 : ((u8[from.validity + (entry >>> 3)] as number) >>> (entry & 7)) & 1
  }
  const rows = arena.put(new Uint8Array(index.buffer))
  const { kind, values } = gatherColumn(from, rows, places.length, arena)
  return { kind, values, validity: bitmap(valid, arena) }
}

function computed(
  { values, valid }: Extract<Result, { readonly what: 'computed' }>['computed'],
  places: Int32Array,
  arena: Arena,
): Column {
  if (Array.isArray(values)) return decimals(values, valid, places, arena)
  const isWhole = values instanceof BigInt64Array
  const page = isWhole ? new BigInt64Array(places.length) : new Float64Array(places.length)
  const present = new Uint8Array(places.length)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    if (place < 0) continue
    page[i] = values[place] as never
    present[i] = valid[place] as number
  }
  const at = arena.put(new Uint8Array(page.buffer))
  return { kind: isWhole ? Kind.I64 : Kind.F64, values: at, validity: bitmap(present, arena) }
}

function decimals(values: readonly Decimal[], valid: Uint8Array, places: Int32Array, arena: Arena): Column {
  const at = arena.zeroed(columnBytes(Kind.DECIMAL, places.length))
  const present = new Uint8Array(places.length)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    if (place < 0) continue
    putDecimal(arena.memory, at + i * 16, values[place] as Decimal)
    present[i] = valid[place] as number
  }
  return { kind: Kind.DECIMAL, values: at, validity: bitmap(present, arena) }
}

function bitmap(bytes: Uint8Array, arena: Arena): number {
  const bits = arena.zeroed(bitmapBytes(bytes.length))
  const { u8 } = arena.memory
  for (let i = 0; i < bytes.length; i++)
    if (bytes[i] !== 0) u8[bits + (i >>> 3)] = (u8[bits + (i >>> 3)] as number) | (1 << (i & 7))
  return bits
}
