// overTime(a + b), over an input that only grows and is ordered by event time: each row once, with what window functions make
// of its group, when the watermark has passed the row and `ahead` rows behind it, or the input has ended; append-only.
// Law: the rows that were told are those of `over` of all rows, without those that may still have other results: the order
// in which rows came, and how they were cut, changes nothing. Rows behind the watermark known before the epoch are late.
//
//   waiting   rows that the watermark has not passed, by time
//   rows      per group those that frames still need (over/keeping.ts), the last that was told with what it carries
import { type Arena, BATCH_ROWS, type Batch, type Column, gatherColumn, Kind, nullColumn, Tree } from '../data/index.ts'
import { scalars } from '../types/index.ts'
import { sizeOf } from './entries.ts'
import { type EventColumn, inTime } from './in-time.ts'
import {
  type Emit,
  flushing,
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
  readonly stores = ['waiting', 'rows']
  readonly seal = stateless.seal
  readonly watermark = stateless.watermark
  readonly flush: Operator['flush']
  readonly save: Operator['save']
  readonly saveSlices: NonNullable<Operator['saveSlices']>
  readonly #spec: OverTimeSpec
  readonly #context: OperatorContext
  readonly #rows: OrderedRows
  readonly #waiting: Tree
  readonly #groups: OrderedGroups
  /** Of the groups' rows: the input's, the constant by which all groups are found at the end, what is carried. */
  readonly #kinds: readonly Kind[]
  readonly #chunk: Arena
  #watermark = WATERMARK_MIN

  constructor(spec: OverTimeSpec, context: OperatorContext) {
    const { memory } = context
    const { per, order, kinds, functions, time } = spec
    this.#spec = spec
    this.#context = context
    this.#rows = orderedRows([{ by: time.column, order: ASCENDING }], kinds)
    this.#waiting = new Tree(memory, context.durable !== false)
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

  *flushSlices(emit: Emit): Generator<void> {
    const { time, ahead } = this.#spec
    const isEnd = this.#watermark === WATERMARK_MAX
    if (this.#watermark === WATERMARK_MIN) return
    const passed = isEnd ? WATERMARK_MAX : this.#watermark - time.shift
    while (this.#release(passed, isEnd)) yield
    yield* this.#tell(passed, false, emit)
    this.#groups.settle()
    if (!isEnd || ahead === 0) return
    for (let groups = -1; groups !== 0; ) {
      groups = this.#groups.touchClosing(0n)
      if (groups > 0) yield* this.#tell(passed, true, emit)
      this.#groups.drop(groups)
    }
  }

  /** Some of the rows that the watermark has passed go from those that wait to their groups; whether there may be more. */
  #release(passed: bigint, isEnd: boolean): boolean {
    const chunk = this.#chunk
    const { memory } = chunk
    const entries = chunk.alloc(BATCH_ROWS * 4)
    const some = this.#waiting.scan({ ptr: 0, length: 0 }, false, BATCH_ROWS, entries)
    if (some === 0) return false
    const columns = this.#rows.decode(entries, some, chunk)
    const times = (columns[this.#spec.time.column] as Column).values >>> 3
    let count = some
    if (!isEnd) for (count = 0; count < some && (memory.i64[times + count] as bigint) < passed; ) count++
    if (count > 0) {
      const weights = chunk.alloc(count * 8)
      memory.kernels.entryWeights(count, entries, weights)
      const carried = this.#kinds.slice(columns.length + 1).map(kind => nullColumn(kind, some, chunk))
      const rows = { columns: [...columns, zeros(some, chunk), ...carried], rows: some, sel: 0, count, weights }
      this.#groups.add(rows, { ...this.#context, arena: chunk })
      this.#waiting.remove(entries, count)
    }
    chunk.reset()
    return count === BATCH_ROWS
  }

  /** What the touched groups have to tell. @param isLast they end here */
  *#tell(passed: bigint, isLast: boolean, emit: Emit): Generator<void> {
    const { ahead, shown } = this.#spec
    const chunk = this.#chunk
    for (const listing of listings(this.#groups, chunk)) {
      const telling = new Telling({ ...this.#spec, ahead, passed, isLast }, listing, chunk)
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
      if (this.#watermark !== WATERMARK_MAX || (ahead > 0 && !isLast))
        for (const delta of telling.kept(this.#kinds)) this.#groups.add(delta, { ...this.#context, arena: chunk })
    }
  }

  *#saving(writer: Parameters<Operator['save']>[0], full: boolean): Generator<void> {
    yield* this.#waiting.saving(block => writer.put('waiting', block), full)
    yield* this.#groups.saving(block => writer.put('rows', block), full)
  }

  load(store: string, block: Uint8Array): void {
    if (store === 'waiting') this.#waiting.load(block)
    else this.#groups.load(block, this.#context)
  }

  size() {
    const [waiting, groups] = [sizeOf(this.#waiting), this.#groups.size()]
    return { rows: waiting.rows + groups.rows, bytes: waiting.bytes + groups.bytes, unmatchedDeletes: 0 }
  }

  close(): void {
    this.#waiting.free()
    this.#groups.free()
    this.#chunk.free()
  }
}

const zeros = (rows: number, arena: Arena): Column => ({ kind: Kind.I64, values: arena.zeroed(rows * 8), validity: 0 })
