// From entries of an ordered tree (row = key, or part of it) to batches, in chunks. An arena of its own is reset after
// each chunk, so that a result of any size needs the room of one batch.
import {
  type Arena,
  BATCH_ROWS,
  type Column,
  decodeKeys,
  EXACT,
  Kind,
  keyOf,
  NOTHING,
  type Ptr,
  type Tree,
} from '../data/index.ts'
import type { Emit, StateSize } from './operator.ts'

/** Entries (u32 addresses) and their weights (i64), side by side. */
export interface Entries {
  readonly entries: Ptr
  /** 0: all 1. */
  readonly weights: Ptr
  readonly count: number
}

/** Turns addresses of entries into columns. */
export type DecodeEntries = (entries: Ptr, count: number, arena: Arena) => Column[]

/** Emit entries in their order. */
export function emitEntries(all: Entries, decode: DecodeEntries, arena: Arena, port: number, emit: Emit): void {
  for (let first = 0; first < all.count; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, all.count - first)
    const columns = decode(all.entries + first * 4, count, arena)
    const weights = all.weights === 0 ? 0 : copyWeights(all.weights + first * 8, count, arena)
    emit(port, { columns, rows: count, sel: 0, count, weights })
    arena.reset()
  }
}

function copyWeights(from: Ptr, count: number, arena: Arena): Ptr {
  const to = arena.alloc(count * 8)
  arena.memory.u8.copyWithin(to, from, from + count * 8)
  return to
}

/** The entries with negative weights, then the others: -old before +new. */
export function negativesFirst(all: Entries, arena: Arena): readonly Entries[] {
  return [ofSign(all, true, arena), ofSign(all, false, arena)].filter(each => each.count > 0)
}

/**
 * The entries of a tree in order, from a key on, a batch at a time. A piece lies in the arena, which is reset behind it;
 * the tree must not change before the last.
 */
export function* piecesOf(tree: Tree, arena: Arena, most = BATCH_ROWS, first = NOTHING): Generator<Entries> {
  const { memory } = tree
  for (let from = first; ; ) {
    const entries = arena.alloc(most * 4)
    const count = tree.scan(from, from !== first, most, entries)
    if (count === 0) return
    const weights = arena.alloc(count * 8)
    memory.kernels.entryWeights(count, entries, weights)
    from = keyOf(memory.u32[(entries >>> 2) + count - 1] as number, memory)
    yield { entries, weights, count }
    arena.reset()
    if (count < most) return
  }
}

/** All entries of a tree are told, as rows that come. `pieces` and `chunk` are reset. */
export function* tellEntries(
  tree: Tree,
  decode: DecodeEntries,
  pieces: Arena,
  chunk: Arena,
  emit: Emit,
): Generator<void> {
  for (const piece of piecesOf(tree, pieces)) {
    emitEntries(piece, decode, chunk, 0, emit)
    yield
  }
}

/** Those with negative weights, or the others. */
export function ofSign(all: Entries, negative: boolean, arena: Arena): Entries {
  const index = arena.alloc(all.count * 4)
  const count = arena.memory.kernels.selectSign(all.count, 0, all.weights, negative ? 1 : 0, index) >>> 0
  if (count === all.count) return all
  const entries = arena.alloc(count * 4)
  const weights = arena.alloc(count * 8)
  arena.memory.kernels.gatherValues(count, index, Kind.I32, all.entries, entries, 0)
  arena.memory.kernels.gatherValues(count, index, Kind.I64, all.weights, weights, 0)
  return { entries, weights, count }
}

/** Where the keys of entries begin. */
export function addresses(entries: Ptr, count: number, arena: Arena): Ptr {
  const keys = arena.alloc(count * 4)
  arena.memory.kernels.entryKeys(count, entries, keys)
  return keys
}

/** Rows that are keys, whole and exact. */
export function decodeExact(entries: Ptr, count: number, kinds: readonly Kind[], arena: Arena): Column[] {
  return decodeKeys(
    addresses(entries, count, arena),
    count,
    kinds,
    kinds.map(() => EXACT),
    arena,
  )
}

/** Trees and indexes as state. */
export function sizeOf(...trees: readonly Pick<Tree, 'count' | 'bytes' | 'missing'>[]): StateSize {
  const total = (of: (tree: Pick<Tree, 'count' | 'bytes'>) => number): number =>
    trees.reduce((sum, tree) => sum + of(tree), 0)
  return {
    rows: total(tree => tree.count),
    bytes: total(tree => tree.bytes),
    unmatchedDeletes: Math.max(...trees.map(tree => tree.missing)),
  }
}
