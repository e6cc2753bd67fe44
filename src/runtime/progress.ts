// What a run tells about itself, as plain data.
import type { Json } from '../data/index.ts'
import { TIME_MAX, TIME_MIN } from '../time/index.ts'
import type { Machine, Phases } from './epoch.ts'
import type { Input } from './input.ts'

export interface SourceProgress {
  readonly id: string
  readonly name: string
  /** Rows read in the epoch. */
  readonly rows: number
  /** Rows that could not be decoded, since the run began. */
  readonly badRows: number
  readonly offset: Json
  /** Undefined: no row with an event time yet, or no event time at all, or the source has ended. */
  readonly watermark: Date | undefined
  readonly ended: boolean
}

export interface StateProgress {
  readonly operator: string
  readonly rows: number
  readonly bytes: number
  /**
   * Deletes that it was told and whose rows have not come (yet). They are kept: an insert that comes late meets its
   * delete. Many of them mean that the input deletes rows that it never told.
   */
  readonly unmatchedDeletes: number
  /** Rows that it left out because they came too late, since the run began: `.late` has them. */
  readonly lateRows: number
}

/** One epoch of a run. */
export interface Progress {
  readonly epoch: number
  /** When it was planned. */
  readonly at: Date
  readonly rowsIn: number
  readonly rowsOut: number
  /** Rows in per second of the epoch. */
  readonly rowsPerSecond: number
  /** Milliseconds. */
  readonly totalMs: number
  /** Milliseconds by phase. */
  readonly durationsMs: Readonly<Phases>
  /** The least watermark of the sources that have event time. */
  readonly watermark: Date | undefined
  readonly stateRows: number
  readonly stateBytes: number
  /** Bytes of linear memory in use: state and batches. */
  readonly memoryBytes: number
  readonly operators: readonly StateProgress[]
  readonly sources: readonly SourceProgress[]
  readonly sinks: readonly { readonly id: string; readonly name: string; readonly rows: number }[]
}

/** Measures one epoch after another: counts are differences to the epoch before. */
export class Meter {
  readonly #machine: Machine
  readonly #rowsIn = new Map<Input, number>()
  readonly #rowsOut = new Map<string, number>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  measure(epoch: number, now: number, phases: Phases): Progress {
    const { inputs, outputs, graph } = this.#machine
    const sources = inputs.map(each => this.#source(each))
    const sinks = outputs.map(({ id, spec, hole }) => {
      const rows = hole.rows - (this.#rowsOut.get(id) ?? 0)
      this.#rowsOut.set(id, hole.rows)
      return { id, name: spec.name, rows }
    })
    // Without a checkpoint an operator has no stores; what it keeps counts all the same.
    const operators = graph.vertices
      .map(({ id, operator, lateRows }) => ({ id, operator, lateRows, size: operator.size() }))
      .filter(({ operator, size, lateRows }) => operator.stores.length > 0 || size.rows > 0 || lateRows > 0)
      .map(({ id, size, lateRows }) => ({ operator: id, ...size, lateRows }))
    const totalMs = Object.values(phases).reduce((sum, each) => sum + each, 0)
    const rowsIn = sum(sources, each => each.rows)
    return {
      epoch,
      at: new Date(now),
      rowsIn,
      rowsOut: sum(sinks, each => each.rows),
      rowsPerSecond: totalMs === 0 ? 0 : (rowsIn * 1000) / totalMs,
      totalMs,
      durationsMs: { ...phases },
      watermark: leastWatermark(inputs),
      stateRows: sum(operators, each => each.rows),
      stateBytes: sum(operators, each => each.bytes),
      memoryBytes: graph.memory.used,
      operators,
      sources,
      sinks,
    }
  }

  #source(input: Input): SourceProgress {
    const rows = input.counts.rows - (this.#rowsIn.get(input) ?? 0)
    this.#rowsIn.set(input, input.counts.rows)
    return {
      id: input.plan.id,
      name: input.plan.spec.name,
      rows,
      badRows: input.counts.badRows,
      offset: input.offset,
      watermark: dateOf(input.tracker.watermark),
      ended: input.ended,
    }
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, each) => total + of(each), 0)
}

function leastWatermark(inputs: readonly Input[]): Date | undefined {
  const timed = inputs.filter(each => each.plan.watermark !== undefined).map(each => each.tracker.watermark)
  if (timed.length === 0) return undefined
  return dateOf(timed.reduce((a, b) => (a < b ? a : b)))
}

/** Microseconds as a Date; undefined at the beginning and the end of time. */
export function dateOf(micros: bigint): Date | undefined {
  if (micros === TIME_MIN || micros === TIME_MAX) return undefined
  return new Date(Number(micros / 1000n))
}
