// Deltas stacked into large batches that own their rows, for an edge that takes a result as a whole: what filters
// leave of a batch may be a few rows, and a column of ten thousand pieces is slow for whoever reads it.
import { fail } from '../base/index.ts'
import type { Batch, Column } from './batch.ts'
import { emptyColumns } from './gather.ts'
import { Kind } from './kind.ts'
import type { Arena, Ptr } from './memory.ts'

/** Rows of a stacked batch. */
const STACK_ROWS = 1 << 16

export interface Stack {
  /** Add the selected rows, each as often as its weight says. */
  add(batch: Batch): void
  /** All that was added; good as long as the arena is. */
  batches(): readonly Batch[]
}

/** @param kinds of the columns. Everything lies in `arena`. @param least rows that a batch has room for */
export function stack(kinds: readonly Kind[], arena: Arena, least = STACK_ROWS): Stack {
  const full: Batch[] = []
  let columns: readonly Column[] = []
  let room = 0
  let rows = 0
  const close = (): void => {
    if (rows > 0) full.push({ columns, rows, sel: 0, count: rows, weights: 0 })
    rows = 0
    room = 0
  }
  const put = (from: Batch, sel: Ptr, count: number): void => {
    if (count > room - rows) {
      close()
      room = Math.max(count, least)
      columns = emptyColumns(kinds, room, arena)
    }
    for (const [i, to] of columns.entries()) append(from.columns[i] as Column, to, sel, rows, count, arena)
    rows += count
  }
  return {
    add(batch) {
      if (batch.count === 0) return
      if (batch.weights === 0) return put(batch, batch.sel, batch.count)
      const { sel, count } = repeated(batch, arena)
      if (count > 0) put(batch, sel, count)
    },
    batches() {
      close()
      return full
    },
  }
}

/** Row numbers as often as weights say, ascending. */
function repeated(batch: Batch, arena: Arena): { readonly sel: Ptr; readonly count: number } {
  const { memory } = arena
  let total = 0
  for (let i = 0; i < batch.count; i++) {
    const row = batch.sel === 0 ? i : (memory.u32[(batch.sel >>> 2) + i] as number)
    total += Math.max(0, Number(memory.i64[(batch.weights >>> 3) + row]))
  }
  if (!Number.isSafeInteger(total * 4)) fail('ASSERTION', { reason: 'a result has too many equal rows' })
  const sel = arena.alloc(total * 4)
  const cursor = arena.zeroed(16)
  memory.kernels.repeatRows(cursor, batch.count, batch.sel, batch.weights, total, sel)
  return { sel, count: total }
}

function append(from: Column, to: Column, sel: Ptr, first: number, count: number, arena: Arena): void {
  const { kernels } = arena.memory
  if (from.kind === Kind.VIEW) {
    arena.use()
    kernels.gatherOwned(count, sel, from.values, from.validity, to.values, first)
  } else kernels.gatherValues(count, sel, from.kind, from.values, to.values, first)
  if (from.validity !== 0) kernels.gatherBits(count, sel, from.validity, to.validity, first)
  else setBits(arena.memory.u8, to.validity, first, first + count)
}

/** Set bits first … end - 1. */
function setBits(u8: Uint8Array, bits: Ptr, first: number, end: number): void {
  const [from, to] = [(first + 7) >>> 3, end >>> 3]
  const set = (bit: number): void => {
    u8[bits + (bit >>> 3)] = (u8[bits + (bit >>> 3)] as number) | (1 << (bit & 7))
  }
  if (from >= to) {
    for (let bit = first; bit < end; bit++) set(bit)
    return
  }
  for (let bit = first; bit < from * 8; bit++) set(bit)
  u8.fill(0xff, bits + from, bits + to)
  for (let bit = to * 8; bit < end; bit++) set(bit)
}
