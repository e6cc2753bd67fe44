// rank(d a): the rows of each group with their rank in the group's order, up to a limit; what is emitted is how that
// changed since the last flush, a row whose rank changed being taken back and told anew. Ties of the order are broken by
// all columns, ascending, nulls last (row_number), or share a rank (rank, dense_rank).
//
//   limit, append-only input   only rows that may still be shown are kept
//   else                       all rows are kept
//   a window among the groups  a group goes when the watermark has passed the window's end + accept; rows that come
//                              later leave by port 1
//   emit 'final'               each window's rows once, when it is over: append-only
import { type Arena, BATCH_ROWS, type Column, Kind } from '../data/index.ts'
import type { Emit, Operator, OperatorContext } from './operator.ts'
import { checkGroupColumns, type Keeps, OrderedGroups } from './ordered-groups.ts'
import { orderedOperator, type Telling } from './ordered-operator.ts'
import type { SortColumn } from './ordered-rows.ts'

export type RankKind = 'row_number' | 'rank' | 'dense_rank'

export interface RankSpec extends Telling {
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
}

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
  checkGroupColumns(spec.per, spec.kinds)
  const groups = groupsOf(spec, context)
  const operator = orderedOperator('rank', spec, groups, context, function* (fresh, chunk, emit) {
    if (!fresh) yield* tell(spec, groups, -1, false, chunk, emit)
    yield* tell(spec, groups, 1, fresh, chunk, emit)
  })
  return { ...operator, stores: ['rows'] }
}

function groupsOf(spec: RankSpec, context: OperatorContext): OrderedGroups {
  const { per, order, kinds, limit, appendOnlyInput, window } = spec
  const keeps = appendOnlyInput && limit !== undefined ? KEEPS[spec.rank] : 'all'
  return new OrderedGroups({ per, order, kinds, keeps, limit: limit ?? 0, windowEnd: window?.end }, context)
}

/** Emit the rows of touched groups that are shown no more (sign -1), or anew (sign 1). */
function* tell(
  spec: RankSpec,
  groups: OrderedGroups,
  sign: number,
  fresh: boolean,
  chunk: Arena,
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
    emit(0, { columns, rows: count, sel: 0, count, weights })
    chunk.reset()
    yield
  }
  chunk.reset()
  memory.free(cursor)
}
