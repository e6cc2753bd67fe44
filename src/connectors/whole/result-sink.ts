// A result that is taken as a whole, as a sink: only what differs has to be said.
import {
  type Batch,
  type Memory,
  type Mode,
  type Sink,
  type SinkContext,
  type SinkSpec,
  weightsOf,
} from '../../data/index.ts'

const MODES: readonly Mode[] = ['append', 'retract', 'update', 'complete']

export interface ResultParts extends Partial<Pick<Sink, 'begin' | 'drain' | 'commit' | 'close'>> {
  write(batch: Batch): void
  /** Bytes that wait. */
  pending?(): number
}

const nothing = async (): Promise<void> => {}

/** @param told called with the number of rows of each batch */
export function resultSink(
  open: (context: SinkContext) => ResultParts,
  told: (rows: number) => void = () => {},
): SinkSpec {
  return {
    kind: 'result',
    name: 'result',
    fingerprint: null,
    modes: MODES,
    guarantee: 'at least once',
    renews: true,
    async open(context): Promise<Sink> {
      const { write, pending, begin = nothing, drain = nothing, commit = nothing, close = nothing } = open(context)
      return {
        recover: nothing,
        begin,
        write(batch) {
          told(rowsIn(batch, context.memory))
          write(batch)
        },
        get pending() {
          return pending?.() ?? 0
        },
        drain,
        prepare: nothing,
        commit,
        close,
      }
    },
  }
}

/** How many rows a batch stands for. */
const rowsIn = (batch: Batch, memory: Memory): number =>
  batch.weights === 0 ? batch.count : weightsOf(batch, memory).reduce((sum, each) => sum + each, 0)
