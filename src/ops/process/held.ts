// Rows that wait for the watermark, in order of event time (those without one first), then of all columns: in an order that
// does not depend on how they came.
import {
  BATCH_ROWS,
  type Batch,
  batchOf,
  type Column,
  gatherColumn,
  type Kind,
  kindOf,
  type Memory,
  NOTHING,
  Tree,
  type Workspace,
} from '../../data/index.ts'
import { leaves, type Schema } from '../../types/index.ts'
import { WATERMARK_MAX, WATERMARK_MIN } from '../operator.ts'
import { type OrderedRows, orderedRows } from '../ordered-rows.ts'

/** The event time: number of a timestamp column, and the microseconds it is moved by. */
export interface TimeColumn {
  readonly column: number
  readonly shift: bigint
}

export class Held {
  readonly tree: Tree
  readonly #rows: OrderedRows
  readonly #time: TimeColumn

  constructor(input: Schema, time: TimeColumn, memory: Memory, durable: boolean) {
    const kinds: readonly Kind[] = leaves(input).map(each => kindOf(each.type))
    this.#time = time
    this.tree = new Tree(memory, durable)
    this.#rows = orderedRows([{ by: time.column, order: { descending: false, nulls: 'first' } }], kinds)
  }

  add(delta: Batch, work: Workspace): void {
    this.tree.addAll(this.#rows.encode(delta, work), undefined, delta, delta.weights)
  }

  /** Up to a batch of the rows before the watermark, or without a time, taken out; undefined: there are none. */
  take(watermark: number, work: Workspace): Batch | undefined {
    const { arena } = work
    const entries = arena.alloc(BATCH_ROWS * 4)
    const found = this.tree.scan(NOTHING, false, BATCH_ROWS, entries)
    const rows = batchOf(this.#rows.decode(entries, found, arena), found)
    const count = this.#passed(rows, watermark, arena.memory)
    if (count === 0) return undefined
    const weights = arena.alloc(count * 8)
    arena.memory.kernels.entryWeights(count, entries, weights)
    // The strings of the rows lie in the tree, which they leave.
    const columns = rows.columns.map(column => gatherColumn(column, 0, count, arena, true))
    const batch: Batch = { columns, rows: count, sel: 0, count, weights }
    this.tree.remove(entries, count)
    return batch
  }

  #passed(rows: Batch, watermark: number, memory: Memory): number {
    if (watermark === Number.POSITIVE_INFINITY) return rows.count
    const timeOf = timesOf(rows, this.#time, memory)
    for (let i = 0; i < rows.count; i++) if (timeOf(i) >= watermark) return i
    return rows.count
  }

  close(): void {
    this.tree.free()
    this.#rows.close()
  }
}

const HIGH = 2 ** 32
const NO_TIME = (): number => Number.NaN

/**
 * The event times of a batch's rows in microseconds, exact until the year 2255; NaN: none. Good until the next allocation.
 */
export function timesOf(batch: Batch, time: TimeColumn | undefined, memory: Memory): (row: number) => number {
  if (time === undefined) return NO_TIME
  const { values, validity } = batch.columns[time.column] as Column
  const { u32, i32, u8 } = memory
  const shift = Number(time.shift)
  return row => {
    if (validity !== 0 && (((u8[validity + (row >>> 3)] as number) >>> (row & 7)) & 1) === 0) return Number.NaN
    const at = (values >>> 2) + row * 2
    return (i32[at + 1] as number) * HIGH + (u32[at] as number) + shift
  }
}

/** A watermark in microseconds as a number. */
export function microsOf(watermark: bigint): number {
  if (watermark === WATERMARK_MIN) return Number.NEGATIVE_INFINITY
  return watermark === WATERMARK_MAX ? Number.POSITIVE_INFINITY : Number(watermark)
}
