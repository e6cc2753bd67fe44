// The merge of sorted runs: the newest entry of every key, in order. It holds one block of each run, whatever
// their length, so restoring and compacting take constant memory.
import { DELETED } from './entries.ts'
import { BLOCK_BYTES, type Run, type RunFile, readBlock } from './run-file.ts'
import { compareBytes, ENTRY_HEAD, entryBytes } from './sort.ts'

class Cursor {
  readonly #file: RunFile
  readonly #end: number
  #next: number
  /** Newer runs win: the smaller the newer. */
  readonly rank: number
  block: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  at = 0
  bytes = 0
  keyLength = 0

  constructor(file: RunFile, run: Run, rank: number) {
    this.#file = file
    this.#next = run.at
    this.#end = run.at + run.bytes
    this.rank = rank
  }

  /** Step to the next entry of the block; false: the block is used up. */
  step(): boolean {
    this.at += this.bytes
    if (this.at >= this.block.length) return false
    this.bytes = entryBytes(this.view, this.at)
    this.keyLength = this.view.getUint32(this.at, true)
    return true
  }

  /** Read the next block; false: the run is used up. */
  async load(): Promise<boolean> {
    if (this.#next >= this.#end) return false
    const { entries, next } = await readBlock(this.#file, this.#next)
    this.#next = next
    this.block = entries
    this.view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength)
    this.at = 0
    this.bytes = 0
    return this.step() || this.load()
  }

  get isDeleted(): boolean {
    return this.view.getUint32(this.at + 4, true) === DELETED
  }
}

function compareKeys(a: Cursor, b: Cursor): number {
  return compareBytes(a.block, a.at + ENTRY_HEAD, a.keyLength, b.block, b.at + ENTRY_HEAD, b.keyLength)
}

const before = (a: Cursor, b: Cursor): boolean => (compareKeys(a, b) || a.rank - b.rank) < 0

/**
 * Blocks of the merged entries of one store, ascending. `files` are oldest first; a run later in a file is newer.
 * @param keepDeleted false where nothing older exists that a deletion would have to hide
 */
export async function* merge(
  files: readonly RunFile[],
  store: string,
  keepDeleted: boolean,
): AsyncGenerator<Uint8Array> {
  const heap: Cursor[] = []
  let rank = 0
  for (const file of files.toReversed()) {
    for (const run of file.runs.toReversed()) {
      if (run.store !== store) continue
      const cursor = new Cursor(file, run, rank++)
      if (await cursor.load()) heap.push(cursor)
    }
  }
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) sink(heap, i)
  yield* drain(heap, keepDeleted)
}

async function* drain(heap: Cursor[], keepDeleted: boolean): AsyncGenerator<Uint8Array> {
  let out = new Uint8Array(BLOCK_BYTES)
  let filled = 0
  while (heap.length > 0) {
    const winner = heap[0] as Cursor
    if (keepDeleted || !winner.isDeleted) {
      if (filled > 0 && filled + winner.bytes > BLOCK_BYTES) {
        yield out.subarray(0, filled)
        out = new Uint8Array(Math.max(BLOCK_BYTES, winner.bytes))
        filled = 0
      }
      if (winner.bytes > out.length) out = new Uint8Array(winner.bytes)
      out.set(winner.block.subarray(winner.at, winner.at + winner.bytes), filled)
      filled += winner.bytes
    }
    const { block, at, keyLength } = winner
    // Every cursor passes the key: older entries of it lie among the top's children.
    do {
      const top = heap[0] as Cursor
      if (!top.step() && !(await top.load())) removeTop(heap)
      if (heap.length > 1) sink(heap, 0)
    } while (heap.length > 0 && isAt(heap[0] as Cursor, block, at, keyLength))
  }
  if (filled > 0) yield out.subarray(0, filled)
}

function removeTop(heap: Cursor[]): void {
  const last = heap.pop() as Cursor
  if (heap.length > 0) heap[0] = last
}

function isAt(cursor: Cursor, block: Uint8Array, at: number, keyLength: number): boolean {
  return compareBytes(cursor.block, cursor.at + ENTRY_HEAD, cursor.keyLength, block, at + ENTRY_HEAD, keyLength) === 0
}

function sink(heap: Cursor[], from: number): void {
  let i = from
  for (;;) {
    const left = 2 * i + 1
    if (left >= heap.length) return
    const right = left + 1
    const least = right < heap.length && before(heap[right] as Cursor, heap[left] as Cursor) ? right : left
    if (!before(heap[least] as Cursor, heap[i] as Cursor)) return
    const moved = heap[i] as Cursor
    heap[i] = heap[least] as Cursor
    heap[least] = moved
    i = least
  }
}
