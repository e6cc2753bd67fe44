// Array verbs take plain functions; the row type they return must become columns.
import { badVerb } from '../plan/index.ts'
import type { RowSchema, Schema } from '../types/index.ts'

/** The columns of a function's results: stated. */
export function appliedSchema(verb: string, stated: RowSchema | undefined): Schema {
  return stated ?? badVerb(verb, 'the columns of its results are not known', `${verb}(row => …, t.row({ … }))`)
}
