// The order of a query in FROM is that in which PostgreSQL takes its rows: LIMIT of the query around takes the first of them, and
// array_agg and its like put their values in it. Here rows have no order until one is asked for, so that it is written down.
import { columnNode, targetNode } from './made-tree.ts'
import type { FuncCall, Node, SelectStmt, SortBy } from './parser.ts'
import { textOf } from './tree.ts'

/** The columns of keys that are not selected begin so. */
export const ORDER_COLUMN = '?order_'

/** The same query, in which what depends on the order of its only subquery says so. */
export function withOrderOf(statement: SelectStmt): SelectStmt {
  const [item, more] = statement.fromClause ?? []
  if (item === undefined || more !== undefined || !('RangeSubselect' in item)) return statement
  const { subquery } = item.RangeSubselect
  const inner = subquery !== undefined && 'SelectStmt' in subquery ? subquery.SelectStmt : undefined
  const keys = (inner?.sortClause ?? []).flatMap(each => ('SortBy' in each ? [each.SortBy] : []))
  if (inner === undefined || keys.length === 0) return statement
  const around = (made: SelectStmt): Node[] => [
    { RangeSubselect: { ...item.RangeSubselect, subquery: { SelectStmt: made } } },
  ]
  if (takesFirst(statement, inner)) {
    const { limitCount, limitOffset, limitOption, ...rest } = statement
    const limits = {
      ...(limitCount && { limitCount }),
      ...(limitOffset && { limitOffset }),
      ...(limitOption && { limitOption }),
    }
    return { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT', fromClause: around({ ...inner, ...limits }) }
  }
  const all = calls(statement.targetList)
  // PostgreSQL sorts its rows for an aggregate that says an order, and for one of DISTINCT.
  const isSorted = all.some(each => each.agg_order !== undefined || each.agg_distinct === true)
  if (isSorted || !all.some(isOrdered)) return statement
  const selected = withKeys(inner, keys)
  if (selected === undefined) return statement
  const order = keys.map((each, i): Node => ({ SortBy: { ...each, node: columnNode(`${ORDER_COLUMN}${i}`) } }))
  const targetList = (statement.targetList ?? []).map(each => inOrder(each, order) as Node)
  return { ...statement, targetList, fromClause: around(selected) }
}

/** It takes so many rows of a query, as they are. */
function takesFirst(statement: SelectStmt, inner: SelectStmt): boolean {
  const { limitCount, limitOffset, targetList, ...rest } = statement
  if (limitCount === undefined && limitOffset === undefined) return false
  if (inner.limitCount !== undefined || inner.limitOffset !== undefined) return false
  const isBare = !['whereClause', 'groupClause', 'havingClause', 'windowClause', 'distinctClause', 'sortClause'].some(
    each => each in rest,
  )
  return isBare && rest.withClause === undefined && calls(targetList).length === 0 && !has(targetList, 'SubLink')
}

/** The query with its keys as further columns; undefined: they can not be columns. */
function withKeys(inner: SelectStmt, keys: readonly SortBy[]): SelectStmt | undefined {
  const { op = 'SETOP_NONE', distinctClause, targetList = [] } = inner
  if (op !== 'SETOP_NONE' || distinctClause !== undefined || inner.valuesLists !== undefined) return undefined
  const nodes = keys.map(each => each.node && meant(each.node, targetList))
  if (nodes.includes(undefined)) return undefined
  const added = nodes.map((each, i) => targetNode(each as Node, `${ORDER_COLUMN}${i}`))
  return { ...inner, targetList: [...targetList, ...added] }
}

/** What a key is: a number and a name may be those of a column of the result. */
function meant(key: Node, targets: readonly Node[]): Node | undefined {
  const values = targets.map(each => ('ResTarget' in each ? each.ResTarget : undefined))
  if ('A_Const' in key) {
    const at = key.A_Const.ival?.ival
    return at === undefined || targets.some(each => has(each, 'A_Star')) ? undefined : values[at - 1]?.val
  }
  if (!('ColumnRef' in key) || key.ColumnRef.fields?.length !== 1) return key
  const name = textOf(key.ColumnRef.fields[0])
  return values.find(each => each?.name === name)?.val ?? key
}

const ORDERED = /^(array_agg|string_agg|jsonb?_agg|jsonb?_object_agg)$/

/** An aggregate whose result depends on the order of rows, and that says none. */
const isOrdered = ({ funcname, agg_order, agg_distinct, over }: FuncCall): boolean =>
  ORDERED.test(textOf(funcname?.at(-1)) ?? '') && agg_order === undefined && agg_distinct !== true && over === undefined

/** The tree with an order for these aggregates; those of subqueries have rows of their own. */
function inOrder(tree: unknown, order: Node[]): unknown {
  if (typeof tree !== 'object' || tree === null || 'SubLink' in tree) return tree
  if (Array.isArray(tree)) return tree.map(each => inOrder(each, order))
  if ('FuncCall' in tree && isOrdered(tree.FuncCall as FuncCall))
    return { FuncCall: { ...(tree.FuncCall as FuncCall), agg_order: order } }
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, inOrder(value, order)]))
}

/** The calls in a tree, without those of its subqueries. */
function calls(tree: unknown): readonly FuncCall[] {
  if (typeof tree !== 'object' || tree === null || 'SubLink' in tree) return []
  const own = 'FuncCall' in tree ? [tree.FuncCall as FuncCall] : []
  return [...own, ...Object.values(tree).flatMap(calls)]
}

const has = (tree: unknown, kind: string): boolean =>
  typeof tree === 'object' && tree !== null && (kind in tree || Object.values(tree).some(each => has(each, kind)))
