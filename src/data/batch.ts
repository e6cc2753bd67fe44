// A delta is a batch of rows, each with an integer weight: +1 insert, -1 delete, no weights = all +1 (a Z-set:
// Budiu et al., DBSP, VLDB 2023). Columns stay aligned to row numbers 0 .. rows-1; a filter only narrows the
// selection. Physical columns are flat: a struct is its fields (types/leaves).
import type { Position } from '../base/index.ts'
import type { Kind } from './kind.ts'
import type { Ptr } from './memory.ts'

/** Rows of a batch at most, everywhere. */
export const BATCH_ROWS = 4096

/** A column in Arrow layout in linear memory; see src/kernels/assembly/layout.ts. */
export interface Column {
  readonly kind: Kind
  readonly values: Ptr
  /** Bitmap of the rows that are not null; 0 = none is null. */
  readonly validity: Ptr
}

/** Where rows of a batch came from, asked only when an error is told. */
export interface Origin {
  /** Position of row `row` of the batch. */
  position(row: number): Position
}

export interface Batch {
  readonly columns: readonly Column[]
  /** Physical rows: columns have this many. */
  readonly rows: number
  /** Ascending u32 row numbers, `count` of them; 0 = all rows. */
  readonly sel: Ptr
  /** Logical rows. */
  readonly count: number
  /** i64 per physical row; 0 = all +1. A weight of 0 does not occur among selected rows. */
  readonly weights: Ptr
  readonly origin?: Origin | undefined
}

/** A batch of all its rows, inserted. */
export function batchOf(columns: readonly Column[], rows: number, origin?: Origin): Batch {
  return { columns, rows, sel: 0, count: rows, weights: 0, origin }
}

/** The same rows with other columns. */
export function withColumns(batch: Batch, columns: readonly Column[]): Batch {
  return { ...batch, columns }
}

/** Fewer of the same rows. */
export function withSelection(batch: Batch, sel: Ptr, count: number): Batch {
  return { ...batch, sel, count }
}
