// Vectorised evaluation: one kernel call per function and batch, over the batch's selection.
import type { Batch, Column, Workspace } from '../data/index.ts'
import type { ScalarType } from '../types/index.ts'

/** A compiled scalar expression. `run` gives a column aligned to the batch's rows (unselected rows hold anything). */
export interface Evaluator {
  readonly type: ScalarType
  readonly nullable: boolean
  run(batch: Batch, work: Workspace): Column
}

/** A compiled predicate: keeps the rows for which it is true (not false, not null), by narrowing the selection. */
export interface Predicate {
  run(batch: Batch, work: Workspace): Batch
}
