// overTime(a + b), over an input that only grows and is ordered by event time: each row once, with what window functions make
// of its group, when the watermark has passed all that its frame can contain (over/passed.ts), or the input has ended;
// append-only.
// Law: the rows that were told are those of `over` of all rows, without those that may still have other results: the order
// in which rows came, and how they were cut, changes nothing. Rows behind the watermark known before the epoch are late.
//
//   waiting   rows that the watermark has not passed, by time
//   rows      per group those that frames still need (over/keeping.ts), the last that was told with what it carries
//   due       when groups are to be looked at though no row comes to them: rows by that time (`Telling.due`)
import { type Arena, BATCH_ROWS, type Batch, type Column, gatherColumn, Kind, nullColumn, Tree } from '../data/index.ts'
import { scalars } from '../types/index.ts'
import { closedBy } from './aggregates/late.ts'
import { sizeOf } from './entries.ts'
import { type EventColumn, inTime } from './in-time.ts'
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
import { checkGroupColumns, OrderedGroups } from './ordered-groups.ts'
import { type OrderedRows, orderedRows } from './ordered-rows.ts'
import { carriedKinds } from './over/carried.ts'
import { listings } from './over/listing.ts'
import { isInTime } from './over/passed.ts'
import { writeResult } from './over/results.ts'
import { Telling } from './over/telling.ts'
import type { OverSpec } from './over.ts'

export interface OverTimeSpec extends Omit<OverSpec, 'emit' | 'window'> {
  /** The event time, which the order begins with, ascending. */
  readonly time: EventColumn
  /** How many rows behind it a row's results depend on (lead, frames that go on behind it). */
  readonly ahead: number
}

const ASCENDING = { descending: false, nulls: 'last' } as const

/** Port 0: the shown columns, then one per function. Port 1: late rows. */
export function overTime(spec: OverTimeSpec, context: OperatorContext): Operator {
  checkGroupColumns(spec.per, spec.kinds)
  return new OverTime(spec, context)
}

class OverTime implements Operator {
  readonly name = 'over'
  readonly outputs = 2
  readonly late = [1]
  readonly stores = ['waiting', 'rows', 'due']
  readonly seal = stateless.seal
  readonly flush: Operator['flush']
  readonly save: Operator['save']
  readonly saveSlices: NonNullable<Operator['saveSlices']>
  readonly #spec: OverTimeSpec
  readonly #context: OperatorContext
  readonly #rows: OrderedRows
  /** Rows of the input and when they are due. */
  readonly #dueRows: OrderedRows
  readonly #waiting: Tree
  readonly #due: Tree
  /** How far frames go on behind the row in time. */
  readonly #behind: bigint
  /** Rows are told when others came, be they ever so late: those that remain are told at the end. */
  readonly #counts: boolean
  readonly #groups: OrderedGroups
  /** Of the groups' rows: the input's, the constant by which all groups are found at the end, what is carried. */
  readonly #kinds: readonly Kind[]
  readonly #chunk: Arena
  readonly #work: OperatorContext
  #watermark = WATERMARK_MIN

  constructor(spec: OverTimeSpec, context: OperatorContext) {
    const { memory } = context
    const { per, order, kinds, functions, time } = spec
    this.#spec = spec
    this.#context = context
    this.#rows = orderedRows([{ by: time.column, order: ASCENDING }], kinds)
    this.#dueRows = orderedRows([{ by: kinds.length, order: ASCENDING }], [...kinds, Kind.I64])
    this.#waiting = new Tree(memory, context.durable !== false)
    this.#due = new Tree(memory, context.durable !== false)
    const frame = functions.flatMap(each => ('frame' in each ? [each.frame] : []))[0]
    this.#behind = isInTime(frame) ? BigInt(frame.to) : 0n
    this.#counts = spec.ahead > 0 || (frame?.mode === 'groups' && Number(frame.to ?? 0) > 0)
    this.#kinds = [...kinds, Kind.I64, Kind.I64, ...functions.flatMap(each => carriedKinds(each, kinds))]
    const end = { by: kinds.length, type: scalars.timestamp, nullable: false }
    const all = {
      per: [...per, end],
      order,
      kinds: this.#kinds,
      keeps: 'all',
      limit: 0,
      windowEnd: per.length,
    } as const
    this.#groups = new OrderedGroups(all, context)
    this.#chunk = memory.arena()
    this.#work = { ...context, arena: this.#chunk }
    const both = saving(this.#saving.bind(this))
    this.flush = flushing(emit => this.flushSlices(emit)).flush
    this.save = both.save
    this.saveSlices = both.saveSlices
  }

  step(_port: number, delta: Batch, emit: Emit): void {
    const rows = inTime(this.#spec.time, delta, this.#watermark, this.#context, emit)
    if (rows.count === 0) return
    this.#waiting.addAll(this.#rows.encode(rows, this.#context), undefined, rows, rows.weights)
  }

  advance(_port: number, to: bigint): void {
    this.#watermark = to
  }

  /** Rows leave when the watermark has passed the end of their frames. */
  watermark(inputs: readonly bigint[]): bigint {
    return closedBy(least(inputs), this.#behind)
  }

  *flushSlices(emit: Emit): Generator<void> {
    const { time } = this.#spec
    const isEnd = this.#watermark === WATERMARK_MAX
    if (this.#watermark === WATERMARK_MIN) return
    const passed = isEnd ? WATERMARK_MAX : this.#watermark - time.shift
    const before = isEnd ? undefined : passed
    while (this.#pass(this.#waiting, this.#rows, time.column, before, rows => this.#groups.add(rows, this.#work))) yield
    const due = this.#spec.kinds.length
    while (this.#pass(this.#due, this.#dueRows, due, before, rows => this.#groups.touch(rows, this.#work))) yield
    yield* this.#tell(passed, false, emit)
    this.#groups.settle()
    if (!isEnd || !this.#counts) return
    for (let groups = -1; groups !== 0; ) {
      groups = this.#groups.touchClosing(0n)
      if (groups > 0) yield* this.#tell(passed, true, emit)
      this.#groups.drop(groups)
    }
  }

  /** Takes some of the rows before a time (undefined: all) out of a tree, as rows of the groups; whether there may be more. */
  #pass(tree: Tree, rows: OrderedRows, time: number, before: bigint | undefined, take: (rows: Batch) => void): boolean {
    const chunk = this.#chunk
    const { memory } = chunk
    const entries = chunk.alloc(BATCH_ROWS * 4)
    const some = tree.scan({ ptr: 0, length: 0 }, false, BATCH_ROWS, entries)
    if (some === 0) return false
    const columns = rows.decode(entries, some, chunk)
    const times = (columns[time] as Column).values >>> 3
    let count = some
    if (before !== undefined) for (count = 0; count < some && (memory.i64[times + count] as bigint) < before; ) count++
    if (count > 0) {
      const weights = chunk.alloc(count * 8)
      memory.kernels.entryWeights(count, entries, weights)
      const own = this.#spec.kinds.length
      const carried = this.#kinds.slice(own + 1).map(kind => nullColumn(kind, some, chunk))
      take({ columns: [...columns.slice(0, own), zeros(some, chunk), ...carried], rows: some, sel: 0, count, weights })
      tree.remove(entries, count)
    }
    chunk.reset()
    return count === BATCH_ROWS
  }

  /** What the touched groups have to tell. @param isLast they end here */
  *#tell(passed: bigint, isLast: boolean, emit: Emit): Generator<void> {
    const { shown } = this.#spec
    const chunk = this.#chunk
    for (const listing of listings(this.#groups, chunk)) {
      const telling = new Telling({ ...this.#spec, passed, isLast }, listing, chunk)
      const { told, entries, results, columns } = telling
      for (let from = 0; from < told.length; from += BATCH_ROWS) {
        const places = told.subarray(from, from + BATCH_ROWS)
        const rows = chunk.put(new Uint8Array(entries.slice(from, from + places.length).buffer))
        const own = columns.slice(0, shown).map(each => gatherColumn(each, rows, places.length, chunk))
        const made = results.map(each => writeResult(each, places, columns, chunk))
        emit(0, { columns: [...own, ...made], rows: places.length, sel: 0, count: places.length, weights: 0 })
        yield
      }
      // At the end nothing is needed any more, but by the rows that wait for others.
      if (this.#watermark === WATERMARK_MAX && (isLast || !this.#counts)) continue
      for (const rows of telling.due())
        this.#due.addAll(this.#dueRows.encode(rows, this.#work), undefined, rows, rows.weights)
      for (const delta of telling.kept(this.#kinds)) this.#groups.add(delta, this.#work)
    }
  }

  *#saving(writer: Parameters<Operator['save']>[0], full: boolean): Generator<void> {
    yield* this.#waiting.saving(block => writer.put('waiting', block), full)
    yield* this.#groups.saving(block => writer.put('rows', block), full)
    yield* this.#due.saving(block => writer.put('due', block), full)
  }

  load(store: string, block: Uint8Array): void {
    if (store === 'rows') this.#groups.load(block, this.#context)
    else (store === 'due' ? this.#due : this.#waiting).load(block)
  }

  size() {
    const parts = [sizeOf(this.#waiting), sizeOf(this.#due), this.#groups.size()]
    const sum = (of: 'rows' | 'bytes') => parts.reduce((total, each) => total + each[of], 0)
    return { rows: sum('rows'), bytes: sum('bytes'), unmatchedDeletes: 0 }
  }

  close(): void {
    this.#waiting.free()
    this.#due.free()
    this.#groups.free()
    this.#chunk.free()
  }
}

const zeros = (rows: number, arena: Arena): Column => ({ kind: Kind.I64, values: arena.zeroed(rows * 8), validity: 0 })
