// Rows pushed from code, in one order for all partitions: an offset is a count of rows. Law: push resolves when
// every open reader is less than `highWater` rows behind, so a fast producer waits for the slowest query.
import { assert, fail } from '../../base/index.ts'
import type { Rows } from './rows.ts'

/** Rows that were pushed together, at `start` of the log. */
export interface Chunk {
  readonly start: number
  readonly partition: string
  readonly rows: Rows
}

/** Part of a chunk. */
export interface Slice {
  readonly partition: string
  /** Number of the first row in the log. */
  readonly start: number
  readonly rows: Rows
  /** Its rows in those of the chunk. */
  readonly from: number
  readonly to: number
}

/** One open reader: how far it has planned and committed, and how to wake it. */
export interface Reader {
  planned: number
  committed: number
  wake(): void
}

export class MemoryLog {
  readonly #name: string
  readonly #highWater: number
  readonly #keep: 'all' | 'uncommitted'
  readonly #readers = new Set<Reader>()
  #chunks: Chunk[] = []
  #end = 0
  #closed = false
  #waiting: (() => void)[] = []
  #settling: (() => void)[] = []

  constructor(name: string, highWater: number, keep: 'all' | 'uncommitted') {
    this.#name = name
    this.#highWater = highWater
    this.#keep = keep
  }

  /** Rows pushed so far. */
  get end(): number {
    return this.#end
  }
  /** The first row that is still kept. */
  get first(): number {
    return this.#chunks[0]?.start ?? this.#end
  }
  get closed(): boolean {
    return this.#closed
  }

  push(rows: Rows, partition: string): Promise<void> {
    if (this.#closed) fail('INPUT_CLOSED', { name: this.#name })
    if (rows.count > 0) {
      this.#chunks.push({ start: this.#end, partition, rows })
      this.#end += rows.count
      for (const reader of this.#readers) reader.wake()
    }
    return this.#room()
  }

  close(): void {
    this.#closed = true
    for (const reader of this.#readers) reader.wake()
  }

  attach(reader: Reader): void {
    this.#readers.add(reader)
  }

  detach(reader: Reader): void {
    this.#readers.delete(reader)
    this.moved()
  }

  /** A reader planned or committed: producers may go on, rows may be forgotten. */
  moved(): void {
    if (this.#behind() < this.#highWater) for (const go of this.#waiting.splice(0)) go()
    if (this.#keep === 'uncommitted') this.#forget()
    if (this.#isSettled()) for (const go of this.#settling.splice(0)) go()
  }

  /** Resolves when every open reader has committed all rows that were pushed. */
  settled(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve()
    return new Promise(resolve => this.#settling.push(resolve))
  }

  /**
   * Keep these rows in the place of all that were pushed: they are what those sum up to. Only readers that come later
   * see them; it is not done while one is behind.
   */
  compact(parts: readonly Rows[]): void {
    const total = parts.reduce((sum, each) => sum + each.count, 0)
    if (!this.#isSettled() || total > this.#end) return
    let start = this.#end - total
    this.#chunks = parts.map(rows => {
      const chunk = { start, partition: '', rows }
      start += rows.count
      return chunk
    })
  }

  /** The rows `from` .. `to`, cut where chunks are and every `most` rows. */
  *slices(from: number, to: number, most: number): Generator<Slice> {
    assert(to <= this.#end, `rows up to ${to} of a log of ${this.#end}`)
    if (from < this.first && from < to)
      fail('BAD_OFFSET', { source: this.#name, reason: `row ${from} is no longer kept (keep: 'uncommitted')` })
    for (let i = this.#indexOf(from); i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i] as Chunk
      if (chunk.start >= to) return
      yield* cut(chunk, Math.max(from, chunk.start), Math.min(to, chunk.start + chunk.rows.count), most)
    }
  }

  #isSettled(): boolean {
    return this.first === this.#end || [...this.#readers].every(reader => reader.committed === this.#end)
  }

  #room(): Promise<void> {
    if (this.#behind() < this.#highWater) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #behind(): number {
    let most = 0
    for (const reader of this.#readers) most = Math.max(most, this.#end - reader.planned)
    return most
  }

  #forget(): void {
    if (this.#readers.size === 0) return
    const done = Math.min(...[...this.#readers].map(reader => reader.committed))
    const kept = this.#chunks.findIndex(chunk => chunk.start + chunk.rows.count > done)
    this.#chunks = kept === -1 ? [] : this.#chunks.slice(kept)
  }

  // The last chunk that starts at or before `row`.
  #indexOf(row: number): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#chunks[middle] as Chunk).start <= row) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }
}

function* cut(chunk: Chunk, from: number, to: number, most: number): Generator<Slice> {
  for (let at = from; at < to; at += most) {
    const { partition, rows, start } = chunk
    yield { partition, start: at, rows, from: at - start, to: Math.min(to, at + most) - start }
  }
}
