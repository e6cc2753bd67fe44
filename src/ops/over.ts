// over(d a): the rows of a table, each with what window functions make of the rows of its group around it. A flush looks
// at the groups that d touched and at no others, and of these only so far as frames reach from what changed: rows as they
// were and as they are are put in order, the functions computed for both, and the rows whose results differ are taken back
// and told anew. Rows that are equal in every column
// are rows of their own; ties of the order are broken by all columns, ascending, nulls last.
import {
  type Arena,
  BATCH_ROWS,
  bitmapBytes,
  type Column,
  gatherColumn,
  type Kind,
  type Memory,
  type Ptr,
} from '../data/index.ts'
import type { Emit, Operator, OperatorContext } from './operator.ts'
import { checkGroupColumns, OrderedGroups } from './ordered-groups.ts'
import { orderedOperator, type Telling } from './ordered-operator.ts'
import type { SortColumn } from './ordered-rows.ts'
import { affectedBy, type Reach, reachOf } from './over/affected.ts'
import { argumentOf, rangeKeyOf } from './over/arguments.ts'
import { type OverFunction, resultOf } from './over/functions.ts'
import { type Listing, listings } from './over/listing.ts'
import { type Result, writeResult } from './over/results.ts'
import { type Sequence, sequenceOf, timesOf } from './over/sequence.ts'

export type { Frame } from './over/frame.ts'
export type { OverFunction } from './over/functions.ts'

export interface OverSpec extends Telling {
  readonly order: readonly SortColumn[]
  /** Kinds of all columns of the input; arguments and range keys are columns of it. */
  readonly kinds: readonly Kind[]
  /** How many of the input's columns, from the first on, are of the output. */
  readonly shown: number
  readonly functions: readonly OverFunction[]
  /** The order key that ranges with offsets are of. */
  readonly rangeKey?: { readonly column: number; readonly descending: boolean } | undefined
}

/** Port 0: the shown columns, then one per function. Port 1: late rows (windowed). */
export function over(spec: OverSpec, context: OperatorContext): Operator {
  checkGroupColumns(spec.per, spec.kinds)
  const { per, order, kinds, window } = spec
  const groups = new OrderedGroups({ per, order, kinds, keeps: 'all', limit: 0, windowEnd: window?.end }, context)
  const operator = orderedOperator('over', spec, groups, context, (fresh, chunk, emit) =>
    tell(spec, groups, fresh, chunk, emit),
  )
  return { ...operator, stores: ['rows'] }
}

function* tell(spec: OverSpec, groups: OrderedGroups, fresh: boolean, chunk: Arena, emit: Emit): Generator<void> {
  const reach = fresh ? undefined : reachOf(spec.functions)
  for (const listing of listings(groups, chunk)) {
    if (fresh) listing.before.fill(0n)
    const part = partOf(spec, listing, reach, chunk.memory)
    const { entries, columns, before, now, marks } = part
    const [old, young] = [
      { entries, weights: before, marks },
      { entries, weights: now, marks },
    ]
    const sides = [sideOf(spec, columns, old, chunk), sideOf(spec, columns, young, chunk)] as const
    yield* tellSlots(spec, columns, slotsOf(before, now, part.told), sides, chunk, emit)
  }
}

/** What of a listing is computed, as if it were all; `told`: whose results may differ (undefined: of all). */
interface Part extends Omit<Listing, 'columns'> {
  readonly columns: readonly Column[]
  readonly told: Uint8Array | undefined
}

function partOf(spec: OverSpec, listing: Listing, reach: Reach | undefined, memory: Memory): Part {
  const affected = reach && affectedBy(reach, { ...listing, key: entry => keyAt(spec, listing, entry, memory) })
  if (affected === undefined) return { ...listing, columns: listing.columns(), told: undefined }
  const { told, needed } = affected
  if (!needed.includes(0)) return { ...listing, columns: listing.columns(), told }
  const which = Uint32Array.from(ones(needed))
  // Where entries are left out, a group begins anew: nothing that is told looks there.
  const marks = Uint8Array.from(which, (e, i) => (listing.marks[e] as number) | (which[i - 1] === e - 1 ? 0 : 1))
  return {
    entries: which.length,
    columns: listing.columns(which),
    before: BigInt64Array.from(which, e => listing.before[e] as bigint),
    now: BigInt64Array.from(which, e => listing.now[e] as bigint),
    marks,
    told: Uint8Array.from(which, e => told[e] as number),
  }
}

function ones(of: Uint8Array): number[] {
  const found: number[] = []
  for (let i = 0; i < of.length; i++) if (of[i] === 1) found.push(i)
  return found
}

/** The key that ranges are of, so that it ascends. */
function keyAt({ rangeKey }: OverSpec, listing: Listing, entry: number, memory: Memory): number | undefined {
  if (rangeKey === undefined) return undefined
  const column = listing.columns([entry])[rangeKey.column] as Column
  const key = rangeKeyOf(column, rangeKey.descending, 1, memory)
  if (key.isNull(0)) return undefined
  return rangeKey.descending ? -Number(key.values[0]) : Number(key.values[0])
}

interface Side {
  readonly sequence: Sequence
  readonly results: readonly Result[]
}

function sideOf(
  spec: OverSpec,
  columns: readonly Column[],
  listed: Parameters<typeof sequenceOf>[0],
  arena: Arena,
): Side {
  const sequence = sequenceOf(listed)
  const { entries } = listed
  const argument = (number: number) => argumentOf(columns[number] as Column, entries, arena.memory)
  const key =
    spec.rangeKey &&
    rangeKeyOf(columns[spec.rangeKey.column] as Column, spec.rangeKey.descending, entries, arena.memory)
  return { sequence, results: spec.functions.map(each => resultOf(each, sequence, argument, key)) }
}

/** Places for rows as they were and as they are: the copies of an entry lie beside each other. */
interface Slots {
  readonly count: number
  readonly entry: Uint32Array
  /** Where in the sequence of then; -1: it was not there. */
  readonly old: Int32Array
  readonly young: Int32Array
}

function slotsOf(before: BigInt64Array, now: BigInt64Array, told: Uint8Array | undefined): Slots {
  const isTold = (e: number): boolean => told === undefined || told[e] === 1
  let count = 0
  for (let e = 0; e < before.length; e++) if (isTold(e)) count += Math.max(timesOf(before, e), timesOf(now, e))
  const [entry, old, young] = [new Uint32Array(count), new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)]
  let [slot, oldRow, youngRow] = [0, 0, 0]
  for (let e = 0; e < before.length; e++) {
    const [was, is] = [timesOf(before, e), timesOf(now, e)]
    if (!isTold(e)) {
      oldRow += was
      youngRow += is
      continue
    }
    for (let copy = 0; copy < Math.max(was, is); copy++, slot++) {
      entry[slot] = e
      if (copy < was) old[slot] = oldRow++
      if (copy < is) young[slot] = youngRow++
    }
  }
  return { count, entry, old, young }
}

function* tellSlots(
  spec: OverSpec,
  columns: readonly Column[],
  slots: Slots,
  sides: readonly [Side, Side],
  arena: Arena,
  emit: Emit,
): Generator<void> {
  const minusOne = arena.alloc(BATCH_ROWS * 8)
  arena.memory.i64.fill(-1n, minusOne >>> 3, (minusOne >>> 3) + BATCH_ROWS)
  for (let from = 0; from < slots.count; from += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, slots.count - from)
    const entries = arena.put(new Uint8Array(slots.entry.slice(from, from + count).buffer))
    const own = (): Column[] => columns.slice(0, spec.shown).map(each => gatherColumn(each, entries, count, arena))
    const page = ({ results }: Side, places: Int32Array): Page => {
      const some = places.subarray(from, from + count)
      return { present: presence(some, arena), columns: results.map(each => writeResult(each, some, columns, arena)) }
    }
    const [old, young] = [page(sides[0], slots.old), page(sides[1], slots.young)]
    const { out, add, gone, come } = differences(old, young, count, arena)
    if (out + add > 0) {
      const shared = own()
      if (out > 0)
        emit(0, { columns: [...shared, ...old.columns], rows: count, sel: gone, count: out, weights: minusOne })
      if (add > 0) emit(0, { columns: [...shared, ...young.columns], rows: count, sel: come, count: add, weights: 0 })
    }
    yield
  }
}

interface Page {
  readonly present: Ptr
  readonly columns: readonly Column[]
}

function presence(places: Int32Array, arena: Arena): Ptr {
  const bits = arena.zeroed(bitmapBytes(places.length))
  const { u8 } = arena.memory
  for (let i = 0; i < places.length; i++)
    if ((places[i] as number) >= 0) u8[bits + (i >>> 3)] = (u8[bits + (i >>> 3)] as number) | (1 << (i & 7))
  return bits
}

function differences(old: Page, young: Page, count: number, arena: Arena) {
  const { kernels } = arena.memory
  const changed = arena.zeroed(count)
  for (const [i, { kind, values, validity }] of old.columns.entries()) {
    const now = young.columns[i] as Column
    kernels.changeColumn(count, kind, values, validity, now.values, now.validity, changed)
  }
  const [gone, come] = [arena.alloc(count * 4), arena.alloc(count * 4)]
  const counts = kernels.changeRows(count, old.present, young.present, changed, gone, come)
  return { out: counts >>> 16, add: counts & 0xffff, gone, come }
}
