// window(a + b) = window(a) + window(b): a row gets the windows its event time lies in, from that row alone.
// Windows are [start, end), start = offset + k * slide for every integer k, before 1970 too. A row without event time
// lies in no window: it goes to port 1, where late rows go, with the reason.
import { fail } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Column,
  columnBytes,
  gatherColumn,
  Kind,
  nullColumn,
  type Ptr,
  utf8,
  type Workspace,
  withColumns,
  withSelection,
} from '../data/index.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { type Emit, type Operator, type OperatorContext, stateless, toEnd } from './operator.ts'

/**
 * Microseconds. tumbling: side by side. sliding: a window begins every `slide`. cumulating: windows begin every `size`, and
 * end `step`, 2 * `step` … `size` later. own: what each row says, its time within. session: of each row its own, so long, or until then; the aggregation merges those
 * that touch. global: all of time, which has no bounds (null).
 */
export type WindowForm =
  | { readonly kind: 'tumbling'; readonly size: bigint; readonly offset: bigint }
  | { readonly kind: 'sliding'; readonly size: bigint; readonly slide: bigint; readonly offset: bigint }
  | { readonly kind: 'cumulating'; readonly size: bigint; readonly step: bigint; readonly offset: bigint }
  | { readonly kind: 'session'; readonly until: bigint | ColumnSource }
  | { readonly kind: 'own'; readonly start: ColumnSource; readonly end: ColumnSource }
  | { readonly kind: 'global' }

export interface WindowSpec {
  readonly form: WindowForm
  /** The event time: number of a timestamp column. */
  readonly time: number
  /** Microseconds from that column to the event time (a window's result: -1 from its end). */
  readonly shift?: bigint
  /** Numbers of the input's columns that are passed on; all if missing. */
  readonly kept?: readonly number[] | undefined
}

export const NULL_EVENT_TIME = 'null event time'

/**
 * Port 0: the kept columns, window start, window end; a row per window it lies in.
 * Port 1: rows whose event time is null: the kept columns, reason, lateness (null), watermark (null).
 */
export function window(spec: WindowSpec, context: OperatorContext): Operator {
  const { form } = spec
  const chunk = context.memory.arena()
  const backlog = new Backlog(context, (_port, delta, work, emit) => steps(spec, delta, work, chunk, emit))
  return {
    ...stateless,
    name: 'window',
    outputs: 2,
    step(port, delta, emit) {
      if (backlog.isBusy || backlog.isLarge(delta.count * windowsOfRow(form))) backlog.put(port, delta)
      else toEnd(steps(spec, delta, context, chunk, emit))
    },
    ...puttingOff(backlog),
    close() {
      if (form.kind === 'session' && typeof form.until !== 'bigint') closeSources([form.until])
      if (form.kind === 'own') closeSources([form.start, form.end])
      for (const each of [chunk, backlog]) each.free()
    },
  }
}

/** How many windows a row lies in, at most. */
function windowsOfRow(form: WindowForm): number {
  if (form.kind === 'sliding') return Number(form.size / form.slide) + 1
  return form.kind === 'cumulating' ? Number(form.size / form.step) + 1 : 1
}

function* steps(spec: WindowSpec, delta: Batch, work: Workspace, chunk: Arena, emit: Emit): Generator<void> {
  const { arena } = work
  const { form, kept } = spec
  if (form.kind === 'global') {
    const bound = nullColumn(Kind.I64, delta.rows, arena)
    emit(0, withColumns(delta, [...delta.columns, bound, bound]))
    return
  }
  const time = delta.columns[spec.time] as Column
  const columns = kept?.map(i => delta.columns[i] as Column)
  const timed = emitUntimed(time, columns === undefined ? delta : withColumns(delta, columns), arena, emit)
  if (timed.count === 0) return
  const times = shifted(time, spec.shift ?? 0n, timed, arena)
  if (form.kind === 'tumbling') tumbling(form, times, timed, arena, emit)
  else if (form.kind === 'session') session(form, times, untilsOf(form, delta, work), timed, arena, emit)
  else if (form.kind === 'own') own(form, times, delta, timed, work, emit)
  else yield* repeating(form, times, timed, arena, chunk, emit)
}

/** Where the event times are: the column, or a copy of it moved by `shift`. */
export function shifted(time: Column, shift: bigint, delta: Batch, arena: Arena): Ptr {
  if (shift === 0n) return time.values
  const moved = i64Column(delta.rows, arena).values
  const bad = arena.memory.kernels.windowShift(delta.count, delta.sel, time.values, shift, moved)
  if (bad >= 0) beyond(time.values, delta, bad, arena)
  return moved
}

/** Send the rows without event time to port 1; the others are returned. */
export function emitUntimed(time: Column, delta: Batch, arena: Arena, emit: Emit): Batch {
  if (time.validity === 0) return delta
  const timed = narrow(delta, time.validity, true, arena)
  if (timed.count === delta.count) return delta
  const untimed = narrow(delta, time.validity, false, arena)
  const { rows } = delta
  const reason = constantText(NULL_EVENT_TIME, rows, arena)
  emit(1, {
    ...untimed,
    columns: [...delta.columns, reason, nullColumn(Kind.I64, rows, arena), nullColumn(Kind.I64, rows, arena)],
  })
  return timed
}

function narrow(delta: Batch, bits: Ptr, want: boolean, arena: Arena): Batch {
  const sel = arena.alloc(delta.count * 4)
  const count = arena.memory.kernels.selectEqual(delta.count, delta.sel, bits, want ? 1 : 0, sel) >>> 0
  return withSelection(delta, sel, count)
}

/** A column that says the same short text (at most 12 bytes inline, else shared) in every row. */
function constantText(text: string, rows: number, arena: Arena): Column {
  const bytes = utf8(text)
  const at = arena.put(bytes)
  const values = arena.alloc(columnBytes(Kind.VIEW, rows))
  const { u8, u32 } = arena.memory
  for (let row = 0; row < rows; row++) {
    const view = values + row * 16
    u32[view >>> 2] = bytes.length
    u8.set(bytes.subarray(0, 4), view + 4)
    u32[(view >>> 2) + 3] = at
  }
  return { kind: Kind.VIEW, values, validity: 0 }
}

/** One window a row: the columns stay where they are. */
function tumbling(
  { size, offset }: Extract<WindowForm, { readonly kind: 'tumbling' }>,
  times: Ptr,
  delta: Batch,
  arena: Arena,
  emit: Emit,
): void {
  const [start, end] = [i64Column(delta.rows, arena), i64Column(delta.rows, arena)]
  const { kernels } = arena.memory
  const bad = kernels.windowTumbling(delta.count, delta.sel, times, size, offset, start.values, end.values)
  if (bad >= 0) beyond(times, delta, bad, arena)
  emit(0, { ...delta, columns: [...delta.columns, start, end] })
}

function untilsOf({ until }: Session, delta: Batch, work: Workspace): Column | undefined {
  return typeof until === 'bigint' ? undefined : columnFrom(until, delta, work)
}

/** A window of its own for each row. */
function session(
  { until }: Session,
  times: Ptr,
  untils: Column | undefined,
  delta: Batch,
  arena: Arena,
  emit: Emit,
): void {
  const { kernels } = arena.memory
  const [start, end] = [i64Column(delta.rows, arena), i64Column(delta.rows, arena)]
  const lacking = untils === undefined || untils.validity === 0 ? 0 : firstNull(untils.validity, delta, arena)
  if (lacking > 0) gapless('null', delta, lacking - 1)
  const gap = typeof until === 'bigint' ? until : 0n
  const ends = untils?.values ?? 0
  const bad = kernels.windowSession(delta.count, delta.sel, times, gap, ends, start.values, end.values)
  if (bad >= 0) gapless('not after its time', delta, bad)
  emit(0, { ...delta, columns: [...delta.columns, start, end] })
}

/** The window that each row says. @param whole the delta with the columns that say it, `delta` what is passed on of it */
function own(
  { start, end }: Extract<WindowForm, { readonly kind: 'own' }>,
  times: Ptr,
  whole: Batch,
  delta: Batch,
  work: Workspace,
  emit: Emit,
): void {
  const { arena } = work
  const asked = { ...whole, sel: delta.sel, count: delta.count }
  const [from, to] = [start, end].map(each => columnFrom(each, asked, work)) as [Column, Column]
  for (const { validity } of [from, to]) {
    const lacking = validity === 0 ? 0 : firstNull(validity, delta, arena)
    if (lacking > 0) badBound('null', delta, lacking - 1)
  }
  expectAround(times, from.values, to.values, delta, arena)
  const bounds = [from, to].map(each => ({ ...each, validity: 0 }))
  emit(0, { ...delta, columns: [...delta.columns, ...bounds] })
}

function expectAround(times: Ptr, starts: Ptr, ends: Ptr, delta: Batch, arena: Arena): void {
  const { i64, u32 } = arena.memory
  const [time, start, end] = [times >>> 3, starts >>> 3, ends >>> 3]
  for (let i = 0; i < delta.count; i++) {
    const row = delta.sel === 0 ? i : (u32[(delta.sel >>> 2) + i] as number)
    const at = i64[time + row] as bigint
    if ((i64[start + row] as bigint) > at || (i64[end + row] as bigint) <= at)
      badBound('not around its time', delta, row)
  }
}

function badBound(value: string, { origin }: Batch, row: number): never {
  const params = { value, column: 'of its window', type: 'timestamp', reason: 'a row lies in the window that it says' }
  return fail('BAD_VALUE', params, origin === undefined ? {} : { position: origin.position(row) })
}

/** 1 + the number of the first row without a value; 0: all have one. */
function firstNull(validity: Ptr, delta: Batch, arena: Arena): number {
  const lacking = narrow(delta, validity, false, arena)
  return lacking.count === 0 ? 0 : 1 + (arena.memory.u32[lacking.sel >>> 2] as number)
}

function gapless(value: string, { origin }: Batch, row: number): never {
  const params = {
    value,
    column: 'of the end of its session',
    type: 'timestamp',
    reason: 'a gap is longer than nothing',
  }
  return fail('BAD_VALUE', params, origin === undefined ? {} : { position: origin.position(row) })
}

function i64Column(rows: number, arena: Arena): Column {
  return { kind: Kind.I64, values: arena.alloc(columnBytes(Kind.I64, rows)), validity: 0 }
}

type Session = Extract<WindowForm, { readonly kind: 'session' }>
type Repeating = Extract<WindowForm, { readonly kind: 'sliding' | 'cumulating' }>

/** Rows are repeated, one for each window; a batch of them at a time lies in `chunk`. */
function* repeating(
  form: Repeating,
  times: Ptr,
  delta: Batch,
  arena: Arena,
  chunk: Arena,
  emit: Emit,
): Generator<void> {
  const { kernels } = arena.memory
  const { count, sel } = delta
  const { size, offset } = form
  const cursor = arena.zeroed(16)
  const rows = arena.alloc(BATCH_ROWS * 4)
  const [fill, step] =
    form.kind === 'sliding' ? [kernels.windowSliding, form.slide] : [kernels.windowCumulating, form.step]
  for (;;) {
    const [start, end] = [i64Column(BATCH_ROWS, chunk), i64Column(BATCH_ROWS, chunk)]
    const made = fill(cursor, count, sel, times, size, step, offset, BATCH_ROWS, rows, start.values, end.values)
    if (made < 0) beyond(times, delta, -1 - made, arena)
    if (made > 0) emit(0, repeated(delta, rows, made, [start, end], chunk))
    chunk.reset()
    if (made < BATCH_ROWS) return
    yield
  }
}

/** Rows of a batch by number (ascending, perhaps repeated), and more columns. */
export function repeated(delta: Batch, rows: Ptr, count: number, more: readonly Column[], arena: Arena): Batch {
  const columns = delta.columns.map(column => gatherColumn(column, rows, count, arena))
  const weight = { kind: Kind.I64, values: delta.weights, validity: 0 }
  const weights = delta.weights === 0 ? 0 : gatherColumn(weight, rows, count, arena).values
  const numbers = arena.memory.u32.slice(rows >>> 2, (rows >>> 2) + count)
  const { origin } = delta
  const repeatedOrigin = origin && { position: (row: number) => origin.position(numbers[row] as number) }
  return { columns: [...columns, ...more], rows: count, sel: 0, count, weights, origin: repeatedOrigin }
}

function beyond(times: Ptr, delta: Batch, row: number, arena: Arena): never {
  const value = `${arena.memory.i64[(times >>> 3) + row]} µs`
  const params = { value, column: 'of event time', type: 'timestamp', reason: 'its window is beyond 64 bits' }
  const { origin } = delta
  return fail('BAD_VALUE', params, origin === undefined ? {} : { position: origin.position(row) })
}
