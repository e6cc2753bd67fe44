// Grouping and aggregation. Law: result(state(A + dA)) - result(state(A)) is emitted for the groups that dA touches,
// and for no other: an epoch costs what it touches, however many groups there are.
// A group is there while its rows' weights sum to more than 0 (without keys: always); NULL keys group.
// Order of effects in a step: late rows out, groups found, old results remembered, weights and parts added. In flush:
// old and new results compared and emitted, empty groups removed, windows that the watermark has passed closed.
import { assert } from '../base/index.ts'
import { type Arena, BATCH_ROWS, type Batch, bitmapBytes, type Column, type Memory, type Ptr } from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import { type AggregateSpec, LATE_PORT, RESULT_PORT } from './aggregate-spec.ts'
import { newPage, type Page, remember } from './aggregates/before.ts'
import { keyColumns, makeDescribe, putKeys } from './aggregates/keys.ts'
import { closedBy, splitLate } from './aggregates/late.ts'
import { type Plan, planParts } from './aggregates/parts.ts'
import { type ResultSource, resultColumns, writeResults } from './aggregates/results.ts'
import { loadTable, saveTable } from './aggregates/save.ts'
import { layoutKeys, makeTable } from './aggregates/table.ts'
import { addChanges, addRows, masksOf, type Rows } from './aggregates/update.ts'
import { addUser, makeUserStates, releaseStates, saveStates, settleUser } from './aggregates/user.ts'
import { addValues, freeScratch, makeScratch, makeSet, type Scratch, type SetTable } from './aggregates/values.ts'
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

const GROUPS = 'groups'

/** The operator of a group-by; see AggregateSpec. INTEGER_OVERFLOW names the aggregate and the group. */
export function aggregate(context: OperatorContext, spec: AggregateSpec): Operator {
  return new Aggregation(context, spec)
}

class Aggregation implements Operator {
  readonly name = 'aggregate'
  readonly outputs: number
  readonly stores: readonly string[]
  readonly #context: OperatorContext
  readonly #memory: Memory
  readonly #spec: AggregateSpec
  readonly #plan: Plan
  readonly #table: Ptr
  readonly #sets: readonly SetTable[]
  readonly #source: ResultSource
  readonly #scratch: Scratch
  /** Old and new results, until the epoch's flush. */
  readonly #epoch: Arena
  readonly #pages: Page[] = []
  readonly #records: Ptr
  readonly #touched: Ptr
  readonly #minusOne: Ptr
  readonly #keyless: boolean
  #born: boolean
  /** Loaded values are not in order yet. */
  #loose = false
  #watermark = WATERMARK_MIN

  constructor(context: OperatorContext, spec: AggregateSpec) {
    const { memory } = context
    const { keys, window } = spec
    assert(spec.emit === 'changes' || window !== undefined, 'final results need a window')
    const durable = context.durable !== false
    const layout = layoutKeys(keys, window !== undefined)
    this.#context = context
    this.#memory = memory
    this.#spec = spec
    this.outputs = window === undefined ? 1 : 2
    this.#plan = planParts(spec, layout.stateAt)
    this.#sets = this.#plan.sets.map((_, i) => makeSet(memory, spec, this.#plan, i, durable))
    this.stores = durable ? [GROUPS, ...this.#sets.map(set => set.store)] : []
    this.#table = makeTable(memory, keys, layout, this.#plan, window?.end, durable)
    this.#epoch = memory.arena()
    const user = makeUserStates()
    this.#source = {
      sets: this.#sets,
      user,
      arena: this.#epoch,
      describe: makeDescribe(memory, this.#table, keys, this.#epoch),
    }
    this.#scratch = makeScratch(memory)
    this.#records = memory.alloc(BATCH_ROWS * 4)
    this.#touched = memory.alloc(BATCH_ROWS * 4)
    this.#minusOne = memory.alloc(BATCH_ROWS * 8)
    memory.i64.fill(-1n, this.#minusOne >>> 3, (this.#minusOne >>> 3) + BATCH_ROWS)
    this.#keyless = keys.length === 0
    this.#born = !this.#keyless
  }

  step(_port: number, delta: Batch, emit: Emit): void {
    if (delta.count === 0) return
    assert(delta.count <= BATCH_ROWS, `a batch of ${delta.count} rows`)
    this.#relink()
    const batch = this.#inTime(delta, emit)
    if (batch.count > 0) this.#add(batch)
  }

  #inTime(delta: Batch, emit: Emit): Batch {
    const { window, keys } = this.#spec
    if (window === undefined || this.#watermark === WATERMARK_MIN) return delta
    const end = delta.columns[keys[window.end]!.column] as Column
    return splitLate(delta, end, window.accept, this.#watermark, this.#context.arena, late => emit(LATE_PORT, late))
  }

  #add(batch: Batch): void {
    const { arena } = this.#context
    const { count: n, sel, weights } = batch
    const [k, records] = [this.#memory.kernels, this.#records]
    const descriptors = putKeys(this.#memory, this.#spec.keys, batch, arena)
    if (this.#spec.emit === 'final') k.groupFind(this.#table, n, sel, descriptors, records, 0)
    else {
      this.#bear()
      this.#remember(k.groupFind(this.#table, n, sel, descriptors, records, this.#touched))
    }
    k.groupWeigh(this.#table, n, sel, records, weights)
    const rows = { n, sel, records, weights }
    const masks = masksOf(this.#plan, batch, arena)
    addRows(this.#memory, this.#table, this.#plan, batch, rows, masks)
    this.#addUser(batch, rows, masks)
    for (const [i, set] of this.#sets.entries()) {
      const changes = addValues(this.#memory, set, batch, rows, masks[set.plan.mask] as Ptr, this.#scratch, arena)
      if (changes.n > 0) addChanges(this.#memory, this.#table, this.#plan, i, batch, changes)
    }
  }

  #addUser(batch: Batch, rows: Rows, masks: readonly Ptr[]): void {
    const { rows: taken, groups } = this.#scratch
    for (const part of this.#plan.parts) {
      if (part.what !== 'user') continue
      const mask = masks[part.mask] as Ptr
      const n = this.#memory.kernels.maskRows(rows.n, rows.sel, rows.records, mask, taken, groups)
      addUser(this.#memory, this.#source.user, part, batch, { ...rows, n, sel: taken, records: groups })
    }
  }

  #remember(touched: number): void {
    const { results } = this.#plan
    remember(this.#memory, this.#pages, results, this.#touched, touched, this.#keyless, this.#epoch, this.#source)
  }

  /** Without keys there is a result before there is a row. */
  #bear(): void {
    if (this.#born) return
    this.#born = true
    const page = newPage(this.#plan.results, this.#epoch)
    this.#memory.u32[page.records >>> 2] = this.#memory.kernels.groupGlobal(this.#table)
    page.count = 1
    this.#pages.push(page)
  }

  advance(_port: number, watermark: bigint): void {
    assert(watermark >= this.#watermark, `the watermark goes back from ${this.#watermark} to ${watermark}`)
    this.#watermark = watermark
  }

  flush(emit: Emit): void {
    toEnd(this.flushSlices(emit))
  }

  *flushSlices(emit: Emit): Generator<void> {
    this.#relink()
    if (this.#spec.emit === 'changes') {
      this.#bear()
      for (const page of this.#pages) {
        this.#emitChanges(page, emit)
        yield
      }
      for (const page of this.#pages) {
        this.#settle(page)
        yield
      }
      this.#pages.length = 0
      this.#epoch.reset()
    }
    if (this.#watermark > WATERMARK_MIN && !this.#over) yield* this.#close(emit)
    releaseStates(this.#memory, this.#table, this.#source.user)
  }

  /** The input has ended and nobody will save: nothing is gained by forgetting group by group. */
  get #over(): boolean {
    const { emit } = this.#spec
    return this.#watermark === WATERMARK_MAX && emit === 'changes' && this.#context.durable === false
  }

  #settle({ records, count }: Page): void {
    for (const part of this.#plan.parts)
      if (part.what === 'user')
        settleUser(this.#memory, this.#table, this.#source.user, part, records, count, this.#epoch)
    this.#memory.kernels.groupSettle(this.#table, count, records)
  }

  #emitChanges(page: Page, emit: Emit): void {
    const k = this.#memory.kernels
    const epoch = this.#epoch
    const n = page.count
    const present = epoch.zeroed(bitmapBytes(n))
    k.groupPresent(n, page.records, 0, this.#keyless ? 1 : 0, present)
    const after = this.#results(page.records, n)
    const changed = epoch.zeroed(n)
    for (const [i, { kind, values, validity }] of page.columns.entries())
      k.changeColumn(n, kind, values, validity, after[i]!.values, after[i]!.validity, changed)
    const [gone, come] = [epoch.alloc(n * 4), epoch.alloc(n * 4)]
    const counts = k.changeRows(n, page.present, present, changed, gone, come)
    const [out, add] = [counts >>> 16, counts & 0xffff]
    if (out + add === 0) return
    const keys = this.#keys(page.records, n)
    if (out > 0)
      emit(RESULT_PORT, {
        columns: [...keys, ...page.columns],
        rows: n,
        sel: gone,
        count: out,
        weights: this.#minusOne,
      })
    if (add > 0) emit(RESULT_PORT, { columns: [...keys, ...after], rows: n, sel: come, count: add, weights: 0 })
  }

  #keys(records: Ptr, n: number): Column[] {
    return keyColumns(this.#memory, this.#table, this.#spec.keys, records, n, this.#epoch)
  }

  #results(records: Ptr, n: number): Column[] {
    const columns = resultColumns(this.#plan.results, this.#epoch, n)
    writeResults(this.#memory, this.#plan.results, { n, records, first: 0 }, columns, false, this.#source)
    return columns
  }

  /** Windows whose end and allowed lateness the watermark has reached take no more rows: they go. */
  *#close(emit: Emit): Generator<void> {
    const { window } = this.#spec
    if (window === undefined) return
    const k = this.#memory.kernels
    const limit = closedBy(this.#watermark, window.accept)
    for (;;) {
      const n = k.groupClosing(this.#table, limit, this.#records, BATCH_ROWS)
      if (n === 0) break
      if (this.#spec.emit === 'final') this.#emitFinal(k.groupKeepPresent(n, this.#records, this.#touched), emit)
      k.groupDrop(this.#table, n, this.#records)
      this.#epoch.reset()
      yield
    }
    yield* this.#closeValues(limit)
  }

  *#closeValues(limit: bigint): Generator<void> {
    const k = this.#memory.kernels
    for (const { table } of this.#sets)
      for (;;) {
        const n = k.groupClosing(table, limit, this.#records, BATCH_ROWS)
        if (n === 0) break
        k.groupDrop(table, n, this.#records)
        yield
      }
  }

  #emitFinal(count: number, emit: Emit): void {
    if (count === 0) return
    const columns = [...this.#keys(this.#touched, count), ...this.#results(this.#touched, count)]
    emit(RESULT_PORT, { columns, rows: count, sel: 0, count, weights: 0 })
  }

  seal(): void {}

  watermark(inputs: readonly bigint[]): bigint {
    const { window } = this.#spec
    return window === undefined ? least(inputs) : closedBy(least(inputs), window.accept)
  }

  save(writer: StateWriter, full: boolean): void {
    toEnd(this.saveSlices(writer, full))
  }

  *saveSlices(writer: StateWriter, full: boolean): Generator<void> {
    saveStates(this.#memory, this.#table, this.#source.user, this.#epoch)
    this.#epoch.reset()
    for (const store of this.stores) yield* saveTable(this.#memory, this.#tableOf(store), store, writer, full)
  }

  load(store: string, block: Uint8Array): void {
    const groups = loadTable(this.#memory, this.#tableOf(store), block)
    if (groups > 0) this.#born = this.#loose = true
  }

  #tableOf(store: string): Ptr {
    if (store === GROUPS) return this.#table
    const set = this.#sets.find(each => each.store === store)
    assert(set !== undefined, `no store ${store}`)
    return set.table
  }

  #relink(): void {
    if (!this.#loose) return
    this.#loose = false
    for (const { plan, table, from } of this.#sets)
      if (plan.rootAt !== 0) this.#memory.kernels.valuesRelink(table, this.#table, plan.rootAt, from)
  }

  size(): StateSize {
    const k = this.#memory.kernels
    const tables = [this.#table, ...this.#sets.map(set => set.table)]
    const total = (read: (table: Ptr) => number) => tables.reduce((sum, table) => sum + (read(table) >>> 0), 0)
    // A delete is missing from its group, from its values, or both: the most that one table misses.
    const missing = tables.map(table => Number(k.groupMissing(table)))
    return { rows: total(k.groupCount), bytes: total(k.groupBytes), unmatchedDeletes: Math.max(...missing) }
  }

  close(): void {
    for (const table of [this.#table, ...this.#sets.map(set => set.table)]) this.#memory.kernels.groupFree(table)
    freeScratch(this.#memory, this.#scratch)
    for (const block of [this.#records, this.#touched, this.#minusOne]) this.#memory.free(block)
    this.#epoch.free()
  }
}
