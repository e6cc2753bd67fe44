// Rows of a table with a key, as keys of an ordered tree: the key columns, then the whole row, exact; the payload is
// the length of the first part. So the entries of one key lie together.
import {
  type Arena,
  ASCENDING,
  type Batch,
  type Column,
  decodeKeys,
  EXACT,
  encodeKeys,
  type Kind,
  type Packed,
  type Ptr,
} from '../data/index.ts'

export interface KeyedRows {
  encode(delta: Batch, arena: Arena): { readonly keys: Packed; readonly payloads: Packed }
  decode(entries: Ptr, count: number, arena: Arena): Column[]
}

/** @param key numbers of the key columns; @param kinds of all columns. */
export function keyedRows(key: readonly number[], kinds: readonly Kind[]): KeyedRows {
  const rowOrders = kinds.map(() => EXACT)
  const keyOrders = key.map(() => ASCENDING)
  return {
    encode(delta, arena) {
      const first = encodeKeys(
        delta,
        key.map(i => delta.columns[i] as Column),
        keyOrders,
        arena,
      )
      const second = encodeKeys(delta, delta.columns, rowOrders, arena)
      return twoParts(first, second, arena)
    },
    decode(entries, count, arena) {
      const parts = arena.alloc(count * 4)
      arena.memory.kernels.secondParts(count, entries, parts)
      return decodeKeys(parts, count, kinds, rowOrders, arena)
    },
  }
}

/** Items of two parts, and the lengths of the first parts as payloads. */
export function twoParts(
  first: Packed,
  second: Packed,
  arena: Arena,
): { readonly keys: Packed; readonly payloads: Packed } {
  const { kernels } = arena.memory
  const { count } = first
  const [offsets, lengths] = [arena.alloc((count + 1) * 4), arena.alloc((count + 1) * 4)]
  arena.use()
  const blob = kernels.packBoth(count, first.blob, first.offsets, second.blob, second.offsets, offsets) >>> 0
  const payloads = kernels.packLengths(count, first.offsets, lengths) >>> 0
  return { keys: { blob, offsets, count }, payloads: { blob: payloads, offsets: lengths, count } }
}
