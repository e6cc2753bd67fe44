// The input of a test: a log of what was pushed, cut into partitions, that outlives the crashes of the engine as a
// topic of a broker would. What is pushed is staged; a test releases it, so that epochs are cut where the test says.
// Offsets are numbers of entries, and the same range is always the same pieces: it is replayable.
import { assert, fail } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  batchFromRows,
  type EpochLimit,
  type EpochRange,
  type Json,
  type Piece,
  type Source,
  type SourceContext,
  type SourceSpec,
} from '../data/index.ts'
import { type Schema, schemaOf } from '../types/index.ts'

/** Rows that were pushed together, or (no rows, a time) an event time that a partition has reached. */
interface Entry {
  readonly partition: string
  /** Number of its first row in the log, from 1. */
  readonly first: number
  readonly rows: readonly object[]
  readonly weights: readonly number[] | undefined
  /** Microseconds of event time. */
  readonly time: bigint | undefined
}

export interface PushOptions {
  /** From 0; 0 by default. */
  readonly partition?: number
  /** How many of each row come (positive) or go (negative), for inputs that retract; 1 by default. */
  readonly weight?: number
}

export class VirtualLog {
  /** What it stands for; its rows come from here. */
  readonly original: SourceSpec
  readonly partitions: number
  readonly #entries: Entry[] = []
  readonly #wakers = new Set<() => void>()
  #rows = 0
  #released = 0
  #ended = false

  constructor(original: SourceSpec, partitions: number) {
    this.original = original
    this.partitions = partitions
  }

  get name(): string {
    return this.original.name
  }

  /** Stage rows for the next epoch. */
  push(rows: readonly object[], { partition = 0, weight = 1 }: PushOptions = {}): void {
    const { name, appendOnly } = this.original
    if (this.#ended) fail('INPUT_CLOSED', { name })
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions) {
      fail('NO_PARTITION', { partition, name, last: this.partitions - 1 })
    }
    if (!Number.isSafeInteger(weight) || weight === 0 || (appendOnly && weight < 0))
      fail('BAD_WEIGHT', { weight, name })
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      const part = rows.slice(at, at + BATCH_ROWS)
      const weights = weight === 1 ? undefined : part.map(() => weight)
      this.#entries.push({ partition: `${partition}`, first: this.#rows + 1, rows: part, weights, time: undefined })
      this.#rows += part.length
    }
  }

  /** Stage the news that every partition has reached an event time. */
  reach(time: bigint): void {
    for (let partition = 0; partition < this.partitions; partition++) {
      this.#entries.push({ partition: `${partition}`, first: this.#rows + 1, rows: [], weights: undefined, time })
    }
  }

  /** Let the engine see what is staged. */
  release(): void {
    this.#released = this.#entries.length
    for (const wake of this.#wakers) wake()
  }

  /** No more rows, for ever. */
  end(): void {
    this.#ended = true
    this.release()
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The same input to a planner, with this log behind it. */
  readonly spec = (): SourceSpec => ({
    ...this.original,
    replayable: true,
    open: async context => this.#open(context),
  })

  #open(context: SourceContext): Source {
    const arena = context.memory.arena()
    const asked = schemaOf(this.original.schema.fields.filter(each => context.columns.includes(each.name)))
    this.#wakers.add(context.wake)
    return {
      plan: async (from, limit) => this.#plan(offsetOf(from), limit),
      read: range => this.#read(offsetOf(range.from), offsetOf(range.to), asked, arena),
      async committed() {},
      ended: from => this.#ended && offsetOf(from) >= this.#released,
      close: async () => {
        this.#wakers.delete(context.wake)
        arena.free()
      },
    }
  }

  #plan(from: number, limit: EpochLimit): EpochRange | undefined {
    const stop = limit.until === undefined ? this.#released : offsetOf(limit.until)
    let to = from
    for (let rows = 0; to < stop && rows < limit.rows; to++) rows += (this.#entries[to] as Entry).rows.length
    return to === from ? undefined : { from, to }
  }

  async *#read(from: number, to: number, asked: Schema, arena: Arena): AsyncGenerator<Piece> {
    assert(to <= this.#released, `entries up to ${to} of ${this.#released}`)
    if (from === 0) yield* this.#announcements(asked, arena)
    for (const { partition, first, rows, weights, time } of this.#entries.slice(from, to)) {
      arena.reset()
      const batch = batchFromRows(rows, asked, arena, weights, { source: this.original.name, first })
      yield time === undefined ? { partition, batch } : { partition, batch, time }
    }
  }

  /** A partition without rows holds the watermark: that it exists is known from the start, as from a broker. */
  *#announcements(asked: Schema, arena: Arena): Generator<Piece> {
    for (let partition = 0; partition < this.partitions; partition++) {
      yield { partition: `${partition}`, batch: batchFromRows([], asked, arena) }
    }
  }
}

const offsetOf = (offset: Json): number => (typeof offset === 'number' ? offset : 0)
