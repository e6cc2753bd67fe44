// Law: for every way of cutting the input into batches and epochs, the sum of an operator's outputs is the
// operator applied to the sum of its inputs. An operator is synchronous: it never awaits, never reads a clock,
// and sees the world only as deltas, watermarks and epoch ends. The driver (runtime) calls, per epoch:
//
//   tick(now)                           the epoch's time, before its first step and before its end
//   step(port, delta, emit)*            any number, in any interleaving of ports
//   workOff(emit)*                      after steps, until it is busy no more: some of them may have been put off
//   advance(port, watermark, emit)      at most once a port, at the epoch's end, never backwards
//   flush(emit, isEnd)                  at the epoch's end, after the inputs have been flushed; under the
//                                       continuous trigger also after any step, isEnd being false
//   seal(epoch)                         nothing is emitted any more; what changed since the last seal is saved
//
// # Contract
// - A delta handed to step or emit is valid until the call returns; who keeps a row copies it.
// - step may emit at once (stateless operators) or hold the change until flush (stateful ones, consolidated). One that
//   makes many rows is put off, and those that come behind it wait their turn: nothing else is told a busy operator.
// - Late is judged by the watermark that was known before this epoch's steps, i.e. by the last advance.
// - After flush the emitted deltas since the operator began sum to the operator's result, where no window
//   of it waits for the watermark.
// - save/load speak of the declared stores only; load is called before the first step.
// - What may be long has a second form, in slices of a few milliseconds: a generator that yields between them. Between
//   two slices the driver lets the host do other things, and calls nothing of the operator nor of what it listens
//   to; those that listen are stepped by what is emitted, as ever. What a slice allocated in the context's arena is
//   gone at the next. A generator that is not run to its end is only followed by close.
import type { Clock } from '../base/index.ts'
import type { Batch, Memory, Workspace } from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'

/** Hand a delta to everything that listens at output `port`. */
export type Emit = (port: number, delta: Batch) => void

/** What state an operator holds now. */
export interface StateSize {
  readonly rows: number
  readonly bytes: number
  /** Deletes in its state whose rows have not come (yet): kept, so that a late insert meets its delete. */
  readonly unmatchedDeletes: number
}

export interface Operator {
  /** The word of the plan node: filter, aggregate, top … */
  readonly name: string
  readonly outputs: number
  /** Of its outputs those by which late rows leave; none if missing. */
  readonly late?: readonly number[]
  /** Names of its stores; empty for stateless ones. Unique within the operator. */
  readonly stores: readonly string[]
  /**
   * The wall clock of what comes next, milliseconds since 1970, as it is written in the epoch's plan: told again when
   * the epoch is done again. It may go back, as clocks do.
   */
  tick?(now: number): void
  /** When the clock should be told even if no row comes; Infinity: it does not matter. Such an epoch may be empty. */
  wakeAt?(): number
  /**
   * What the driver is to wait for before it goes on: with `all` for every answer from outside (the rows of an epoch leave in
   * it), else for room. Asked between steps, and before flush, until there is nothing; after each wait it calls `collect`.
   */
  pending?(clock: Clock, all: boolean): Promise<void> | undefined
  /** Emit what has come back. */
  collect?(emit: Emit): void
  step(port: number, delta: Batch, emit: Emit): void
  /** Steps have been put off, for they make many rows (backlog.ts). */
  busy?(): boolean
  /** One slice of what was put off: a batch of rows, or less. */
  workOff?(emit: Emit): void
  advance(port: number, watermark: bigint, emit: Emit): void
  flush(emit: Emit, isEnd?: boolean): void
  /** The same as flush, in slices. */
  flushSlices?(emit: Emit, isEnd?: boolean): Generator<void>
  /**
   * All that its output 0 holds, as rows that come: what it has told, in sum. Called before the first step of a run, in
   * slices. Missing: its state is not all of its table.
   */
  contents?(emit: Emit): Generator<void>
  /** The groups of these rows of its output hold nothing any more, and what was emitted of them stands. */
  forget?(groups: Batch): void
  seal(epoch: number): void
  /** The watermark of its outputs, given those of its inputs now. */
  watermark(inputs: readonly bigint[]): bigint
  /** Write every entry that changed since the last save (all of them when `full`). Called after seal. */
  save(writer: StateWriter, full: boolean): void
  /** The same as save, in slices. */
  saveSlices?(writer: StateWriter, full: boolean): Generator<void>
  /**
   * Take entries that save wrote, in the order in which they were saved: a later entry of a key takes the place of an
   * earlier one, or removes it. Called once or more per store, before any step.
   */
  load(store: string, block: Uint8Array): void
  size(): StateSize
  close(): void
}

/** What an operator is built with: the memory, and an arena that is reset after each batch. */
export interface OperatorContext extends Workspace {
  readonly memory: Memory
  /** Told in errors. */
  readonly operator: string
  /** False: nobody will save (a batch without checkpoints), so what changed need not be remembered. True if missing. */
  readonly durable?: boolean
  /** Of the iteration that the operator works in. */
  readonly rounds?: { now: number } | undefined
  /** More rows than this make a step that is put off; some ten thousand if missing. */
  readonly large?: number | undefined
}

/** Watermarks are microseconds of event time. */
export const WATERMARK_MIN = -(2n ** 63n)
/** Bounded input has ended: nothing is late any more, everything closes. */
export const WATERMARK_MAX = 2n ** 63n - 1n

export function least(inputs: readonly bigint[]): bigint {
  let min = WATERMARK_MAX
  for (const each of inputs) if (each < min) min = each
  return min
}

/** Both forms of a flush, of its slices. */
export function flushing(flushSlices: (emit: Emit, isEnd?: boolean) => Generator<void>) {
  return { flush: (emit: Emit, isEnd?: boolean): void => toEnd(flushSlices(emit, isEnd)), flushSlices }
}

/** Both forms of a save, of its slices. */
export function saving(saveSlices: (writer: StateWriter, full: boolean) => Generator<void>) {
  return { save: (writer: StateWriter, full: boolean): void => toEnd(saveSlices(writer, full)), saveSlices }
}

/** All slices without a pause. */
export function toEnd(slices: Generator<void>): void {
  while (slices.next().done !== true);
}

/** The parts a stateless operator does not need: spread it and add name and step. */
export const stateless = {
  outputs: 1,
  stores: [] as readonly string[],
  advance(): void {},
  flush(): void {},
  seal(): void {},
  watermark: least,
  save(): void {},
  load(): void {},
  size: (): StateSize => ({ rows: 0, bytes: 0, unmatchedDeletes: 0 }),
  close(): void {},
}
