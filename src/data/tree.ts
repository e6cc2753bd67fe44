// An ordered multiset of byte strings in linear memory (src/kernels/assembly/btree.ts), for state: entries are
// { key, payload, weight }; weights add up, and an entry whose weight is 0 is gone. An entry is an address, good
// until the tree changes. Key bytes are prefix-free, so "all entries of a key" is a prefix.
import { fail } from '../base/index.ts'
import type { Packed, Selected } from './keys.ts'
import type { Memory, Ptr } from './memory.ts'

/** A piece of memory. */
export interface Bytes {
  readonly ptr: Ptr
  readonly length: number
}

/** No bytes: the beginning of every key. */
export const NOTHING: Bytes = Object.freeze({ ptr: 0, length: 0 })

const HEAD = 24
const BLOCK = 1 << 18
/** Entries that a slice of clearing frees. */
const SHED = 1 << 14

export class Tree {
  readonly memory: Memory
  readonly #ptr: Ptr

  /** @param keepChanges false where nobody will save: what changed is not remembered. */
  constructor(memory: Memory, keepChanges = true) {
    this.memory = memory
    this.#ptr = memory.kernels.treeNew(keepChanges ? 1 : 0) >>> 0
  }

  /** For kernels that take a tree. */
  get ptr(): Ptr {
    return this.#ptr
  }
  /** Entries, each counted once whatever its weight. */
  get count(): number {
    return this.memory.kernels.treeCount(this.#ptr) >>> 0
  }
  /** Rows that were deleted and are not there (yet): the negative weights in sum. */
  get missing(): number {
    return Number(this.memory.kernels.treeMissing(this.#ptr))
  }
  get bytes(): number {
    return this.memory.kernels.treeBytes(this.#ptr) >>> 0
  }

  /** Add weights of many keys, with the payloads of those that are new: `sel` tells which of the weights. */
  addAll(keys: Packed, payloads: Packed | undefined, rows: Selected, weights: Ptr, sign: 1n | -1n = 1n): void {
    const [blob, offsets] = payloads === undefined ? [0, 0] : [payloads.blob, payloads.offsets]
    const { kernels } = this.memory
    kernels.treeAddAll(this.#ptr, keys.count, rows.sel, keys.blob, keys.offsets, blob, offsets, weights, sign)
  }

  /** Add weights of keys up to that of the entry `bound` (0: all). Returns how many were taken. */
  addUpTo(keys: Packed, rows: Selected, weights: Ptr, bound: Ptr): number {
    const { kernels } = this.memory
    return kernels.treeAddUpTo(this.#ptr, keys.count, rows.sel, keys.blob, keys.offsets, weights, bound) >>> 0
  }

  /** Add weights to the keys of entries of another tree. */
  addEntries(entries: Ptr, weights: Ptr, count: number): void {
    this.memory.kernels.treeAddEntries(this.#ptr, count, entries, weights)
  }

  /** Remove entries. */
  remove(entries: Ptr, count: number): void {
    this.memory.kernels.treeRemove(this.#ptr, count, entries)
  }

  /** Remove the entries after the first `rows` rows; returns the last that stays, 0 if there are fewer rows. */
  trim(rows: number): Ptr {
    return this.memory.kernels.treeTrim(this.#ptr, BigInt(rows)) >>> 0
  }

  clear(): void {
    this.memory.kernels.treeClear(this.#ptr)
  }

  /** clear, in slices, of a tree that keeps no changes; nothing else may be done with it until then. */
  *clearing(): Generator<void> {
    while (this.memory.kernels.treeShed(this.#ptr, SHED) >>> 0 > 0) yield
  }

  /** Add to the weight of one key: the new weight, 0 when the entry is gone. */
  add(key: Bytes, payload: Bytes, weight: bigint): bigint {
    return this.memory.kernels.treeAdd(this.#ptr, key.ptr, key.length, payload.ptr, payload.length, weight)
  }

  /** Give a key this payload and weight, whatever it had; weight 0 removes it. */
  put(key: Bytes, payload: Bytes, weight = 1n): void {
    this.memory.kernels.treePut(this.#ptr, key.ptr, key.length, payload.ptr, payload.length, weight)
  }

  /** The entry of a key; 0 = none. */
  find(key: Bytes): Ptr {
    return this.memory.kernels.treeFind(this.#ptr, key.ptr, key.length) >>> 0
  }
  /** The least entry that begins with the prefix; 0 = none. */
  first(prefix: Bytes = NOTHING): Ptr {
    return this.memory.kernels.treeFirst(this.#ptr, prefix.ptr, prefix.length) >>> 0
  }
  /** The greatest entry that begins with the prefix; 0 = none. */
  last(prefix: Bytes = NOTHING): Ptr {
    return this.memory.kernels.treeLast(this.#ptr, prefix.ptr, prefix.length) >>> 0
  }
  /** Up to `most` entries from the key on, ascending, written to `out` (u32 each); `past`: after all that begin with it. */
  scan(from: Bytes, past: boolean, most: number, out: Ptr): number {
    return this.memory.kernels.treeScan(this.#ptr, from.ptr, from.length, past ? 1 : 0, most, out) >>> 0
  }
  /** The same, descending, from the last entry before the key; `past`: from the last that begins with it. */
  scanBack(from: Bytes, past: boolean, most: number, out: Ptr): number {
    return this.memory.kernels.treeScanBack(this.#ptr, from.ptr, from.length, past ? 1 : 0, most, out) >>> 0
  }

  /** Hand over what changed since the last save, or everything, as blocks of state entries. */
  save(put: (block: Uint8Array) => void, full: boolean): void {
    for (const _ of this.saving(put, full));
  }

  /** save, in slices: the tree must not change until the last. */
  *saving(put: (block: Uint8Array) => void, full: boolean): Generator<void> {
    const { kernels } = this.memory
    kernels.treeSaveStart(this.#ptr, full ? 1 : 0)
    for (;;) {
      const bytes = kernels.treeSave(this.#ptr, BLOCK) >>> 0
      if (bytes === 0) return
      put(this.memory.bytes(kernels.treeSaved(this.#ptr) >>> 0, bytes))
      yield
    }
  }

  /** Take a block that save handed over. */
  load(block: Uint8Array): void {
    const at = this.memory.alloc(Math.max(16, block.length))
    this.memory.u8.set(block, at)
    const ok = this.memory.kernels.treeLoad(this.#ptr, at, block.length)
    this.memory.free(at)
    if (!ok) fail('ASSERTION', { reason: 'a block of state entries is torn' })
  }

  free(): void {
    this.memory.kernels.treeFree(this.#ptr)
  }
}

/** Where an entry's key lies. */
export function keyOf(entry: Ptr, memory: Memory): Bytes {
  return { ptr: entry + HEAD, length: memory.u32[entry >>> 2] as number }
}

/** Where an entry's payload lies. */
export function payloadOf(entry: Ptr, memory: Memory): Bytes {
  const key = memory.u32[entry >>> 2] as number
  return { ptr: entry + HEAD + key, length: memory.u32[(entry >>> 2) + 1] as number }
}

export function weightOf(entry: Ptr, memory: Memory): bigint {
  return memory.kernels.entryWeight(entry)
}
