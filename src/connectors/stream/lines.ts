// Bytes that come in pieces, as whole lines that wait to be read. Law: a line waits once its newline has come; the rest
// without one becomes a line when the input ends.

const NEWLINE = 10
const NOTHING = new Uint8Array(0)

export class LineQueue {
  #waiting: Uint8Array[] = []
  #rest: Uint8Array = NOTHING
  #taken = 0

  /** Lines that wait. */
  get size(): number {
    return this.#waiting.length
  }

  /** Lines that were taken out. */
  get taken(): number {
    return this.#taken
  }

  put(bytes: Uint8Array): void {
    let start = 0
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
      const line = bytes.subarray(start, at + 1)
      this.#waiting.push(this.#rest.length === 0 ? line : Buffer.concat([this.#rest, line]))
      this.#rest = NOTHING
      start = at + 1
    }
    if (start < bytes.length) this.#rest = Buffer.concat([this.#rest, bytes.subarray(start)])
  }

  /** A last line without a newline counts when the input is done. */
  end(): void {
    if (this.#rest.length > 0) this.#waiting.push(Buffer.concat([this.#rest, new Uint8Array([NEWLINE])]))
    this.#rest = NOTHING
  }

  /** The bytes of the next lines, at most so many; undefined when none waits. */
  take(most: number): { readonly lines: number; readonly bytes: Uint8Array } | undefined {
    const lines = this.#waiting.splice(0, most)
    if (lines.length === 0) return undefined
    this.#taken += lines.length
    return { lines: lines.length, bytes: Buffer.concat(lines) }
  }
}
