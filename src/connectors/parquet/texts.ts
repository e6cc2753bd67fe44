// Texts and other bytes of a row group: each distinct one is copied to memory once and known by its number from then on.
import { isUtf8 } from 'node:buffer'
import { type Arena, intervalBytes, intervalOfText, type Memory, uuidOfText } from '../../data/index.ts'
import type { ScalarKind } from '../../types/index.ts'

const INLINE = 12
export const VIEW_WORDS = 4

/** Texts of one row group: bytes in linear memory, and their views by number. */
export class TextTable {
  readonly #arena: Arena
  #views = new Uint32Array(1 << 12)
  #count = 0

  constructor(arena: Arena) {
    this.#arena = arena
  }

  /** Forget all texts; the caller resets the arena. */
  clear(): void {
    this.#count = 0
  }

  /** Keep bytes; their number. */
  add(bytes: Uint8Array): number {
    const at = this.#count * VIEW_WORDS
    if (at + VIEW_WORDS > this.#views.length) this.#grow()
    const view = new Uint8Array(this.#views.buffer, at * 4, 16)
    view.fill(0)
    this.#views[at] = bytes.length
    if (bytes.length <= INLINE) view.set(bytes, 4)
    else {
      view.set(bytes.subarray(0, 4), 4)
      this.#views[at + 3] = this.#arena.put(bytes)
    }
    return this.#count++
  }

  /** The bytes of text `number`, a copy; undefined for what is no number. */
  bytes(number: unknown, memory: Memory): Uint8Array | undefined {
    if (typeof number !== 'number') return undefined
    const from = number * VIEW_WORDS
    const length = this.#views[from] as number
    if (length > INLINE) return memory.bytes(this.#views[from + 3] as number, length).slice()
    return new Uint8Array(this.#views.buffer, from * 4 + 4, length).slice()
  }

  /** Write the view of text `number` at the word `at` of memory. */
  put(u32: Uint32Array, at: number, number: number): void {
    const from = number * VIEW_WORDS
    const views = this.#views
    u32[at] = views[from] as number
    u32[at + 1] = views[from + 1] as number
    u32[at + 2] = views[from + 2] as number
    u32[at + 3] = views[from + 3] as number
  }

  #grow(): void {
    const larger = new Uint32Array(this.#views.length * 2)
    larger.set(this.#views)
    this.#views = larger
  }
}

type AsBytes = (value: Uint8Array | undefined) => Uint8Array | undefined

export const text: AsBytes = value => (value !== undefined && isUtf8(value) ? value : undefined)
const decoded = (value: Uint8Array): string => new TextDecoder().decode(value)

/** What the file holds as the bytes of a column that is no text: a uuid as 16 bytes or as text, an interval as text. */
export const asBytes: Readonly<Partial<Record<ScalarKind, AsBytes>>> = {
  binary: value => value,
  uuid: value => (value?.length === 16 ? value : value && uuidOfText(decoded(value))),
  interval: value => {
    const parts = value && intervalOfText(decoded(value))
    return parts && intervalBytes(parts)
  },
}
