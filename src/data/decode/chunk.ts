// The bytes that were pushed and not yet delivered, in linear memory: [at, end) are whole lines, [end, filled) begin a
// line that is not all there. Behind `filled` there is room to read on, so that kernels need no bounds.
import type { Memory, Ptr } from '../memory.ts'

/** Readable bytes behind the last line: more than any kernel reads past a newline. */
const PAD = 512
/** Readable bytes before the first line. */
const FRONT = 16
const NEWLINE = 10

export class Chunk {
  readonly memory: Memory
  #block: Ptr = 0
  #capacity = 0
  /** The first byte not consumed. */
  at: Ptr = 0
  end: Ptr = 0
  filled: Ptr = 0
  /** The end of what was pushed: `filled`, or one less where a newline was put behind the last line. */
  given: Ptr = 0

  constructor(memory: Memory) {
    this.memory = memory
  }

  /** Append bytes, moving what is left to the front. `closed`: a last line without a newline gets one. */
  fill(bytes: Uint8Array, closed: boolean): void {
    const carry = this.filled - this.at
    this.#room(carry + bytes.length + 1)
    const start = this.#block + FRONT
    this.memory.u8.set(bytes, start + carry)
    this.at = start
    this.filled = start + carry + bytes.length
    this.given = this.filled
    if (closed && this.filled > start && this.memory.u8[this.filled - 1] !== NEWLINE) {
      this.memory.u8[this.filled++] = NEWLINE
    }
    const newline = bytes.lastIndexOf(NEWLINE)
    this.end = closed ? this.filled : newline < 0 ? start : start + carry + newline + 1
  }

  /** Room for `bytes`; what is left lies at the front then. */
  #room(bytes: number): void {
    const carry = this.filled - this.at
    if (bytes <= this.#capacity) {
      if (carry > 0) this.memory.u8.copyWithin(this.#block + FRONT, this.at, this.filled)
      return
    }
    const capacity = Math.max(bytes, Math.min(this.#capacity * 2, bytes * 2))
    const block = this.memory.alloc(FRONT + capacity + PAD)
    const { u8 } = this.memory
    u8.fill(0, block, block + FRONT)
    u8.copyWithin(block + FRONT, this.at, this.filled)
    u8.fill(0, block + FRONT + capacity, block + FRONT + capacity + PAD)
    this.memory.free(this.#block)
    this.#block = block
    this.#capacity = capacity
  }

  close(): void {
    this.memory.free(this.#block)
    this.#block = 0
    this.#capacity = 0
    this.at = this.end = this.filled = this.given = 0
  }
}
