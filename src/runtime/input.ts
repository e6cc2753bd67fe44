// A source of a run, live: where it stands, how far its event time has come, and the outlet its rows leave by.
import type { MillraceError } from '../base/index.ts'
import type { Batch, EpochLimit, EpochRange, Json, Memory, Piece, Source, SourceSpec, World } from '../data/index.ts'
import { TIME_MAX, type WatermarkOptions, type WatermarkState, WatermarkTracker } from '../time/index.ts'
import { type Graph, named, type Outlet, send } from './graph.ts'

/** What lowering says about a source before it is opened. */
export interface InputPlan {
  /** `source-1` …, for people. */
  readonly id: string
  /** Names its offsets, however the plan around it changes. */
  readonly key: string
  readonly spec: SourceSpec
  /** Top-level columns to read. */
  readonly columns: readonly string[]
  /** Index of the event-time column among the physical columns; undefined: no event time. */
  readonly timeColumn: number | undefined
  readonly watermark: WatermarkOptions | undefined
  /** The static side of a join: read to its end before anything else. */
  readonly isStatic: boolean
  readonly outlet: Outlet
  /** Told about rows that could not be decoded, when somebody listens. */
  readonly badRows: ((error: MillraceError, raw: Uint8Array) => void) | undefined
}

/** Where an input stood when an epoch was committed; JSON. */
export interface InputPosition {
  readonly offset: Json
  readonly ended: boolean
  readonly time: WatermarkState
}

export interface InputCounts {
  rows: number
  badRows: number
}

const NO_TIME: WatermarkOptions = { lateBy: 0n, idleAfter: undefined }

export class Input {
  readonly plan: InputPlan
  readonly source: Source
  readonly tracker: WatermarkTracker
  readonly counts: InputCounts
  offset: Json = null
  ended = false

  constructor(plan: InputPlan, source: Source, counts: InputCounts) {
    this.plan = plan
    this.source = source
    this.counts = counts
    this.tracker = new WatermarkTracker(plan.watermark ?? NO_TIME)
  }

  /** The next range, or undefined when there is nothing now; notices the end. */
  async next(limit: EpochLimit): Promise<EpochRange | undefined> {
    if (this.ended) return undefined
    const range = await this.source.plan(this.offset, limit)
    if (range === undefined) this.#noticeEnd()
    return range
  }

  /** Read a range and push its rows; yields after each piece. `now` is the epoch's time. */
  async *read(range: EpochRange, now: number, memory: Memory): AsyncGenerator<void> {
    try {
      yield* this.#pieces(range, now, memory)
    } catch (error) {
      throw named(error, this.plan.id)
    }
    this.offset = range.to
    this.#noticeEnd()
  }

  async *#pieces(range: EpochRange, now: number, memory: Memory): AsyncGenerator<void> {
    for await (const piece of this.source.read(range)) {
      this.#observe(piece, now, memory)
      if (piece.batch.count > 0) {
        this.counts.rows += piece.batch.count
        send(this.plan.outlet.listeners, piece.batch)
      }
      if (piece.last === true) this.tracker.finish(piece.partition)
      if (piece.lastOf !== undefined) this.tracker.finishAll(piece.lastOf)
      yield
    }
  }

  /** Move the outlet's watermark to where it is at `now`. In a batch what has been read is all there is. */
  advance(now: number, isBatch: boolean): void {
    const { outlet, watermark } = this.plan
    const reached = isBatch ? TIME_MAX : this.tracker.advance(now)
    if (reached === TIME_MAX || watermark !== undefined) outlet.watermark = max(outlet.watermark, reached)
  }

  /** True when the watermark would move at `now` without any row. */
  wouldAdvance(now: number): boolean {
    return this.tracker.peek(now) > this.tracker.watermark
  }

  position(): InputPosition {
    return { offset: this.offset, ended: this.ended, time: this.tracker.save() }
  }

  resume(at: InputPosition): void {
    this.offset = at.offset
    this.ended = at.ended
    this.tracker.load(at.time)
    if (at.ended) this.tracker.end()
    const { outlet, watermark } = this.plan
    const reached = this.tracker.watermark
    if (reached === TIME_MAX || watermark !== undefined) outlet.watermark = reached
  }

  #noticeEnd(): void {
    if (!this.ended && this.source.ended(this.offset)) this.end()
  }

  /** It has no more rows, for ever. */
  end(): void {
    this.ended = true
    this.tracker.end()
  }

  #observe(piece: Piece, now: number, memory: Memory): void {
    const { timeColumn, watermark } = this.plan
    if (watermark === undefined || timeColumn === undefined || piece.lastOf !== undefined) return
    const greatest = greatestTime(piece.batch, timeColumn, memory)
    this.tracker.observe(piece.partition, max(greatest, piece.time ?? greatest), now)
  }
}

function greatestTime(batch: Batch, column: number, memory: Memory): bigint {
  const { values, validity } = batch.columns[column] as Batch['columns'][number]
  return memory.kernels.timeMax(batch.count, batch.sel, values, validity)
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

export interface OpenContext {
  readonly graph: Graph
  readonly world: World
  readonly wake: () => void
  readonly signal: AbortSignal
  /** The folder of a query that is kept; its inputs have folders below it. */
  readonly folder?: string | undefined
}

export async function openInput(plan: InputPlan, context: OpenContext): Promise<Input> {
  const counts: InputCounts = { rows: 0, badRows: 0 }
  const source = await plan.spec.open({
    memory: context.graph.memory,
    world: context.world,
    columns: plan.columns,
    folder: context.folder === undefined ? undefined : `${context.folder}/inputs/${plan.key}`,
    wake: context.wake,
    badRow: (error, raw) => {
      counts.badRows++
      plan.badRows?.(error, raw)
    },
    signal: context.signal,
  })
  return new Input(plan, source, counts)
}
