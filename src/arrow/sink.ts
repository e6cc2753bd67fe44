// A result as Arrow IPC bytes: its rows are stacked while they come and written in one go at the end of the epoch.
import { toIPC } from '../data/arrow.ts'
import { kindOf, type Mode, type SinkSpec, stack } from '../data/index.ts'
import { leaves } from '../types/index.ts'

const MODES: readonly Mode[] = ['append', 'retract', 'complete']

export interface ArrowSink {
  readonly spec: SinkSpec
  /** The bytes, once the run has ended. */
  bytes(): Uint8Array | undefined
}

export function arrowSink(format: 'stream' | 'file'): ArrowSink {
  let bytes: Uint8Array | undefined
  const spec: SinkSpec = {
    kind: 'arrow',
    name: 'result',
    fingerprint: null,
    modes: MODES,
    guarantee: 'exactly once',
    async open({ memory, schema }) {
      const arena = memory.arena()
      const rows = stack(
        leaves(schema).map(leaf => kindOf(leaf.type)),
        arena,
      )
      return {
        async recover() {},
        async begin() {},
        write: batch => rows.add(batch),
        pending: 0,
        async drain() {},
        async prepare() {
          bytes = toIPC(rows.batches(), schema, memory, { format })
        },
        async commit() {},
        async close() {
          arena.free()
        },
      }
    },
  }
  return { spec, bytes: () => bytes }
}
