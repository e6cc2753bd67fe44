// filter(a + b) = filter(a) + filter(b): linear, so a delta is filtered like a table; weights stay as they are.
import type { Predicate } from '../expr/index.ts'
import { type Operator, type OperatorContext, stateless } from './operator.ts'

/** The rows for which the predicate is true (not false, not null). */
export function filter(predicate: Predicate, context: OperatorContext): Operator {
  return {
    ...stateless,
    name: 'filter',
    step(_port, delta, emit) {
      const kept = predicate.run(delta, context)
      if (kept.count > 0) emit(0, kept)
    },
    close: () => predicate.close(),
  }
}
