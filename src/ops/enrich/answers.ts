// Answers that were given lately, by some columns of the row: at most so many, each for so long. The one that was used longest
// ago goes first. Failures are not kept.
import { keyText } from '../process/entry.ts'

/** Columns for a row, or why there are none. */
export interface Answer {
  readonly error: unknown
  readonly added: object | undefined
}

interface Kept {
  readonly answer: Answer
  readonly until: number
}

export class Answers {
  readonly #by: readonly string[]
  readonly #ttl: number
  readonly #most: number
  /** In order of use. */
  readonly #kept = new Map<string, Kept>()

  /** @param ttl milliseconds. */
  constructor({ by, ttl, most }: { readonly by: readonly string[]; readonly ttl: number; readonly most: number }) {
    this.#by = by
    this.#ttl = ttl
    this.#most = most
  }

  keyOf(row: object): string {
    return keyText(this.#by.map(name => (row as Record<string, unknown>)[name] ?? null))
  }

  find(row: object, now: number): Answer | undefined {
    const key = this.keyOf(row)
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#kept.delete(key)
    if (kept.until <= now) return undefined
    this.#kept.set(key, kept)
    return kept.answer
  }

  keep(row: object, answer: Answer, now: number): void {
    if (answer.error !== undefined) return
    const key = this.keyOf(row)
    this.#kept.delete(key)
    this.#kept.set(key, { answer, until: now + this.#ttl })
    if (this.#kept.size <= this.#most) return
    const [oldest] = this.#kept.keys()
    this.#kept.delete(oldest as string)
  }
}
