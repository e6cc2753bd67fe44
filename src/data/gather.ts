// Column descriptors for kernels, and moving rows: compacting a selection, copying rows into an arena that lives
// longer than theirs. A copy owns its string bytes when asked to; a compacted batch shares them with its source.
import type { Batch, Column } from './batch.ts'
import { bitmapBytes, columnBytes, Kind } from './kind.ts'
import type { Arena, Memory, Ptr } from './memory.ts'

const DESC_BYTES = 16

/** Descriptors of columns, as kernels take them (layout.ts). */
export function describe(columns: readonly Column[], arena: Arena): Ptr {
  const at = arena.alloc(Math.max(1, columns.length) * DESC_BYTES)
  const u32 = arena.memory.u32
  for (const [i, column] of columns.entries())
    u32.set([column.kind, column.values, column.validity, 0], (at >>> 2) + i * 4)
  return at
}

/** Columns of `rows` rows, to be filled by a kernel; validity bitmaps say that all rows are null. */
export function emptyColumns(kinds: readonly Kind[], rows: number, arena: Arena): Column[] {
  return kinds.map(kind => ({
    kind,
    values: kind === Kind.BOOL ? arena.zeroed(columnBytes(kind, rows)) : arena.alloc(columnBytes(kind, rows)),
    validity: arena.zeroed(bitmapBytes(rows)),
  }))
}

/** A column of nulls. */
export function nullColumn(kind: Kind, rows: number, arena: Arena): Column {
  return { kind, values: arena.zeroed(columnBytes(kind, rows)), validity: arena.zeroed(bitmapBytes(rows)) }
}

/** The selected rows as rows 0 … count - 1. Strings share their bytes with the batch, unless `own`. */
export function compact(batch: Batch, arena: Arena, own = false): Batch {
  if (batch.sel === 0 && !own) return batch
  const { kernels } = arena.memory
  const columns = batch.columns.map(column => gatherColumn(column, batch.sel, batch.count, arena, own))
  const weights = batch.weights === 0 ? 0 : arena.alloc(columnBytes(Kind.I64, batch.count))
  if (weights !== 0) kernels.gatherValues(batch.count, batch.sel, Kind.I64, batch.weights, weights, 0)
  const origin = originOf(batch, arena.memory)
  return { columns, rows: batch.count, sel: 0, count: batch.count, weights, origin }
}

/** One column of `count` selected rows, in the selection's order; row numbers may repeat. */
export function gatherColumn(column: Column, sel: Ptr, count: number, arena: Arena, own = false): Column {
  const { kernels } = arena.memory
  const { kind } = column
  const bytes = columnBytes(kind, count)
  const values = kind === Kind.BOOL ? arena.zeroed(bytes) : arena.alloc(bytes)
  if (own && kind === Kind.VIEW) {
    arena.use()
    kernels.gatherOwned(count, sel, column.values, column.validity, values, 0)
  } else kernels.gatherValues(count, sel, kind, column.values, values, 0)
  if (column.validity === 0) return { kind, values, validity: 0 }
  const validity = arena.zeroed(bitmapBytes(count))
  kernels.gatherBits(count, sel, column.validity, validity, 0)
  return { kind, values, validity }
}

/** The origin of a compacted batch asks the old one with the old row number; it must not read freed memory. */
function originOf(batch: Batch, memory: Memory): Batch['origin'] {
  const { origin, sel } = batch
  if (origin === undefined || sel === 0) return origin
  const rows = memory.u32.slice(sel >>> 2, (sel >>> 2) + batch.count)
  return { position: row => origin.position(rows[row] as number) }
}
