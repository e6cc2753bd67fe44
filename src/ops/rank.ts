// rank(d a): the rows of each group with their rank in the group's order, up to a limit; what is emitted is how that
// changed since the last flush, a row whose rank changed being taken back and told anew. Ties of the order are broken by
// all columns, ascending, nulls last (row_number), or share a rank (rank, dense_rank).
//
//   limit, append-only input   only rows that may still be shown are kept
//   else                       all rows are kept
//   a window among the groups  a group goes when the watermark has passed the window's end + accept; rows that come
//                              later leave by port 1
//   emit 'final'               each window's rows once, when it is over: append-only
import { assert } from '../base/index.ts'
import { BATCH_ROWS, type Batch, type Column, Kind } from '../data/index.ts'
import { closedBy, splitLate } from './aggregates/late.ts'
import { columnFrom } from './column-source.ts'
import {
  type Emit,
  flushing,
  least,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import { checkGroupColumns, type GroupColumn, type Keeps, OrderedGroups } from './ordered-groups.ts'
import type { SortColumn } from './ordered-rows.ts'

export type RankKind = 'row_number' | 'rank' | 'dense_rank'

export interface RankSpec {
  readonly per: readonly GroupColumn[]
  readonly order: readonly SortColumn[]
  /** Kinds of all columns of the input. */
  readonly kinds: readonly Kind[]
  readonly rank: RankKind
  /** The last rank that is shown; undefined = all. */
  readonly limit: number | undefined
  /** Whether the rank is the last column of the output. */
  readonly shown: boolean
  /** No weight is ever negative. */
  readonly appendOnlyInput: boolean
  /** Which of `per` is the end of a window, and how long after it the window takes rows (microseconds). */
  readonly window?: { readonly end: number; readonly accept: bigint } | undefined
  readonly emit: 'changes' | 'final'
}

const RESULT = 0
const LATE = 1
const KINDS: readonly RankKind[] = ['row_number', 'rank', 'dense_rank']
const KEEPS: Readonly<Record<RankKind, Keeps>> = {
  row_number: 'first rows',
  rank: 'first ranks',
  dense_rank: 'first keys',
}
const NO_LIMIT = 2n ** 63n - 1n
const CURSOR_BYTES = 80

/** Port 0: the input's columns, then the rank (if shown). Port 1: late rows (windowed). */
export function rank(spec: RankSpec, context: OperatorContext): Operator {
  const { memory } = context
  const { window, emit: when } = spec
  assert(when === 'changes' || window !== undefined, 'final results need a window')
  checkGroupColumns(spec.per, spec.kinds)
  const groups = groupsOf(spec, context)
  const chunk = memory.arena()
  let watermark = WATERMARK_MIN
  return {
    ...stateless,
    name: 'rank',
    outputs: window === undefined ? 1 : 2,
    stores: ['rows'],
    step(_port, delta, emit) {
      const rows = inTime(spec, delta, watermark, context, emit)
      if (rows.count > 0) groups.add(rows, context)
    },
    advance(_port, to) {
      assert(to >= watermark, `the watermark goes back from ${watermark} to ${to}`)
      watermark = to
    },
    ...flushing(function* (emit) {
      if (when === 'changes') for (const sign of [-1, 1]) yield* tell(spec, groups, sign, false, chunk, emit)
      groups.settle()
      if (window === undefined || watermark === WATERMARK_MIN) return
      if (watermark === WATERMARK_MAX && when === 'changes' && context.durable === false) return
      yield* close(spec, groups, closedBy(watermark, window.accept), chunk, emit)
    }),
    watermark: inputs => (window === undefined ? least(inputs) : closedBy(least(inputs), window.accept)),
    ...saving((writer, full) => groups.saving(block => writer.put('rows', block), full)),
    load: (_store, block) => groups.load(block, context),
    size: () => groups.size(),
    close() {
      groups.free()
      chunk.free()
    },
  }
}

function groupsOf(spec: RankSpec, context: OperatorContext): OrderedGroups {
  const { per, order, kinds, limit, appendOnlyInput, window } = spec
  const keeps = appendOnlyInput && limit !== undefined ? KEEPS[spec.rank] : 'all'
  return new OrderedGroups({ per, order, kinds, keeps, limit: limit ?? 0, windowEnd: window?.end }, context)
}

function inTime(spec: RankSpec, delta: Batch, watermark: bigint, context: OperatorContext, emit: Emit): Batch {
  const { window, per } = spec
  if (window === undefined || watermark === WATERMARK_MIN) return delta
  const end = per[window.end] as GroupColumn
  const column = columnFrom(end.by, delta, context)
  return splitLate(delta, column, window.accept, watermark, context.arena, late => emit(LATE, late))
}

type Chunk = ReturnType<OperatorContext['memory']['arena']>

/** Emit the rows of touched groups that are shown no more (sign -1), or anew (sign 1). */
function* tell(
  spec: RankSpec,
  groups: OrderedGroups,
  sign: number,
  fresh: boolean,
  chunk: Chunk,
  emit: Emit,
): Generator<void> {
  const { memory } = chunk
  const kind = spec.shown || spec.rank !== 'row_number' ? KINDS.indexOf(spec.rank) + 1 : 0
  const limit = spec.limit === undefined ? NO_LIMIT : BigInt(spec.limit)
  const cursor = memory.alloc(CURSOR_BYTES)
  memory.u8.fill(0, cursor, cursor + CURSOR_BYTES)
  for (;;) {
    const [rows, weights, ranks] = [4, 8, 8].map(bytes => chunk.alloc(BATCH_ROWS * bytes)) as [number, number, number]
    const { orderedDiff } = memory.kernels
    const isFresh = fresh ? 1 : 0
    const count = orderedDiff(groups.ptr, cursor, kind, limit, sign, isFresh, BATCH_ROWS, rows, weights, ranks) >>> 0
    if (count === 0) break
    const columns = groups.columns(rows, count, chunk)
    if (spec.shown) columns.push({ kind: Kind.I64, values: ranks, validity: 0 } satisfies Column)
    emit(RESULT, { columns, rows: count, sel: 0, count, weights })
    chunk.reset()
    yield
  }
  chunk.reset()
  memory.free(cursor)
}

/** Windows that are over: told now if they were not before, and forgotten. */
function* close(spec: RankSpec, groups: OrderedGroups, limit: bigint, chunk: Chunk, emit: Emit): Generator<void> {
  for (;;) {
    const closing = groups.touchClosing(limit)
    if (closing > 0 && spec.emit === 'final') yield* tell(spec, groups, 1, true, chunk, emit)
    groups.drop(closing)
    if (closing === 0) return
    yield
  }
}
