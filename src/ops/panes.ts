// Panes: what a windowed aggregation tells of its windows, and when. Input: the changes of the aggregation, with the number
// of a group's rows. Law: a pane is the window's result as it is at the end of an epoch in which its trigger fires; of the
// panes of a retracting table all but the latest are taken back, so that they add up to the results told last.
// Time of the clock is the epoch's, as it is logged: told again when the epoch is done again.
// Windows that merge (sessions) hand what they waited for to the window they became; its panes are numbered from 0.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  type Column,
  decodeRows,
  encodeKeys,
  encodeRows,
  type Kind,
  type Memory,
  type Packed,
  packedItem,
  withColumns,
} from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import { type Firing, firing as triggers } from '../time/index.ts'
import { field, scalars, schemaOf } from '../types/index.ts'
import {
  type Emit,
  least,
  type Operator,
  type OperatorContext,
  type StateSize,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import { Due } from './panes/due.ts'
import {
  bytesOfText,
  entriesOf,
  entryOf,
  keyOfPane,
  type Pane,
  type Timing,
  type Told,
  textOfBytes,
} from './panes/pane.ts'

export type Accumulation = 'accumulating' | 'discarding' | 'retracting'

export interface PanesSpec {
  /** Of the input's columns. */
  readonly kinds: readonly Kind[]
  /** Columns of the input: keys without the window, the window's bounds, the number of rows (which is not passed on). */
  readonly keys: readonly number[]
  readonly start: number
  readonly end: number
  readonly rows: number
  /** Allowed lateness, microseconds: the input's watermark is behind by it. */
  readonly accept: bigint
  readonly firing: Firing
  readonly accumulation: Accumulation
  /** Discarding: the groups of these rows of the input hold nothing any more. */
  readonly forget?: ((groups: Batch) => void) | undefined
}

/** What is known of a pane, as columns behind those of the result. */
const paneFields = [
  field('paneIndex', scalars.int),
  field('paneTiming', scalars.string),
  field('isFirstPane', scalars.boolean),
  field('isLastPane', scalars.boolean),
] as const

const paneSchema = schemaOf(paneFields)
const STORE = 'panes'

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
  readonly #panes = new Map<string, Pane>()
  /** Windows that the epoch changed. */
  readonly #touched = new Set<string>()
  readonly #unsaved = new Set<string>()
  /** When the watermark has something to say of a window, and when the clock has. */
  readonly #passing = new Due<bigint>()
  readonly #ticking = new Due<number>()
  #out: { readonly told: Told; readonly weight: 1 | -1 }[] = []
  #now = 0
  #watermark = WATERMARK_MIN
  /** The watermark before the epoch. */
  #before = WATERMARK_MIN

  constructor(spec: PanesSpec, context: OperatorContext) {
    this.#spec = spec
    this.#context = context
    this.#memory = context.memory
    this.stores = context.durable === false ? [] : [STORE]
  }

  tick(now: number): void {
    this.#now = now
  }

  wakeAt(): number {
    return this.#ticking.first ?? Number.POSITIVE_INFINITY
  }

  step(_port: number, delta: Batch): void {
    const { arena } = this.#context
    const { keys, start, end, rows } = this.#spec
    const columns = keys.map(key => delta.columns[key] as Column)
    this.#before = this.#watermark
    const groups = encodeKeys(
      delta,
      columns,
      columns.map(() => ASCENDING),
      arena,
    )
    const results = encodeRows(delta, delta.columns, arena)
    for (let i = 0; i < delta.count; i++) {
      const row = delta.sel === 0 ? i : (this.#memory.u32[(delta.sel >>> 2) + i] as number)
      const weight = delta.weights === 0 ? 1n : (this.#memory.i64[(delta.weights >>> 3) + row] as bigint)
      const word = (column: number): bigint =>
        this.#memory.i64[((delta.columns[column] as Column).values >>> 3) + row] as bigint
      const isEndless = isNull(delta.columns[end] as Column, row, this.#memory)
      const window = isEndless ? [WATERMARK_MIN, WATERMARK_MAX] : [word(start), word(end)]
      const group = this.#textAt(groups, i)
      const pane = this.#paneOf(group, window[0] as bigint, window[1] as bigint)
      if (weight < 0n) pane.row = undefined
      else {
        pane.row = this.#textAt(results, i)
        pane.rows = Number(word(rows))
      }
    }
  }

  #textAt(packed: Packed, i: number): string {
    return textOfBytes(packedItem(packed, i, this.#memory))
  }

  /** The window, made if there is none, and touched. */
  #paneOf(group: string, start: bigint, end: bigint): Pane {
    const key = keyOfPane({ group, start, end })
    this.#touched.add(key)
    const known = this.#panes.get(key)
    if (known !== undefined) return known
    const { firing } = this.#spec
    const state = triggers.begin(firing)
    const isLate = end <= this.#before
    if (isLate) triggers.beginLate(firing, state)
    const made: Pane = {
      group,
      start,
      end,
      row: undefined,
      rows: 0,
      seen: 0,
      firing: state,
      isPending: false,
      index: 0,
      isLate,
      told: [],
    }
    this.#panes.set(key, made)
    this.#passing.add(end, key)
    return made
  }

  advance(_port: number, watermark: bigint): void {
    const { accept } = this.#spec
    this.#watermark = watermark > WATERMARK_MAX - accept ? WATERMARK_MAX : watermark + accept
  }

  flush(emit: Emit): void {
    this.#leave()
    for (const key of this.#touched) this.#come(this.#panes.get(key))
    const due = new Set(this.#touched)
    for (const key of this.#passing.take(this.#watermark)) due.add(key)
    for (const key of this.#ticking.take(this.#now)) due.add(key)
    for (const key of due) this.#judge(key)
    this.#touched.clear()
    this.#tell(emit)
  }

  /** Windows that are gone: what they waited for goes to the window of their key that holds them, if there is one. */
  #leave(): void {
    const touched = [...this.#touched].flatMap(key => this.#panes.get(key) ?? [])
    const all = touched.filter(each => each.row === undefined)
    if (all.length === 0) return
    const heirs = Map.groupBy(
      touched.filter(each => each.row !== undefined),
      each => each.group,
    )
    for (const gone of all) {
      const { group, start, end } = gone
      const heir = heirs.get(group)?.find(each => each.start <= start && each.end >= end)
      if (heir !== undefined) inherit(heir, gone, this.#before >= heir.end, this.#spec.firing)
      else this.#takeBack(gone)
      this.#forget(keyOfPane(gone))
    }
  }

  #forget(key: string): void {
    this.#panes.delete(key)
    this.#unsaved.add(key)
  }

  /** The trigger is told of the rows that came. */
  #come(pane: Pane | undefined): void {
    if (pane?.row === undefined) return
    const more = Math.max(1, Math.abs(pane.rows - pane.seen))
    pane.seen = pane.rows
    pane.isPending = true
    triggers.rowsCame(this.#spec.firing, pane.firing, more, this.#now)
  }

  #judge(key: string): void {
    const pane = this.#panes.get(key)
    if (pane === undefined) return
    const { firing, accept } = this.#spec
    this.#unsaved.add(key)
    const at = { now: this.#now, passed: pane.end <= this.#watermark }
    const isOver = at.passed && (this.#watermark === WATERMARK_MAX || pane.end + accept <= this.#watermark)
    const isFired = triggers.fires(firing, pane.firing, at)
    if (isFired || (isOver && pane.isPending)) this.#fire(pane, at.passed, isOver)
    if (isFired) triggers.fired(firing, pane.firing, at)
    if (isOver) {
      this.#forget(key)
      return
    }
    if (at.passed) this.#passing.add(pane.end + accept, key)
    const wake = triggers.wakesAt(firing, pane.firing)
    // A time that has come and fired nothing waits for rows or the watermark.
    if (wake > this.#now && wake < Number.POSITIVE_INFINITY) this.#ticking.add(wake, key)
  }

  #fire(pane: Pane, isPassed: boolean, isLast: boolean): void {
    const { row } = pane
    const timing: Timing = !isPassed ? 'early' : pane.isLate ? 'late' : 'on time'
    if (isPassed) pane.isLate = true
    if (row === undefined) return
    const told: Told = { row, index: pane.index, timing, first: pane.index === 0, last: isLast }
    this.#takeBack(pane)
    this.#out.push({ told, weight: 1 })
    pane.index++
    pane.isPending = false
    if (this.#spec.accumulation === 'retracting') pane.told = [told]
    if (this.#spec.accumulation !== 'discarding') return
    pane.row = undefined
    pane.rows = pane.seen = 0
  }

  #takeBack(pane: Pane): void {
    for (const told of pane.told) this.#out.push({ told, weight: -1 })
    pane.told = []
  }

  #tell(emit: Emit): void {
    const all = this.#out
    this.#out = []
    for (let from = 0; from < all.length; from += BATCH_ROWS) this.#tellSome(all.slice(from, from + BATCH_ROWS), emit)
  }

  #tellSome(some: readonly { readonly told: Told; readonly weight: 1 | -1 }[], emit: Emit): void {
    const arena = this.#memory.arena()
    const { rows, accumulation, forget } = this.#spec
    const all = this.#resultsOf(
      some.map(each => each.told.row),
      arena,
    )
    const about = batchFromRows(
      some.map(({ told }) => ({
        paneIndex: told.index,
        paneTiming: told.timing,
        isFirstPane: told.first,
        isLastPane: told.last,
      })),
      paneSchema,
      arena,
      some.map(each => each.weight),
    )
    if (accumulation === 'discarding') forget?.(all)
    const results = all.columns.filter((_, i) => i !== rows)
    emit(0, withColumns(about, [...results, ...about.columns]))
    arena.free()
  }

  #resultsOf(rows: readonly string[], arena: Arena): Batch {
    const at = arena.alloc(rows.length * 4)
    for (const [i, row] of rows.entries()) {
      const ptr = arena.put(bytesOfText(row))
      this.#memory.u32[(at >>> 2) + i] = ptr
    }
    const columns = decodeRows(at, rows.length, this.#spec.kinds, arena, true)
    return { columns, rows: rows.length, sel: 0, count: rows.length, weights: 0 }
  }

  seal(): void {}

  watermark(inputs: readonly bigint[]): bigint {
    return least(inputs)
  }

  save(writer: StateWriter, full: boolean): void {
    const keys = full ? this.#panes.keys() : this.#unsaved
    for (const key of keys) writer.put(STORE, entryOf(key, this.#panes.get(key)))
    this.#unsaved.clear()
  }

  load(_store: string, block: Uint8Array): void {
    for (const [key, pane] of entriesOf(block)) {
      if (pane === undefined) {
        this.#panes.delete(key)
        continue
      }
      this.#panes.set(key, pane)
      this.#passing.add(pane.end, key)
      const wake = triggers.wakesAt(this.#spec.firing, pane.firing)
      if (wake < Number.POSITIVE_INFINITY) this.#ticking.add(wake, key)
    }
  }

  size(): StateSize {
    let bytes = 0
    for (const { group, row, told } of this.#panes.values())
      bytes += group.length + (row?.length ?? 0) + told.reduce((sum, each) => sum + each.row.length, 0)
    return { rows: this.#panes.size, bytes, unmatchedDeletes: 0 }
  }

  close(): void {
    this.#panes.clear()
  }
}

/** A window that others became waits for what they waited for. */
function inherit(heir: Pane, gone: Pane, isPassed: boolean, firing: Firing): void {
  heir.firing = triggers.merged(heir.firing, gone.firing)
  if (isPassed) triggers.beginLate(firing, heir.firing)
  heir.seen += gone.seen
  heir.told.push(...gone.told)
  gone.told = []
}

function isNull({ validity }: Column, row: number, memory: Memory): boolean {
  return validity !== 0 && (((memory.u8[validity + (row >>> 3)] as number) >>> (row & 7)) & 1) === 0
}
