// Rows of a join by themselves: of an outer join those without partners, the other side's columns being null; of a semi
// join those that have partners. Either of a delta, at once, because no more partners can come, or out of an arrangement.
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  nullColumn,
  type Ptr,
  withSelection,
} from '../data/index.ts'
import type { Half, Joining } from './join.ts'
import type { Meeting } from './join-pairs.ts'
import { isHalf, LEFT, Rule } from './join-spec.ts'
import type { Emit } from './operator.ts'

/** Of a delta: rows that can meet nobody (a null in their key, say), and those that were not `stored`, arranged. */
export function emitAlone(
  on: Joining,
  half: Half,
  delta: Batch,
  { rows, matches }: Meeting,
  stored: Batch,
  arena: Arena,
  emit: Emit,
): void {
  if (half.rule === Rule.NONE) return
  const { kernels } = on.context.memory
  if (rows !== delta && half.rule !== Rule.WITH) send(on, half, without(delta, rows, arena), arena, emit)
  if (stored.count === rows.count) return
  const over = stored.count === 0 ? rows : without(rows, stored, arena)
  const sel = arena.alloc(over.count * 4)
  const want = half.rule === Rule.WITH ? 1 : 0
  const count = kernels.selectPositive(over.count, over.sel, matches, want, sel) >>> 0
  send(on, half, withSelection(over, sel, count), arena, emit)
}

/** The selected rows of `all` that `some`, a narrower selection of the same rows, leaves out. */
function without(all: Batch, some: Batch, arena: Arena): Batch {
  const bits = arena.zeroed(bitmapBytes(all.rows))
  const { kernels } = arena.memory
  kernels.selectBits(some.count, some.sel, bits)
  const sel = arena.alloc(all.count * 4)
  return withSelection(all, sel, kernels.selectEqual(all.count, all.sel, bits, 0, sel) >>> 0)
}

function send(on: Joining, half: Half, rows: Batch, arena: Arena, emit: Emit): void {
  if (rows.count > 0) emit(0, { ...rows, columns: beside(on, half, rows.columns, rows.rows, arena) })
}

/** The row's columns, and nulls for those of the other side. */
function beside(on: Joining, half: Half, own: readonly Column[], rows: number, arena: Arena): readonly Column[] {
  if (isHalf(on.spec)) return own
  const { left, right } = on.spec
  const missing = (half.side === LEFT ? right : left).kinds.map(kind => nullColumn(kind, rows, arena))
  return half.side === LEFT ? [...own, ...missing] : [...missing, ...own]
}

/** Takes some rows of an arrangement and what is to be emitted of each; returns how many. */
type Take = (entries: Ptr, weights: Ptr, most: number) => number

/** Emit what `take` takes, piece after piece, until it takes nothing and there is no more. */
export function* emitEntries(on: Joining, half: Half, take: Take, more: () => boolean, emit: Emit): Generator<void> {
  const { chunk } = on
  for (;;) {
    const [entries, weights] = [chunk.alloc(BATCH_ROWS * 4), chunk.alloc(BATCH_ROWS * 8)]
    const count = take(entries, weights, BATCH_ROWS)
    if (count > 0) {
      const columns = beside(on, half, half.table.rows(entries, count, chunk), count, chunk)
      emit(0, { columns, rows: count, sel: 0, count, weights })
    }
    chunk.reset()
    if (count === 0 && !more()) return
    yield
  }
}
