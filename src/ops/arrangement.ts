// An arrangement: rows with weights, indexed by a key, as a thing apart from the operator that looks into it. Entries of
// an ordered tree: key bytes, then row bytes; the payload is the length of the first. Keys are prefix-free, so the
// rows of a key are the entries that begin with it. A row whose key has a null is never found (NULL keys don't join).
import {
  type Arena,
  ASCENDING,
  type Batch,
  type Column,
  decodeRows,
  encodeKeys,
  encodeRows,
  type Kind,
  type Memory,
  type Packed,
  type Ptr,
  Tree,
  withSelection,
} from '../data/index.ts'
import { twoParts } from './keyed-rows.ts'

export interface Arrangement {
  readonly tree: Tree
  /** Add a delta's rows; `keys` are columns of it, `delta` has no row whose key has a null. */
  add(delta: Batch, keys: readonly Column[], arena: Arena): void
  /** The rows of entries: strings lie in the arrangement, good until it changes. */
  rows(entries: Ptr, count: number, arena: Arena): Column[]
}

/** @param kinds of all columns of the rows. */
export function arrangement(kinds: readonly Kind[], memory: Memory, keepChanges: boolean): Arrangement {
  const tree = new Tree(memory, keepChanges)
  const { kernels } = memory
  return {
    tree,
    add(delta, keys, arena) {
      const key = joinKeys(delta, keys, arena)
      const row = encodeRows(delta, delta.columns, arena)
      const { keys: both, payloads } = twoParts(key, row, arena)
      tree.addAll(both, payloads, delta, delta.weights)
    },
    rows(entries, count, arena) {
      const parts = arena.alloc(count * 4)
      kernels.secondParts(count, entries, parts)
      return decodeRows(parts, count, kinds, arena)
    },
  }
}

/** Keys to look up or to add under. */
function joinKeys(delta: Batch, keys: readonly Column[], arena: Arena): Packed {
  return encodeKeys(
    delta,
    keys,
    keys.map(() => ASCENDING),
    arena,
  )
}

/** The rows whose key columns are all there. */
export function withoutNulls(delta: Batch, keys: readonly Column[], arena: Arena): Batch {
  return keys.reduce((rest, { validity }) => {
    if (validity === 0) return rest
    const sel = arena.alloc(rest.count * 4)
    const count = arena.memory.kernels.selectEqual(rest.count, rest.sel, validity, 1, sel) >>> 0
    return withSelection(rest, sel, count)
  }, delta)
}
