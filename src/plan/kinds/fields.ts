// The columns that named expressions make.
import { excerpt, fail } from '../../base/index.ts'
import { typeOf } from '../../expr/index.ts'
import { checkedName, type Field, field, type Schema, schemaOf } from '../../types/index.ts'
import type { Named } from '../node.ts'

/** The field an expression makes. */
export function fieldOf({ name, expr }: Named, inputs: readonly Schema[]): Field {
  const { type, nullable } = typeOf(expr, inputs)
  return field(checkedName(name), type, nullable)
}

export function named(columns: readonly Named[], inputs: readonly Schema[]): Schema {
  return unique(columns.map(each => fieldOf(each, inputs)))
}

/** A schema of fields whose names differ, or DUPLICATE_COLUMN. */
export function unique(fields: readonly Field[]): Schema {
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name)) fail('DUPLICATE_COLUMN', { column: excerpt(name) })
    seen.add(name)
  }
  return schemaOf(fields)
}

/** The same columns, each possibly null: a side of an outer join that may have no row. */
export const orNull = (of: Schema): Schema => schemaOf(of.fields.map(each => field(each.name, each.type, true)))

/** The same columns, null where either table may have null. */
export const orNullAs = (of: Schema, other: Schema): Schema =>
  schemaOf(of.fields.map((each, i) => field(each.name, each.type, each.nullable || other.fields[i]?.nullable === true)))
