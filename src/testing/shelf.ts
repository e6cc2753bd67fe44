// Where the results of a test go: the world outside the engine, which a crash does not touch. An epoch is shown when it
// is committed, once, however often it is delivered; delivered again after a crash it must be the same (law 3).
import { fail } from '../base/index.ts'
import { changesOf, type Mode, type Sink, type SinkContext, type SinkSpec } from '../data/index.ts'
import type { Schema } from '../types/index.ts'
import { formatDifference } from './print.ts'
import { consolidate, identity, inOrder, type WeightedRow } from './values.ts'

/** What one epoch changed. */
export interface EpochChanges<Row extends object = object> {
  readonly epoch: number
  readonly changes: readonly WeightedRow<Row>[]
}

const MODES: readonly Mode[] = ['retract', 'append', 'update', 'complete']

export class Shelf {
  readonly #name: string
  readonly #schema: Schema | undefined
  readonly #epochs: EpochChanges[] = []
  readonly #prepared = new Map<number, EpochChanges>()

  /** @param schema to read the rows by; that of the output by default. */
  constructor(name: string, schema?: Schema) {
    this.#name = name
    this.#schema = schema
  }

  /** Committed epochs, in order. */
  get epochs(): readonly EpochChanges[] {
    return this.#epochs
  }

  readonly spec = (): SinkSpec => ({
    kind: 'test',
    name: this.#name,
    fingerprint: { test: this.#name },
    modes: MODES,
    guarantee: 'exactly once',
    open: async context => this.#open(context),
  })

  #open({ schema, memory }: SinkContext): Sink {
    let taken: WeightedRow[] = []
    return {
      pending: 0,
      recover: async committed => {
        for (const epoch of [...this.#prepared.keys()]) if (epoch > committed) this.#prepared.delete(epoch)
      },
      begin: async () => {
        taken = []
      },
      write: batch => {
        for (const { row, weight } of changesOf(batch, this.#schema ?? schema, memory)) taken.push([row, weight])
      },
      async drain() {},
      prepare: async epoch => {
        this.#prepared.set(epoch, { epoch, changes: consolidate(taken) })
      },
      commit: async epoch => this.#commit(epoch),
      async close() {},
    }
  }

  #commit(epoch: number): void {
    const made = this.#prepared.get(epoch)
    if (made === undefined) return
    const shown = this.#epochs.find(each => each.epoch === epoch)
    if (shown === undefined) this.#epochs.push(made)
    else sameAgain(shown, made)
  }
}

/** Outputs must not depend on how often an epoch was begun. */
function sameAgain(first: EpochChanges, again: EpochChanges): void {
  const [a, b] = [first, again].map(each => inOrder(each.changes).map(([row, weight]) => ({ weight, ...row })))
  if (identity(a) === identity(b)) return
  fail('REPLAY_DIFFERS', { epoch: first.epoch, difference: formatDifference(b as object[], a as object[]) })
}
