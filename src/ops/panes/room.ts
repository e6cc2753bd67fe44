// A block of memory for one thing at a time, as long as the longest so far.
import type { Memory, Ptr } from '../../data/index.ts'

export class Room {
  readonly #memory: Memory
  #ptr: Ptr = 0
  #length = 0

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** Room for so many bytes; what was in it is gone. */
  fit(bytes: number): Ptr {
    if (bytes <= this.#length) return this.#ptr
    this.free()
    const length = Math.max(256, bytes * 2)
    this.#ptr = this.#memory.alloc(length)
    this.#length = length
    return this.#ptr
  }

  free(): void {
    if (this.#length > 0) this.#memory.free(this.#ptr)
    this.#ptr = this.#length = 0
  }
}
