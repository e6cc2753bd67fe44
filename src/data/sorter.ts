// Rows to be sorted once, as key bytes in linear memory (src/kernels/assembly/sorter.ts): a log while they come, in
// order when all are there. What is logged are state entries as they lie, so that saving is handing over pieces of memory.
import { fail } from '../base/index.ts'
import type { Packed, Selected } from './keys.ts'
import type { Memory, Ptr } from './memory.ts'

/** Some rows in order. */
export interface InOrder {
  readonly count: number
  /** Whether weights were written: otherwise all are 1. */
  readonly weighted: boolean
}

export class Sorter {
  readonly memory: Memory
  readonly #ptr: Ptr

  constructor(memory: Memory) {
    this.memory = memory
    this.#ptr = memory.kernels.sorterNew() >>> 0
  }

  /** Rows that were added, whatever their weights. */
  get count(): number {
    return this.memory.kernels.sorterRows(this.#ptr) >>> 0
  }
  get bytes(): number {
    return this.memory.kernels.sorterBytes(this.#ptr) >>> 0
  }
  /** Rows that were ever added and counted for state; what was saved under smaller numbers can be deleted. */
  get numbers(): number {
    return this.memory.kernels.sorterNumber(this.#ptr) >>> 0
  }

  /** Add keys: `rows.sel` tells which of the weights is whose. */
  add(keys: Packed, rows: Selected, weights: Ptr): void {
    this.memory.kernels.sorterAdd(this.#ptr, keys.count, rows.sel, keys.blob, keys.offsets, weights)
  }

  /** Put everything in order; `next` reads it from the beginning. Takes 16 bytes a row. */
  sort(): void {
    this.memory.kernels.sorterSort(this.#ptr)
  }

  /**
   * Up to `most` rows in order: addresses of their keys (u32) and their weights (i64). Equal rows may come apart where
   * all weights are 1, otherwise they are summed, and rows without a positive weight left out. The first call passes
   * over `skip` rows.
   */
  next(skip: number, most: number, keys: Ptr, weights: Ptr): InOrder {
    const { kernels } = this.memory
    const count = kernels.sorterNext(this.#ptr, BigInt(skip), most, keys, weights) >>> 0
    return { count, weighted: kernels.sorterWeighted(this.#ptr) !== 0 }
  }

  clear(): void {
    this.memory.kernels.sorterClear(this.#ptr)
  }

  /** Hand over what was added since the last save, or everything, as blocks of state entries. */
  save(put: (block: Uint8Array) => void, full: boolean): void {
    const { kernels } = this.memory
    if (full) kernels.sorterSaveAll(this.#ptr)
    for (let at = kernels.sorterUnsaved(this.#ptr) >>> 0; at !== 0; at = kernels.sorterUnsaved(this.#ptr) >>> 0)
      put(this.memory.bytes(at, kernels.sorterSaved(this.#ptr) >>> 0))
  }

  /** Take a block that save handed over. */
  load(block: Uint8Array): void {
    const at = this.memory.alloc(Math.max(16, block.length))
    this.memory.u8.set(block, at)
    const ok = this.memory.kernels.sorterLoad(this.#ptr, at, block.length)
    this.memory.free(at)
    if (!ok) fail('ASSERTION', { reason: 'a block of state entries is torn' })
  }

  free(): void {
    this.memory.kernels.sorterFree(this.#ptr)
  }
}
