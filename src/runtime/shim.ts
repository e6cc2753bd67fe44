import { fail } from '../base/index.ts'
import { type Operator, type OperatorContext, stateless } from '../ops/index.ts'
export function join(_spec: unknown, _context: OperatorContext): Operator {
  return fail('ASSERTION', { reason: 'join' })
}
export function apply(_spec: unknown, _context: OperatorContext): Operator {
  return fail('ASSERTION', { reason: 'apply' })
}
export function view(_spec: unknown, _context: OperatorContext): Operator {
  return {
    ...stateless,
    name: 'view',
    step(_port, delta, emit) {
      emit(0, delta)
    },
  }
}
