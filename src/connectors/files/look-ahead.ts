// A compressed file can't be entered in the middle. So the stream that decompresses it stays open between epochs
// and can look ahead for the end of a range; what was looked at is what the range then delivers.
import type { Disk } from '../../base/index.ts'
import type { Memory } from '../../data/index.ts'
import { type Buffers, bytesOf } from './bytes.ts'
import { RowScan } from './scan.ts'

/** Where a range may end. */
export interface Cut {
  /** Position of the cut. */
  readonly to: number
  readonly rows: number
  /** The file ends there. */
  readonly last: boolean
}

export class LookAhead {
  readonly #chunks: AsyncGenerator<Uint8Array>
  readonly #memory: Memory
  #ahead: Uint8Array[] = []
  #ended = false
  /** Of the next byte that `take` delivers. */
  position: number

  constructor(disk: Disk, path: string, from: number, buffers: Buffers, memory: Memory) {
    this.#memory = memory
    this.#chunks = bytesOf(disk, path, from, -1, buffers)
    this.position = from
  }

  /** Look for the end of a range of so many rows or bytes. */
  async find(rows: number, bytes: number, quoted: boolean, header: boolean): Promise<Cut> {
    const scan = new RowScan(this.#memory, rows, bytes, quoted, header)
    for (let i = 0; !scan.done; i++) {
      if (i === this.#ahead.length && !(await this.#more())) {
        scan.finish()
        return { to: this.position + scan.bytes, rows: scan.rows, last: true }
      }
      scan.push(this.#ahead[i] as Uint8Array)
    }
    return { to: this.position + scan.end, rows: scan.rows, last: await this.#endsAfter(scan.end) }
  }

  /** The bytes up to `to`. */
  async *take(to: number): AsyncGenerator<Uint8Array> {
    while (this.position < to) {
      if (this.#ahead.length === 0 && !(await this.#more())) return
      const chunk = this.#ahead[0] as Uint8Array
      const length = Math.min(chunk.length, to - this.position)
      if (length === chunk.length) this.#ahead.shift()
      else this.#ahead[0] = chunk.subarray(length)
      this.position += length
      yield chunk.subarray(0, length)
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined)
  }

  async #more(): Promise<boolean> {
    const { done, value } = this.#ended ? { done: true, value: undefined } : await this.#chunks.next()
    this.#ended = done === true
    if (value !== undefined && !this.#ended) this.#ahead.push(value.slice())
    return !this.#ended
  }

  async #endsAfter(bytes: number): Promise<boolean> {
    const seen = this.#ahead.reduce((sum, each) => sum + each.length, 0)
    return seen === bytes && !(await this.#more())
  }
}
