// The stateless steps that only run compiled expressions: filter narrows the selection, select computes columns.
import { type Batch, withColumns } from '../data/index.ts'
import type { Evaluator, Predicate } from '../expr/index.ts'
import { type Operator, type OperatorContext, stateless } from '../ops/index.ts'

export function whereOperator(predicate: Predicate, work: OperatorContext): Operator {
  return {
    ...stateless,
    name: 'where',
    step(_port, delta, emit) {
      const kept = predicate.run(delta, work)
      if (kept.count > 0) emit(0, kept)
    },
    close: () => predicate.close(),
  }
}

export function selectOperator(evaluators: readonly Evaluator[], work: OperatorContext): Operator {
  return {
    ...stateless,
    name: 'select',
    step(_port, delta, emit) {
      emit(0, project(delta, evaluators, work))
    },
    close() {
      for (const each of evaluators) each.close()
    },
  }
}

function project(delta: Batch, evaluators: readonly Evaluator[], work: OperatorContext): Batch {
  return withColumns(
    delta,
    evaluators.map(each => each.run(delta, work)),
  )
}

/** Union: what comes in by any port goes out by one. */
export const unionOperator: Operator = {
  ...stateless,
  name: 'union',
  step(_port, delta, emit) {
    emit(0, delta)
  },
}
