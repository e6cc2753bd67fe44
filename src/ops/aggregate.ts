// Grouping and aggregation. Law: result(state(A + dA)) - result(state(A)) is emitted for the groups that dA touches,
// and for no other: an epoch costs what it touches, however many groups there are.
// A group is there while its rows' weights sum to more than 0 (without keys: always); NULL keys group.
// Order of effects in a step: late rows out, groups found, old results remembered, weights and parts added. In flush:
// old and new results compared and emitted, empty groups removed, windows that the watermark has passed closed.
import { assert } from '../base/index.ts'
import { BATCH_ROWS, type Batch, type Column, type Memory, type Ptr } from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import { type AggregateSpec, LATE_PORT } from './aggregate-spec.ts'
import { Groups } from './aggregates/groups.ts'
import { putKeys } from './aggregates/keys.ts'
import { closedBy, splitLate } from './aggregates/late.ts'
import { planParts } from './aggregates/parts.ts'
import { layoutKeys, makeTable } from './aggregates/table.ts'
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
import { sessionAggregate } from './session-aggregate.ts'

/** The operator of a group-by; see AggregateSpec. INTEGER_OVERFLOW names the aggregate and the group. */
export function aggregate(context: OperatorContext, spec: AggregateSpec): Operator {
  assert(spec.emit === 'changes' || spec.window !== undefined, 'final results need a window')
  return spec.window?.merging === undefined ? new Aggregation(context, spec) : sessionAggregate(context, spec)
}

class Aggregation implements Operator {
  readonly name = 'aggregate'
  readonly outputs: number
  readonly late = [LATE_PORT]
  readonly stores: readonly string[]
  readonly #context: OperatorContext
  readonly #memory: Memory
  readonly #spec: AggregateSpec
  readonly #groups: Groups
  readonly #table: Ptr
  readonly #records: Ptr
  /** Not where groups go, nor where there is a result without a row. */
  readonly contents?: NonNullable<Operator['contents']>
  #born: boolean
  #watermark = WATERMARK_MIN

  constructor(context: OperatorContext, spec: AggregateSpec) {
    const { memory } = context
    const { keys, window } = spec
    const layout = layoutKeys(keys, window !== undefined)
    const plan = planParts(spec, layout.stateAt)
    this.#context = context
    this.#memory = memory
    this.#spec = spec
    this.outputs = window === undefined ? 1 : 2
    this.#table = makeTable(memory, keys, layout, plan, window?.end, context.durable !== false)
    this.#groups = new Groups(context, {
      spec,
      plan,
      table: this.#table,
      columns: (keyColumns, results) => [...keyColumns, ...results],
    })
    this.stores = this.#groups.stores
    this.#records = memory.alloc(BATCH_ROWS * 4)
    this.#born = keys.length > 0
    if (window === undefined && spec.forgets !== true && keys.length > 0) this.contents = emit => this.#contents(emit)
  }

  step(_port: number, delta: Batch, emit: Emit): void {
    if (delta.count === 0) return
    assert(delta.count <= BATCH_ROWS, `a batch of ${delta.count} rows`)
    this.#groups.relink()
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
    const { count: n, sel, weights } = batch
    const [k, records, groups] = [this.#memory.kernels, this.#records, this.#groups]
    const descriptors = putKeys(this.#memory, this.#spec.keys, batch, this.#context.arena)
    if (this.#spec.emit === 'final') k.groupFind(this.#table, n, sel, descriptors, records, 0)
    else {
      this.#bear()
      groups.remember(k.groupFind(this.#table, n, sel, descriptors, records, groups.touched))
    }
    groups.add(batch, { n, sel, records, weights })
  }

  /** Without keys there is a result before there is a row. */
  #bear(): void {
    if (this.#born) return
    this.#born = true
    this.#groups.bear(this.#memory.kernels.groupGlobal(this.#table))
  }

  advance(_port: number, watermark: bigint): void {
    assert(watermark >= this.#watermark, `the watermark goes back from ${this.#watermark} to ${watermark}`)
    this.#watermark = watermark
  }

  flush(emit: Emit): void {
    toEnd(this.flushSlices(emit))
  }

  *flushSlices(emit: Emit): Generator<void> {
    this.#groups.relink()
    if (this.#spec.emit === 'changes') {
      this.#bear()
      yield* this.#groups.emitChanges(emit)
    }
    if (this.#watermark > WATERMARK_MIN && !this.#over) yield* this.#close(emit)
    this.#groups.release()
  }

  /** The input has ended and nobody will save: nothing is gained by forgetting group by group. */
  get #over(): boolean {
    const { emit } = this.#spec
    return this.#watermark === WATERMARK_MAX && emit === 'changes' && this.#context.durable === false
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
      if (this.#spec.emit === 'final') this.#groups.emitFinal(n, this.#records, emit)
      k.groupDrop(this.#table, n, this.#records)
      this.#groups.chunk.reset()
      yield
    }
    yield* this.#closeValues(limit)
  }

  *#closeValues(limit: bigint): Generator<void> {
    const k = this.#memory.kernels
    for (const { table } of this.#groups.sets)
      for (;;) {
        const n = k.groupClosing(table, limit, this.#records, BATCH_ROWS)
        if (n === 0) break
        k.groupDrop(table, n, this.#records)
        yield
      }
  }

  *#contents(emit: Emit): Generator<void> {
    this.#groups.relink()
    const k = this.#memory.kernels
    const count = k.groupCount(this.#table) >>> 0
    const records = this.#memory.alloc(Math.max(16, count * 4))
    k.groupRecords(this.#table, records)
    for (let first = 0; first < count; first += BATCH_ROWS) {
      this.#groups.emitFinal(Math.min(BATCH_ROWS, count - first), records + first * 4, emit)
      this.#groups.chunk.reset()
      yield
    }
    this.#memory.free(records)
  }

  forget(groups: Batch): void {
    const keys = this.#spec.keys.map((key, i) => ({ ...key, column: i }))
    const { arena } = this.#context
    const k = this.#memory.kernels
    k.groupFind(this.#table, groups.count, groups.sel, putKeys(this.#memory, keys, groups, arena), this.#records, 0)
    this.#groups.forget(groups.count, this.#records)
  }

  seal(): void {}

  watermark(inputs: readonly bigint[]): bigint {
    const { window } = this.#spec
    return window === undefined ? least(inputs) : closedBy(least(inputs), window.accept)
  }

  save(writer: StateWriter, full: boolean): void {
    toEnd(this.saveSlices(writer, full))
  }

  saveSlices(writer: StateWriter, full: boolean): Generator<void> {
    return this.#groups.save(writer, full)
  }

  load(store: string, block: Uint8Array): void {
    if (this.#groups.load(store, block)) this.#born = true
  }

  size(): StateSize {
    return this.#groups.size()
  }

  close(): void {
    this.#groups.close()
    this.#memory.free(this.#records)
  }
}
