// Pairs of a join: a delta's rows with the rows of the other side that they meet, a batch at a time. What of them is
// left by the residual condition is emitted, and both partners hear of each other where it matters.
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Column,
  gatherColumn,
  type HashedKeys,
  type Ptr,
} from '../data/index.ts'
import type { Half, Joining } from './join.ts'
import { isHalf, LEFT, Rule, reach } from './join-spec.ts'
import type { Emit } from './operator.ts'

/** Rows of a delta that can meet somebody. */
export interface Meeting {
  readonly rows: Batch
  readonly keys: HashedKeys
  /** Event times at the rows' numbers, moved by `shift`; 0: without bounds. */
  readonly times: Ptr
  readonly shift: bigint
  /** The weights of their partners in sum (i64), at the rows' numbers; 0: nobody asks. */
  readonly matches: Ptr
  /** Those that are arranged: partners may still come. */
  readonly stored: Batch
}

/** Some pairs: numbers of the delta's rows, and the other side's rows. */
interface Pairs {
  readonly numbers: Ptr
  readonly entries: Ptr
  readonly count: number
}

export function emitPairs(on: Joining, half: Half, meeting: Meeting, emit: Emit): void {
  const { spec, context, chunk } = on
  const { arena, memory } = context
  const { rows, keys, times, shift, matches } = meeting
  const there = on.halves[half.side === LEFT ? 1 : 0]
  const { ptr } = there.table.index
  const groups = there.table.index.find(keys, arena)
  const { low, high } = spec.bounds === undefined ? { low: 0n, high: 0n } : reach(spec.bounds, half.side)
  const [numbers, entries] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 4)]
  const cursor = arena.zeroed(16)
  const probe = (): number =>
    memory.kernels.indexProbe(
      cursor,
      rows.count,
      rows.sel,
      groups,
      times,
      shift,
      low,
      high,
      BATCH_ROWS,
      numbers,
      entries,
    ) >>> 0
  for (let count = probe(); count > 0; count = probe()) {
    const pairs = { numbers, entries, count }
    const needed = !isHalf(spec) || spec.residual !== undefined
    const all = needed ? pairBatch(half, there, rows, pairs, chunk) : undefined
    const { sel, count: left } = all === undefined ? { sel: 0, count } : narrowed(on, all)
    if (left > 0) {
      if (matches !== 0) memory.kernels.indexTellRows(left, sel, numbers, entries, matches)
      if (there.rule !== Rule.NONE) memory.kernels.indexTellEntries(ptr, left, sel, numbers, rows.weights, entries)
      if (all !== undefined && !isHalf(spec)) emit(0, { ...all, sel, count: left })
    }
    chunk.reset()
  }
}

function narrowed({ spec, context, chunk }: Joining, all: Batch): Batch {
  if (spec.residual === undefined) return all
  chunk.use()
  return spec.residual.run(all, { ...context, arena: chunk })
}

function pairBatch(half: Half, there: Half, rows: Batch, pairs: Pairs, chunk: Arena): Batch {
  const { numbers, entries, count } = pairs
  const own: readonly Column[] = rows.columns.map(column => gatherColumn(column, numbers, count, chunk))
  const theirs = there.table.rows(entries, count, chunk)
  const weights = chunk.alloc(count * 8)
  chunk.memory.kernels.indexPairWeights(count, numbers, rows.weights, entries, weights)
  return {
    columns: half.side === LEFT ? [...own, ...theirs] : [...theirs, ...own],
    rows: count,
    sel: 0,
    count,
    weights,
    origin: originOf(rows, numbers, count, chunk),
  }
}

function originOf({ origin }: Batch, numbers: Ptr, count: number, arena: Arena): Batch['origin'] {
  if (origin === undefined) return undefined
  const rows = arena.memory.u32.slice(numbers >>> 2, (numbers >>> 2) + count)
  return { position: row => origin.position(rows[row] as number) }
}
