// As-of joins: `LATERAL (SELECT … FROM versions v WHERE v.k = t.k AND v.at <= t.at ORDER BY v.at DESC LIMIT 1)` is the version
// that is valid at the row's event time. What has this shape becomes the plan's as-of join; what has not stays a
// correlated subquery.
import { column, columnsOf, conjuncts, type Expr, sameExpr } from '../expr/index.ts'
import { asOfJoin, type Named, type Node as PlanNode, properties, schema, selectOf, whereOf } from '../plan/index.ts'
import { type Block, blockOf, Input } from './block.ts'
import { bind } from './expressions/bind.ts'
import { condition } from './expressions/forms.ts'
import { distinctNames } from './names.ts'
import type { RangeSubselect, SelectStmt } from './parser.ts'
import { fieldsOf, inside, type Relation } from './relation.ts'
import { type Target, targetsOf } from './targets.ts'
import { textsOf } from './tree.ts'

/** Binds an item of FROM. */
export type BindItem = (item: NonNullable<SelectStmt['fromClause']>[number], block: Block) => Relation

/** The left relation with the version that is valid for each row; undefined: this subquery is not one of that shape. */
export function asOfRelation(
  left: Relation,
  { subquery, alias, lateral }: RangeSubselect,
  kind: 'inner' | 'left',
  block: Block,
  bindItem: BindItem,
): Relation | undefined {
  if (lateral !== true || subquery === undefined || !('SelectStmt' in subquery) || block.domain !== undefined)
    return undefined
  const select = subquery.SelectStmt
  const version = hasShape(select) ? versionOf(select, left, block, bindItem) : undefined
  if (version === undefined) return undefined
  const { node, targets, on } = version
  const taken = fieldsOf(left).map(each => each.name)
  const names = distinctNames(
    targets.map(each =>
      taken.includes(each.name) && alias?.aliasname ? `${alias.aliasname}.${each.name}` : each.name,
    ),
    [...taken, ...block.relations.flatMap(each => [...each.names.keys()])],
  )
  const columns = [
    ...[...left.names].map(([name, of]): Named => ({ name, expr: column(of) })),
    ...targets.map(
      (each, i): Named => ({ name: names[i] as string, expr: { kind: 'column', path: [each.as], input: 1 } }),
    ),
  ]
  const made = asOfJoin(left.node, node, { type: kind, direction: 'backward', on, tolerance: undefined, columns })
  const given = textsOf(alias?.colnames)
  const own = targets.map((each, i) => ({
    relation: alias?.aliasname,
    name: given[i] ?? each.name,
    column: names[i] as string,
  }))
  const all = new Map(columns.map(({ name }) => [name, name]))
  return { node: made, names: all, scope: { columns: [...left.scope.columns, ...own] } }
}

/** One table, a condition, an order, its first row, and nothing else. */
function hasShape(select: SelectStmt): boolean {
  const one = select.limitCount
  const isOne = one !== undefined && 'A_Const' in one && one.A_Const.ival?.ival === 1
  const parts = [
    select.groupClause,
    select.windowClause,
    select.distinctClause,
    select.valuesLists,
    select.lockingClause,
  ]
  return (
    isOne &&
    select.limitOption !== 'LIMIT_OPTION_WITH_TIES' &&
    (select.op === undefined || select.op === 'SETOP_NONE') &&
    parts.every(each => each === undefined || each.length === 0) &&
    [select.havingClause, select.withClause, select.limitOffset].every(each => each === undefined) &&
    select.fromClause?.length === 1 &&
    select.sortClause?.length === 1 &&
    select.whereClause !== undefined
  )
}

interface Version {
  /** The versions with the columns that are wanted of them. */
  readonly node: PlanNode
  readonly targets: readonly { readonly name: string; readonly as: string }[]
  readonly on: readonly { readonly left: Expr; readonly right: Expr }[]
}

function versionOf(select: SelectStmt, left: Relation, block: Block, bindItem: BindItem): Version | undefined {
  const outer: Block = { ...block, relations: [left] }
  const own = blockOf(block.query, outer)
  own.noAggregates = own.noWindows = 'an as-of join'
  const [item] = select.fromClause ?? []
  if (item === undefined || !('RangeVar' in item)) return undefined
  const right = bindItem(item, own)
  own.relations.push(right)
  const times = [timeOf(right), timeOf(left)]
  if (times.includes(undefined)) return undefined
  const [ownTime, outerTime] = times as [Expr, Expr]
  const parts = conjuncts(condition(select.whereClause as never, own, bind)).map(each => placed(each))
  const targets = targetsOf(select.targetList ?? [], own)
  if (!isLatest(select, ownTime, own) || own.subqueries.length > 0) return undefined
  const isBefore = (each: Placed): boolean => isUpTo(each.expr, ownTime, outerTime, own)
  const tied = parts.filter(each => each.sides === 'both')
  const pairs = tied.filter(each => !isBefore(each)).map(each => pairOf(each.expr, own))
  const isPlain = targets.every(each => placed(each.expr).sides === 'inner')
  if (!isPlain || tied.length !== pairs.length + 1 || pairs.includes(undefined)) return undefined
  if (parts.some(each => each.sides === 'outer')) return undefined
  const filters = parts.filter(each => each.sides === 'inner').map(each => each.expr)
  return {
    ...columnsOfVersion(right, filters, targets),
    on: (pairs as Pair[]).map(each => placedPair(each, left, right)),
  }
}

interface Placed {
  readonly expr: Expr
  readonly sides: 'inner' | 'outer' | 'both'
}

function placed(expr: Expr): Placed {
  const inputs = new Set(columnsOf(expr).map(each => each.input))
  if (!inputs.has(Input.outer)) return { expr, sides: 'inner' }
  return { expr, sides: inputs.has(Input.from) ? 'both' : 'outer' }
}

/** The event time of a relation, over the names of its block. */
function timeOf({ node, names }: Relation): Expr | undefined {
  const { eventTime, appendOnly } = properties(node)
  const name = [...names].find(([, of]) => of === eventTime?.path[0])?.[0]
  if (eventTime === undefined || eventTime.shift !== 0n || !appendOnly || name === undefined) return undefined
  return column(name, ...eventTime.path.slice(1))
}

/** ORDER BY the event time, the latest first. */
function isLatest({ sortClause = [] }: SelectStmt, time: Expr, own: Block): boolean {
  const [key] = sortClause
  if (key === undefined || !('SortBy' in key) || key.SortBy.node === undefined) return false
  return key.SortBy.sortby_dir === 'SORTBY_DESC' && sameExpr(bind(key.SortBy.node, own), time)
}

/** An outer column as it is around. */
function outside(expr: Expr, own: Block): Expr | undefined {
  if (expr.kind !== 'column' || expr.input !== Input.outer) return undefined
  return own.outers.find(each => each.name === expr.path[0])?.expr
}

/** `v.at <= t.at`, either way round. */
function isUpTo(expr: Expr, own: Expr, outer: Expr, block: Block): boolean {
  if (expr.kind !== 'call') return false
  const [a, b] = expr.args as readonly [Expr, Expr]
  const is = (x: Expr, y: Expr): boolean => {
    const around = outside(y, block)
    return sameExpr(x, own) && around !== undefined && sameExpr(around, outer)
  }
  return expr.fn === 'le' ? is(a, b) : expr.fn === 'ge' && is(b, a)
}

interface Pair {
  readonly left: Expr
  readonly right: Expr
}

/** An equality of an outer expression and one of the versions. */
function pairOf(expr: Expr, own: Block): Pair | undefined {
  if (expr.kind !== 'call' || expr.fn !== 'eq') return undefined
  const [a, b] = expr.args as readonly [Expr, Expr]
  const [left, right] = placed(a).sides === 'outer' ? [a, b] : [b, a]
  const around = outside(left, own)
  return around === undefined || placed(right).sides !== 'inner' ? undefined : { left: around, right }
}

/** Over the nodes instead of the block's names. */
const placedPair = ({ left, right }: Pair, of: Relation, versions: Relation): Pair => ({
  left: inside(of, left, 0),
  right: inside(versions, right, 1),
})

/** The versions that pass the filters, with all their columns and those that are selected. */
function columnsOfVersion(
  right: Relation,
  filters: readonly Expr[],
  targets: readonly Target[],
): Pick<Version, 'node' | 'targets'> {
  const filtered = filters.reduce<PlanNode>((node, each) => whereOf(node, inside(right, each, 0)), right.node)
  const own = schema(right.node).fields.map(({ name }): Named => ({ name, expr: column(name) }))
  const as = distinctNames(
    targets.map(each => each.name),
    own.map(each => each.name),
  )
  const wanted = targets.map((each, i): Named => ({ name: as[i] as string, expr: inside(right, each.expr, 0) }))
  return {
    node: selectOf(filtered, [...own, ...wanted]),
    targets: targets.map((each, i) => ({ name: each.name, as: as[i] as string })),
  }
}
