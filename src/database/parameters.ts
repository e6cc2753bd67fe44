// Values of $1, $2 …: constants of a query, which are never text.
import { fail } from '../base/index.ts'
import type { Expr } from '../expr/index.ts'
import { literalFrom } from '../table/index.ts'

export function parametersOf(verb: string, params: readonly unknown[]): Expr[] {
  if (!Array.isArray(params))
    fail('BAD_VERB', { verb, reason: 'the parameters are no list', fix: 'pass { params: [1] }' })
  return params.map((value, i) => constantFrom(verb, value, i))
}

function constantFrom(verb: string, value: unknown, i: number): Expr {
  const made = value === null ? literalFrom('') : literalFrom(value)
  if (made?.kind === 'literal') return value === null ? Object.freeze({ ...made, value: null }) : made
  const reason = `parameter $${i + 1} is of a type that no column has`
  return fail('BAD_VERB', { verb, reason, fix: 'pass texts, numbers, bigints, booleans, Dates, bytes or null' })
}
