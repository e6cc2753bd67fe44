// fill(d a): the rows of a table, and between the rows of each group, in order of time, a row for every bucket of time
// that has none. A made row depends on the two rows around its gap and on nothing else, so a flush takes back the gaps
// of the touched groups that are gone and tells those that are new. Rows without a time pass, and lie in no gap.
import { fail } from '../base/index.ts'
import { type Arena, BATCH_ROWS, type Column, EXACT, type Kind, withColumns } from '../data/index.ts'
import { type FillColumn, fillColumns, type Slots } from './fill/columns.ts'
import type { Emit, Operator, OperatorContext } from './operator.ts'
import { checkGroupColumns, type GroupColumn, OrderedGroups } from './ordered-groups.ts'
import { orderedOperator } from './ordered-operator.ts'
import { type Listing, listings } from './over/listing.ts'

export type { FillColumn } from './fill/columns.ts'

export interface FillSpec {
  readonly per: readonly GroupColumn[]
  /** Kinds of all columns of the input. */
  readonly kinds: readonly Kind[]
  /** Number of a timestamp column. */
  readonly time: number
  /** Buckets are [k · every, (k + 1) · every), microseconds; a made row has the beginning of its bucket. */
  readonly every: bigint
  /** Gaps before the first and behind the last row of a group, from the bucket of `from` to the one before `to`'s. */
  readonly from: bigint | undefined
  readonly to: bigint | undefined
  /** What made rows have, one per column of the output: the input's first ones. */
  readonly columns: readonly FillColumn[]
}

/** A gap: the entries around it (-1: none), and its buckets [first, end). */
interface Gap {
  readonly before: number
  readonly after: number
  readonly first: bigint
  readonly end: bigint
}

/** More missing buckets in one gap are a mistake in a time, or in `every`. */
const MOST_BUCKETS = 10_000_000n

export function fill(spec: FillSpec, context: OperatorContext): Operator {
  checkGroupColumns(spec.per, spec.kinds)
  const { per, kinds } = spec
  const order = [{ by: spec.time, order: { ...EXACT, exact: false } }]
  const groups = new OrderedGroups({ per, order, kinds, keeps: 'all', limit: 0 }, context)
  const operator = orderedOperator('fillGaps', { per, emit: 'changes' }, groups, context, (_fresh, chunk, emit) =>
    tell(spec, groups, chunk, emit),
  )
  return {
    ...operator,
    stores: ['rows'],
    step(port, delta, emit) {
      operator.step(port, delta, emit)
      emit(0, withColumns(delta, delta.columns.slice(0, spec.columns.length)))
    },
  }
}

function* tell(spec: FillSpec, groups: OrderedGroups, chunk: Arena, emit: Emit): Generator<void> {
  for (const listing of listings(groups, chunk)) yield* tellGroups(spec, listing, chunk, emit)
}

function* tellGroups(
  spec: FillSpec,
  { entries, before, now, marks, ...listing }: Listing,
  chunk: Arena,
  emit: Emit,
): Generator<void> {
  const { memory } = chunk
  const columns = listing.columns()
  const time = columns[spec.time] as Column
  const times = memory.i64.slice(time.values >>> 3, (time.values >>> 3) + entries)
  const timed = (entry: number): boolean =>
    time.validity === 0 || (((memory.u8[time.validity + (entry >>> 3)] as number) >>> (entry & 7)) & 1) === 1
  const first = (entry: number): boolean => ((marks[entry] as number) & 1) !== 0
  const gaps = (weights: BigInt64Array): Gap[] =>
    gapsOf(spec, times, entry => (weights[entry] as bigint) > 0n && timed(entry), first)
  const [old, young] = [gaps(before), gaps(now)]
  const listed = { columns, times, arena: chunk }
  yield* emitGaps(spec, without(old, young), -1n, listed, emit)
  yield* emitGaps(spec, without(young, old), 1n, listed, emit)
}

/** The gaps of some groups whose entries lie one after another. */
function gapsOf(
  { every, from, to }: FillSpec,
  times: BigInt64Array,
  isThere: (entry: number) => boolean,
  isFirst: (entry: number) => boolean,
): Gap[] {
  const gaps: Gap[] = []
  const bucket = (time: bigint): bigint => time - (((time % every) + every) % every)
  const add = (before: number, after: number, first: bigint, end: bigint): void => {
    if (first >= end) return
    if ((end - first) / every > MOST_BUCKETS) tooWide(end - first, every)
    gaps.push({ before, after, first, end })
  }
  let last = -1
  const close = (): void => {
    if (last >= 0 && to !== undefined) add(last, -1, bucket(times[last] as bigint) + every, bucket(to))
    last = -1
  }
  for (let entry = 0; entry < times.length; entry++) {
    if (isFirst(entry)) close()
    if (!isThere(entry)) continue
    const at = bucket(times[entry] as bigint)
    if (last >= 0) add(last, entry, bucket(times[last] as bigint) + every, at)
    else if (from !== undefined) add(-1, entry, bucket(from), at)
    last = entry
  }
  close()
  return gaps
}

function tooWide(width: bigint, every: bigint): never {
  const reason = `the gap before or behind it has ${width / every} buckets of ${every} µs, more than ${MOST_BUCKETS}`
  return fail('BAD_VALUE', {
    value: `a time ${width} µs away from its neighbour`,
    column: 'of the time',
    type: 'timestamp',
    reason,
  })
}

/** Those of a list that are not in the other. */
function without(gaps: readonly Gap[], others: readonly Gap[]): Gap[] {
  const known = new Set(others.map(({ before, after }) => `${before} ${after}`))
  return gaps.filter(({ before, after }) => !known.has(`${before} ${after}`))
}

interface Listed {
  readonly columns: readonly Column[]
  readonly times: BigInt64Array
  readonly arena: Arena
}

function* emitGaps(
  spec: FillSpec,
  gaps: readonly Gap[],
  weight: bigint,
  { columns, times, arena }: Listed,
  emit: Emit,
): Generator<void> {
  if (gaps.length === 0) return
  const weights = arena.alloc(BATCH_ROWS * 8)
  arena.memory.i64.fill(weight, weights >>> 3, (weights >>> 3) + BATCH_ROWS)
  const own = arena.memory.arena()
  try {
    for (const slots of pages(gaps, spec.every)) {
      const made = fillColumns(spec.columns, slots, columns, times, own)
      emit(0, { columns: made, rows: slots.count, sel: 0, count: slots.count, weights })
      own.reset()
      yield
    }
  } finally {
    own.free()
  }
}

/** The rows of gaps, a batch at a time. */
function* pages(gaps: readonly Gap[], every: bigint): Generator<Slots> {
  const before = new Int32Array(BATCH_ROWS)
  const after = new Int32Array(BATCH_ROWS)
  const times = new BigInt64Array(BATCH_ROWS)
  let count = 0
  for (const gap of gaps)
    for (let at = gap.first; at < gap.end; at += every) {
      before[count] = gap.before
      after[count] = gap.after
      times[count++] = at
      if (count < BATCH_ROWS) continue
      yield { count, before, after, times }
      count = 0
    }
  if (count > 0) yield { count, before, after, times }
}
