// Rows as bytes that lie in no linear memory: what is kept from one query to the next, and handed from one to another.
// Law: a batch that was packed and placed again is the same rows, bit by bit, with the same weights.
import type { Batch, Column } from './batch.ts'
import { decodeRows, encodeRows, type Packed } from './keys.ts'
import { Kind } from './kind.ts'
import type { Arena, Ptr } from './memory.ts'

export interface RowBlock {
  readonly count: number
  /** Row bytes, one row after the other. */
  readonly bytes: Uint8Array
  /** Where each begins, and the end. */
  readonly offsets: Uint32Array
  /** undefined: all 1. */
  readonly weights: BigInt64Array | undefined
}

/** The selected rows of a batch, of these of its columns. */
export function packed(batch: Batch, columns: readonly Column[], arena: Arena): RowBlock {
  const { memory } = arena
  const { blob, offsets, count } = encodeRows(batch, columns, arena)
  const ends = memory.u32.slice(offsets >>> 2, (offsets >>> 2) + count + 1)
  const bytes = memory.u8.slice(blob, blob + (ends[count] as number))
  return { count, bytes, offsets: ends, weights: weightsIn(batch, arena) }
}

function weightsIn({ count, sel, weights }: Batch, arena: Arena): BigInt64Array | undefined {
  if (weights === 0) return undefined
  const { memory } = arena
  const out = arena.alloc(count * 8)
  memory.kernels.gatherValues(count, sel, Kind.I64, weights, out, 0)
  return memory.i64.slice(out >>> 3, (out >>> 3) + count)
}

/** Some rows of a block in a linear memory: packed, and as a batch. */
export interface Placed {
  readonly rows: Packed
  readonly batch: Batch
}

/** The rows `from` .. `to`; `kinds` are those that the columns had. Strings point into the row bytes. */
export function placed(block: RowBlock, from: number, to: number, kinds: readonly Kind[], arena: Arena): Placed {
  const { memory } = arena
  const count = to - from
  const begin = block.offsets[from] as number
  const blob = arena.put(block.bytes.subarray(begin, block.offsets[to]))
  const [offsets, addresses] = [arena.alloc((count + 1) * 4), arena.alloc(count * 4)]
  const { u32 } = memory
  for (let i = 0; i <= count; i++) {
    const offset = (block.offsets[from + i] as number) - begin
    u32[(offsets >>> 2) + i] = offset
    if (i < count) u32[(addresses >>> 2) + i] = blob + offset
  }
  const weights = placedWeights(block, from, to, arena)
  const columns = decodeRows(addresses, count, kinds, arena)
  return { rows: { blob, offsets, count }, batch: { columns, rows: count, sel: 0, count, weights } }
}

function placedWeights({ weights }: RowBlock, from: number, to: number, arena: Arena): Ptr {
  if (weights === undefined) return 0
  const at = arena.alloc((to - from) * 8)
  arena.memory.i64.set(weights.subarray(from, to), at >>> 3)
  return at
}

/** The same rows, which go. */
export const takenBack = (block: RowBlock): RowBlock => ({
  ...block,
  weights: block.weights?.map(each => -each) ?? new BigInt64Array(block.count).fill(-1n),
})

/** How many rows blocks stand for, by their weights. */
export function rowsInBlocks(blocks: readonly RowBlock[]): number {
  let sum = 0
  for (const { count, weights } of blocks)
    sum += weights === undefined ? count : Number(weights.reduce((a, b) => a + b, 0n))
  return sum
}
