// How a table asks for its rows without knowing the engine: the runtime implements this port, src/index.ts
// wires it into the readers, and every table carries it along.
import type { Mode } from '../data/index.ts'
import type { Schema } from '../types/index.ts'
import type { Node } from './node.ts'

/** One change of a result. Rows are plain objects as the schema says (timestamps are Dates). */
export interface Change<Row = object> {
  readonly row: Row
  /** How many of this row came (positive) or went (negative). */
  readonly weight: number
  /** The epoch that made it, from 1. */
  readonly epoch: number
}

export interface ChangesOptions {
  readonly signal?: AbortSignal
  /** retract (default): -old before +new. update: the new row per key, weight -1 for a key that is gone. */
  readonly mode?: Mode
  /** Rows per epoch and source at most. */
  readonly epochRows?: number
}

/** A consistent picture of a result. */
export interface Snapshot<Row = object> {
  readonly rows: readonly Row[]
  readonly schema: Schema
  readonly epoch: number
}

export interface Session {
  /** What is there now, as a batch: rows in order for an ordered table, else in no stated order. */
  collect(node: Node, options?: { readonly signal?: AbortSignal; readonly limit?: number }): Promise<Snapshot>
  /** Changes as they happen; ends with a bounded input; back-pressure by pull. */
  changes(node: Node, options?: ChangesOptions): AsyncIterableIterator<Change>
  /** Logical plan, rules applied, stages, tasks. */
  explain(node: Node): string
}
