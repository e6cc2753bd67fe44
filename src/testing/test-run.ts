// What a test of a table looks like: the contract of `testing()`.
import type { Duration } from '../base/index.ts'
import type { Why } from '../runtime/index.ts'
import type { Table } from '../table/index.ts'
import type { Trigger } from '../time/index.ts'
import type { ChangeKind, Flat } from '../types/index.ts'
import type { Tail } from './disk.ts'
import type { PushOptions } from './log.ts'
import type { EpochChanges } from './shelf.ts'
import type { WeightedRow } from './values.ts'
import type { VirtualWorld } from './world.ts'

export interface TestingOptions {
  /** Partitions of every input; 1 by default. One that has delivered nothing holds the watermark, until it is idle. */
  readonly partitions?: number
  /** Of the world's randomness. */
  readonly seed?: number
  /** Wall clock at the start; 2026-01-01T00:00:00Z by default. */
  readonly start?: string | Date
  /** When epochs run; with an interval (`every`), `epoch()` lets one interval pass. */
  readonly trigger?: Trigger
  /** Instead of what the inputs say. */
  readonly lateBy?: Duration
  readonly idleAfter?: Duration | 'never'
  /** Ceiling of the engine's memory; '256 MB' by default. */
  readonly memory?: string | number
  /** Names of inputs that stay what they are: a list in memory, or a file on the virtual disk. */
  readonly keep?: readonly string[]
  /** Allow state that grows without bound. */
  readonly unbounded?: boolean
}

/** A row as it is pushed: instants may be ISO text, columns that may be null may be left out. */
export type Pushed<Row> = Flat<
  { [K in keyof Row as null extends Row[K] ? never : K]: Given<Row[K]> } & {
    [K in keyof Row as null extends Row[K] ? K : never]?: Given<Row[K]>
  }
>
type Given<V> = V extends Date ? V | string : V

export interface TestInput<Row extends object = object> {
  readonly name: string
  /** Stage rows for the next epoch. */
  push(rows: Pushed<Row> | readonly Pushed<Row>[], options?: PushOptions): void
  /** No more rows: this input has ended. */
  end(): void
}

export interface CrashOptions {
  /** Begin an epoch over what was pushed, and cut the power at its n-th write to the disk, from 1. */
  readonly step?: number
  /** What becomes of bytes that were written and not synced: all 'lost' (default), all 'kept', or 'torn'. */
  readonly tail?: Tail
}

export interface TestRun<Row extends object = object> {
  /** The input that a table reads, or the one of this name (or the only one whose name contains it). */
  input<R extends object>(source: Table<R, ChangeKind>): TestInput<R>
  input(name: string): TestInput
  /** Push to the only input. */
  push(rows: object | readonly object[], options?: PushOptions): void
  /** One epoch over what was pushed. */
  epoch(): Promise<void>
  /** All partitions of all inputs have reached this event time; no row is needed. Then an epoch. */
  advanceTo(time: string | Date): Promise<void>
  /** Nothing happens for this long of wall clock. */
  idle(duration: Duration): Promise<void>
  /** All inputs end: the watermark becomes +infinity, what waits for it comes out. */
  end(): Promise<void>
  /** What has changed since this was last asked: rows with weights, epoch by epoch, in order of their columns. */
  changes(): WeightedRow<Row>[]
  /** All that has changed, by epoch. */
  epochs(): readonly EpochChanges<Row>[]
  /** The table now; in its order, or else in the order of its columns. */
  rows(): Row[]
  /** All rows that came too late for a window, a join or a dedup, with reason and lateness. */
  late(): object[]
  /** Which input and partition holds the watermark, until when. */
  why(): Why
  /** The least watermark of the inputs; undefined before the first row and after the end. */
  watermark(): Date | undefined
  /** Rows that the operators keep. */
  stateSize(): number
  /** Power cut: what was not synced is gone, and the engine with it. */
  crash(options?: CrashOptions): Promise<void>
  /** Start again from what the disk has. */
  restore(): Promise<void>
  /** Its clock, disk and randomness. */
  readonly world: VirtualWorld
  [Symbol.asyncDispose](): Promise<void>
}
