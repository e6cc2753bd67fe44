// The buffers that Arrow has otherwise than we do, or that are checked on the way in: bitmaps, strings, weights.
import { BATCH_ROWS, type Batch, type Column } from './batch.ts'
import { columnBytes, Kind } from './kind.ts'
import type { Arena, Memory, Ptr } from './memory.ts'

export function withWeights(batch: Batch, wanted: boolean, arena: Arena): Batch {
  if (!wanted) return batch
  const values = batch.weights === 0 ? arena.alloc(columnBytes(Kind.I64, batch.rows)) : batch.weights
  if (batch.weights === 0) arena.memory.i64.fill(1n, values >>> 3, (values >>> 3) + batch.rows)
  return { ...batch, columns: [...batch.columns, { kind: Kind.I64, values, validity: 0 }] }
}

/** Per column of views, where its offsets and bytes are. */
export type Texts = ReadonlyMap<Column, { readonly offsets: Ptr; readonly bytes: Ptr }>

export function textsOf(batch: Batch, arena: Arena): Texts {
  const views = batch.columns.filter(column => column.kind === Kind.VIEW)
  return new Map(
    views.map(column => {
      const offsets = arena.alloc((batch.rows + 1) * 4)
      arena.use()
      const bytes = arena.memory.kernels.textOut(batch.rows, column.values, column.validity, offsets) >>> 0
      return [column, { offsets, bytes }]
    }),
  )
}

export const isSet = (bits: Uint8Array, row: number): boolean => ((bits[row >>> 3] as number) >>> (row & 7)) % 2 === 1

export function nullsIn(validity: Uint8Array, rows: number): number {
  if (validity.length === 0) return 0
  let nulls = 0
  for (let row = 0; row < rows; row++) {
    if (row % 8 === 0 && validity[row >>> 3] === 0xff && row + 8 <= rows) row += 7
    else if (!isSet(validity, row)) nulls++
  }
  return nulls
}

export function ascending(offsets: Int32Array, end: number): boolean {
  let last = 0
  for (const offset of offsets) {
    if (offset < last) return false
    last = offset
  }
  return last <= end
}

/** The bytes are UTF-8, and no string begins within a character. */
export function wellFormed(offsets: Int32Array, text: Uint8Array, bytes: Ptr, kernels: Memory['kernels']): boolean {
  const end = bytes + text.length
  if (kernels.utf8Check(bytes, end) >>> 0 !== end) return false
  const base = offsets[0] as number
  return offsets.every(offset => offset - base === text.length || ((text[offset - base] as number) & 0xc0) !== 0x80)
}

/** Some rows of one record batch. */
export interface Cut {
  readonly part: number
  readonly first: number
  readonly count: number
  /** Rows of the record batches before this one. */
  readonly before: number
}

/** Record batches, given column by column, in pieces of at most a batch; undefined if columns differ in length. */
export function cutsOf(columns: readonly (readonly { readonly length: number }[])[]): Cut[] | undefined {
  const cuts: Cut[] = []
  let before = 0
  for (const [part, { length }] of (columns[0] ?? []).entries()) {
    if (columns.some(parts => parts[part]?.length !== length)) return undefined
    for (let first = 0; first < length; first += BATCH_ROWS)
      cuts.push({ part, first, count: Math.min(BATCH_ROWS, length - first), before })
    before += length
  }
  return cuts
}
