// Rows that are over by themselves: whether they are late is known when the epoch's other rows are there, so that the order
// of rows within an epoch decides nothing. They wait in order of their ends, the latest first: each that touches an open
// session lets it reach further down, to the next.
import { type Batch, type Column, type Kind, Tree, withColumns } from '../../data/index.ts'
import { closedBy, lateColumns } from '../aggregates/late.ts'
import { piecesOf } from '../entries.ts'
import { type OperatorContext, WATERMARK_MIN } from '../operator.ts'
import { type OrderedRows, orderedRows } from '../ordered-rows.ts'
import type { SessionTables } from './tables.ts'

/** Which columns of the input are a row's own window, and how long behind the end windows are over: rows come until then. */
export interface HeldSpec {
  readonly start: number
  readonly end: number
  readonly accept: bigint
  readonly kinds: readonly Kind[]
}

export class Held {
  readonly #spec: HeldSpec
  readonly #context: OperatorContext
  readonly #tree: Tree
  readonly #rows: OrderedRows
  /** The watermark that judges what is held. */
  #judge = WATERMARK_MIN

  constructor(context: OperatorContext, spec: HeldSpec) {
    this.#spec = spec
    this.#context = context
    this.#tree = new Tree(context.memory, false)
    this.#rows = orderedRows([{ by: spec.end, order: { descending: true, nulls: 'last' } }], spec.kinds)
  }

  get isEmpty(): boolean {
    return this.#tree.count === 0
  }

  /** The rows that are not over by themselves; the others are held. */
  hold(delta: Batch, watermark: bigint): Batch {
    if (watermark === WATERMARK_MIN) return delta
    this.#judge = watermark
    const { arena, memory } = this.#context
    const [kept, over] = [arena.alloc(delta.count * 4), arena.alloc(delta.count * 4)]
    const limit = closedBy(watermark, this.#spec.accept)
    const { values } = delta.columns[this.#spec.end] as Column
    const count = memory.kernels.splitLate(delta.count, delta.sel, values, 0, limit, kept, over) >>> 0
    if (count === delta.count) return delta
    const rest: Batch = { ...delta, sel: over, count: delta.count - count }
    this.#tree.addAll(this.#rows.encode(rest, this.#context), undefined, rest, rest.weights)
    return { ...delta, sel: kept, count }
  }

  /** Those that touch what is open are taken, the others told as late, with the columns that say why. */
  *judge(tables: SessionTables, take: (batch: Batch) => void, tell: (late: Batch) => void): Generator<void> {
    const { memory } = this.#context
    const work = memory.arena()
    const { start, end, accept } = this.#spec
    const limit = closedBy(this.#judge, accept)
    tables.judge()
    for (const { count, weights, entries } of piecesOf(this.#tree, work)) {
      const columns = this.#rows.decode(entries, count, work)
      const batch: Batch = { columns, rows: count, sel: 0, count, weights }
      const ends = columns[end] as Column
      const { kept, keep, late: lost } = tables.reach(batch, columns[start] as Column, ends, work)
      if (keep > 0) take({ ...batch, sel: kept, count: keep })
      if (keep < count) {
        const late: Batch = { ...batch, sel: lost, count: count - keep }
        tell(withColumns(late, [...columns, ...lateColumns(memory, late, ends, limit + 1n, this.#judge, work)]))
      }
      yield
    }
    work.free()
    this.#tree.clear()
  }

  close(): void {
    this.#tree.free()
    this.#rows.close()
  }
}
