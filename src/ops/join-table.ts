// What a join keeps of a side: rows with weights in a hash index by their key, as a thing apart from the operator that looks
// into it (docs/notes/join.md). A row whose key has a null is never found (NULL keys don't join), so such rows are not put in.
import {
  type Arena,
  ASCENDING,
  type Batch,
  type Column,
  decodeRows,
  encodeKeys,
  encodeRows,
  type HashedKeys,
  HashIndex,
  hashed,
  type Kind,
  type Memory,
  type Ptr,
} from '../data/index.ts'

/** What is added with rows: at the number of a row each. */
export interface Beside {
  /** Event times (i64), moved by `shift`; 0: rows have none. */
  readonly times: Ptr
  readonly shift: bigint
  /** What is known of their partners (i64); 0: nothing is asked. */
  readonly matches: Ptr
  /** The rows will be settled. */
  readonly touches: boolean
}

/** Rows with nothing beside them. */
export const ALONE: Beside = Object.freeze({ times: 0, shift: 0n, matches: 0, touches: false })

export interface JoinTable {
  readonly index: HashIndex
  /** Add the rows of a delta; none of them has a null in its key. */
  add(delta: Batch, keys: HashedKeys, beside: Beside, arena: Arena): void
  /** The rows of entries: strings lie in the arrangement, good until it changes. */
  rows(entries: Ptr, count: number, arena: Arena): Column[]
}

/** @param kinds of all columns of the rows. */
export function joinTable(kinds: readonly Kind[], memory: Memory, keepChanges: boolean): JoinTable {
  const index = new HashIndex(memory, keepChanges)
  const { kernels } = memory
  return {
    index,
    add(delta, keys, { times, shift, matches, touches }, arena) {
      const rows = encodeRows(delta, delta.columns, arena)
      const { count, sel, weights } = delta
      kernels.indexAdd(
        index.ptr,
        count,
        sel,
        keys.blob,
        keys.offsets,
        keys.hashes,
        index.find(keys, arena),
        rows.blob,
        rows.offsets,
        weights,
        times,
        shift,
        matches,
        touches ? 1 : 0,
      )
    },
    rows(entries, count, arena) {
      const at = arena.alloc(count * 4)
      kernels.indexRows(count, entries, at)
      return decodeRows(at, count, kinds, arena)
    },
  }
}

/** Keys to look up or to add under. */
export function hashedKeys(delta: Batch, keys: readonly Column[], arena: Arena): HashedKeys {
  const orders = keys.map(() => ASCENDING)
  return hashed(encodeKeys(delta, keys, orders, arena), arena)
}
