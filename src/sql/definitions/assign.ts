// The rows of a query as rows of a table: columns by their place, or by the names that are given, each as the type that
// the table has. What PostgreSQL would not assign without a cast is refused.
import { cast, column, type Expr, literal, suggestion } from '../../expr/index.ts'
import { type Named, type Node as PlanNode, schema, selectOf } from '../../plan/index.ts'
import { type ColumnType, type Field, type ScalarType, type Schema, sameType, showType } from '../../types/index.ts'
import type { Script } from '../parser.ts'
import type { Bound } from '../query.ts'
import { invalid } from '../refuse.ts'

export interface Assignment {
  readonly table: string
  readonly target: Schema
  /** The columns that the query gives, in its order; none: all of the target's. */
  readonly columns: readonly string[]
  readonly byte: number | undefined
}

/** The bound query as rows of the target. */
export function assigned(bound: Bound, to: Assignment, { text }: Script): PlanNode {
  const { target, table, byte } = to
  const names = to.columns.length === 0 ? target.fields.map(each => each.name) : to.columns
  for (const [i, name] of names.entries()) {
    if (!target.fields.some(each => each.name === name))
      invalid(
        text,
        byte,
        `${table} has no column ${name}`,
        suggestion(
          name,
          target.fields.map(each => each.name),
        ),
      )
    if (names.indexOf(name) !== i) invalid(text, byte, `the column ${name} is given twice`, 'give it once')
  }
  const { fields } = schema(bound.node)
  if (
    fields.length !== bound.names.length ||
    fields.length > names.length ||
    (to.columns.length > 0 && fields.length < names.length)
  ) {
    const reason = `${table} takes ${names.length} columns here, and the query has ${fields.length}`
    invalid(text, byte, reason, 'give a value for each column, or name those that you give: INSERT INTO t (a, b)')
  }
  const given = new Map(fields.map((each, i) => [names[i] as string, { field: each, unknown: bound.unknown.has(i) }]))
  return selectOf(
    bound.node,
    target.fields.map((each): Named => {
      const from = given.get(each.name)
      if (from === undefined) return { name: each.name, expr: missing(each, table, text, byte) }
      return { name: each.name, expr: converted(from.field, from.unknown, each, table, text, byte) }
    }),
  )
}

function missing({ name, type, nullable }: Field, table: string, text: string, byte: number | undefined): Expr {
  if (nullable) return literal(null, type as ScalarType)
  return invalid(text, byte, `the column ${name} of ${table} may not be null, and is not given`, `give ${name} a value`)
}

function converted(
  from: Field,
  unknown: boolean,
  to: Field,
  table: string,
  text: string,
  byte: number | undefined,
): Expr {
  const expr = column(from.name)
  if (sameType(from.type, to.type)) return expr
  if (!unknown && !assignable(from.type, to.type)) {
    const reason = `${to.name} of ${table} is ${showType(to.type)}, and the query gives ${showType(from.type)}`
    return invalid(text, byte, reason, 'write a cast: CAST(… AS type)')
  }
  return cast(expr, to.type as ScalarType)
}

const NUMBERS: ReadonlySet<ColumnType['kind']> = new Set(['int', 'bigint', 'float', 'double', 'decimal'])
const MOMENTS: ReadonlySet<ColumnType['kind']> = new Set(['timestamp', 'date'])

/** What PostgreSQL converts in an assignment without being asked: among numbers, among moments, anything to text. */
function assignable(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'struct' || to.kind === 'struct') return false
  return (
    (NUMBERS.has(from.kind) && NUMBERS.has(to.kind)) ||
    (MOMENTS.has(from.kind) && MOMENTS.has(to.kind)) ||
    to.kind === 'string'
  )
}
