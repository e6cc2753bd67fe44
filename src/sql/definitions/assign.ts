// The rows of a query as rows of a table: columns by their place, or by the names that are given, each as the type that
// the table has. What PostgreSQL would not assign without a cast is refused.
import { cast, column, type Expr, literal, suggestion } from '../../expr/index.ts'
import { type Named, type Node as PlanNode, schema, selectOf } from '../../plan/index.ts'
import {
  type ColumnType,
  type Field,
  type ScalarType,
  type Schema,
  sameType,
  scalars,
  showType,
} from '../../types/index.ts'
import { held } from '../declared.ts'
import type { Script } from '../parser.ts'
import type { Bound, Wanted } from '../query.ts'
import { invalid } from '../refuse.ts'

export interface Assignment {
  readonly table: string
  readonly target: Schema
  /** The columns that the query gives, in its order; none: all of the target's. */
  readonly columns: readonly string[]
  readonly byte: number | undefined
}

/** What the columns of the query are for. */
export function wantedBy({ target, columns }: Pick<Assignment, 'target' | 'columns'>): Wanted {
  const known = new Map(target.fields.map(each => [each.name, each.type]))
  return (columns.length === 0 ? [...known.keys()] : columns).map(name => known.get(name))
}

/** The bound query as rows of the target; columns that are not given are what `defaults` says, else null. */
export function assigned(bound: Bound, to: Assignment, { text }: Script, defaults: Defaults = NO_DEFAULTS): PlanNode {
  const { target, table, byte } = to
  const { fields } = schema(bound.node)
  const names = namesGiven(bound, to, text)
  const given = new Map(fields.map((each, i) => [names[i] as string, { field: each, unknown: bound.unknown.has(i) }]))
  return selectOf(
    bound.node,
    target.fields.map((each): Named => {
      const from = given.get(each.name)
      const expr =
        from === undefined
          ? (defaults.get(each.name)?.expr ?? missing(each, table, text, byte))
          : assignedValue(column(from.field.name), from.field, from.unknown, each, table, text, byte)
      return { name: each.name, expr }
    }),
  )
}

type Defaults = ReadonlyMap<string, { readonly expr: Expr }>
const NO_DEFAULTS: Defaults = new Map()

/** The columns of the table that the query's columns are for. */
function namesGiven(bound: Bound, { target, table, byte, columns }: Assignment, text: string): readonly string[] {
  const known = target.fields.map(each => each.name)
  const names = columns.length === 0 ? known : columns
  for (const [i, name] of names.entries()) {
    if (!known.includes(name)) invalid(text, byte, `${table} has no column ${name}`, suggestion(name, known))
    if (names.indexOf(name) !== i) invalid(text, byte, `the column ${name} is given twice`, 'give it once')
  }
  const { fields } = schema(bound.node)
  const isFew = columns.length > 0 && fields.length < names.length
  if (fields.length === bound.names.length && fields.length <= names.length && !isFew) return names
  const reason = `${table} takes ${names.length} columns here, and the query has ${fields.length}`
  const fix = 'give a value for each column, or name those that you give: INSERT INTO t (a, b)'
  return invalid(text, byte, reason, fix)
}

function missing({ name, type, nullable }: Field, table: string, text: string, byte: number | undefined): Expr {
  if (nullable) return literal(null, type as ScalarType)
  return invalid(text, byte, `the column ${name} of ${table} may not be null, and is not given`, `give ${name} a value`)
}

/** A value as a column has it. @param unknown it is a constant whose type is not decided */
export function assignedValue(
  expr: Expr,
  { type }: Pick<Field, 'type'>,
  unknown: boolean,
  to: Field,
  table: string,
  text: string,
  byte: number | undefined,
): Expr {
  if (sameType(type, to.type)) return held(expr, type, to.type, true)
  if (unknown || assignable(type, to.type)) return heldTo(cast(expr, plain(to.type)), to.type)
  const reason = `${to.name} of ${table} is ${showType(to.type)}, and the value is ${showType(type)}`
  return invalid(text, byte, reason, 'write a cast: CAST(… AS type)')
}

/** The type of the same kind that declares nothing. */
const plain = (type: ColumnType): ScalarType =>
  'declared' in type && type.declared !== undefined ? scalars[type.kind] : (type as ScalarType)

const heldTo = (expr: Expr, type: ColumnType): Expr => held(expr, plain(type), type, true)

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
