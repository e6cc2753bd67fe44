// Physical batches are flat: a struct column is its fields' columns. Expressions over structs are taken apart here,
// so that what is compiled is always a scalar.
import { fail } from '../base/index.ts'
import { type Expr, show, typeOf } from '../expr/index.ts'
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
  if (expr.kind !== 'column') {
    return fail('ASSERTION', { reason: `${show(expr)} computes a struct, and only columns are structs` })
  }
  return type.fields.flatMap(each =>
    parts(
      [...path, each.name],
      Object.freeze({ ...expr, path: Object.freeze([...expr.path, each.name]) }),
      each.type,
      nullable || each.nullable,
    ),
  )
}
