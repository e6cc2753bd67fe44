// INSERT: rows of a query for a table, what to do with those whose key is there already, and what to tell of them.

import { targetNode } from '../made-tree.ts'
import type { InsertStmt, Node, OnConflictClause, Script, Statement } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { kindName } from '../tree.ts'
import { nameOf } from './names.ts'
import { type Sets, setsOf } from './sets.ts'

export interface Insert {
  readonly kind: 'insert'
  readonly table: string
  /** What the table is called in the statement. */
  readonly alias: string
  /** Where the table's name stands. */
  readonly byte: number | undefined
  /** Columns that are given, in order; none: all. */
  readonly columns: readonly string[]
  readonly query: Statement
  readonly conflict: Conflict | undefined
  /** RETURNING. */
  readonly returning: readonly Node[] | undefined
}

/** ON CONFLICT. */
export interface Conflict {
  /** Whose key counts: its columns, or its name; undefined: any. */
  readonly target: { readonly columns: readonly string[] } | { readonly name: string } | undefined
  /** DO UPDATE; undefined: the rows are left out. */
  readonly update: { readonly sets: Sets; readonly where: Node | undefined } | undefined
  readonly byte: number | undefined
}

export function insertOf(statement: InsertStmt, script: Script): Insert {
  const { relation, cols = [], selectStmt, onConflictClause, returningClause } = statement
  const table = nameOf(relation, script)
  return {
    kind: 'insert',
    table,
    alias: relation?.alias?.aliasname ?? table,
    byte: relation?.location,
    columns: cols.flatMap(each => ('ResTarget' in each ? [each.ResTarget.name ?? ''] : [])),
    query: withTables(queryOf(selectStmt ?? DEFAULT_VALUES, script), statement.withClause),
    conflict: onConflictClause === undefined ? undefined : conflictOf(onConflictClause, script),
    returning: returningClause?.exprs,
  }
}

/** A row that gives its first column nothing, and the others neither. */
const DEFAULT_VALUES: Node = { SelectStmt: { valuesLists: [{ List: { items: [{ SetToDefault: {} }] } }] } }

/** A query within a statement, as a statement of its own. */
export function queryOf(tree: Node | undefined, { text }: Script): Statement {
  if (tree !== undefined && 'SelectStmt' in tree) return { tree, text }
  return unsupported(text, undefined, tree === undefined ? 'this' : kindName(tree), 'write SELECT or VALUES')
}

/** WITH in front of INSERT belongs to its query. */
function withTables(query: Statement, withClause: InsertStmt['withClause']): Statement {
  if (withClause === undefined || !('SelectStmt' in query.tree)) return query
  return { ...query, tree: { SelectStmt: { ...query.tree.SelectStmt, withClause } } }
}

function conflictOf(
  { action, infer, targetList = [], whereClause, location }: OnConflictClause,
  script: Script,
): Conflict {
  const { text } = script
  if (infer?.whereClause !== undefined)
    return unsupported(text, location, 'WHERE of a conflict target', 'leave it out: every key is of the whole table')
  const columns = (infer?.indexElems ?? []).map(each =>
    'IndexElem' in each && each.IndexElem.name !== undefined
      ? each.IndexElem.name
      : unsupported(text, location, 'an expression as a conflict target', 'name the columns of a key'),
  )
  const target =
    infer?.conname === undefined ? (infer === undefined ? undefined : { columns }) : { name: infer.conname }
  if (action !== 'ONCONFLICT_UPDATE') return { target, update: undefined, byte: location }
  if (target === undefined)
    return invalid(
      text,
      location,
      'ON CONFLICT DO UPDATE without a key',
      'write ON CONFLICT (columns of a key) DO UPDATE',
    )
  return { target, update: { sets: setsOf(targetList, text), where: whereClause }, byte: location }
}

/** DEFAULT in place of a value: of VALUES, and of what MERGE inserts. */
const isDefault = (each: Node): boolean =>
  'ResTarget' in each && each.ResTarget.val !== undefined && 'SetToDefault' in each.ResTarget.val

/** The query with its DEFAULTs written out. @param columns what its columns are for */
export function withDefaults(
  query: Statement,
  columns: readonly string[],
  defaults: ReadonlyMap<string, { readonly tree: Node }>,
): Statement {
  if (!('SelectStmt' in query.tree)) return query
  const { SelectStmt: select } = query.tree
  const cell = (each: Node, i: number): Node => ('SetToDefault' in each ? defaultOf(columns[i], defaults) : each)
  if (select.valuesLists === undefined) {
    const targets = select.targetList ?? []
    if (!targets.some(isDefault)) return query
    const targetList = targets.map(
      (each, i): Node => ('ResTarget' in each ? targetNode(cell(each.ResTarget.val ?? each, i)) : each),
    )
    return { ...query, tree: { SelectStmt: { ...select, targetList } } }
  }
  const valuesLists = select.valuesLists.map(
    (row): Node => ('List' in row ? { List: { items: (row.List.items ?? []).map(cell) } } : row),
  )
  return { ...query, tree: { SelectStmt: { ...select, valuesLists } } }
}

export const defaultOf = (name: string | undefined, defaults: ReadonlyMap<string, { readonly tree: Node }>): Node =>
  defaults.get(name ?? '')?.tree ?? { A_Const: { isnull: true } }
