// Entries in order: a sorted run is a sequence of entries (entries.ts) with strictly ascending keys, by bytes.
import { DELETED } from './entries.ts'

/** Bytes before an entry's key. */
export const ENTRY_HEAD = 8

export function entryBytes(view: DataView, at: number): number {
  const value = view.getUint32(at + 4, true)
  return ENTRY_HEAD + view.getUint32(at, true) + (value === DELETED ? 0 : value)
}

/** memcmp of two keys; the shorter of two that agree comes first. */
export function compareBytes(
  a: Uint8Array,
  aAt: number,
  aLength: number,
  b: Uint8Array,
  bAt: number,
  bLength: number,
): number {
  const shared = aLength < bLength ? aLength : bLength
  for (let i = 0; i < shared; i++) {
    const difference = (a[aAt + i] as number) - (b[bAt + i] as number)
    if (difference !== 0) return difference
  }
  return aLength - bLength
}

/** The entries of a block by ascending key; of several with one key the last stays. */
export function sortEntries(block: Uint8Array): Uint8Array {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const starts = startsOf(block, view)
  const compare = (a: number, b: number): number =>
    compareBytes(block, a + ENTRY_HEAD, view.getUint32(a, true), block, b + ENTRY_HEAD, view.getUint32(b, true))
  if (isAscending(starts, compare)) return block
  starts.sort((a, b) => compare(a, b) || a - b)
  const out = new Uint8Array(block.length)
  let end = 0
  for (let i = 0; i < starts.length; i++) {
    const at = starts[i] as number
    if (i + 1 < starts.length && compare(at, starts[i + 1] as number) === 0) continue
    const length = entryBytes(view, at)
    out.set(block.subarray(at, at + length), end)
    end += length
  }
  return out.subarray(0, end)
}

function startsOf(block: Uint8Array, view: DataView): Uint32Array {
  let count = 0
  for (let at = 0; at < block.length; at += entryBytes(view, at)) count++
  const starts = new Uint32Array(count)
  for (let at = 0, i = 0; at < block.length; at += entryBytes(view, at)) starts[i++] = at
  return starts
}

function isAscending(starts: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < starts.length; i++) {
    if (compare(starts[i - 1] as number, starts[i] as number) >= 0) return false
  }
  return true
}

/** Cut a block into parts of at most `limit` bytes (or one entry), between entries. */
export function* cut(block: Uint8Array, limit: number): Generator<Uint8Array> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  let start = 0
  let at = 0
  while (at < block.length) {
    const next = at + entryBytes(view, at)
    if (next - start > limit && at > start) {
      yield block.subarray(start, at)
      start = at
    }
    at = next
  }
  if (at > start) yield block.subarray(start, at)
}
