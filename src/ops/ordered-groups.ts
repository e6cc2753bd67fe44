// Groups of rows, each in an order, as a thing apart from the operators that read them: rankings, first and last rows,
// over windows (docs/notes/ranks.md). Rows that are equal in the order are told apart by all of their columns, and equal
// rows are one entry with a weight (ordered-rows.ts). What a flush has to tell is one walk over the groups it touched.
import { assert, fail } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  batchOf,
  behindKeys,
  type Column,
  decodeRows,
  encodeKeys,
  encodeRows,
  type Kind,
  kindOf,
  type Memory,
  type Ptr,
  withSelection,
} from '../data/index.ts'
import type { ScalarType } from '../types/index.ts'
import { putKeys } from './aggregates/keys.ts'
import { layoutKeys, makeTable } from './aggregates/table.ts'
import { type ColumnSource, closeSources, columnFrom, kindFrom } from './column-source.ts'
import type { OperatorContext, StateSize } from './operator.ts'
import type { SortColumn } from './ordered-rows.ts'

/** A column that rows are grouped by. */
export interface GroupColumn {
  readonly by: ColumnSource
  readonly type: ScalarType
  readonly nullable: boolean
}

/** Which rows of a group stay: those behind can never come forward where nothing is deleted. */
export type Keeps = 'all' | 'first rows' | 'first ranks' | 'first keys'

export interface OrderedGroupsSpec {
  readonly per: readonly GroupColumn[]
  readonly order: readonly SortColumn[]
  /** Kinds of all columns of the rows. */
  readonly kinds: readonly Kind[]
  readonly keeps: Keeps
  /** How many; without meaning where all stay. */
  readonly limit: number
  /** Which of `per` is the end of the rows' window: groups go with it. */
  readonly windowEnd?: number | undefined
}

const KEEPS: readonly Keeps[] = ['all', 'first rows', 'first ranks', 'first keys']
const LIST_BYTES = 16
const BLOCK = 1 << 18

export class OrderedGroups {
  readonly #spec: OrderedGroupsSpec
  readonly #memory: Memory
  readonly #table: Ptr
  readonly #set: Ptr
  readonly #records: Ptr
  readonly #touched: Ptr

  constructor(spec: OrderedGroupsSpec, context: OperatorContext) {
    const { memory } = context
    this.#spec = spec
    this.#memory = memory
    const layout = layoutKeys(spec.per, spec.windowEnd !== undefined)
    const plan = { parts: [], end: layout.stateAt + LIST_BYTES }
    this.#table = makeTable(memory, spec.per, layout, plan, spec.windowEnd, false)
    const { keeps, limit, kinds } = spec
    const durable = context.durable !== false ? 1 : 0
    const how = KEEPS.indexOf(keeps)
    const columns = putWords(kinds, memory)
    this.#set = memory.kernels.orderedNew(this.#table, kinds.length, columns, how, BigInt(limit), durable) >>> 0
    this.#records = memory.alloc(BATCH_ROWS * 4)
    this.#touched = memory.alloc(BATCH_ROWS * 4)
  }

  /** For kernels that walk groups. */
  get ptr(): Ptr {
    return this.#set
  }

  /** Add a delta's rows to their groups, which are touched by that. */
  add(delta: Batch, work: OperatorContext): void {
    const { arena } = work
    const { kernels } = this.#memory
    const orders = this.#orders(delta, work)
    this.#find(delta, work)
    const index = this.#spec.keeps === 'all' ? 0 : arena.alloc(delta.count * 4)
    const { blob, offsets } = orders
    const n =
      index === 0 ? delta.count : kernels.orderedAdmit(this.#set, delta.count, this.#records, blob, offsets, index)
    if (n === 0) return
    const rows = encodeRows(narrowed(delta, index, n, arena), delta.columns, arena)
    const { count, sel, weights } = { ...delta, count: n }
    const records = this.#records
    kernels.orderedAdd(this.#set, count, index, sel, records, weights, blob, offsets, rows.blob, rows.offsets)
  }

  #orders(delta: Batch, work: OperatorContext) {
    const { order } = this.#spec
    return encodeKeys(
      delta,
      order.map(each => columnFrom(each.by, delta, work)),
      order.map(each => each.order),
      work.arena,
    )
  }

  /** The groups of these rows are looked at by the next walk, though nothing of them changes. */
  touch(rows: Batch, work: OperatorContext): void {
    this.#find(rows, work)
  }

  /** The groups of rows, to #records; those not touched before in this epoch are noted. */
  #find(delta: Batch, work: OperatorContext): void {
    const touched = this.#groups(delta, work)
    this.#memory.kernels.orderedTouch(this.#set, touched, this.#touched)
  }

  #groups(delta: Batch, work: OperatorContext): number {
    const { per } = this.#spec
    const columns = per.map(each => columnFrom(each.by, delta, work))
    const keys = per.map(({ type, nullable }, column) => ({ column, type, nullable }))
    const descriptors = putKeys(this.#memory, keys, { ...delta, columns }, work.arena)
    const { count, sel } = delta
    return this.#memory.kernels.groupFind(this.#table, count, sel, descriptors, this.#records, this.#touched) >>> 0
  }

  /** The flush has told all differences. */
  settle(): void {
    this.#memory.kernels.orderedSettle(this.#set)
  }

  /** Touch groups whose windows end at or before `limit`, at most a batch; how many there were. */
  touchClosing(limit: bigint): number {
    const { kernels } = this.#memory
    const n = kernels.groupClosing(this.#table, limit, this.#records, BATCH_ROWS) >>> 0
    kernels.orderedUntouch(this.#set)
    kernels.orderedTouch(this.#set, n, this.#records)
    return n
  }

  /** Forget the groups that touchClosing told. */
  drop(count: number): void {
    this.#memory.kernels.orderedUntouch(this.#set)
    this.#memory.kernels.orderedDrop(this.#set, count, this.#records)
  }

  /** The columns of rows that a walk told: strings lie in the groups, good until they change. */
  columns(rows: Ptr, count: number, arena: Arena): Column[] {
    return decodeRows(rows, count, this.#spec.kinds, arena)
  }

  *saving(put: (block: Uint8Array) => void, full: boolean): Generator<void> {
    const { kernels } = this.#memory
    kernels.orderedSaveStart(this.#set, full ? 1 : 0)
    for (;;) {
      const bytes = kernels.treeSave(this.#set, BLOCK) >>> 0
      if (bytes === 0) return
      put(this.#memory.bytes(kernels.treeSaved(this.#set) >>> 0, bytes))
      yield
    }
  }

  /** Take a block that was saved: the rows, decoded, say to which group they belong. */
  load(block: Uint8Array, work: OperatorContext): void {
    const memory = this.#memory
    const at = memory.alloc(Math.max(16, block.length))
    memory.u8.set(block, at)
    const own = memory.arena()
    for (let from = 0; from < block.length; from = memory.kernels.orderedLoaded() >>> 0) {
      this.#take(at, block.length, from, { ...work, arena: own })
      own.reset()
    }
    own.free()
    memory.free(at)
  }

  #take(block: Ptr, bytes: number, from: number, work: OperatorContext): void {
    const { arena, memory } = work
    const { kernels } = memory
    const [keys, weights] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 8)]
    const n = kernels.orderedEntries(block, bytes, from, BATCH_ROWS, keys, weights)
    if (n < 0) fail('ASSERTION', { reason: 'a block of state entries is torn' })
    const { order, kinds } = this.#spec
    const orderKinds = order.map(each => kindFrom(each.by, kinds))
    const orderOf = order.map(each => each.order)
    const rows = batchOf(decodeRows(behindKeys(keys, n, orderKinds, orderOf, arena), n, kinds, arena), n)
    const orders = this.#orders(rows, work)
    const packed = encodeRows(rows, rows.columns, arena)
    const touched = this.#groups(rows, work)
    const records = this.#records
    kernels.orderedPut(this.#set, n, records, weights, orders.blob, orders.offsets, packed.blob, packed.offsets)
    kernels.groupSettle(this.#table, touched, this.#touched)
  }

  size(): StateSize {
    const { kernels } = this.#memory
    const rows = kernels.treeCount(this.#set) >>> 0
    const bytes = kernels.orderedBytes(this.#set) >>> 0
    return { rows, bytes, unmatchedDeletes: Number(kernels.treeMissing(this.#set)) }
  }

  free(): void {
    this.#memory.kernels.orderedFree(this.#set)
    for (const block of [this.#records, this.#touched]) this.#memory.free(block)
    closeSources([...this.#spec.per, ...this.#spec.order].map(each => each.by))
  }
}

function putWords(words: readonly number[], memory: Memory): Ptr {
  const at = memory.alloc(Math.max(words.length, 1) * 4)
  memory.u32.set(words, at >>> 2)
  return at
}

/** The rows of a selection by their index in it. */
function narrowed(delta: Batch, index: Ptr, count: number, arena: Arena): Batch {
  if (index === 0 || count === delta.count) return delta
  const sel = arena.alloc(count * 4)
  arena.memory.kernels.selectAt(count, delta.sel, index, sel)
  return withSelection(delta, sel, count)
}

/** What a column of groups is made of, checked once: the kinds agree. */
export function checkGroupColumns(per: readonly GroupColumn[], kinds: readonly Kind[]): void {
  for (const each of per) assert(kindFrom(each.by, kinds) === kindOf(each.type), 'a group column of another kind')
}
