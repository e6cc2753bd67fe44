// The groups of an aggregation, however rows find theirs: adding rows, old and new results, what is saved. Order of effects
// in an epoch: `remember` before a group changes, `add` its rows; at the end `emitChanges`, then `settle`.
import { assert } from '../../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  type Memory,
  type Ptr,
} from '../../data/index.ts'
import type { StateWriter } from '../../state/index.ts'
import { type AggregateKey, type AggregateSpec, RESULT_PORT } from '../aggregate-spec.ts'
import type { Emit, OperatorContext, StateSize } from '../operator.ts'
import { newPage, type Page, remember } from './before.ts'
import { keyColumns, makeDescribe } from './keys.ts'
import type { Part, Plan } from './parts.ts'
import { type ResultSource, resultColumns, writeResults } from './results.ts'
import { loadTable, saveTable } from './save.ts'
import { addChanges, addRows, masksOf, type Rows } from './update.ts'
import { addUser, makeUserStates, releaseStates, saveStates, settleUser } from './user.ts'
import { addValues, freeScratch, makeScratch, makeSet, type Scratch, type SetTable } from './values.ts'

const GROUPS = 'groups'
/** Most epochs touch few groups. */
const BEFORE_CHUNK = 1 << 16

export interface GroupsSpec {
  /** What makes a group, in the order of the table's keys. */
  readonly spec: Pick<AggregateSpec, 'keys' | 'window'>
  readonly plan: Plan
  readonly table: Ptr
  /** Output columns, from those of the keys and those of the results. */
  columns(keys: readonly Column[], results: readonly Column[]): readonly Column[]
}

export class Groups {
  readonly memory: Memory
  readonly table: Ptr
  readonly plan: Plan
  /** What one slice of a flush tells: whoever is told has taken it when the next one begins. */
  readonly chunk: Arena
  readonly sets: readonly SetTable[]
  readonly stores: readonly string[]
  readonly pages: Page[] = []
  /** Room for a batch of record addresses. */
  readonly touched: Ptr
  readonly #context: OperatorContext
  /** Old results, until the epoch's flush. */
  readonly #before: Arena
  readonly #keys: readonly AggregateKey[]
  readonly #source: ResultSource
  readonly #scratch: Scratch
  readonly #minusOne: Ptr
  readonly #columns: GroupsSpec['columns']
  /** Loaded values are not in order yet. */
  #loose = false

  constructor(context: OperatorContext, { spec, plan, table, columns }: GroupsSpec) {
    const { memory } = context
    const durable = context.durable !== false
    this.memory = memory
    this.table = table
    this.plan = plan
    this.chunk = memory.arena()
    this.#before = memory.arena(BEFORE_CHUNK)
    this.sets = plan.sets.map((_, i) => makeSet(memory, spec, plan, i, durable))
    this.stores = durable ? [GROUPS, ...this.sets.map(set => set.store)] : []
    this.#context = context
    this.#keys = spec.keys
    this.#columns = columns
    const describe = makeDescribe(memory, table, spec.keys, this.chunk)
    this.#source = { sets: this.sets, user: makeUserStates(), arena: this.chunk, describe }
    this.#scratch = makeScratch(memory)
    this.touched = memory.alloc(BATCH_ROWS * 4)
    this.#minusOne = memory.alloc(BATCH_ROWS * 8)
    memory.i64.fill(-1n, this.#minusOne >>> 3, (this.#minusOne >>> 3) + BATCH_ROWS)
  }

  get isKeyless(): boolean {
    return this.#keys.length === 0
  }

  /** Keep the results of the first `count` groups in `touched`, as they are now. */
  remember(count: number): void {
    const source = { ...this.#source, arena: this.#before }
    remember(this.memory, this.pages, this.plan.results, this.touched, count, this.isKeyless, source)
  }

  /** A group that was not there before, and has a result without a row. */
  bear(record: Ptr): void {
    const page = newPage(this.plan.results, this.#before)
    this.memory.u32[page.records >>> 2] = record
    page.count = 1
    this.pages.push(page)
  }

  /** Add rows of a batch to their groups. */
  add(batch: Batch, rows: Rows): void {
    const { memory, plan, table } = this
    const { arena } = this.#context
    memory.kernels.groupWeigh(table, rows.n, rows.sel, rows.records, rows.weights)
    const masks = masksOf(plan, batch, arena)
    addRows(memory, table, plan, batch, rows, masks)
    for (const part of plan.parts) if (part.what === 'user') this.#addUser(part, batch, rows, masks[part.mask] as Ptr)
    for (const [i, set] of this.sets.entries()) {
      const changes = addValues(memory, set, batch, rows, masks[set.plan.mask] as Ptr, this.#scratch, arena)
      if (changes.n > 0) addChanges(memory, table, plan, i, batch, changes)
    }
  }

  #addUser(part: Part, batch: Batch, rows: Rows, mask: Ptr): void {
    const { rows: taken, groups } = this.#scratch
    const n = this.memory.kernels.maskRows(rows.n, rows.sel, rows.records, mask, taken, groups)
    addUser(this.memory, this.#source.user, part, batch, { ...rows, n, sel: taken, records: groups })
  }

  /** What the epoch changed, group by group: -old, then +new; then it is over for them. */
  *emitChanges(emit: Emit): Generator<void> {
    for (const page of this.pages) {
      this.#emitPage(page, emit)
      this.chunk.reset()
      yield
    }
    for (const page of this.pages) {
      this.#settle(page)
      yield
    }
    this.pages.length = 0
    this.#before.reset()
    this.chunk.reset()
  }

  #emitPage(page: Page, emit: Emit): void {
    const k = this.memory.kernels
    const { chunk } = this
    const n = page.count
    const present = chunk.zeroed(bitmapBytes(n))
    k.groupPresent(n, page.records, 0, this.isKeyless ? 1 : 0, present)
    const after = this.#results(page.records, n)
    const changed = chunk.zeroed(n)
    for (const [i, { kind, values, validity }] of page.columns.entries())
      k.changeColumn(n, kind, values, validity, after[i]!.values, after[i]!.validity, changed)
    const [gone, come] = [chunk.alloc(n * 4), chunk.alloc(n * 4)]
    const counts = k.changeRows(n, page.present, present, changed, gone, come)
    const [out, add] = [counts >>> 16, counts & 0xffff]
    if (out + add === 0) return
    const keys = this.#keyColumns(page.records, n)
    const send = (results: readonly Column[], sel: Ptr, count: number, weights: Ptr): void => {
      if (count > 0) emit(RESULT_PORT, { columns: this.#columns(keys, results), rows: n, sel, count, weights })
    }
    send(page.columns, gone, out, this.#minusOne)
    send(after, come, add, 0)
  }

  #settle({ records, count }: Page): void {
    for (const part of this.plan.parts)
      if (part.what === 'user') settleUser(this.memory, this.table, this.#source.user, part, records, count, this.chunk)
    this.memory.kernels.groupSettle(this.table, count, records)
  }

  /** The results of groups as they are, as rows that come; of those among `n` records that have rows. */
  emitFinal(n: number, records: Ptr, emit: Emit): void {
    const count = this.memory.kernels.groupKeepPresent(n, records, this.touched)
    if (count === 0) return
    const columns = this.#columns(this.#keyColumns(this.touched, count), this.#results(this.touched, count))
    emit(RESULT_PORT, { columns, rows: count, sel: 0, count, weights: 0 })
  }

  #keyColumns(records: Ptr, n: number): Column[] {
    return keyColumns(this.memory, this.table, this.#keys, records, n, this.chunk)
  }

  #results(records: Ptr, n: number): Column[] {
    const columns = resultColumns(this.plan.results, this.chunk, n)
    writeResults(this.memory, this.plan.results, { n, records, first: 0 }, columns, false, this.#source)
    return columns
  }

  /** Groups go as if they had never been; nothing is emitted. Their values are in order (AggregateSpec.forgets). */
  forget(n: number, records: Ptr): void {
    const { kernels: k } = this.memory
    const room = this.chunk
    for (const record of this.memory.u32.slice(records >>> 2, (records >>> 2) + n))
      for (const { table, plan } of this.sets) {
        const count = k.valuesCount(table, record + plan.rootAt)
        const values = room.alloc(count * 4)
        k.valuesList(table, record + plan.rootAt, values)
        k.groupDrop(table, count, values)
      }
    k.groupDrop(this.table, n, records)
    room.reset()
    this.release()
  }

  /** Groups are gone: so are the states that users keep of them. */
  release(): void {
    releaseStates(this.memory, this.table, this.#source.user)
  }

  *save(writer: StateWriter, full: boolean): Generator<void> {
    saveStates(this.memory, this.table, this.#source.user, this.chunk)
    this.chunk.reset()
    for (const store of this.stores) yield* saveTable(this.memory, this.#tableOf(store), store, writer, full)
  }

  /** Whether there was a group among what was loaded. */
  load(store: string, block: Uint8Array): boolean {
    const isSome = loadTable(this.memory, this.#tableOf(store), block) > 0
    if (isSome) this.#loose = true
    return isSome
  }

  #tableOf(store: string): Ptr {
    if (store === GROUPS) return this.table
    const set = this.sets.find(each => each.store === store)
    assert(set !== undefined, `no store ${store}`)
    return set.table
  }

  /** Put the values of loaded groups in order again, before anything is done with them. */
  relink(): void {
    if (!this.#loose) return
    this.#loose = false
    for (const { plan, table, from } of this.sets)
      if (plan.rootAt !== 0) this.memory.kernels.valuesRelink(table, this.table, plan.rootAt, from)
  }

  size(): StateSize {
    const k = this.memory.kernels
    const tables = [this.table, ...this.sets.map(set => set.table)]
    const total = (read: (table: Ptr) => number) => tables.reduce((sum, table) => sum + (read(table) >>> 0), 0)
    // A delete is missing from its group, from its values, or both: the most that one table misses.
    const missing = tables.map(table => Number(k.groupMissing(table)))
    return { rows: total(k.groupCount), bytes: total(k.groupBytes), unmatchedDeletes: Math.max(...missing) }
  }

  close(): void {
    for (const table of [this.table, ...this.sets.map(set => set.table)]) this.memory.kernels.groupFree(table)
    freeScratch(this.memory, this.#scratch)
    for (const block of [this.touched, this.#minusOne]) this.memory.free(block)
    this.#before.free()
    this.chunk.free()
  }
}
