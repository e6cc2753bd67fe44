// Where a range of rows ends. Law: a cut lies right behind a newline that ends a row (for CSV: one outside
// quotes), so every range is whole rows; rows are counted as the lines that hold something.

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34

/** Counts the rows of a byte stream, chunk by chunk, up to a number of rows or bytes. */
export class RowScan {
  readonly #rowsMax: number
  readonly #bytesMax: number
  readonly #quoted: boolean
  #inQuotes = false
  #lineHasText = false
  #bytes = 0
  /** Rows up to `end`. */
  rows = 0
  /** Bytes up to the last row end seen. */
  end = 0
  /** Whether `end` is the cut that was looked for. */
  done = false

  /** Stops behind the row number `rows`, or behind the first row that ends at or after `bytes`. A header is no row. */
  constructor(rows: number, bytes: number, quoted: boolean, header = false) {
    this.#rowsMax = rows
    this.#bytesMax = bytes
    this.#quoted = quoted
    if (header) this.rows = -1
  }

  /** Bytes given so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Take more bytes; true when the cut is found. */
  push(chunk: Uint8Array): boolean {
    for (let i = 0; i < chunk.length && !this.done; i++) {
      const byte = chunk[i] as number
      if (byte === NEWLINE && !this.#inQuotes) this.#endRow(this.#bytes + i + 1)
      else if (byte !== RETURN) {
        this.#lineHasText = true
        if (byte === QUOTE && this.#quoted) this.#inQuotes = !this.#inQuotes
      }
    }
    this.#bytes += chunk.length
    return this.done
  }

  /** The stream is at its end: a last row may have no newline. */
  finish(): void {
    if (!this.done && this.#bytes > this.end) this.#endRow(this.#bytes)
  }

  #endRow(at: number): void {
    if (this.#lineHasText) this.rows++
    this.#lineHasText = false
    this.end = at
    if (this.rows >= this.#rowsMax || at >= this.#bytesMax) this.done = this.rows >= 0
  }
}
