// asOf(L, R): each row of the left with the version of the right that is valid at its event time: of the rows with equal keys
// the last up to it (backward), the first from it on (forward), or the nearest, at most `tolerance` away. A row of the left
// waits until the right's watermark says that no better version can come; so a result is never taken back, and does not
// depend on which side came first. Ties: of versions of one time the greatest row backward, the least forward; of two that are
// as near the earlier one. NULL keys and rows without event time meet nothing.
//
// A version goes when no row of the left, waiting or to come, can ask for it. So a row older than its own side's watermark is
// late: it goes to a port of its own.
// Rows of the left that are decided when their epoch ends never go into state.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  type Column,
  compact,
  NOTHING,
  nullColumn,
  Tree,
  withSelection,
} from '../data/index.ts'
import { BEHIND, splitLate } from './aggregates/late.ts'
import { withoutNulls } from './arrangement.ts'
import type { AsOfSpec } from './as-of/spec.ts'
import { Versions } from './as-of/versions.ts'
import { closeSources } from './column-source.ts'
import { sizeOf } from './entries.ts'
import {
  type Emit,
  least,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import { type OrderedRows, orderedRows } from './ordered-rows.ts'

export type { AsOfDirection, AsOfSide, AsOfSpec } from './as-of/spec.ts'

const LEFT = 0
const RIGHT = 1
type Port = typeof LEFT | typeof RIGHT

interface State {
  readonly spec: AsOfSpec
  readonly context: OperatorContext
  /** Rows of the left that came since the last flush. */
  fresh: Batch[]
  readonly held: Arena
  /** Rows of the left that wait, by time. */
  readonly waiting: Tree
  readonly waitingRows: OrderedRows
  readonly versions: Versions
  readonly watermarks: [bigint, bigint]
  readonly chunk: Arena
}

/** Ports: 0 left, 1 right. Output 0: the left columns, then the right ones. Outputs 1, 2: late rows of left and right. */
export function asOf(spec: AsOfSpec, context: OperatorContext): Operator {
  const { memory } = context
  const durable = context.durable !== false
  const state: State = {
    spec,
    context,
    fresh: [],
    held: memory.arena(),
    waiting: new Tree(memory, durable),
    waitingRows: orderedRows([{ by: spec.left.time, order: ASCENDING }], spec.left.kinds),
    versions: new Versions(spec, context),
    watermarks: [WATERMARK_MIN, WATERMARK_MIN],
    chunk: memory.arena(),
  }
  const { waiting, versions } = state
  return {
    ...stateless,
    name: 'as-of',
    outputs: 3,
    late: [1, 2],
    stores: durable ? ['left', 'right'] : [],
    step: (port, delta, emit) => step(state, port as Port, delta, emit),
    advance: (port, watermark) => {
      state.watermarks[port as Port] = watermark
    },
    flush: (emit, isEnd) => {
      settle(state, emit)
      if (isEnd !== false) forget(state)
    },
    watermark: ([left, right]) => least([left as bigint, decidedBy(spec, right as bigint)]),
    ...saving(function* (writer, full) {
      yield* waiting.saving(block => writer.put('left', block), full)
      yield* versions.tree.saving(block => writer.put('right', block), full)
    }),
    load: (store, block) => (store === 'left' ? waiting : versions.tree).load(block),
    size: () => sizeOf(waiting, versions.tree),
    close() {
      for (const each of [waiting, versions, state.held, state.chunk]) each.free()
      state.waitingRows.close()
      closeSources(spec.left.keys)
    },
  }
}

/** Rows of the left before this instant have their version: none that is better can come. */
function decidedBy({ direction, tolerance }: AsOfSpec, right: bigint): bigint {
  if (direction === 'backward' || right === WATERMARK_MIN || right === WATERMARK_MAX) return right
  return tolerance === undefined ? WATERMARK_MIN : right - tolerance
}

function step(state: State, port: Port, delta: Batch, emit: Emit): void {
  const { spec, context } = state
  const side = port === LEFT ? spec.left : spec.right
  const time = delta.columns[side.time] as Column
  const reached = state.watermarks[port]
  const inTime =
    reached === WATERMARK_MIN
      ? delta
      : splitLate(delta, time, 1n, reached, context.arena, late => emit(port + 1, late), BEHIND)
  if (inTime.count === 0) return
  if (port === LEFT) hold(state, inTime, time, emit)
  else state.versions.add(inTime)
}

/** Rows without event time have no version at once; the others are looked at when the epoch ends. */
function hold({ spec, context, fresh, held }: State, delta: Batch, time: Column, emit: Emit): void {
  const timed = withoutNulls(delta, [time], context.arena)
  if (timed.count < delta.count && spec.type === 'left') emitUntimed(spec, delta, time, context.arena, emit)
  if (timed.count > 0) fresh.push({ ...compact(timed, held, true), origin: undefined })
}

function emitUntimed(spec: AsOfSpec, delta: Batch, time: Column, arena: Arena, emit: Emit): void {
  const sel = arena.alloc(delta.count * 4)
  const count = arena.memory.kernels.selectEqual(delta.count, delta.sel, time.validity, 0, sel) >>> 0
  const missing = spec.right.kinds.map(kind => nullColumn(kind, delta.rows, arena))
  emit(0, { ...withSelection(delta, sel, count), columns: [...delta.columns, ...missing] })
}

/** Emit the rows of the left whose version is known: those that waited in the order of their times, then those that came. */
function settle(state: State, emit: Emit): void {
  const { spec, watermarks, held } = state
  const decided = decidedBy(spec, watermarks[RIGHT])
  if (decided !== WATERMARK_MIN) while (release(state, decided, emit));
  for (const rows of state.fresh) judge(state, rows, decided, emit)
  state.fresh = []
  held.reset()
}

/** Some of those that wait; whether there may be more. */
function release(state: State, decided: bigint, emit: Emit): boolean {
  const { waiting, waitingRows, chunk } = state
  const entries = chunk.alloc(BATCH_ROWS * 4)
  const some = waiting.scan(NOTHING, false, BATCH_ROWS, entries)
  if (some === 0) return false
  const columns = waitingRows.decode(entries, some, chunk)
  const weights = chunk.alloc(some * 8)
  chunk.memory.kernels.entryWeights(some, entries, weights)
  const { due } = split(state, { columns, rows: some, sel: 0, count: some, weights }, decided)
  if (due.count > 0) emitWithVersions(state, due, emit)
  // In the order of time: those that are due come first.
  waiting.remove(entries, due.count)
  chunk.reset()
  return due.count === BATCH_ROWS
}

/** Rows that came: those that are decided leave, the others wait. */
function judge(state: State, rows: Batch, decided: bigint, emit: Emit): void {
  const { waiting, waitingRows, chunk, context } = state
  const { due, rest } = split(state, rows, decided)
  if (due.count > 0) emitWithVersions(state, due, emit)
  const packed = waitingRows.encode(rest, { ...context, arena: chunk })
  if (rest.count > 0) waiting.addAll(packed, undefined, rest, rest.weights)
  chunk.reset()
}

/** Rows before an instant, and the others; at its end all are before it. */
function split({ spec, chunk }: State, rows: Batch, instant: bigint): { readonly due: Batch; readonly rest: Batch } {
  const none = { ...rows, count: 0 }
  if (instant === WATERMARK_MAX) return { due: rows, rest: none }
  if (instant === WATERMARK_MIN) return { due: none, rest: rows }
  const [kept, before] = [chunk.alloc(rows.count * 4), chunk.alloc(rows.count * 4)]
  const { values } = rows.columns[spec.left.time] as Column
  const count = chunk.memory.kernels.splitLate(rows.count, rows.sel, values, 0, instant - 1n, kept, before) >>> 0
  return { due: { ...rows, sel: before, count: rows.count - count }, rest: { ...rows, sel: kept, count } }
}

function emitWithVersions({ spec, versions, chunk }: State, rows: Batch, emit: Emit): void {
  const right = versions.of(rows, chunk)
  const all: Batch = { ...rows, columns: [...rows.columns, ...right.columns] }
  if (spec.type === 'left') emit(0, all)
  else if (right.count > 0) emit(0, withSelection(all, right.sel, right.count))
}

/** Drop the versions that no row will ask for. */
function forget({ spec, versions, watermarks, chunk }: State): void {
  const oldest = least([watermarks[LEFT], decidedBy(spec, watermarks[RIGHT])])
  if (oldest !== WATERMARK_MIN) versions.forget(oldest, chunk)
}
