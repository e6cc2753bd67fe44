// Looking through a list of named expressions: an expression over its names becomes one over its input.
import { type ColumnExpr, columnsOf, type Expr, fieldAt, literal, substitute } from '../../expr/index.ts'
import type { Named } from '../node.ts'

/** What a column of the list stands for; a field of a struct column is the field of what the struct stands for. */
function standsFor(columns: readonly Named[], wanted: ColumnExpr): Expr | undefined {
  const [name, ...path] = wanted.path
  const found = columns.find(each => each.name === name)?.expr
  return found && typed(fieldAt(found, path))
}

/** A column has the type it has: what a program wrote without one would take another beside other values. */
function typed(expr: Expr | undefined): Expr | undefined {
  return expr?.kind === 'literal' && expr.plain === true ? literal(expr.value, expr.type) : expr
}

/** The expression over the input of the list; undefined where a column can't be looked through. */
export function through(columns: readonly Named[], expr: Expr): Expr | undefined {
  const used = columnsOf(expr)
  if (used.some(each => standsFor(columns, each) === undefined)) return undefined
  return substitute(expr, each => standsFor(columns, each))
}

/** True when looking through moves no computation: what the expression uses are columns or constants. */
export function isPlain(columns: readonly Named[], expr: Expr): boolean {
  return columnsOf(expr).every(each => {
    const made = standsFor(columns, each)
    return made !== undefined && (made.kind === 'column' || made.kind === 'literal')
  })
}
