// Which names a query sees: the columns of its relations, under the names they have inside the plan. A name is found as
// PostgreSQL finds it (unquoted ones are folded to small letters by the parser), and where that finds nothing, without
// regard to case: columns of JSON are often written dateTime.
import { column, type Expr, suggestion } from '../expr/index.ts'
import { invalid } from './refuse.ts'

/** A column that may be named. */
export interface ScopeColumn {
  /** The name of its relation, if it has one. */
  readonly relation: string | undefined
  readonly name: string
  /** Its column in the plan node of FROM. */
  readonly column: string
  /** It has fields: `column.field` is one of them. */
  readonly isStruct?: boolean
  /** Its rows may be none: of an outer join. */
  readonly isOuter?: boolean
  /** It is a field of its column. */
  readonly path?: readonly string[]
  /** Found by its name, and not part of `*`. */
  readonly hidden?: boolean
  /** Merged away by USING or NATURAL: found by `relation.name` only, and not part of `*`. */
  readonly merged?: boolean
}

export interface Scope {
  readonly columns: readonly ScopeColumn[]
}

export const emptyScope: Scope = Object.freeze({ columns: [] })

export const bothScopes = (a: Scope, b: Scope): Scope => ({ columns: [...a.columns, ...b.columns] })

/**
 * The column that a name of one or more parts means; undefined when this scope has none of that name.
 * SQL_INVALID when several have it.
 */
export function lookup(
  scope: Scope,
  fields: readonly string[],
  text: string,
  byte: number | undefined,
): Expr | undefined {
  for (const same of [exactly, anyCase]) {
    const [first, second] = fields as readonly [string, string?]
    const byName = scope.columns.filter(
      each => each.merged !== true && same(each.name, first) && (second === undefined || each.isStruct === true),
    )
    const byRelation =
      second === undefined
        ? []
        : scope.columns.filter(
            each => each.relation !== undefined && same(each.relation, first) && same(each.name, second),
          )
    if (byRelation.length > 0) return found(byRelation, fields.slice(2), fields, text, byte)
    if (byName.length > 0) return found(byName, fields.slice(1), fields, text, byte)
  }
  return undefined
}

const exactly = (a: string, b: string): boolean => a === b
const anyCase = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function found(
  candidates: readonly ScopeColumn[],
  path: readonly string[],
  fields: readonly string[],
  text: string,
  byte: number | undefined,
): Expr {
  const [only, other] = candidates as readonly [ScopeColumn, ScopeColumn?]
  if (other !== undefined && (other.column !== only.column || other.path?.join() !== only.path?.join())) {
    const names = candidates.map(each => `${each.relation ?? '(no name)'}.${each.name}`).join(', ')
    return invalid(text, byte, `the column name ${fields.join('.')} is ambiguous`, `say which: ${names}`)
  }
  return column(only.column, ...(only.path ?? []), ...path)
}

export const columnOf = ({ column: name, path = [] }: ScopeColumn): Expr => column(name, ...path)

/** The columns that `*` or `relation.*` stand for; undefined when there is no such relation. */
export function starOf(scope: Scope, relation: string | undefined): readonly ScopeColumn[] | undefined {
  const shown = scope.columns.filter(each => each.hidden !== true)
  if (relation === undefined) return shown.filter(each => each.merged !== true)
  for (const same of [exactly, anyCase]) {
    const found = shown.filter(each => each.relation !== undefined && same(each.relation, relation))
    if (found.length > 0) return found
  }
  return undefined
}

/** What to say of a name that nothing has. */
export function unknownName(
  scopes: readonly Scope[],
  fields: readonly string[],
  text: string,
  byte: number | undefined,
): never {
  const name = fields.join('.')
  const names = scopes.flatMap(scope => scope.columns.flatMap(each => [each.name, `${each.relation}.${each.name}`]))
  const fitting = names.filter(each => each.includes('.') === name.includes('.'))
  return invalid(text, byte, `there is no column ${name}`, suggestion(name, [...new Set(fitting)]))
}
