// The relation of a name that a statement writes to.
import { suggestion } from '../expr/index.ts'
import { invalid } from '../sql/index.ts'
import type { Given, Place, Relation } from './place.ts'

/** Where rows go. */
export interface Destination {
  readonly table: string
  readonly byte: number | undefined
}

export function relationNamed({ table, byte }: Destination, { script }: Given, { relations }: Place): Relation {
  return (
    relations.get(table) ??
    invalid(script.text, byte, `there is no table ${table}`, suggestion(table, [...relations.keys()]))
  )
}

/** Why nothing can be written to it. */
export function whyNot({ kind }: Relation): { reason: string; fix: string } {
  if (kind === 'table')
    return { reason: 'it is an input', fix: "make a table that is written: WITH (connector = 'files', path = 'out')" }
  return { reason: `it is a ${kind}`, fix: 'write to the tables that it is made of' }
}
