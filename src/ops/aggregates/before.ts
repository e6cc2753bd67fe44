// What touched groups looked like before the epoch: their results, taken when the epoch first sees them. A page holds
// up to a batch of groups; at the end old and new results lie side by side as columns.
import { type Arena, BATCH_ROWS, bitmapBytes, type Column, type Memory, type Ptr } from '../../data/index.ts'
import type { Result } from './parts.ts'
import { type ResultSource, resultColumns, writeResults } from './results.ts'

export interface Page {
  /** u32 record addresses. */
  readonly records: Ptr
  /** A bit for each group that had rows. */
  readonly present: Ptr
  readonly columns: readonly Column[]
  count: number
}

/** Remember `n` groups as they are now. `always`: a group is there even without rows (the global one). */
export function remember(
  memory: Memory,
  pages: Page[],
  results: readonly Result[],
  touched: Ptr,
  n: number,
  always: boolean,
  source: ResultSource,
): void {
  for (let done = 0; done < n; ) {
    const page = pageWithRoom(pages, results, source.arena)
    const take = Math.min(n - done, BATCH_ROWS - page.count)
    const records = page.records + page.count * 4
    memory.u8.copyWithin(records, touched + done * 4, touched + (done + take) * 4)
    const groups = { n: take, records, first: page.count }
    if (memory.kernels.groupPresent(take, records, page.count, always ? 1 : 0, page.present) > 0) {
      source.arena.use()
      writeResults(memory, results, groups, page.columns, true, source)
    }
    page.count += take
    done += take
  }
}

function pageWithRoom(pages: Page[], results: readonly Result[], arena: Arena): Page {
  const last = pages[pages.length - 1]
  if (last !== undefined && last.count < BATCH_ROWS) return last
  const page = newPage(results, arena)
  pages.push(page)
  return page
}

/** A page whose groups were not there before. */
export function newPage(results: readonly Result[], arena: Arena): Page {
  return {
    records: arena.alloc(BATCH_ROWS * 4),
    present: arena.zeroed(bitmapBytes(BATCH_ROWS)),
    columns: resultColumns(results, arena),
    count: 0,
  }
}
