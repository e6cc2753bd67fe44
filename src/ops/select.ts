// select(a + b) = select(a) + select(b): a row's values are computed from that row alone; weights stay as they are.
import { withColumns } from '../data/index.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { type Operator, type OperatorContext, stateless } from './operator.ts'

/** The columns of the result, in order: picked or computed. */
export function select(columns: readonly ColumnSource[], context: OperatorContext): Operator {
  return {
    ...stateless,
    name: 'select',
    step(_port, delta, emit) {
      if (delta.count === 0) return
      const computed = columns.map(each => columnFrom(each, delta, context))
      emit(0, withColumns(delta, computed))
    },
    close: () => closeSources(columns),
  }
}
