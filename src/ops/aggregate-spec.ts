// What an aggregation is, said in column numbers: the planner has projected the input so that keys, arguments and
// filters are columns. Output columns: the keys, then one per call. Names are only for messages.
import type { Kind } from '../data/index.ts'
import type { UserAggregate } from '../expr/index.ts'
import type { ScalarType } from '../types/index.ts'

/** A column of the (projected) input batch. */
export interface InputColumn {
  readonly column: number
  readonly type: ScalarType
  /** False: the planner has proved that no row holds null here. */
  readonly nullable: boolean
}

export interface AggregateKey extends InputColumn {
  readonly name: string
}

/** One aggregate; what fn takes and gives is said by the registry (expr/registry/aggregates.ts). */
export interface AggregateColumn {
  readonly name: string
  /** The registry's own name (no alias), or 'user'. */
  readonly fn: string
  /** Of the types that `typeOfAggregate` asks for. */
  readonly args: readonly InputColumn[]
  /** The result's type. */
  readonly type: ScalarType
  /** A boolean column: only rows where it is true count. */
  readonly filter?: number | undefined
  readonly distinct?: boolean
  readonly params?: readonly (number | string)[]
  readonly user?: UserAggregate | undefined
}

/** The keys of a windowed aggregation that are its window. */
export interface AggregateWindow {
  /** Which key (index into `keys`) is the window's start, and which its end: timestamps. */
  readonly start: number
  readonly end: number
  /** Allowed lateness, microseconds: a window takes rows until the watermark has reached end + accept. */
  readonly accept: bigint
  /** Windows of one key that touch become one (sessions). */
  readonly merging?: Merging | undefined
}

export interface Merging {
  /** Of all columns of the input. */
  readonly kinds: readonly Kind[]
  /** Microseconds: sessions that end within such a stretch wait for the watermark together. */
  readonly bucket: bigint
}

export interface AggregateSpec {
  /** None: one global group, which exists always (count() = 0 on no rows), as in SQL. */
  readonly keys: readonly AggregateKey[]
  readonly calls: readonly AggregateColumn[]
  /** No weight is ever negative: min, max, first and last keep one value a group instead of all. */
  readonly appendOnlyInput: boolean
  readonly window?: AggregateWindow | undefined
  /**
   * changes: the result as it changes, -old +new. final: each window's rows once, when the watermark has passed
   * its end + accept (needs `window`).
   */
  readonly emit: 'changes' | 'final'
  /** Groups are told to forget what they hold (Operator.forget). */
  readonly forgets?: boolean
}

/** Output ports. Late rows: the input's columns, then reason (string), lateness (bigint, microseconds), watermark (timestamp). */
export const RESULT_PORT = 0
export const LATE_PORT = 1
