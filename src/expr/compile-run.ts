// What compiled closures share: the batch they work on, and room for results in its arena.
import {
  type Arena,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  type Kind,
  type Memory,
  type Ptr,
} from '../data/index.ts'
import type { Typed } from './check.ts'

/** What one evaluation of one batch works on. */
export interface Run {
  readonly batch: Batch
  readonly memory: Memory
  readonly arena: Arena
  /** Columns of nodes that are used twice, computed for the whole selection of the batch. */
  readonly shared: Map<Typed, Column>
}

/** A compiled node: its column for the `n` rows of `sel` (0: rows 0 .. n-1). */
export type Compute = (run: Run, sel: Ptr, n: number) => Column

/** What compiling needs: the constants' home, and compiled nodes by identity. */
export interface Compiler {
  readonly memory: Memory
  readonly constants: Arena
  compile(node: Typed): Compute
  /** Row numbers 0 .. BATCH_ROWS-1, to name a part of an unselected batch. */
  everyRow(): Ptr
}

/** A column for results, not filled. */
export function newValues(run: Run, kind: Kind): Ptr {
  return run.arena.alloc(columnBytes(kind, run.batch.rows))
}

/** A bitmap for the batch's rows, every byte `fill`. */
export function newBits(run: Run, fill: 0 | 255): Ptr {
  const bytes = bitmapBytes(run.batch.rows)
  const bits = run.arena.alloc(bytes)
  run.memory.u8.fill(fill, bits, bits + bytes)
  return bits
}

/** Where two columns are both valid: 0 if everywhere. */
export function bothValid(run: Run, a: Ptr, b: Ptr): Ptr {
  if (a === 0 || a === b) return b
  if (b === 0) return a
  const out = run.arena.alloc(bitmapBytes(run.batch.rows))
  run.memory.kernels.andBits(run.batch.rows, a, b, out)
  return out
}
