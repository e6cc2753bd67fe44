// Array verbs take plain functions; the rows they return must become columns: stated, or found out by trying.

import { describeValue, fail, optionsFor } from '../base/index.ts'
import { probeSchema } from '../data/index.ts'
import { type Apply, applyOf, badVerb, type Node, schema } from '../plan/index.ts'
import type { OnError, RowSchema, Schema } from '../types/index.ts'

export interface FunctionOptions<Result> {
  /** What becomes of a row whose function threw: 'fail' (default), 'skip' (it goes to `.errors`), or other results. */
  readonly onError?: OnError<Result>
}

/** @param stated the columns of the results; default: found out by trying. */
export function applied(
  verb: Apply['verb'],
  input: Node,
  fn: (row: never) => unknown,
  stated: RowSchema | undefined,
  options: FunctionOptions<unknown> = {},
): Apply {
  const { onError = 'fail' } = optionsFor(verb, options, `${verb}(…, { onError: 'skip' })`)
  if (onError !== 'fail' && onError !== 'skip' && typeof onError !== 'function')
    fail('BAD_ARGUMENT', {
      of: verb,
      argument: 'onError',
      given: describeValue(onError),
      fix: "write 'fail', 'skip', or a function that gives the results instead",
    })
  const of = schema(input)
  return applyOf(input, verb, fn, verb === 'filter' ? of : appliedSchema(verb, fn, of, stated), onError)
}

/** The columns of a function's results. Fails with MAP_NEEDS_SCHEMA when they are not stated and trying does not tell. */
function appliedSchema(
  verb: 'map' | 'flatMap',
  make: (row: never) => unknown,
  input: Schema,
  stated: RowSchema | undefined,
): Schema {
  if (typeof make !== 'function') return badVerb(verb, 'it needs a function', `${verb}(row => …)`)
  return stated ?? probeSchema(make, input, verb)
}
