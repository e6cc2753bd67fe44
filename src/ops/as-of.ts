// asOf(L, R): each row of the left with the version of the right that is valid at its event time: of the rows with equal keys
// the last up to it (backward), the first from it on (forward), or the nearest, at most `tolerance` away. A row of the left
// waits until the right's watermark says that no better version can come; so a result is never taken back, and does not
// depend on which side came first. Ties: of versions of one time the greatest row backward, the least forward; of two that are
// as near the earlier one. NULL keys and rows without event time meet nothing.
//
// A version goes when no row of the left, waiting or to come, can ask for it. So a row older than its own side's watermark is
// late: it goes to a port of its own.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  encodeKeys,
  gatherColumn,
  type Kind,
  keyOf,
  NOTHING,
  nullColumn,
  type Packed,
  type Ptr,
  Tree,
  withSelection,
} from '../data/index.ts'
import { BEHIND, splitLate } from './aggregates/late.ts'
import { withoutNulls } from './arrangement.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { sizeOf } from './entries.ts'
import {
  type Emit,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import { type OrderedRows, orderedRows } from './ordered-rows.ts'

export type AsOfDirection = 'backward' | 'forward' | 'nearest'

export interface AsOfSide {
  /** Equal pairwise; of the same kinds on both sides (the planner casts). */
  readonly keys: readonly ColumnSource[]
  /** The event time: number of a timestamp column. */
  readonly time: number
  readonly kinds: readonly Kind[]
}

export interface AsOfSpec {
  /** left: rows without a version too, with nulls. */
  readonly type: 'inner' | 'left'
  readonly direction: AsOfDirection
  readonly left: AsOfSide
  readonly right: AsOfSide
  /** microseconds; undefined: any distance */
  readonly tolerance: bigint | undefined
}

const LEFT = 0
const RIGHT = 1
type Port = typeof LEFT | typeof RIGHT

interface State {
  readonly spec: AsOfSpec
  readonly context: OperatorContext
  /** Rows of the left that wait, by time. */
  readonly waiting: Tree
  readonly waitingRows: OrderedRows
  /** Versions by key and time; the payload is the length of the key. */
  readonly versions: Tree
  readonly versionRows: OrderedRows
  readonly watermarks: [bigint, bigint]
  readonly chunk: Arena
  /** Versions that were left by the last look for outdated ones. */
  kept: number
}

/** Ports: 0 left, 1 right. Output 0: the left columns, then the right ones. Outputs 1, 2: late rows of left and right. */
export function asOf(spec: AsOfSpec, context: OperatorContext): Operator {
  const { memory } = context
  const durable = context.durable !== false
  const by = (column: ColumnSource) => ({ by: column, order: ASCENDING })
  const state: State = {
    spec,
    context,
    waiting: new Tree(memory, durable),
    waitingRows: orderedRows([by(spec.left.time)], spec.left.kinds),
    versions: new Tree(memory, durable),
    versionRows: orderedRows([...spec.right.keys.map(by), by(spec.right.time)], spec.right.kinds),
    watermarks: [WATERMARK_MIN, WATERMARK_MIN],
    chunk: memory.arena(),
    kept: 0,
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
    watermark: ([left, right]) => least(left as bigint, decidedBy(spec, right as bigint)),
    ...saving(function* (writer, full) {
      yield* waiting.saving(block => writer.put('left', block), full)
      yield* versions.saving(block => writer.put('right', block), full)
    }),
    load: (store, block) => (store === 'left' ? waiting : versions).load(block),
    size: () => sizeOf(waiting, versions),
    close() {
      for (const each of [waiting, versions, state.chunk]) each.free()
      for (const each of [state.waitingRows, state.versionRows]) each.close()
      closeSources(spec.left.keys)
    },
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

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
  if (port === LEFT) wait(state, inTime, time, emit)
  else keepVersions(state, inTime, time)
}

/** Rows without event time have no version at once; the others wait for the right. */
function wait(state: State, delta: Batch, time: Column, emit: Emit): void {
  const { spec, context, waiting, waitingRows } = state
  const timed = withoutNulls(delta, [time], context.arena)
  if (timed.count < delta.count && spec.type === 'left') emitUntimed(state, delta, time, emit)
  if (timed.count > 0) waiting.addAll(waitingRows.encode(timed, context), undefined, timed, timed.weights)
}

function emitUntimed({ spec, context: { arena } }: State, delta: Batch, time: Column, emit: Emit): void {
  const sel = arena.alloc(delta.count * 4)
  const count = arena.memory.kernels.selectEqual(delta.count, delta.sel, time.validity, 0, sel) >>> 0
  const missing = spec.right.kinds.map(kind => nullColumn(kind, delta.rows, arena))
  emit(0, { ...withSelection(delta, sel, count), columns: [...delta.columns, ...missing] })
}

function keepVersions({ spec, context, versions, versionRows }: State, delta: Batch, time: Column): void {
  const { arena } = context
  const keys = spec.right.keys.map(key => columnFrom(key, delta, context))
  const rows = withoutNulls(delta, [...keys, time], arena)
  if (rows.count === 0) return
  const packed = versionRows.encode(rows, context)
  const { offsets } = packKeys(rows, keys, arena)
  const lengths = arena.alloc((rows.count + 1) * 4)
  arena.use()
  const blob = arena.memory.kernels.packLengths(rows.count, offsets, lengths) >>> 0
  versions.addAll(packed, { blob, offsets: lengths, count: rows.count }, rows, rows.weights)
}

const packKeys = (rows: Batch, keys: readonly Column[], arena: Arena): Packed =>
  encodeKeys(
    rows,
    keys,
    keys.map(() => ASCENDING),
    arena,
  )

/** Emit the rows of the left whose version is known, in the order of their times. */
function settle(state: State, emit: Emit): void {
  const { spec, waiting, watermarks, chunk } = state
  const { memory } = waiting
  const decided = decidedBy(spec, watermarks[RIGHT])
  if (decided === WATERMARK_MIN) return
  while (true) {
    const entries = chunk.alloc(BATCH_ROWS * 4)
    const count = waiting.scan(NOTHING, false, BATCH_ROWS, entries)
    const due = count === 0 ? 0 : beforeInstant(state, entries, count, decided)
    if (due > 0) emitWithVersions(state, entries, due, emit)
    for (let i = 0; i < due; i++) waiting.put(keyOf(memory.u32[(entries >>> 2) + i] as number, memory), NOTHING, 0n)
    chunk.reset()
    if (due < BATCH_ROWS) return
  }
}

/** How many of the entries, which are in the order of time, lie before an instant; at its end all do. */
function beforeInstant({ waitingRows, spec, chunk }: State, entries: Ptr, count: number, instant: bigint): number {
  if (instant === WATERMARK_MAX) return count
  const { values } = waitingRows.decode(entries, count, chunk)[spec.left.time] as Column
  const times = chunk.memory.i64.subarray(values >>> 3, (values >>> 3) + count)
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as bigint) < instant) low = middle + 1
    else high = middle
  }
  return low
}

function emitWithVersions(state: State, entries: Ptr, count: number, emit: Emit): void {
  const { spec, waitingRows, chunk, context } = state
  const { kernels } = chunk.memory
  const left = waitingRows.decode(entries, count, chunk)
  const weights = chunk.alloc(count * 8)
  kernels.entryWeights(count, entries, weights)
  const rows: Batch = { columns: left, rows: count, sel: 0, count, weights }
  const found = chunk.zeroed(count * 4)
  const work = { memory: context.memory, arena: chunk }
  const keys = spec.left.keys.map(key => columnFrom(key, rows, work))
  const known = withoutNulls(rows, keys, chunk)
  if (known.count > 0) spread(known, nearest(state, known, keys), found, chunk)
  const right = versionsAt(state, found, count)
  const all: Batch = { ...rows, columns: [...left, ...right.columns] }
  if (spec.type === 'left') emit(0, all)
  else if (right.count > 0) emit(0, withSelection(all, right.sel, right.count))
}

/** Put what was found for selected rows at the places of all. */
function spread({ sel, count }: Batch, entries: Ptr, out: Ptr, { memory }: Arena): void {
  for (let i = 0; i < count; i++) {
    const row = sel === 0 ? i : (memory.u32[(sel >>> 2) + i] as number)
    memory.u32[(out >>> 2) + row] = memory.u32[(entries >>> 2) + i] as number
  }
}

/** The version of each row, as addresses of entries. */
function nearest(state: State, rows: Batch, keys: readonly Column[]): Ptr {
  const { spec, chunk } = state
  const time = rows.columns[spec.left.time] as Column
  const prefixes = packKeys(rows, keys, chunk)
  const probes = packKeys(rows, [...keys, time], chunk)
  const look = (after: boolean): Ptr => near(state, rows, keys, probes, prefixes, after)
  if (spec.direction !== 'nearest') return look(spec.direction === 'forward')
  const [before, after, out] = [look(false), look(true), chunk.alloc(rows.count * 4)]
  const { blob, offsets } = probes
  chunk.memory.kernels.treeNearest(rows.count, blob, offsets, prefixes.offsets, before, after, out)
  return out
}

function near(
  { spec, versions, chunk }: State,
  rows: Batch,
  keys: readonly Column[],
  { blob, offsets }: Packed,
  prefixes: Packed,
  after: boolean,
): Ptr {
  const { tolerance } = spec
  const out = chunk.alloc(rows.count * 4)
  const time = rows.columns[spec.left.time] as Column
  const limit =
    tolerance === undefined
      ? undefined
      : packKeys(rows, [...keys, moved(time, rows.rows, after ? tolerance : -tolerance, chunk)], chunk)
  const { kernels } = chunk.memory
  kernels.treeNear(
    versions.ptr,
    rows.count,
    blob,
    offsets,
    prefixes.offsets,
    limit?.blob ?? 0,
    limit?.offsets ?? 0,
    after ? 1 : 0,
    out,
  )
  return out
}

const [FIRST, LAST] = [-(2n ** 63n), 2n ** 63n - 1n]

/** Times moved by microseconds, not beyond 64 bits. */
function moved({ kind, values }: Column, rows: number, by: bigint, arena: Arena): Column {
  const out = arena.alloc(columnBytes(kind, rows))
  const { i64 } = arena.memory
  for (let i = 0; i < rows; i++) {
    const at = (i64[(values >>> 3) + i] as bigint) + by
    i64[(out >>> 3) + i] = at < FIRST ? FIRST : at > LAST ? LAST : at
  }
  return { kind, values: out, validity: 0 }
}

/** The columns of versions, null where there is none; and the rows that have one. */
function versionsAt(
  { spec, versionRows, chunk }: State,
  found: Ptr,
  count: number,
): { readonly columns: readonly Column[]; readonly sel: Ptr; readonly count: number } {
  const { memory } = chunk
  const [some, at] = [chunk.alloc(count * 4), chunk.zeroed(count * 4)]
  const [sel, bits] = [chunk.alloc(count * 4), chunk.zeroed(bitmapBytes(count))]
  let n = 0
  for (let i = 0; i < count; i++) {
    const entry = memory.u32[(found >>> 2) + i] as number
    if (entry === 0) continue
    memory.u32[(some >>> 2) + n] = entry
    memory.u32[(at >>> 2) + i] = n
    memory.u32[(sel >>> 2) + n] = i
    memory.u8[bits + (i >> 3)] = (memory.u8[bits + (i >> 3)] as number) | (1 << (i & 7))
    n++
  }
  if (n === 0) return { columns: spec.right.kinds.map(kind => nullColumn(kind, count, chunk)), sel, count: 0 }
  const own = versionRows.decode(some, n, chunk)
  const columns = own.map(each => masked(gatherColumn(each, at, count, chunk), bits, count, chunk))
  return { columns, sel, count: n }
}

/** Null where the bits say that there is nothing. */
function masked(column: Column, bits: Ptr, rows: number, arena: Arena): Column {
  if (column.validity === 0) return { ...column, validity: bits }
  const validity = arena.alloc(bitmapBytes(rows))
  const { u8 } = arena.memory
  for (let i = 0; i < bitmapBytes(rows); i++)
    u8[validity + i] = (u8[bits + i] as number) & (u8[column.validity + i] as number)
  return { ...column, validity }
}

/** Versions that may be outdated before they are looked for. */
const SLACK = 4096

/** Drop the versions that no row will ask for; looked for when as many have come as there were. */
function forget(state: State): void {
  const { spec, versions, watermarks, chunk } = state
  if (versions.count <= 2 * state.kept + SLACK) return
  const { tolerance = 0n, direction } = spec
  const oldest = least(watermarks[LEFT], decidedBy(spec, watermarks[RIGHT]))
  if (oldest === WATERMARK_MIN) return
  const isForward = direction === 'forward'
  const bounded = spec.tolerance !== undefined && direction !== 'backward' && !isForward
  const horizon = oldest === WATERMARK_MAX || !bounded ? oldest : oldest - tolerance
  const { memory } = versions
  for (;;) {
    const entries = chunk.alloc(BATCH_ROWS * 4)
    const encoded = BigInt.asUintN(64, horizon) ^ (1n << 63n)
    const all = isForward || bounded || oldest === WATERMARK_MAX
    const count =
      memory.kernels.treeOutdated(versions.ptr, BigInt.asIntN(64, encoded), all ? 1 : 0, BATCH_ROWS, entries) >>> 0
    for (let i = 0; i < count; i++) versions.put(keyOf(memory.u32[(entries >>> 2) + i] as number, memory), NOTHING, 0n)
    chunk.reset()
    if (count < BATCH_ROWS) break
  }
  state.kept = versions.count
}
