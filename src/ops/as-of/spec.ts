// What an as-of join is given.
import type { Kind } from '../../data/index.ts'
import type { ColumnSource } from '../column-source.ts'

export type AsOfDirection = 'backward' | 'forward' | 'nearest'

export interface AsOfSide {
  /** Equal pairwise; of the same kinds on both sides (the planner casts). */
  readonly keys: readonly ColumnSource[]
  /** The event time: number of a timestamp column. */
  readonly time: number
  readonly kinds: readonly Kind[]
}

export interface AsOfSpec {
  /** left: rows without a version too, with nulls. */
  readonly type: 'inner' | 'left'
  readonly direction: AsOfDirection
  readonly left: AsOfSide
  readonly right: AsOfSide
  /** microseconds; undefined: any distance */
  readonly tolerance: bigint | undefined
}
