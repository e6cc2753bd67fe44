// Vectorised evaluation: one kernel call per function and batch, over the batch's selection.
import type { Batch, Column, Workspace } from '../data/index.ts'
import type { ScalarType } from '../types/index.ts'

/**
 * A compiled scalar expression. `run` gives a column aligned to the batch's rows (unselected rows hold anything), which
 * lives as long as the workspace's arena, the batch and the evaluator. The batch's columns are the leaves of
 * input 0, then those of input 1. A row that can't be computed throws, with the row's position if the batch knows it.
 */
export interface Evaluator {
  readonly type: ScalarType
  readonly nullable: boolean
  run(batch: Batch, work: Workspace): Column
  /** Frees its constants. */
  close(): void
}

/** A compiled predicate: keeps the rows for which it is true (not false, not null), by narrowing the selection. */
export interface Predicate {
  run(batch: Batch, work: Workspace): Batch
  /** Frees its constants. */
  close(): void
}
