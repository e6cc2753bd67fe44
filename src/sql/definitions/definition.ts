// What a statement asks for, as plain data: whoever has the tables does it.
import { starNode, targetNode, textNode } from '../made-tree.ts'
import type {
  CreateStmt,
  DropStmt,
  ExplainStmt,
  IntoClause,
  Script,
  SelectStmt,
  Statement,
  VariableSetStmt,
  ViewStmt,
} from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { itemsOf, textOf, textsOf } from '../tree.ts'
import { type ColumnList, columnsOf } from './columns.ts'
import { type Copy, copyOf } from './copy.ts'
import { type Insert, insertOf, queryOf } from './insert.ts'
import { type Merge, mergeOf } from './merge.ts'
import { type Change, changeOf, type Truncate } from './modify.ts'
import { nameOf } from './names.ts'
import { constantOf, type Options, optionsOf } from './options.ts'
import { type Preparing, preparingOf } from './prepared.ts'
import { refuseStatement } from './refused.ts'

export type RelationKind = 'table' | 'view' | 'materialized view'

export type Definition =
  | { readonly kind: 'query' }
  | CreateTable
  | CreateView
  | CreateOf
  | Insert
  | Change
  | Truncate
  | Merge
  | Preparing
  | Copy
  | {
      readonly kind: 'drop'
      readonly what: RelationKind
      readonly names: readonly string[]
      readonly ifExists: boolean
    }
  | { readonly kind: 'explain'; readonly analyze: boolean; readonly of: Statement }
  | { readonly kind: 'set'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'show'; readonly name: string }
  | { readonly kind: 'describe' }

export interface CreateTable extends ColumnList {
  readonly kind: 'create table'
  readonly name: string
  readonly ifNotExists: boolean
  readonly options: Options
}

export interface CreateView {
  readonly kind: 'create view'
  readonly name: string
  readonly replace: boolean
  readonly query: Statement
}

/** A table of what a query gives: once, or kept up to date. */
export interface CreateOf {
  readonly kind: 'create materialized view' | 'create table as'
  readonly name: string
  readonly ifNotExists: boolean
  readonly query: Statement
  /** WITH. */
  readonly options: Options
}

export function definitionOf({ tree, isDescribed }: Statement, script: Script): Definition {
  if ('SelectStmt' in tree && tree.SelectStmt.intoClause !== undefined) return intoTable(tree.SelectStmt, script)
  if ('SelectStmt' in tree) return { kind: isDescribed === true ? 'describe' : 'query' }
  if ('CreateStmt' in tree) {
    const { relation, tableElts = [], options, if_not_exists } = tree.CreateStmt
    refuseParts(tree.CreateStmt, script)
    const list = columnsOf(nameOf(relation, script), tableElts, script.text)
    return {
      kind: 'create table',
      name: nameOf(relation, script),
      ifNotExists: if_not_exists === true,
      ...list,
      options: optionsOf(options, script.text),
    }
  }
  if ('ViewStmt' in tree) return viewOf(tree.ViewStmt, script)
  if ('CreateTableAsStmt' in tree) {
    const { query, into, objtype, if_not_exists } = tree.CreateTableAsStmt
    return {
      kind: objtype === 'OBJECT_MATVIEW' ? 'create materialized view' : 'create table as',
      name: nameOf(into?.rel, script),
      ifNotExists: if_not_exists === true,
      query: withData(renamed(queryOf(query, script), textsOf(into?.colNames)), into, objtype, script),
      options: optionsOf(into?.options, script.text),
    }
  }
  if ('InsertStmt' in tree) return insertOf(tree.InsertStmt, script)
  if ('DropStmt' in tree) return dropOf(tree.DropStmt, script)
  if ('ExplainStmt' in tree) return explainOf(tree.ExplainStmt, script)
  if ('CopyStmt' in tree) return copyOf(tree.CopyStmt, script)
  if ('VariableSetStmt' in tree) return setOf(tree.VariableSetStmt, script)
  if ('VariableShowStmt' in tree) return { kind: 'show', name: tree.VariableShowStmt.name ?? '' }
  if ('MergeStmt' in tree) return mergeOf(tree.MergeStmt, script)
  return changeOf(tree, script) ?? preparingOf(tree, script) ?? refuseStatement(tree, script)
}

/** What CREATE TABLE may say of a table that is of others, or that lasts as long as a transaction. */
function refuseParts(
  { partspec, partbound, inhRelations = [], oncommit, relation }: CreateStmt,
  { text }: Script,
): void {
  const byte = relation?.location
  if (partspec !== undefined || partbound !== undefined)
    unsupported(text, byte, 'PARTITION of a table', 'make one table; files are partitioned by partition_by of a sink')
  if (inhRelations.length > 0) unsupported(text, byte, 'INHERITS', 'name the columns, or make a view of both tables')
  if (oncommit === 'ONCOMMIT_DELETE_ROWS' || oncommit === 'ONCOMMIT_DROP')
    unsupported(text, byte, 'ON COMMIT', 'there are no transactions: leave it out, and TRUNCATE or DROP the table')
}

/** SELECT … INTO t is CREATE TABLE t AS SELECT …. */
function intoTable(select: SelectStmt, script: Script): CreateOf {
  const { intoClause, ...query } = select
  return {
    kind: 'create table as',
    name: nameOf(intoClause?.rel, script),
    ifNotExists: false,
    query: { tree: { SelectStmt: query }, text: script.text },
    options: new Map(),
  }
}

/** WITH NO DATA: the columns of a query, and none of its rows. */
function withData(query: Statement, into: IntoClause | undefined, of: string | undefined, script: Script): Statement {
  if (into?.skipData !== true) return query
  if (of === 'OBJECT_MATVIEW')
    return unsupported(script.text, into.rel?.location, 'WITH NO DATA of a view', 'leave it out: it follows its query')
  const limitCount = { A_Const: { ival: {}, location: -1 } }
  const fromClause = [{ RangeSubselect: { subquery: query.tree, alias: { aliasname: 'it' } } }]
  const select: SelectStmt = {
    targetList: [targetNode(starNode())],
    fromClause,
    limitCount,
    limitOption: 'LIMIT_OPTION_COUNT',
  }
  return { ...query, tree: { SelectStmt: select } }
}

/** SELECT * FROM (query) AS it (names). */
function renamed(query: Statement, names: readonly string[]): Statement {
  if (names.length === 0) return query
  const alias = { aliasname: 'it', colnames: names.map(textNode) }
  const star = targetNode(starNode())
  const select: SelectStmt = { targetList: [star], fromClause: [{ RangeSubselect: { subquery: query.tree, alias } }] }
  return { ...query, tree: { SelectStmt: select } }
}

function viewOf({ view, aliases, query, replace, withCheckOption, options }: ViewStmt, script: Script): CreateView {
  if (withCheckOption !== undefined && withCheckOption !== 'NO_CHECK_OPTION')
    unsupported(script.text, view?.location, 'WITH CHECK OPTION', 'leave it out: nothing is written to a view')
  if ((options ?? []).length > 0)
    unsupported(script.text, view?.location, 'WITH of a view', 'leave it out: a view is its query')
  return {
    kind: 'create view',
    name: nameOf(view, script),
    replace: replace === true,
    query: renamed(queryOf(query, script), textsOf(aliases)),
  }
}

const DROPPED: Readonly<Record<string, RelationKind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
}

function dropOf({ removeType, objects = [], missing_ok, behavior }: DropStmt, { text }: Script) {
  const what = DROPPED[String(removeType)]
  if (what === undefined)
    return unsupported(text, undefined, `DROP of ${removeType}`, 'there are DROP TABLE, VIEW and MATERIALIZED VIEW')
  if (behavior === 'DROP_CASCADE')
    return unsupported(text, undefined, 'CASCADE', 'drop what depends on it first; it tells what that is')
  const names = objects.map(each => textOf(itemsOf(each).at(-1)) ?? '')
  return { kind: 'drop', what, names, ifExists: missing_ok === true } as const
}

function explainOf({ query, options }: ExplainStmt, script: Script): Definition {
  const given = optionsOf(options, script.text)
  for (const [name, { byte }] of given)
    if (name !== 'analyze') unsupported(script.text, byte, `EXPLAIN (${name})`, 'write EXPLAIN, or EXPLAIN ANALYZE')
  const on = given.get('analyze')?.value
  if (query === undefined)
    return invalid(script.text, undefined, 'there is nothing to explain', 'write EXPLAIN SELECT …')
  return { kind: 'explain', analyze: on !== undefined && on !== 'false', of: { tree: query, text: script.text } }
}

function setOf({ kind, name = '', args = [] }: VariableSetStmt, { text }: Script): Definition {
  if (kind === 'VAR_SET_DEFAULT' || kind === 'VAR_RESET') return { kind: 'set', name, value: undefined }
  const [only, second] = args
  const value = only === undefined ? undefined : constantOf(only)
  if (kind !== 'VAR_SET_VALUE' || value === undefined || second !== undefined)
    return unsupported(text, undefined, 'this form of SET', "write SET name = 'value'")
  return { kind: 'set', name, value }
}
