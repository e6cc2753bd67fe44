// Writing: which modes a table's change kind allows at a sink, in types and at run time. The types' message names
// the fix, because "not assignable" alone helps nobody.
import type { Mode } from '../data/index.ts'
import type { ChangeKind } from '../types/index.ts'

/** Shown when an append-only sink is given a table that also changes and removes rows. */
export interface AppendOnlySinkCannotTakeUpdates<Fix extends string> {
  readonly fix: Fix
}

/** What a sink must be besides a sink, to take a table of this kind. */
export type Takes<M extends Mode, Kind extends ChangeKind> = [Kind] extends ['update']
  ? [M] extends ['append']
    ? AppendOnlySinkCannotTakeUpdates<'call .final() on the windowed table, or use an upsert sink'>
    : unknown
  : unknown

/** The modes in which a table of this kind can be written to a sink that takes `M`. */
export type ModeFor<M extends Mode, Kind extends ChangeKind> = [Kind] extends ['update'] ? Exclude<M, 'append'> : M

export interface ToOptions<M extends Mode, Kind extends ChangeKind> {
  /** The view of the changes that is written; default: append if rows only come, else update where the sink takes it. */
  readonly mode?: ModeFor<M, Kind>
  /** Allow state that grows without bound. */
  readonly unbounded?: boolean
}
