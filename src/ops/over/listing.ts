// The touched groups of a set, listed a few thousand entries at a time, but never half a group: their rows as columns, how
// often each was there at the last flush and is now.
import { type Arena, BATCH_ROWS, type Column, type Ptr } from '../../data/index.ts'
import type { OrderedGroups } from '../ordered-groups.ts'
import type { Listed } from './sequence.ts'

export interface Listing {
  readonly entries: number
  /** The rows of some entries (u32, by default all), in the arena. */
  columns(which?: readonly number[] | Uint32Array): readonly Column[]
  /** Weights by entry. */
  readonly before: BigInt64Array
  readonly now: BigInt64Array
  readonly marks: Listed['marks']
}

/** Each lies in the arena, which is reset behind it. */
export function* listings(groups: OrderedGroups, chunk: Arena): Generator<Listing> {
  const { kernels } = chunk.memory
  const total = kernels.orderedTouched(groups.ptr) >>> 0
  for (let from = 0; from < total; ) {
    let entries = 0
    let to = from
    while (to < total && (to === from || entries < BATCH_ROWS))
      entries += kernels.orderedEntryCount(groups.ptr, to++) >>> 0
    if (entries > 0) yield listed(groups, from, to, entries, chunk)
    chunk.reset()
    from = to
  }
}

function listed(groups: OrderedGroups, from: number, to: number, entries: number, chunk: Arena): Listing {
  const { memory } = chunk
  const [rows, before, now] = [4, 8, 8].map(bytes => chunk.alloc(entries * bytes)) as [Ptr, Ptr, Ptr]
  const marks = chunk.alloc(entries)
  for (let g = from, at = 0; g < to; g++)
    at += memory.kernels.orderedList(groups.ptr, g, rows + at * 4, before + at * 8, now + at * 8, marks + at) >>> 0
  const weights = (at: Ptr): BigInt64Array => memory.i64.slice(at >>> 3, (at >>> 3) + entries)
  return {
    entries,
    columns(which) {
      if (which === undefined) return groups.columns(rows, entries, chunk)
      const addresses = Uint32Array.from(which, e => memory.u32[(rows >>> 2) + e] as number)
      return groups.columns(chunk.put(new Uint8Array(addresses.buffer)), which.length, chunk)
    },
    before: weights(before),
    now: weights(now),
    marks: memory.u8.slice(marks, marks + entries),
  }
}
