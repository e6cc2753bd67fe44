// Panes: what a windowed aggregation tells of its windows, and when. Input: the changes of the aggregation, with the number
// of a group's rows. Law: a pane is the window's result as it is at the end of an epoch in which its trigger fires; of the
// panes of a retracting table all but the latest are taken back, so that they add up to the results told last.
// Time of the clock is the epoch's, as it is logged: told again when the epoch is done again.
// Windows that merge (sessions) hand what they waited for to the window they became; its panes are numbered from 0.
// State: an entry per window that is not over. Keys are ordered by what windows are of, then their ends, then their starts,
// the latest first: so all that a window became of come before it.
import {
  type Arena,
  ASCENDING,
  type Batch,
  type Bytes,
  type Column,
  encodeKeys,
  encodeRows,
  type Kind,
  keyOf,
  type Memory,
  NOTHING,
  type Ptr,
  payloadOf,
  rowNumbers,
  Tree,
  withColumns,
} from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import { type Firing, firing as triggers } from '../time/index.ts'
import { piecesOf } from './entries.ts'
import { twoParts } from './keyed-rows.ts'
import {
  type Emit,
  least,
  type Operator,
  type OperatorContext,
  type StateSize,
  toEnd,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import { Due } from './panes/due.ts'
import { type News, type Pane, PaneBytes } from './panes/pane.ts'
import { about, eachStanding, joined, standing, Told } from './panes/told.ts'

export type Accumulation = 'accumulating' | 'discarding' | 'retracting'

export interface PanesSpec {
  /** Of the input's columns. */
  readonly kinds: readonly Kind[]
  /** Columns of the input: keys without the window, the window's bounds, the number of rows (which is not passed on). */
  readonly keys: readonly number[]
  readonly start: number
  readonly end: number
  readonly rows: number
  /** Windows merge. */
  readonly merges: boolean
  /** Allowed lateness, microseconds: the input's watermark is behind by it. */
  readonly accept: bigint
  readonly firing: Firing
  readonly accumulation: Accumulation
  /** Discarding: the groups of these rows of the input hold nothing any more. */
  readonly forget?: ((groups: Batch) => void) | undefined
}

/** A window that has no result any more: what it waited for waits for the window that it became. */
interface Gone {
  readonly group: Bytes
  readonly pane: Pane
}

const STORE = 'panes'
const LATEST_FIRST = { descending: true, nulls: 'last' } as const

export function panes(spec: PanesSpec, context: OperatorContext): Operator {
  return new Panes(spec, context)
}

class Panes implements Operator {
  readonly name = 'panes'
  readonly outputs = 1
  readonly stores: readonly string[]
  readonly #spec: PanesSpec
  readonly #memory: Memory
  readonly #context: OperatorContext
  readonly #windows: Tree
  /** Windows to be judged when the epoch ends: with the news of them, or only because their time has come. */
  readonly #due: Tree
  /** When the watermark has something to say of a window, and when the clock has. */
  readonly #passing: Due
  readonly #ticking: Due
  readonly #bytes: PaneBytes
  readonly #told: Told
  /** Until the next windows are taken up, and until all are judged that may have become of others. */
  readonly #pieces: Arena
  readonly #work: Arena
  #gone: Gone[] = []
  #now = 0
  #watermark = WATERMARK_MIN
  /** The watermark before the epoch. */
  #before = WATERMARK_MIN
  #loose = false

  constructor(spec: PanesSpec, context: OperatorContext) {
    const { memory } = context
    const durable = context.durable !== false
    this.#spec = spec
    this.#context = context
    this.#memory = memory
    this.#windows = new Tree(memory, durable)
    this.#due = new Tree(memory, false)
    this.#passing = new Due(memory)
    this.#ticking = new Due(memory)
    this.#bytes = new PaneBytes(memory, spec.firing)
    this.#told = new Told(memory, spec.kinds)
    this.#pieces = memory.arena()
    this.#work = memory.arena()
    this.stores = durable ? [STORE] : []
  }

  tick(now: number): void {
    this.#now = now
  }

  wakeAt(): number {
    this.#relink()
    const { first } = this.#ticking
    return first === undefined ? Number.POSITIVE_INFINITY : Number(first)
  }

  step(_port: number, delta: Batch): void {
    const { arena } = this.#context
    const memory = this.#memory
    const { keys: by, start, end, rows } = this.#spec
    this.#before = this.#watermark
    const column = (i: number): Column => delta.columns[i] as Column
    const ascending = by.map(() => ASCENDING)
    const group = encodeKeys(delta, by.map(column), ascending, arena)
    const bounds = encodeKeys(delta, [column(end), column(start)], [ASCENDING, LATEST_FIRST], arena)
    const { keys } = twoParts(group, bounds, arena)
    const results = encodeRows(delta, delta.columns, arena)
    const numbers = rowNumbers(delta, memory)
    const word = (at: Ptr, row: number): bigint => memory.i64[(at >>> 3) + row] as bigint
    for (const [i, row] of numbers.entries()) {
      const key = itemAt(keys, i, memory)
      const isEndless = isNull(column(end), row, memory)
      const news = {
        start: isEndless ? WATERMARK_MIN : word(column(start).values, row),
        end: isEndless ? WATERMARK_MAX : word(column(end).values, row),
        group: itemAt(group, i, memory).length,
      }
      const isGone = delta.weights !== 0 && word(delta.weights, row) < 0n
      // What takes a result back does not take that which took its place, whichever comes first.
      if (isGone) this.#due.add(key, this.#bytes.writeNews({ ...news, rows: 0, row: undefined }), 1n)
      else {
        const count = Number(word(column(rows).values, row))
        this.#due.put(key, this.#bytes.writeNews({ ...news, rows: count, row: itemAt(results, i, memory) }))
      }
    }
  }

  advance(_port: number, watermark: bigint): void {
    const { accept } = this.#spec
    this.#watermark = watermark > WATERMARK_MAX - accept ? WATERMARK_MAX : watermark + accept
  }

  flush(emit: Emit): void {
    toEnd(this.flushSlices(emit))
  }

  *flushSlices(emit: Emit): Generator<void> {
    this.#relink()
    const come = (key: Bytes): unknown => this.#due.add(key, NOTHING, 1n)
    this.#passing.take(this.#watermark, come)
    this.#ticking.take(BigInt(this.#now), come)
    for (const { entries, count } of piecesOf(this.#due, this.#pieces)) {
      for (let i = 0; i < count; i++) this.#visit(this.#memory.u32[(entries >>> 2) + i] as Ptr, emit)
      if (this.#gone.length === 0) this.#work.reset()
      yield
    }
    this.#bury(emit)
    this.#work.reset()
    this.#tell(emit)
    this.#due.clear()
  }

  /** A window that is due. */
  #visit(entry: Ptr, emit: Emit): void {
    const key = keyOf(entry, this.#memory)
    const told = payloadOf(entry, this.#memory)
    const known = this.#windows.find(key)
    if (told.length === 0) {
      if (known !== 0) this.#judge(key, this.#bytes.read(payloadOf(known, this.#memory)), emit)
      return
    }
    const news = this.#bytes.readNews(told)
    const group = { ptr: key.ptr, length: news.group }
    if (news.row === undefined) {
      if (known !== 0) this.#leave(group, key, known, emit)
      return
    }
    const pane = known === 0 ? this.#begin(key, news) : this.#bytes.read(payloadOf(known, this.#memory))
    pane.row = news.row
    pane.rows = news.rows
    this.#inherit(group, pane, emit)
    this.#come(pane)
    this.#judge(key, pane, emit)
  }

  #begin(key: Bytes, { start, end }: News): Pane {
    const { firing } = this.#spec
    const state = triggers.begin(firing)
    const isLate = end <= this.#before
    if (isLate) triggers.beginLate(firing, state)
    if (end > this.#watermark) this.#passing.add(end, key)
    const fresh = { row: undefined, rows: 0, seen: 0, isPending: false, index: 0, told: NOTHING }
    return { start, end, firing: state, isLate, ...fresh }
  }

  /** A window that is gone: what it waited for goes to the window of its key that holds it, which comes later if at all. */
  #leave(group: Bytes, key: Bytes, known: Ptr, emit: Emit): void {
    const pane = this.#bytes.read(payloadOf(known, this.#memory))
    if (this.#spec.merges) this.#gone.push({ group, pane: { ...pane, told: joined(NOTHING, pane.told, this.#work) } })
    else this.#takeBack(pane, emit)
    this.#windows.put(key, NOTHING, 0n)
  }

  #inherit(group: Bytes, heir: Pane, emit: Emit): void {
    if (this.#gone.length === 0) return
    const isMine = ({ group: other, pane: { start, end } }: Gone): boolean =>
      heir.start <= start && heir.end >= end && isEqual(group, other, this.#memory)
    const { mine = [], others = [] } = Object.groupBy(this.#gone, each => (isMine(each) ? 'mine' : 'others'))
    for (const { pane: gone } of mine) {
      heir.firing = triggers.merged(this.#spec.firing, heir.firing, gone.firing)
      if (this.#before >= heir.end) triggers.beginLate(this.#spec.firing, heir.firing)
      heir.seen += gone.seen
      heir.told = joined(heir.told, gone.told, this.#work)
    }
    this.#gone = others
    this.#bury(emit)
  }

  /** Those that are gone and no window holds: nothing stands of them. */
  #bury(emit: Emit): void {
    for (const { pane } of this.#gone) this.#takeBack(pane, emit)
    this.#gone = []
  }

  /** The trigger is told of the rows that came. */
  #come(pane: Pane): void {
    const more = Math.max(1, Math.abs(pane.rows - pane.seen))
    pane.seen = pane.rows
    pane.isPending = true
    triggers.rowsCame(this.#spec.firing, pane.firing, more, this.#now)
  }

  #judge(key: Bytes, pane: Pane, emit: Emit): void {
    const { firing, accept } = this.#spec
    const at = { now: this.#now, passed: pane.end <= this.#watermark }
    const isOver = at.passed && (this.#watermark === WATERMARK_MAX || pane.end + accept <= this.#watermark)
    const isFired = triggers.fires(firing, pane.firing, at)
    // The pane on time comes changed or not; the others tell what came since the last one.
    const isOnTime = isFired && at.passed && !pane.isLate
    if (isOnTime || ((isFired || isOver) && pane.isPending)) this.#fire(pane, at.passed, isOver, emit)
    if (isOver) {
      this.#windows.put(key, NOTHING, 0n)
      return
    }
    if (isFired) triggers.fired(firing, pane.firing, at)
    if (at.passed) this.#passing.add(pane.end + accept, key)
    const wake = triggers.wakesAt(firing, pane.firing, this.#now)
    if (wake < Number.POSITIVE_INFINITY) this.#ticking.add(BigInt(Math.ceil(wake)), key)
    this.#windows.put(key, this.#bytes.write(pane))
  }

  #fire(pane: Pane, isPassed: boolean, isLast: boolean, emit: Emit): void {
    const { row } = pane
    const said = about(pane.index, !isPassed ? 'early' : pane.isLate ? 'late' : 'on time', isLast)
    if (isPassed) pane.isLate = true
    if (row === undefined) return
    this.#takeBack(pane, emit)
    this.#out(row, said, 1n, emit)
    pane.index++
    pane.isPending = false
    if (this.#spec.accumulation === 'retracting') pane.told = standing(row, said, this.#work)
    if (this.#spec.accumulation !== 'discarding') return
    pane.row = undefined
    pane.rows = pane.seen = 0
  }

  #takeBack(pane: Pane, emit: Emit): void {
    eachStanding(pane.told, this.#memory, (row, said) => this.#out(row, said, -1n, emit))
    pane.told = NOTHING
  }

  #out(row: Bytes, said: number, weight: 1n | -1n, emit: Emit): void {
    if (this.#told.isFull) this.#tell(emit)
    this.#told.add(row, said, weight)
  }

  #tell(emit: Emit): void {
    if (this.#told.count === 0) return
    const { rows, accumulation, forget } = this.#spec
    const { results, said } = this.#told.take()
    if (accumulation === 'discarding') forget?.(results)
    emit(0, withColumns(results, [...results.columns.filter((_, i) => i !== rows), ...said]))
    this.#told.reset()
  }

  seal(): void {}

  watermark(inputs: readonly bigint[]): bigint {
    return least(inputs)
  }

  save(writer: StateWriter, full: boolean): void {
    toEnd(this.saveSlices(writer, full))
  }

  *saveSlices(writer: StateWriter, full: boolean): Generator<void> {
    yield* this.#windows.saving(block => writer.put(STORE, block), full)
  }

  load(_store: string, block: Uint8Array): void {
    this.#windows.load(block)
    this.#loose = true
  }

  /** After a restart: what waits is known by what it waits for. */
  #relink(): void {
    if (!this.#loose) return
    this.#loose = false
    for (const { entries, count } of piecesOf(this.#windows, this.#pieces))
      for (let i = 0; i < count; i++) {
        const entry = this.#memory.u32[(entries >>> 2) + i] as Ptr
        const key = keyOf(entry, this.#memory)
        const pane = this.#bytes.read(payloadOf(entry, this.#memory))
        this.#passing.add(pane.end, key)
        const wake = triggers.wakesAt(this.#spec.firing, pane.firing, Number.NEGATIVE_INFINITY)
        if (wake < Number.POSITIVE_INFINITY) this.#ticking.add(BigInt(Math.ceil(wake)), key)
      }
  }

  size(): StateSize {
    const bytes = this.#windows.bytes + this.#passing.bytes + this.#ticking.bytes
    return { rows: this.#windows.count, bytes, unmatchedDeletes: 0 }
  }

  close(): void {
    for (const each of [this.#windows, this.#due, this.#passing, this.#ticking, this.#bytes, this.#told]) each.free()
    for (const each of [this.#pieces, this.#work]) each.free()
  }
}

function itemAt({ blob, offsets }: { readonly blob: Ptr; readonly offsets: Ptr }, i: number, { u32 }: Memory): Bytes {
  const from = u32[(offsets >>> 2) + i] as number
  return { ptr: blob + from, length: (u32[(offsets >>> 2) + i + 1] as number) - from }
}

function isEqual(a: Bytes, b: Bytes, { u8 }: Memory): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (u8[a.ptr + i] !== u8[b.ptr + i]) return false
  return true
}

function isNull({ validity }: Column, row: number, memory: Memory): boolean {
  return validity !== 0 && (((memory.u8[validity + (row >>> 3)] as number) >>> (row & 7)) & 1) === 0
}
