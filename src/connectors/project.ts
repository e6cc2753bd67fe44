// A source delivers only the columns that a query asks for, in the order of its schema.
import type { Schema } from '../types/index.ts'
import { schemaOf } from '../types/index.ts'

/** The fields of `schema` whose names are asked for. */
export function project(schema: Schema, columns: readonly string[]): Schema {
  const asked = new Set(columns)
  return schemaOf(schema.fields.filter(field => asked.has(field.name)))
}
