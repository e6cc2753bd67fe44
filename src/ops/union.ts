// union(a, b) = a + b: every input's delta goes on as it is (UNION ALL). Columns agree by position.
import { type Operator, stateless } from './operator.ts'

export function union(): Operator {
  return {
    ...stateless,
    name: 'union',
    step(_port, delta, emit) {
      if (delta.count > 0) emit(0, delta)
    },
  }
}
