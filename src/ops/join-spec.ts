// What a join is told, and what follows from it for each side.
import type { Kind } from '../data/index.ts'
import type { Predicate } from '../expr/index.ts'
import { type ColumnSource, closeSources } from './column-source.ts'

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

export interface JoinSideSpec {
  /** Equal pairwise with the other side's, and of the same kinds (the planner casts); none: every row with every row. */
  readonly keys: readonly ColumnSource[]
  /** Kinds of all columns. */
  readonly kinds: readonly Kind[]
  /** What must hold of a row of this side alone to meet anybody: the others are by themselves at once, and not kept. */
  readonly able?: Predicate | undefined
  /** Event time: number of a timestamp column, moved by `shift` microseconds. Needed with bounds. */
  readonly time?: { readonly column: number; readonly shift: bigint } | undefined
}

/** A pair's right time is from `before` before its left time to `after` after it, in microseconds; both may be negative. */
export interface JoinBounds {
  readonly before: bigint
  readonly after: bigint
}

export interface JoinSpec {
  readonly type: JoinType
  readonly left: JoinSideSpec
  readonly right: JoinSideSpec
  /** What else must hold of a pair: over the left columns, then the right ones. */
  readonly residual?: Predicate | undefined
  readonly bounds?: JoinBounds | undefined
  /** The left waits until the right has ended, and meets it as a whole (not for right and full joins). */
  readonly awaits?: boolean | undefined
  /** The left ends and the right does not: rows of the right are not to be kept once it has. */
  readonly leftEnds?: boolean | undefined
  /** Rows by themselves wait until no partner can come: then they are emitted once, and nothing is taken back. */
  readonly hold?: boolean | undefined
  /** The side whose event time the output has. */
  readonly time?: 'left' | 'right' | undefined
}

/** What is wanted of a side's rows by themselves; the numbers of hash-index-settle.ts. */
export const Rule = { NONE: 0, WITH: 1, WITHOUT: 2, HELD: 3 } as const
export type Rule = (typeof Rule)[keyof typeof Rule]

export const LEFT = 0
export const RIGHT = 1
export type Side = typeof LEFT | typeof RIGHT

export function ruleOf({ type, hold }: JoinSpec, side: Side): Rule {
  const without = hold === true ? Rule.HELD : Rule.WITHOUT
  if (side === RIGHT) return type === 'right' || type === 'full' ? without : Rule.NONE
  if (type === 'semi') return Rule.WITH
  return type === 'left' || type === 'full' || type === 'anti' ? without : Rule.NONE
}

/** Rows of the right side are not in the output. */
export const isHalf = ({ type }: JoinSpec): boolean => type === 'semi' || type === 'anti'

/** Whether a row has partners is decided by its key alone, and nobody asks who they are. */
export const isByKey = (spec: JoinSpec): boolean =>
  isHalf(spec) && spec.residual === undefined && spec.bounds === undefined && spec.leftEnds !== true

/** Partners of a row of this side, by their times less its own: from `low` to `high`. */
export function reach({ before, after }: JoinBounds, side: Side): { readonly low: bigint; readonly high: bigint } {
  return side === LEFT ? { low: -before, high: after } : { low: -after, high: before }
}

export function closeSpec({ left, right, residual }: JoinSpec): void {
  closeSources([...left.keys, ...right.keys])
  for (const each of [left.able, right.able, residual]) each?.close()
}
