// Physical batches are flat: a struct column is its fields' columns. Expressions over structs are taken apart here,
// so that what is compiled is always a scalar.
import { fail } from '../base/index.ts'
import { type Expr, fieldAt, show, typeOf } from '../expr/index.ts'
import type { Named } from '../plan/index.ts'
import type { ColumnType, ScalarType, Schema } from '../types/index.ts'

/** A scalar expression with the path of the column it makes. */
export interface FlatExpr {
  readonly path: readonly string[]
  readonly expr: Expr
  readonly type: ScalarType
  readonly nullable: boolean
}

export function flatten(columns: readonly Named[], inputs: readonly Schema[]): readonly FlatExpr[] {
  return columns.flatMap(({ name, expr }) => {
    const { type, nullable } = typeOf(expr, inputs)
    return parts([name], expr, type, nullable)
  })
}

function parts(path: readonly string[], expr: Expr, type: ColumnType, nullable: boolean): readonly FlatExpr[] {
  if (type.kind !== 'struct') return [{ path, expr, type, nullable }]
  return type.fields.flatMap(each => {
    const field = fieldAt(expr, [each.name])
    if (field === undefined) return fail('ASSERTION', { reason: `${show(expr)} is no struct that can be taken apart` })
    return parts([...path, each.name], field, each.type, nullable || each.nullable)
  })
}
