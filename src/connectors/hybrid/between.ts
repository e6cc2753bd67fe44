// The rows of a part between two event times: from (inclusive) and to (exclusive). A row without an event time is kept.
import type { Batch, Memory } from '../../data/index.ts'
import { call, column, compilePredicate, type Expr, literal } from '../../expr/index.ts'
import { type Schema, scalars } from '../../types/index.ts'

export interface Between {
  run(batch: Batch): Batch
  close(): void
}

/** Undefined: there is nothing to leave out. */
export function between(
  schema: Schema,
  time: string | undefined,
  from: bigint | undefined,
  to: bigint | undefined,
  memory: Memory,
): Between | undefined {
  if (time === undefined || (from === undefined && to === undefined)) return undefined
  const at = column(time)
  const bound = (fn: 'ge' | 'lt', value: bigint): Expr => call(fn, at, literal(value, scalars.timestamp))
  const parts = [from === undefined ? [] : [bound('ge', from)], to === undefined ? [] : [bound('lt', to)]].flat()
  const inside = parts.length === 1 ? (parts[0] as Expr) : call('and', ...parts)
  const predicate = compilePredicate(call('or', call('is_null', at), inside), [schema], memory)
  const arena = memory.arena()
  return {
    run(batch) {
      arena.reset()
      return predicate.run(batch, { memory, arena })
    },
    close() {
      predicate.close()
      arena.free()
    },
  }
}
