// Rows handed to functions of the user: open, process, close per partition and epoch (here one partition, 0).
// At least once: an epoch that did not commit is delivered again with the same number, so open may return
// false for an epoch that the user's store has already.
import { badArgument, fail, MillraceError, optionsFor } from '../../base/index.ts'
import { type Change, changesOf, type Mode, type Sink, type SinkContext, type SinkSpec } from '../../data/index.ts'
import { plainSink } from '../sink-parts.ts'

export interface ForeachFunctions<Row = object> {
  /** False: this epoch is known already, leave it out. */
  open?(partition: number, epoch: number): boolean | undefined | Promise<boolean | undefined>
  /** `weight` is 1 but in retract mode, or -1 for a key that is gone in update mode. */
  process(row: Row, weight: number): void | Promise<void>
  /** Called for each open, also after an error. */
  close?(error: unknown): void | Promise<void>
}

export interface ForeachOptions {
  readonly name?: string
  readonly mode?: Mode
}

const MODES: readonly Mode[] = ['append', 'update', 'retract', 'complete']

/** A sink of functions called per row. */
export function foreachSink<Row = object>(functions: ForeachFunctions<Row>, options: ForeachOptions = {}): SinkSpec {
  const { name = 'foreach', mode } = optionsFor('write.foreach', options, 'pass { name, mode }')
  optionsFor('write.foreach', functions, 'pass { open, process, close }')
  return {
    kind: 'foreach',
    name,
    fingerprint: { name },
    modes: mode === undefined ? MODES : [mode],
    guarantee: 'at least once',
    open: async context => rowsSink(context, (epoch, changes) => deliver(name, functions, epoch, changes)),
  }
}

/**
 * A sink that gets the rows of an epoch at once. `rows` come with their weights in `changes`.
 * An idempotent function makes it exactly once: write `epoch` in the same transaction and skip one that is there.
 */
export function foreachBatchSink<Row = object>(
  apply: (rows: readonly Row[], epoch: number, changes: readonly Change[]) => void | Promise<void>,
  options: ForeachOptions = {},
): SinkSpec {
  const { name = 'foreachBatch', mode } = optionsFor('write.foreachBatch', options, 'pass { name, mode }')
  if (typeof apply !== 'function')
    badArgument('write.foreachBatch', 'function', apply, 'pass async (rows, epoch) => { … }')
  return {
    kind: 'foreachBatch',
    name,
    fingerprint: { name },
    modes: mode === undefined ? MODES : [mode],
    guarantee: 'at least once',
    open: async context =>
      rowsSink(context, (epoch, changes) =>
        guarded('foreachBatch', name, () => apply(changes.map(each => each.row) as Row[], epoch, changes)),
      ),
  }
}

// Delivered at prepare: an epoch whose delivery fails is not committed, and comes again.
function rowsSink(context: SinkContext, act: (epoch: number, changes: readonly Change[]) => Promise<void>): Sink {
  let changes: Change[] = []
  return {
    ...plainSink,
    async begin() {
      changes = []
    },
    write(batch) {
      for (const change of changesOf(batch, context.schema, context.memory)) changes.push(change)
    },
    async prepare(epoch) {
      if (changes.length > 0 || context.mode === 'complete') await act(epoch, changes)
      changes = []
    },
  }
}

async function deliver<Row>(
  name: string,
  functions: ForeachFunctions<Row>,
  epoch: number,
  changes: readonly Change[],
): Promise<void> {
  const wanted = await guarded('open', name, () => functions.open?.(0, epoch))
  let failure: unknown
  try {
    if (wanted !== false)
      for (const { row, weight } of changes) await guarded('process', name, () => functions.process(row as Row, weight))
  } catch (error) {
    failure = error
  }
  await guarded('close', name, () => functions.close?.(failure instanceof MillraceError ? failure.cause : failure))
  if (failure !== undefined) throw failure
}

async function guarded<T>(fn: string, name: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    return fail('SINK_FAILED', { fn, name, reason: cause instanceof Error ? cause.message : String(cause) }, {}, cause)
  }
}
