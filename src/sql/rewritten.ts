// Queries that are others in disguise: ARRAY(SELECT …) is an aggregate of it, a row among those of a query is an EXISTS over
// it, a row that equals one of a query is its columns one by one. Names that they need begin with a question mark: no other does.
import { columnNode, starNode, targetNode, textNode } from './made-tree.ts'
import type { Alias, FuncCall, Node, RangeSubselect, SelectStmt, SubLink } from './parser.ts'
import { textOf } from './tree.ts'

const query = (SelectStmt: SelectStmt): Node => ({ SelectStmt })

const plain = { op: 'SETOP_NONE', limitOption: 'LIMIT_OPTION_DEFAULT' } as const satisfies SelectStmt

const call = (name: string, args: Node[], order: Node[] = []): Node => ({
  FuncCall: { funcname: [textNode(name)], args, agg_order: order, funcformat: 'COERCE_EXPLICIT_CALL' },
})

const value = (node: Node): Node => ({ SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: node } })

/** A query as a table whose columns are called so. */
const table = (of: SelectStmt, names: readonly string[], aliasname: string): Node => ({
  RangeSubselect: { subquery: query(of), alias: { aliasname, colnames: names.map(textNode) } },
})

const VALUE = '?value'

/** (SELECT array_agg(value ORDER BY …) FROM (the query) …). */
export function arraySelect(select: SelectStmt): Node {
  const keys = (select.sortClause ?? []).flatMap(each => ('SortBy' in each ? [each.SortBy] : []))
  const isPlain = (select.op ?? 'SETOP_NONE') === 'SETOP_NONE' && select.distinctClause === undefined
  const targets = select.targetList ?? []
  const added: Node[] = []
  const order = keys.map((each, i): Node => {
    if (!isPlain || each.node === undefined || isOutput(each.node, targets[0]))
      return { SortBy: { ...each, node: columnNode(VALUE) } }
    added.push(targetNode(each.node, `?order_${i}`))
    return { SortBy: { ...each, node: columnNode(`?order_${i}`) } }
  })
  const names = [VALUE, ...added.flatMap(each => ('ResTarget' in each ? [each.ResTarget.name ?? ''] : []))]
  const of = added.length === 0 ? select : { ...select, targetList: [...targets, ...added] }
  const made = call('array_agg', [columnNode(VALUE)], order)
  return value(query({ ...plain, targetList: [targetNode(made)], fromClause: [table(of, names, '?array')] }))
}

/** A key that is the only column: by its name or its number. */
function isOutput(key: Node, only: Node | undefined): boolean {
  if ('A_Const' in key) return true
  if (only === undefined || !('ResTarget' in only) || !('ColumnRef' in key)) return false
  const name = only.ResTarget.name
  return name !== undefined && key.ColumnRef.fields?.length === 1 && textOf(key.ColumnRef.fields[0]) === name
}

/** Whether a comparison with a row of a query is true, or is not false. */
export type RowTest = 'true' | 'open'

/** EXISTS (SELECT FROM (the query) … WHERE row op (its columns)). */
export function existsSelect({ subselect }: SubLink, row: Node, sign: string, test: RowTest): Node {
  const width = 'RowExpr' in row ? (row.RowExpr.args ?? []).length : 1
  const names = Array.from({ length: width }, (_, i) => `?row_${i}`)
  const other: Node = { RowExpr: { args: names.map(name => columnNode('?rows', name)) } }
  const compared: Node = { A_Expr: { kind: 'AEXPR_OP', name: [textNode(sign)], lexpr: row, rexpr: other } }
  const yes: Node = { A_Const: { boolval: { boolval: true } } }
  const whereClause: Node = test === 'true' ? compared : { CoalesceExpr: { args: [compared, yes] } }
  const of = subselect !== undefined && 'SelectStmt' in subselect ? subselect.SelectStmt : plain
  const found: SelectStmt = {
    ...plain,
    targetList: [targetNode(yes)],
    fromClause: [table(of, names, '?rows')],
    whereClause,
  }
  return { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: query(found) } }
}

/** The columns of the only row of a query, each by itself. */
export function columnsOfRow(of: SelectStmt, width: number): readonly Node[] {
  const names = Array.from({ length: width }, (_, i) => `?field_${i}`)
  const fromClause = [table(of, names, '?row')]
  return names.map(name => value(query({ ...plain, targetList: [targetNode(columnNode(name))], fromClause })))
}

/** A call in FROM as a query of its own, which sees what stands before it. */
export function asQuery(of: FuncCall, alias: Alias | undefined, name: string): RangeSubselect {
  const subquery = query({ ...plain, targetList: [targetNode({ FuncCall: of })] })
  const aliasname = alias?.aliasname ?? name
  return { lateral: true, subquery, alias: { aliasname, colnames: alias?.colnames ?? [textNode(aliasname)] } }
}

/** An item of FROM as a query of its own that sees what stands before it, and has the condition of its join. */
export function lateralSelect(
  item: Node,
  alias: Alias | undefined,
  name: string,
  quals?: Node,
): Extract<Node, { RangeSubselect: unknown }> {
  const select: SelectStmt = { ...plain, targetList: [targetNode(starNode())], fromClause: [item] }
  const subquery = query(quals === undefined ? select : { ...select, whereClause: quals })
  return { RangeSubselect: { lateral: true, subquery, alias: { ...alias, aliasname: alias?.aliasname ?? name } } }
}
