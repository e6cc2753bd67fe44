// An index of rows with weights by a key, in linear memory (src/kernels/assembly/hash-index.ts): what a join keeps of a
// side. Weights of equal rows add up. A row is an address, good until the index changes.
import { fail } from '../base/index.ts'
import type { Packed } from './keys.ts'
import type { Arena, Memory, Ptr } from './memory.ts'

/** Keys to look up or to add under, with their hashes. */
export interface HashedKeys extends Packed {
  readonly hashes: Ptr
}

export function hashed(keys: Packed, arena: Arena): HashedKeys {
  const hashes = arena.alloc(keys.count * 4)
  arena.memory.kernels.hashKeys(keys.count, keys.blob, keys.offsets, hashes)
  return { ...keys, hashes }
}

const BLOCK = 1 << 18

export class HashIndex {
  readonly memory: Memory
  readonly #ptr: Ptr

  /** @param keepChanges false where nobody will save: what changed is not remembered. */
  constructor(memory: Memory, keepChanges = true) {
    this.memory = memory
    this.#ptr = memory.kernels.indexNew(keepChanges ? 1 : 0) >>> 0
  }

  /** For kernels that take an index. */
  get ptr(): Ptr {
    return this.#ptr
  }
  /** Rows, each counted once whatever its weight. */
  get count(): number {
    return this.memory.kernels.indexCount(this.#ptr) >>> 0
  }
  /** Keys that have rows. */
  get groups(): number {
    return this.memory.kernels.indexGroups(this.#ptr) >>> 0
  }
  get bytes(): number {
    return this.memory.kernels.indexBytes(this.#ptr) >>> 0
  }
  /** Rows that were deleted and are not there (yet): the negative weights in sum. */
  get missing(): number {
    return Number(this.memory.kernels.indexMissing(this.#ptr))
  }

  /** The groups of keys (u32 addresses), 0 where there is none. */
  find({ count, blob, offsets, hashes }: HashedKeys, arena: Arena): Ptr {
    const groups = arena.alloc(count * 4)
    this.memory.kernels.indexFind(this.#ptr, count, blob, offsets, hashes, groups)
    return groups
  }

  /** All rows (u32 addresses), so many at a time; the index must not change meanwhile. */
  *walk(most: number, arena: Arena): Generator<{ readonly entries: Ptr; readonly count: number }> {
    const { kernels } = this.memory
    kernels.indexSaveStart(this.#ptr, 1)
    const entries = arena.alloc(most * 4)
    for (;;) {
      const count = kernels.indexWalk(this.#ptr, most, entries) >>> 0
      if (count === 0) return
      yield { entries, count }
    }
  }

  /** Hand over what changed since the last save, or everything, as blocks of state entries; in slices. */
  *saving(put: (block: Uint8Array) => void, full: boolean): Generator<void> {
    const { kernels } = this.memory
    kernels.indexSaveStart(this.#ptr, full ? 1 : 0)
    for (;;) {
      const bytes = kernels.indexSave(this.#ptr, BLOCK) >>> 0
      if (bytes === 0) return
      put(this.memory.bytes(kernels.indexSaved(this.#ptr) >>> 0, bytes))
      yield
    }
  }

  /** Take a block that saving handed over. */
  load(block: Uint8Array): void {
    const at = this.memory.alloc(Math.max(16, block.length))
    this.memory.u8.set(block, at)
    const ok = this.memory.kernels.indexLoad(this.#ptr, at, block.length)
    this.memory.free(at)
    if (!ok) fail('ASSERTION', { reason: 'a block of state entries is torn' })
  }

  free(): void {
    this.memory.kernels.indexFree(this.#ptr)
  }
}
