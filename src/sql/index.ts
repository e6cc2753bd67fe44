// SQL: PostgreSQL's grammar → the plan nodes that the typed API makes. Importing this room loads the parser.
import type { Expr } from '../expr/index.ts'
import type { Node } from '../plan/index.ts'
import type { Schema } from '../types/index.ts'
import { type Assignment, assigned, wantedBy } from './definitions/assign.ts'
import type { RuleTrees } from './definitions/columns.ts'
import { boundRules, type Rules } from './definitions/rules.ts'
import { told } from './expressions/record.ts'
import { frameOf } from './frame-of.ts'
import type { Script, Statement } from './parser.ts'
import type { Bound, Catalog, Wanted } from './query.ts'
import { invalid } from './refuse.ts'
import { bindQuery } from './select.ts'
import { kindName } from './tree.ts'

export type { Assignment } from './definitions/assign.ts'
export { type Changing, changingParts } from './definitions/changing.ts'
export type { RuleTrees, Unique } from './definitions/columns.ts'
export type { Copy } from './definitions/copy.ts'
export * from './definitions/definition.ts'
export type { Conflict, Insert } from './definitions/insert.ts'
export type { Merge } from './definitions/merge.ts'
export type { Change, Truncate } from './definitions/modify.ts'
export type { Option, Options } from './definitions/options.ts'
export { type Changeable, type Planned, plannedChange, plannedInsert, plannedRows } from './definitions/planned.ts'
export { argumentsOf, type Preparing } from './definitions/prepared.ts'
export { hasRules, NO_RULES, type Rules } from './definitions/rules.ts'
export { columnNode, textNode } from './made-tree.ts'
export { tablesIn } from './names-in.ts'
export { parse, type Script, type Statement } from './parser.ts'
export type { Catalog } from './query.ts'
export { invalid, unsupported, within } from './refuse.ts'

/** The table that a SELECT (or VALUES) statement is. */
export function tableOf(statement: Statement, script: Script, catalog: Catalog, params: readonly Expr[] = []): Node {
  return bound(statement, script, catalog, params).node
}

/** The rows of a query as rows of another table. */
export function rowsFor(
  statement: Statement,
  to: Assignment,
  script: Script,
  catalog: Catalog,
  params: readonly Expr[] = [],
): Node {
  return assigned(bound(statement, script, catalog, params, wantedBy(to)), to, script)
}

/** What the rows of a table are held to, bound. */
export const rulesOf = (table: string, schema: Schema, trees: RuleTrees, script: Script, catalog: Catalog): Rules =>
  boundRules(table, schema, trees, frameOf(script, catalog, []).query)

function bound(
  { tree }: Statement,
  script: Script,
  catalog: Catalog,
  params: readonly Expr[],
  wanted: Wanted = [],
): Bound {
  if (!('SelectStmt' in tree))
    return invalid(script.text, 0, `${kindName(tree)} is not a query`, 'write SELECT or VALUES')
  const made = bindQuery(tree.SelectStmt, frameOf(script, catalog, params), wanted)
  return { ...made, node: told(made.node) }
}
