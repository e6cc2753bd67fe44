// Rows as keys of an ordered tree: the sort keys, then all columns of the row, exact. So rows that are equal in the
// order are told apart by all of their columns (the tie-break: ascending, nulls last), equal rows are one entry with
// a weight, and the row can be read back from its key.
import {
  type Arena,
  type Batch,
  type Column,
  decodeKeys,
  EXACT,
  encodeKeys,
  type KeyOrder,
  type Kind,
  type Packed,
  type Ptr,
  type Workspace,
} from '../data/index.ts'
import { type ColumnSource, closeSources, columnFrom, kindFrom } from './column-source.ts'
import { addresses } from './entries.ts'

/** A sort key: what of the row, and which way. */
export interface SortColumn {
  readonly by: ColumnSource
  readonly order: KeyOrder
}

export interface OrderedRows {
  encode(delta: Batch, work: Workspace): Packed
  /** The rows of entries, in the arena. */
  decode(entries: Ptr, count: number, arena: Arena): Column[]
  /** The rows of keys, which lie at `keys` (u32 addresses). */
  decodeKeys(keys: Ptr, count: number, arena: Arena): Column[]
  close(): void
}

/** @param kinds of all columns of the rows. */
export function orderedRows(keys: readonly SortColumn[], kinds: readonly Kind[]): OrderedRows {
  const allKinds = [...keys.map(key => kindFrom(key.by, kinds)), ...kinds]
  const orders = [...keys.map(key => key.order), ...kinds.map(() => EXACT)]
  const decode = (at: Ptr, count: number, arena: Arena): Column[] =>
    decodeKeys(at, count, allKinds, orders, arena, keys.length)
  return {
    encode(delta, work) {
      const sortColumns = keys.map(key => columnFrom(key.by, delta, work))
      return encodeKeys(delta, [...sortColumns, ...delta.columns], orders, work.arena)
    },
    decode: (entries, count, arena) => decode(addresses(entries, count, arena), count, arena),
    decodeKeys: decode,
    close: () => closeSources(keys.map(key => key.by)),
  }
}
