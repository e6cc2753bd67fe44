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
  /** Their keys, as columns and in bytes. */
  readonly columns: readonly Column[]
  readonly keys: HashedKeys
  /** The groups of the other side that have their keys (0: none has). */
  readonly groups: Ptr
  /** Event times at the rows' numbers, moved by `shift`; 0: without bounds. */
  readonly times: Ptr
  readonly shift: bigint
  /** The weights of their partners in sum (i64), at the rows' numbers; 0: nobody asks. */
  readonly matches: Ptr
}

/** Some pairs: numbers of the delta's rows, and the other side's rows. */
export interface Pairs {
  readonly numbers: Ptr
  readonly entries: Ptr
  readonly count: number
}

/** Of which pairs: those whose own time is from `low` to `high` after the row's, which is in `times`, plus `shift`. */
interface Span {
  readonly times: Ptr
  readonly shift: bigint
  readonly low: bigint
  readonly high: bigint
}

const ALL: Span = { times: 0, shift: 0n, low: 0n, high: 0n }

/** The pairs of rows and the rows of their groups, a batch at a time or less: lists that are written anew for each. */
export function* pairsOf(
  { count: n, sel }: Batch,
  groups: Ptr,
  arena: Arena,
  { times, shift, low, high }: Span = ALL,
): Generator<Pairs> {
  const { memory } = arena
  const [numbers, entries] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 4)]
  const cursor = arena.zeroed(16)
  const { indexProbe } = memory.kernels
  do {
    const count = indexProbe(cursor, n, sel, groups, times, shift, low, high, BATCH_ROWS, numbers, entries) >>> 0
    yield { numbers, entries, count }
  } while (memory.u32[cursor >>> 2] !== n)
}

/** Rows meet the other side's, batch by batch. */
export function* emitPairs(on: Joining, half: Half, meeting: Meeting, arena: Arena, emit: Emit): Generator<void> {
  const { spec } = on
  const span = spec.bounds && { ...meeting, ...reach(spec.bounds, half.side) }
  for (const pairs of pairsOf(meeting.rows, meeting.groups, arena, span)) {
    if (pairs.count > 0) emitSome(on, half, meeting, pairs, emit)
    yield
  }
}

function emitSome(on: Joining, half: Half, { rows, matches }: Meeting, pairs: Pairs, emit: Emit): void {
  const { spec, context, chunk } = on
  const { kernels } = context.memory
  const { numbers, entries, count } = pairs
  const there = on.halves[half.side === LEFT ? 1 : 0]
  const needed = !isHalf(spec) || spec.residual !== undefined
  const all = needed ? pairBatch(half, there, rows, pairs, chunk) : undefined
  const { sel, count: left } = all === undefined ? { sel: 0, count } : narrowed(on, all)
  if (left > 0) {
    if (matches !== 0) kernels.indexTellRows(left, sel, numbers, entries, matches)
    if (there.rule !== Rule.NONE)
      kernels.indexTellEntries(there.table.index.ptr, left, sel, numbers, rows.weights, entries)
    if (all !== undefined && !isHalf(spec)) emit(0, { ...all, sel, count: left })
  }
  chunk.reset()
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
