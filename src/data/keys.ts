// Key bytes and row bytes (docs/notes/keys.md) of many rows in one call. Keys keep SQL's order under memcmp; rows
// lose nothing. Both are blobs with n + 1 offsets: item i is blob[offsets[i] .. offsets[i + 1]].
import type { Column } from './batch.ts'
import { describe, emptyColumns } from './gather.ts'
import type { Kind } from './kind.ts'
import type { Arena, Memory, Ptr } from './memory.ts'

export interface Packed {
  readonly blob: Ptr
  /** u32, one more than there are items. */
  readonly offsets: Ptr
  readonly count: number
}

/** How a column of a key is ordered. */
export interface KeyOrder {
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
  /** Equal bytes mean equal values: -0 and every NaN keep their bits (after their place in the order). */
  readonly exact?: boolean
}

/** Ascending, nulls last, exact: for keys that are whole rows. */
export const EXACT: KeyOrder = Object.freeze({ descending: false, nulls: 'last', exact: true })

/** Ascending, nulls last: what keys that are only looked up use. */
export const ASCENDING: KeyOrder = Object.freeze({ descending: false, nulls: 'last' })

/** Selected rows of a batch: u32 numbers at `sel` (0: the first ones), `count` of them. */
export interface Selected {
  readonly sel: Ptr
  readonly count: number
}

function flagsOf(orders: readonly KeyOrder[], arena: Arena): Ptr {
  return arena.put(
    Uint8Array.from(
      orders,
      each => (each.descending ? 1 : 0) | (each.nulls === 'first' ? 2 : 0) | (each.exact === true ? 4 : 0),
    ),
  )
}

/** Keys of the selected rows, in `arena`. */
export function encodeKeys(
  rows: Selected,
  columns: readonly Column[],
  orders: readonly KeyOrder[],
  arena: Arena,
): Packed {
  const offsets = arena.alloc((rows.count + 1) * 4)
  const descs = describe(columns, arena)
  const flags = flagsOf(orders, arena)
  arena.use()
  const { kernels } = arena.memory
  const blob = kernels.keyEncode(rows.count, rows.sel, columns.length, descs, flags, offsets) >>> 0
  return { blob, offsets, count: rows.count }
}

/**
 * Columns from keys: `keys` are `count` addresses (u32) in memory. The first `passed` columns of the keys are passed
 * over and not among the result.
 */
export function decodeKeys(
  keys: Ptr,
  count: number,
  kinds: readonly Kind[],
  orders: readonly KeyOrder[],
  arena: Arena,
  passed = 0,
): Column[] {
  const passedOver = kinds.slice(0, passed).map(kind => ({ kind, values: 0, validity: 0 }))
  const columns = [...passedOver, ...emptyColumns(kinds.slice(passed), count, arena)]
  const descs = describe(columns, arena)
  const flags = flagsOf(orders, arena)
  arena.use()
  arena.memory.kernels.keyDecode(count, keys, columns.length, descs, flags)
  return columns.slice(passed)
}

/** Where that which follows keys begins: `keys` are `count` addresses (u32), the result too. */
export function behindKeys(
  keys: Ptr,
  count: number,
  kinds: readonly Kind[],
  orders: readonly KeyOrder[],
  arena: Arena,
): Ptr {
  const columns = kinds.map(kind => ({ kind, values: 0, validity: 0 }))
  const out = arena.alloc(count * 4)
  arena.memory.kernels.keyBehind(count, keys, columns.length, describe(columns, arena), flagsOf(orders, arena), out)
  return out
}

/** Row bytes of the selected rows, in `arena`. */
export function encodeRows(rows: Selected, columns: readonly Column[], arena: Arena): Packed {
  const offsets = arena.alloc((rows.count + 1) * 4)
  const descs = describe(columns, arena)
  arena.use()
  const blob = arena.memory.kernels.rowEncode(rows.count, rows.sel, columns.length, descs, offsets) >>> 0
  return { blob, offsets, count: rows.count }
}

/**
 * Columns from row bytes: `rows` are `count` addresses (u32) in memory. Strings point into the row bytes, unless
 * `own`: then they are good as long as the arena is.
 */
export function decodeRows(rows: Ptr, count: number, kinds: readonly Kind[], arena: Arena, own = false): Column[] {
  const columns = emptyColumns(kinds, count, arena)
  const descs = describe(columns, arena)
  arena.use()
  arena.memory.kernels.rowDecode(count, rows, 0, columns.length, descs, own ? 1 : 0)
  return columns
}

/** The bytes of item i, a copy. */
export function packedItem(packed: Packed, i: number, memory: Memory): Uint8Array {
  const u32 = memory.u32
  const from = u32[(packed.offsets >>> 2) + i] as number
  const to = u32[(packed.offsets >>> 2) + i + 1] as number
  return memory.u8.slice(packed.blob + from, packed.blob + to)
}
