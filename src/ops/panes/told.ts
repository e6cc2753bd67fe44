// Panes that are told: rows of results, each with its number, timing, and whether it is the first and the last. Those that
// stand lie in their window's entry one behind the other: the length of the row, what is said of it, the row.
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Bytes,
  bitmapBytes,
  type Column,
  decodeRows,
  Kind,
  type Memory,
  type Ptr,
} from '../../data/index.ts'

export type Timing = 'early' | 'on time' | 'late'

const TIMINGS: readonly Timing[] = ['early', 'on time', 'late']
const VIEW_BYTES = 16
const HEAD = 8
/** What is said of a pane, as a number: its index, a bit if it is the last, two for the timing. */
const LAST = 4
const INDEX = 8

export const about = (index: number, timing: Timing, isLast: boolean): number =>
  index * INDEX + (isLast ? LAST : 0) + TIMINGS.indexOf(timing)

/** Panes told and not emitted yet: at most so many as have room, the rest goes on as batches do. */
export class Told {
  readonly #memory: Memory
  readonly #kinds: readonly Kind[]
  /** The rows, until they are emitted. */
  readonly #arena: Arena
  readonly #rows: Ptr
  readonly #abouts: Ptr
  readonly #weights: Ptr
  count = 0

  /** @param kinds of the columns of the results. */
  constructor(memory: Memory, kinds: readonly Kind[]) {
    this.#memory = memory
    this.#kinds = kinds
    this.#arena = memory.arena()
    this.#rows = memory.alloc(BATCH_ROWS * 16)
    this.#abouts = this.#rows + BATCH_ROWS * 4
    this.#weights = this.#rows + BATCH_ROWS * 8
  }

  get isFull(): boolean {
    return this.count === BATCH_ROWS
  }

  /** A copy of the row is kept. There must be room. */
  add(row: Bytes, said: number, weight: 1n | -1n): void {
    const ptr = this.#arena.alloc(row.length)
    const { u8, u32, i64 } = this.#memory
    u8.copyWithin(ptr, row.ptr, row.ptr + row.length)
    u32[(this.#rows >>> 2) + this.count] = ptr
    u32[(this.#abouts >>> 2) + this.count] = said
    i64[(this.#weights >>> 3) + this.count] = weight
    this.count++
  }

  /** The results, and what is said of them; good until `reset`. */
  take(): { readonly results: Batch; readonly said: readonly Column[] } {
    const n = this.count
    const columns = decodeRows(this.#rows, n, this.#kinds, this.#arena, true)
    const results = { columns, rows: n, sel: 0, count: n, weights: this.#weights }
    return { results, said: this.#said(n) }
  }

  #said(n: number): readonly Column[] {
    const [indexes, timings] = [this.#arena.alloc(n * 8), this.#arena.alloc(n * VIEW_BYTES)]
    const [firsts, lasts] = [this.#arena.zeroed(bitmapBytes(n)), this.#arena.zeroed(bitmapBytes(n))]
    const { u8, u32 } = this.#memory
    for (let i = 0; i < n; i++) {
      const said = u32[(this.#abouts >>> 2) + i] as number
      const index = Math.floor(said / INDEX)
      u32[(indexes >>> 2) + i * 2] = index
      u32[(indexes >>> 2) + i * 2 + 1] = 0
      u32.set(VIEWS[said % LAST] as Uint32Array, (timings >>> 2) + i * 4)
      if (index === 0) setBit(u8, firsts, i)
      if ((said & LAST) !== 0) setBit(u8, lasts, i)
    }
    const column = (kind: Kind, values: Ptr): Column => ({ kind, values, validity: 0 })
    return [column(Kind.I64, indexes), column(Kind.VIEW, timings), column(Kind.BOOL, firsts), column(Kind.BOOL, lasts)]
  }

  reset(): void {
    this.#arena.reset()
    this.count = 0
  }

  free(): void {
    this.#arena.free()
    this.#memory.free(this.#rows)
  }
}

function setBit(u8: Uint8Array, bits: Ptr, i: number): void {
  u8[bits + (i >>> 3)] = (u8[bits + (i >>> 3)] as number) | (1 << (i & 7))
}

/** A short text as it lies in a column: its length, its bytes. */
const VIEWS = TIMINGS.map(timing => {
  const view = new Uint8Array(VIEW_BYTES)
  new DataView(view.buffer).setUint32(0, timing.length, true)
  for (let i = 0; i < timing.length; i++) view[4 + i] = timing.charCodeAt(i)
  return new Uint32Array(view.buffer)
})

/** The list of this pane alone. */
export function standing(row: Bytes, said: number, arena: Arena): Bytes {
  const length = HEAD + row.length
  const ptr = arena.alloc(length)
  const { u8, u32 } = arena.memory
  u32[ptr >>> 2] = row.length
  u32[(ptr >>> 2) + 1] = said
  u8.copyWithin(ptr + HEAD, row.ptr, row.ptr + row.length)
  return { ptr, length }
}

/** Both lists. */
export function joined(a: Bytes, b: Bytes, arena: Arena): Bytes {
  if (b.length === 0) return a
  const ptr = arena.alloc(a.length + b.length)
  const { u8 } = arena.memory
  u8.copyWithin(ptr, a.ptr, a.ptr + a.length)
  u8.copyWithin(ptr + a.length, b.ptr, b.ptr + b.length)
  return { ptr, length: a.length + b.length }
}

/** The panes of a list, in order. */
export function eachStanding(list: Bytes, memory: Memory, give: (row: Bytes, said: number) => void): void {
  for (let at = list.ptr; at < list.ptr + list.length; ) {
    const length = wordAt(memory.u8, at)
    give({ ptr: at + HEAD, length }, wordAt(memory.u8, at + 4))
    at += HEAD + length
  }
}

/** Lists lie anywhere. */
const wordAt = (u8: Uint8Array, at: number): number =>
  ((u8[at] as number) |
    ((u8[at + 1] as number) << 8) |
    ((u8[at + 2] as number) << 16) |
    ((u8[at + 3] as number) << 24)) >>>
  0
