// Array verbs take plain functions; the rows they return must become columns: stated, or found out by trying.
import { probeSchema } from '../data/index.ts'
import { badVerb } from '../plan/index.ts'
import type { RowSchema, Schema } from '../types/index.ts'

/** The columns of a function's results. Fails with MAP_NEEDS_SCHEMA when they are not stated and trying does not tell. */
export function appliedSchema(
  verb: 'map' | 'flatMap',
  make: (row: never) => unknown,
  input: Schema,
  stated: RowSchema | undefined,
): Schema {
  if (typeof make !== 'function') return badVerb(verb, 'it needs a function', `${verb}(row => …)`)
  return stated ?? probeSchema(make, input, verb)
}
