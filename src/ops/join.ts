// (a + Δa) ⋈ (b + Δb) = a ⋈ b + Δa ⋈ b + a ⋈ Δb + Δa ⋈ Δb: a delta of one side meets what is arranged of the other, then
// is arranged itself, so the last term comes by itself and nothing waits. The weight of a pair is the product of its
// weights; NULL keys meet nothing; keys compare as SQL does (-0 = 0, every NaN is one).
//
// A row has partners while the weights of the rows that meet it sum to more than 0. What rows amount to by themselves (of
// an outer join those without partners, with nulls; of a semi join those with) is settled at the flush: what is wanted of
// a row now, less what was emitted of it. Held, it is emitted once: when no partner can come any more.
//
// A row of the left goes when right's watermark has passed the last time it could meet (time + after), a row of the right
// when left's has (time + before), any row when the other side has ended. Exactly then a row that is older than its own
// side's watermark may have missed partners: it is late, and goes to a port of its own. docs/notes/join.md has the proofs.
//
// A right side that ends can be awaited: rows of the left are put by until then, and are not kept afterwards.
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Column,
  columnBytes,
  type HashedKeys,
  Kind,
  type Ptr,
  type Workspace,
  withSelection,
} from '../data/index.ts'
import { BEHIND, splitLate } from './aggregates/late.ts'
import { withoutNulls } from './arrangement.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { columnFrom } from './column-source.ts'
import { sizeOf } from './entries.ts'
import { emitAlone, emitEntries } from './join-alone.ts'
import { emitPairs, type Meeting } from './join-pairs.ts'
import { closeSpec, isByKey, type JoinSpec, LEFT, RIGHT, Rule, reach, ruleOf, type Side } from './join-spec.ts'
import { hashedKeys, type JoinTable, joinTable } from './join-table.ts'
import {
  type Emit,
  flushing,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  toEnd,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'

export type { JoinBounds, JoinSideSpec, JoinSpec, JoinType } from './join-spec.ts'

const LATE_LEFT = 1
const LATE_RIGHT = 2

/** A side: what is kept of it, and how far its event time has come. */
export interface Half {
  readonly side: Side
  readonly table: JoinTable
  readonly rule: Rule
  watermark: bigint
}

/** Everything a join works with. */
export interface Joining {
  readonly spec: JoinSpec
  readonly context: OperatorContext
  readonly byKey: boolean
  readonly halves: readonly [Half, Half]
  /** For what is emitted in pieces. */
  readonly chunk: Arena
  /** Deltas that make many pairs. */
  readonly backlog: Backlog
}

/**
 * Ports: 0 left, 1 right. Output 0: the left columns, then the right ones (semi and anti: the left columns). Outputs 1 and
 * 2: late rows of the left and of the right, with the reason, by how much, and the watermark.
 */
export function join(spec: JoinSpec, context: OperatorContext): Operator {
  const { memory } = context
  const half = (side: Side): Half => ({
    side,
    table: joinTable((side === LEFT ? spec.left : spec.right).kinds, memory, context.durable !== false),
    rule: ruleOf(spec, side),
    watermark: WATERMARK_MIN,
  })
  const halves = [half(LEFT), half(RIGHT)] as const
  const backlog = new Backlog(context, (port, delta, work, emit) => {
    const half = halves[port as Side]
    return meetAll(on, half, delta, meetingOf(on, half, delta, work), work, emit)
  })
  const on: Joining = { spec, context, byKey: isByKey(spec), halves, chunk: memory.arena(), backlog }
  const tables = halves.map(each => each.table.index)
  return {
    ...stateless,
    name: 'join',
    outputs: 3,
    late: [LATE_LEFT, LATE_RIGHT],
    stores: context.durable === false ? [] : ['left', 'right'],
    step: (port, delta, emit) => step(on, halves[port as Side], delta, emit),
    ...puttingOff(backlog),
    advance: (port, watermark) => {
      halves[port as Side].watermark = watermark
    },
    ...flushing(emit => flushAll(on, emit)),
    watermark: inputs => outputWatermark(spec, inputs),
    ...saving(function* (writer, full) {
      yield* tables[LEFT]?.saving(block => writer.put('left', block), full) ?? []
      yield* tables[RIGHT]?.saving(block => writer.put('right', block), full) ?? []
    }),
    load: (store, block) => halves[store === 'left' ? LEFT : RIGHT].table.index.load(block),
    size: () => sizeOf(...tables),
    close() {
      for (const each of tables) each.free()
      on.chunk.free()
      backlog.free()
      closeSpec(spec)
    },
  }
}

const other = (on: Joining, { side }: Half): Half => on.halves[side === LEFT ? RIGHT : LEFT]
const specOf = ({ spec }: Joining, { side }: Half) => (side === LEFT ? spec.left : spec.right)

function step(on: Joining, half: Half, delta: Batch, emit: Emit): void {
  const { backlog, context } = on
  const timed = inTime(on, half, delta, emit)
  if (timed.count === 0) return
  const meeting = backlog.isBusy ? undefined : meetingOf(on, half, timed, context)
  if (meeting === undefined || backlog.isLarge(pairsIn(on, meeting))) backlog.put(half.side, timed)
  else toEnd(meetAll(on, half, timed, meeting, context, emit))
}

/** The rows of a delta that can meet somebody, and where they will; nothing has happened yet. */
function meetingOf(on: Joining, half: Half, delta: Batch, work: Workspace): Meeting {
  const { arena } = work
  const { keys, time, able } = specOf(on, half)
  const columns = keys.map(key => columnFrom(key, delta, work))
  const times = on.spec.bounds === undefined || time === undefined ? undefined : (delta.columns[time.column] as Column)
  const known = withoutNulls(delta, times === undefined ? columns : [...columns, times], arena)
  const rows = able === undefined || known.count === 0 ? known : able.run(known, work)
  const hashed = hashedKeys(rows, columns, arena)
  const touches = half.rule !== Rule.NONE && !isPutBy(on, half)
  return {
    rows,
    columns,
    keys: hashed,
    groups: isPutBy(on, half) ? 0 : other(on, half).table.index.find(hashed, arena),
    times: times?.values ?? 0,
    shift: time?.shift ?? 0n,
    matches: touches ? arena.zeroed(columnBytes(Kind.I64, rows.rows)) : 0,
  }
}

/** Pairs that are looked at. */
function pairsIn(on: Joining, { rows, groups }: Meeting): number {
  return on.byKey || groups === 0 ? 0 : on.context.memory.kernels.indexPairs(rows.count, groups)
}

/** Rows wait until the right has ended, all of them. */
const isPutBy = (on: Joining, { side }: Half): boolean => on.spec.awaits === true && (side === RIGHT || isAwaiting(on))

const isAwaiting = ({ spec, halves }: Joining): boolean =>
  spec.awaits === true && halves[RIGHT].watermark !== WATERMARK_MAX

/** Rows that are not late; the others leave. */
function inTime(on: Joining, half: Half, delta: Batch, emit: Emit): Batch {
  const { time } = specOf(on, half)
  if (on.spec.bounds === undefined || time === undefined || half.watermark === WATERMARK_MIN) return delta
  const column = delta.columns[time.column] as Column
  const port = half.side === LEFT ? LATE_LEFT : LATE_RIGHT
  // Late is what is less than the watermark: at most one less than it.
  const accept = 1n + time.shift
  return splitLate(delta, column, accept, half.watermark, on.context.arena, late => emit(port, late), BEHIND)
}

/** Rows meet what is arranged of the other side (unless they are put by), and are arranged while there is somebody to come. */
function* meetAll(
  on: Joining,
  half: Half,
  delta: Batch,
  meeting: Meeting,
  work: Workspace,
  emit: Emit,
): Generator<void> {
  const { arena } = work
  const { rows, columns, keys, times, shift, matches } = meeting
  const putBy = isPutBy(on, half)
  if (!putBy) yield* look(on, half, meeting, arena, emit)
  const stored = putBy || rows.count === 0 ? rows : storable(on, half, meeting, arena)
  if (stored.count > 0) {
    const kept = stored === rows ? keys : hashedKeys(stored, columns, arena)
    half.table.add(stored, kept, { times, shift, matches, touches: matches !== 0 }, arena)
  }
  if (!putBy) tell(on, half, keys)
  emitAlone(on, half, delta, meeting, stored, arena, emit)
}

function* look(on: Joining, half: Half, meeting: Meeting, arena: Arena, emit: Emit): Generator<void> {
  const { kernels } = on.context.memory
  const { rows, groups, matches } = meeting
  if (rows.count === 0 || other(on, half).table.index.count === 0) return
  if (!on.byKey) yield* emitPairs(on, half, meeting, arena, emit)
  else if (matches !== 0) kernels.indexSums(rows.count, rows.sel, groups, matches)
}

/** Where the key decides alone, rows of the left are told when the rows of their key come or go. */
function tell(on: Joining, half: Half, { count, blob, offsets, hashes }: HashedKeys): void {
  if (!on.byKey || half.side === LEFT) return
  const [left, right] = on.halves.map(each => each.table.index.ptr) as [Ptr, Ptr]
  on.context.memory.kernels.indexTellGroups(left, right, count, blob, offsets, hashes)
}

/** Nothing more comes of the side that could meet this one's rows. */
function isOver(on: Joining, half: Half): boolean {
  if (on.byKey && half.side === RIGHT) return false
  return other(on, half).watermark === WATERMARK_MAX
}

/** Rows whose partners have all come need not be kept. */
function storable(on: Joining, half: Half, { rows, times, shift }: Meeting, arena: Arena): Batch {
  if (isOver(on, half)) return withSelection(rows, 0, 0)
  const limit = goneBefore(on, half)
  if (times === 0 || limit === undefined) return rows
  const { memory } = on.context
  const [kept, gone] = [arena.alloc(rows.count * 4), arena.alloc(rows.count * 4)]
  const count = memory.kernels.splitLate(rows.count, rows.sel, times, 0, less(limit, 1n + shift), kept, gone)
  return count === rows.count ? rows : withSelection(rows, kept, count)
}

/** Rows of a side that are older than this have met all they can; undefined: not known of any. */
function goneBefore(on: Joining, half: Half): bigint | undefined {
  const { bounds } = on.spec
  const reached = other(on, half).watermark
  return bounds === undefined || reached === WATERMARK_MIN ? undefined : less(reached, reach(bounds, half.side).high)
}

/** Watermarks less a span: the ends stay ends. */
function less(watermark: bigint, span: bigint): bigint {
  if (watermark === WATERMARK_MAX || watermark === WATERMARK_MIN) return watermark
  const moved = watermark - span
  return moved <= WATERMARK_MIN ? WATERMARK_MIN : moved >= WATERMARK_MAX ? WATERMARK_MAX - 1n : moved
}

function* flushAll(on: Joining, emit: Emit): Generator<void> {
  for (const half of on.halves) {
    if (half.rule === Rule.NONE) continue
    const { ptr, memory } = half.table.index
    const settle = (entries: Ptr, weights: Ptr, most: number): number =>
      memory.kernels.indexSettle(ptr, half.rule, most, entries, weights) >>> 0
    yield* emitEntries(on, half, settle, () => false, emit)
  }
  if (isAwaiting(on)) return
  if (on.spec.awaits === true) yield* drain(on, emit)
  for (const half of on.halves) yield* expire(on, half, emit)
}

/** The right side has ended: the rows that were put by meet it. */
function* drain(on: Joining, emit: Emit): Generator<void> {
  const [left] = on.halves
  const { memory } = on.context
  const { index } = left.table
  const arena = memory.arena()
  while (index.count > 0) {
    const [entries, weights] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 8)]
    // Nothing is known of their partners, and nothing was emitted of them: all are taken.
    const count = memory.kernels.indexExpire(index.ptr, 0n, 1, Rule.HELD, BATCH_ROWS, entries, weights) >>> 0
    if (count > 0) {
      const columns = left.table.rows(entries, count, arena)
      const rows = { columns, rows: count, sel: 0, count, weights }
      const work = { memory, arena }
      yield* meetAll(on, left, rows, meetingOf(on, left, rows, work), work, emit)
    }
    arena.reset()
    yield
  }
  arena.free()
}

/** Rows that nothing can meet any more go; those that were held back are emitted. */
function* expire(on: Joining, half: Half, emit: Emit): Generator<void> {
  const { index } = half.table
  const { kernels } = index.memory
  const over = isOver(on, half) || on.halves.every(each => each.watermark === WATERMARK_MAX)
  const limit = goneBefore(on, half)
  if (index.count === 0 || (!over && limit === undefined)) return
  const durable = on.context.durable !== false
  if (over && !durable && half.rule !== Rule.HELD) return
  const take = (entries: Ptr, weights: Ptr, most: number): number =>
    kernels.indexExpire(index.ptr, limit ?? 0n, over ? 1 : 0, half.rule, most, entries, weights) >>> 0
  yield* emitEntries(on, half, take, () => kernels.indexMore(index.ptr) !== 0, emit)
}

/**
 * With the left's event time: a row to come is of a left row that is still to come (not before left's watermark), or of
 * one that is kept (not before right's, less `after`). The other way round likewise. Without bounds old rows meet new ones
 * until the other side has ended.
 */
function outputWatermark({ bounds, time }: JoinSpec, inputs: readonly bigint[]): bigint {
  const side: Side = time === 'right' ? RIGHT : LEFT
  const [own, their] = (side === LEFT ? inputs : [...inputs].reverse()) as [bigint, bigint]
  if (bounds !== undefined) {
    const behind = less(their, reach(bounds, side).high)
    return behind < own ? behind : own
  }
  return their === WATERMARK_MAX ? own : WATERMARK_MIN
}
