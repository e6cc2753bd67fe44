// Where a range of rows ends. Law: a cut lies right behind a newline that ends a row (for CSV: one outside
// quotes), so every range is whole rows; rows are counted as the lines that hold something.
import type { Memory, Ptr } from '../../data/index.ts'

/** Bytes that are looked at in one go. */
const PIECE = 1 << 16
/** Readable bytes behind them. */
const PAD = 64
const MOST = 2 ** 32 - 1

/** Counts the rows of a byte stream, chunk by chunk, up to a number of rows or bytes. */
export class RowScan {
  readonly #memory: Memory
  readonly #rowsMax: number
  readonly #bytesMax: number
  readonly #quoted: boolean
  #inside = false
  #holdsText = false
  #bytes = 0
  /** Rows up to `end`. */
  rows = 0
  /** Bytes up to the last row end seen. */
  end = 0
  /** Whether `end` is the cut that was looked for. */
  done = false

  /** Stops behind the row number `rows`, or behind the first row that ends at or after `bytes`. A header is no row. */
  constructor(memory: Memory, rows: number, bytes: number, quoted: boolean, header = false) {
    this.#memory = memory
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
    const block = this.#memory.alloc(Math.min(PIECE, chunk.length) + PAD)
    try {
      for (let from = 0; from < chunk.length && !this.done; from += PIECE)
        this.#look(chunk.subarray(from, from + PIECE), block, this.#bytes + from)
    } finally {
      this.#memory.free(block)
    }
    this.#bytes += chunk.length
    return this.done
  }

  /** The stream is at its end: a last row may have no newline. */
  finish(): void {
    if (this.done || this.#bytes <= this.end) return
    if (this.#holdsText) this.rows++
    this.#holdsText = false
    this.end = this.#bytes
    this.done = (this.rows >= this.#rowsMax || this.end >= this.#bytesMax) && this.rows >= 0
  }

  /** A piece that begins `before` bytes behind the begin of the stream. */
  #look(piece: Uint8Array, block: Ptr, before: number): void {
    const { kernels, u8 } = this.#memory
    u8.set(piece, block)
    const most = Math.max(Math.min(this.#rowsMax - this.rows, MOST), -this.rows)
    const target = Math.max(0, Math.min(this.#bytesMax - before, piece.length + 1))
    const end = block + piece.length
    const last =
      kernels.scanRows(
        block,
        end,
        this.#quoted ? 1 : 0,
        this.#inside ? 1 : 0,
        this.#holdsText ? 1 : 0,
        most,
        Math.max(-this.rows, 0),
        block + target,
      ) >>> 0
    this.rows += kernels.scannedRows() >>> 0
    if (last !== 0) this.end = before + last - block
    this.done = kernels.scannedDone() !== 0
    this.#inside = kernels.scannedInside() !== 0
    this.#holdsText = kernels.scannedText() !== 0
  }
}
