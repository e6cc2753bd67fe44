// The other half of src/kernels/assembly/layout.ts: how a column's values lie in memory.
import type { ScalarKind } from '../types/index.ts'

/** Physical kinds; the numbers are those of the kernels. */
export const Kind = { BOOL: 0, I32: 1, I64: 2, F32: 3, F64: 4, VIEW: 5, DECIMAL: 6 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/**
 * The kind without what a decimal's carries: 1 + the scale that its type declares, in its upper bytes, so that a number
 * that was a key (1.1 and 1.10 are one) shows that scale again.
 */
export const physical = (kind: Kind): Kind => (kind & 255) as Kind

const widths: Readonly<Record<Kind, number>> = { 0: 0, 1: 4, 2: 8, 3: 4, 4: 8, 5: 16, 6: 16 }

/** Bytes of one value; a boolean is one bit (0 here). */
export const valueBytes = (kind: Kind): number => widths[physical(kind)]

const kinds: Readonly<Record<ScalarKind, Kind>> = {
  boolean: Kind.BOOL,
  int: Kind.I64,
  bigint: Kind.I64,
  float: Kind.F32,
  double: Kind.F64,
  string: Kind.VIEW,
  binary: Kind.VIEW,
  timestamp: Kind.I64, // microseconds since 1970, UTC
  date: Kind.I32, // days since 1970
  json: Kind.VIEW, // the text, checked
  time: Kind.I64, // microseconds since midnight, up to 24:00:00
  interval: Kind.VIEW, // 24 bytes in PostgreSQL's order: interval.ts
  uuid: Kind.VIEW, // its 16 bytes
  list: Kind.VIEW, // its elements in their order: cells.ts
  map: Kind.VIEW, // its entries by key: cells.ts
  decimal: Kind.DECIMAL, // digits, sign and scale: decimal.ts
}

export function kindOf(type: { readonly kind: ScalarKind; readonly scale?: number }): Kind {
  if (type.scale !== undefined) return (Kind.DECIMAL | ((type.scale + 1) << 8)) as Kind
  return kinds[type.kind]
}

/** Bytes of a column of n values, rounded up so that kernels may read whole 16-byte vectors. */
export function columnBytes(kind: Kind, rows: number): number {
  return kind === Kind.BOOL ? bitmapBytes(rows) : (rows * valueBytes(kind) + 15) & ~15
}

export function bitmapBytes(rows: number): number {
  return (((rows + 7) >>> 3) + 15) & ~15
}
