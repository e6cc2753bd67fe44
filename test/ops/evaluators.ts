// Expressions by hand: tests of operators don't need the compiler.
import {
  type Batch,
  type Column,
  columnBytes,
  Kind,
  rowNumbers,
  type Workspace,
  withSelection,
} from '../../src/data/index.ts'
import type { Evaluator, Predicate } from '../../src/expr/index.ts'
import { scalars } from '../../src/types/index.ts'

/** A bigint of the row's 64-bit columns. */
export function computed(columns: readonly number[], fn: (...values: bigint[]) => bigint): Evaluator {
  return {
    type: scalars.bigint,
    nullable: false,
    close() {},
    run(batch: Batch, { arena, memory }: Workspace): Column {
      const values = arena.alloc(columnBytes(Kind.I64, batch.rows))
      for (const row of rowNumbers(batch, memory))
        memory.i64[(values >>> 3) + row] = fn(
          ...columns.map(i => memory.i64[((batch.columns[i]?.values ?? 0) >>> 3) + row] as bigint),
        )
      return { kind: Kind.I64, values, validity: 0 }
    },
  }
}

/** Rows whose 64-bit column says so. */
export function predicate(column: number, keep: (value: bigint) => boolean): Predicate {
  return {
    close() {},
    run(batch, { arena, memory }) {
      const at = (batch.columns[column]?.values ?? 0) >>> 3
      const kept = rowNumbers(batch, memory).filter(row => keep(memory.i64[at + row] as bigint))
      return withSelection(batch, arena.put(new Uint8Array(Uint32Array.from(kept).buffer)), kept.length)
    },
  }
}
