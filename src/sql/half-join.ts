// EXISTS, NOT EXISTS and IN as conditions of WHERE by themselves: a semi join keeps the rows that have a partner, an anti join
// those that have none. A subquery of FROM and WHERE alone is bound as a block whose tables are joined as they are; of any
// other the partners are its rows for the values of the outer columns. NOT IN is an anti join where nothing can be null: a
// null among the values would make it unknown. Of rows, (a, b) NOT IN (…), what is unknown is an anti join too: a row of which no value
// differs from one of the subquery, as far as both are known, is not kept (not-in-rows.ts).
import { call, column, columnsOf, conjoin, conjuncts, type Expr, literal, substitute } from '../expr/index.ts'
import { type Node as PlanNode, schema, whereOf } from '../plan/index.ts'
import type { Field } from '../types/index.ts'
import { type Block, blockOf, Input, outerColumn, typeIn } from './block.ts'
import { bind } from './expressions/bind.ts'
import { adapt, isUnknown } from './expressions/coerce.ts'
import { condition } from './expressions/forms.ts'
import { bindFrom } from './from.ts'
import { notInRows } from './not-in-rows.ts'
import type { Node, SelectStmt, SubLink } from './parser.ts'
import { hiddenRelation, joined, joinedAll, type Pair, relationOf, settled, takeApart } from './relation.ts'
import { over, type Stage } from './stage.ts'
import { probeOf, unnested } from './subquery.ts'
import { targetsOf } from './targets.ts'
import { withTopN } from './top-n.ts'
import { hasSubquery, textOf } from './tree.ts'

type Kind = 'semi' | 'anti'

/** What the rows of a block are joined with. */
export type HalfJoin = TablesHalf | QueryHalf

/** The tables of a subquery. */
interface TablesHalf {
  readonly kind: Kind
  /** The subquery while its conditions use columns of the block around: those of its input `outer`. */
  readonly inner: Block
  readonly conditions: readonly Expr[]
}

/** A subquery as it is; what its columns are equal to. */
interface QueryHalf {
  readonly kind: Kind
  readonly select: SelectStmt
  readonly tests: readonly Expr[]
  /** Of NOT IN: there may be nulls on either side. */
  readonly isOpen: boolean
}

/** The half joins that WHERE says, and what else it says. */
export function halfJoinsIn(
  where: Node | undefined,
  block: Block,
): { readonly halves: readonly HalfJoin[]; readonly rest: Node | undefined } {
  if (where === undefined || block.probing) return { halves: [], rest: where }
  const parts = conjunctsOf(where)
  const found = parts.map(each => halfJoinOf(each, block))
  if (found.every(each => each === undefined)) return { halves: [], rest: where }
  const args = parts.filter((_, i) => found[i] === undefined)
  const rest: Node | undefined = args.length > 1 ? { BoolExpr: { boolop: 'AND_EXPR', args } } : args[0]
  return { halves: found.filter(each => each !== undefined), rest }
}

const conjunctsOf = (node: Node): readonly Node[] =>
  'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR' ? (node.BoolExpr.args ?? []).flatMap(conjunctsOf) : [node]

function halfJoinOf(node: Node, block: Block): HalfJoin | undefined {
  if ('SubLink' in node) return halfOf(node.SubLink, 'semi', block)
  if (!('BoolExpr' in node) || node.BoolExpr.boolop !== 'NOT_EXPR') return undefined
  const [of] = node.BoolExpr.args ?? []
  return of !== undefined && 'SubLink' in of ? halfOf(of.SubLink, 'anti', block) : undefined
}

function halfOf(link: SubLink, kind: Kind, block: Block): HalfJoin | undefined {
  const { subselect, subLinkType, operName = [], testexpr } = link
  if (subselect === undefined || !('SelectStmt' in subselect)) return undefined
  const isIn = subLinkType === 'ANY_SUBLINK' && (operName.length === 0 || textOf(operName[0]) === '=')
  if (!isIn && subLinkType !== 'EXISTS_SUBLINK') return undefined
  if (isIn && (testexpr === undefined || hasSubquery(testexpr))) return undefined
  const test = isIn ? testexpr : undefined
  const select = subselect.SelectStmt
  const ofTables = isIn && kind === 'anti' ? undefined : tablesHalf(select, kind, test, block)
  return ofTables ?? queryHalf(select, kind, test, block)
}

/** Any subquery that has to do with the rows around it: by the columns that it uses, or by what it is equal to. */
function queryHalf(select: SelectStmt, kind: Kind, test: Node | undefined, block: Block): QueryHalf | undefined {
  const probe = probeOf(select, block)
  if (test === undefined) return probe.outers.length > 0 ? { kind, select, tests: [], isOpen: false } : undefined
  const { fields } = schema(probe.node)
  const known = testsOf(test, block)
  if (known.length !== fields.length || probe.unknown.size > 0) return undefined
  const tests = known.map((each, i) => {
    const { type } = fields[i] as Field
    return type.kind === 'struct' ? undefined : (adapt(block, [each, literal(null, type)]) as readonly [Expr])[0]
  })
  if (!tests.every(each => each !== undefined)) return undefined
  const isOpen = fields.some(each => each.nullable) || tests.some(each => typeIn(block, each).nullable)
  // Of single values another form is faster: it counts the nulls.
  if (kind === 'anti' && isOpen && tests.length === 1) return undefined
  return { kind, select, tests, isOpen: kind === 'anti' && isOpen }
}

const testsOf = (test: Node, block: Block): readonly Expr[] =>
  ('RowExpr' in test ? (test.RowExpr.args ?? []) : [test]).map(each => bind(each, block))

function tablesHalf(select: SelectStmt, kind: Kind, test: Node | undefined, block: Block): TablesHalf | undefined {
  if (!hasShape(select)) return undefined
  const inner = blockOf({ ...block.query, depth: block.query.depth + 1 }, block)
  const conditions = boundOver(select, inner, test)
  return conditions?.some(isTie) ? { kind, inner, conditions } : undefined
}

/** FROM of tables, WHERE, and a select list: no groups, no limit, no subquery. */
function hasShape(select: SelectStmt): boolean {
  const none = [
    select.groupClause,
    select.windowClause,
    select.valuesLists,
    select.lockingClause,
    select.distinctClause,
  ]
  return (
    (select.op === undefined || select.op === 'SETOP_NONE') &&
    none.every(each => each === undefined || each.length === 0) &&
    [select.havingClause, select.withClause, select.limitCount, select.limitOffset].every(each => each === undefined) &&
    (select.fromClause ?? []).length > 0 &&
    (select.fromClause ?? []).every(isTables) &&
    !hasSubquery(select.whereClause) &&
    !hasSubquery(select.targetList)
  )
}

const isTables = (item: Node): boolean =>
  'RangeVar' in item ||
  ('JoinExpr' in item && [item.JoinExpr.larg, item.JoinExpr.rarg].every(each => each !== undefined && isTables(each)))

/** The conditions of the subquery and, for IN, its equalities; undefined: it has more to it. */
function boundOver(select: SelectStmt, inner: Block, test: Node | undefined): readonly Expr[] | undefined {
  if (seesAround(select, inner)) return undefined
  bindFrom(select.fromClause ?? [], inner)
  if (inner.times.size > 0) return undefined
  inner.noAggregates = 'WHERE'
  inner.noWindows = 'WHERE'
  const where = select.whereClause === undefined ? [] : conjuncts(condition(select.whereClause, inner, bind))
  inner.noAggregates = undefined
  inner.noWindows = undefined
  inner.noSets = undefined
  const targets = targetsOf(select.targetList ?? [], inner)
  if (inner.aggregates.length + inner.windows.length + inner.groupings.length + inner.sets.length > 0) return undefined
  if (test === undefined) return where
  const equal = equalitiesOf(
    test,
    targets.map(each => each.expr),
    inner,
  )
  return equal && [...where, ...equal]
}

/** Something in FROM uses columns of blocks around: then its tables are others for each of their values. */
function seesAround({ fromClause = [] }: SelectStmt, { query, outer }: Block): boolean {
  const isAlone = (item: Node): boolean => {
    const { correlated, byValue } = ('RangeVar' in item && query.common.get(item.RangeVar.relname ?? '')) || {}
    return 'RangeVar' in item && correlated === undefined && byValue === undefined
  }
  if (fromClause.every(isAlone)) return false
  const sketch = blockOf(query, outer, undefined, true)
  bindFrom(fromClause, sketch)
  return sketch.outers.length > 0
}

/** What is tested equals what is selected: as a condition of the subquery, where the former is of the block around. */
function equalitiesOf(test: Node, selected: readonly Expr[], inner: Block): readonly Expr[] | undefined {
  const around = inner.outer as Block
  const tests = testsOf(test, around)
  if (tests.length !== selected.length || selected.some(each => isUnknown(inner, each))) return undefined
  const known = tests.map((each, i) => {
    const { type } = typeIn(inner, selected[i] as Expr)
    return type.kind === 'struct' ? undefined : (adapt(around, [each, literal(null, type)]) as readonly [Expr])[0]
  })
  if (!known.every(each => each !== undefined)) return undefined
  return known.map((each, i) => {
    const outside = substitute(each, column => outerColumn(inner, column))
    return call('eq', outside, selected[i] as Expr)
  })
}

const isAll = (expr: Expr, input: number): boolean => {
  const used = columnsOf(expr)
  return used.length > 0 && used.every(each => each.input === input)
}

/** An equality of the subquery with the block around it. */
const isTie = (expr: Expr): boolean =>
  expr.kind === 'call' &&
  expr.fn === 'eq' &&
  expr.args.some(each => isAll(each, Input.outer)) &&
  expr.args.some(each => isAll(each, Input.from))

/** The rows of a stage that have a partner, or none. */
export function halfJoined(stage: Stage, half: HalfJoin): void {
  stage.node = 'inner' in half ? joinedWithTables(stage.node, half) : joinedWithQuery(stage, half)
}

function joinedWithQuery(stage: Stage, { kind, select, tests, isOpen }: QueryHalf): PlanNode {
  const made = unnested(select, stage.block, outers => {
    const columns = outers.map(each => over(stage, each.expr))
    return { node: stage.node, columns }
  })
  const values = tests.map(each => over(stage, each))
  const outers = made.ties.map(each => over(stage, each.outer))
  const left = hiddenRelation(stage.node)
  const right = relationOf(made.node, undefined, undefined, [left])
  const inBlock = new Map([...right.names].map(([name, own]) => [own, column(name)]))
  const hidden = made.ties.map(each => each.column)
  const own = schema(made.node).fields.filter(each => !hidden.includes(each.name))
  const inRight = (name: string | undefined): Expr => inBlock.get(name as string) as Expr
  const ties = outers.map((each, i): Pair => ({ left: each, right: inRight(hidden[i]), same: true }))
  const equals = values.map((each, i): Pair => ({ left: each, right: inRight(own[i]?.name), same: false }))
  return isOpen ? notInRows(left, right, ties, equals).node : joined(left, right, kind, [...ties, ...equals]).node
}

function joinedWithTables(node: PlanNode, { kind, inner, conditions }: TablesHalf): PlanNode {
  const isOwn = (each: Expr): boolean => columnsOf(each).every(({ input }) => input !== Input.outer)
  const own = conditions.filter(isOwn)
  const all = joinedAll(
    inner.relations.map(each => withTopN(each, own)),
    [...inner.conditions, ...own],
  )
  const rows = settled(all.relation)
  const left = hiddenRelation(node)
  const right = relationOf(all.rest.length === 0 ? rows : whereOf(rows, conjoin(all.rest)), undefined, undefined, [
    left,
  ])
  const renamed = new Map([...right.names].map(([name, of]) => [of, name]))
  const outside = new Map(inner.outers.map(each => [each.name, each.expr]))
  const across = conditions
    .filter(each => !isOwn(each))
    .map(each =>
      substitute(each, column => {
        const [name, ...path] = column.path as readonly [string, ...string[]]
        if (column.input === Input.outer) return outside.get(name)
        return Object.freeze({ ...column, path: Object.freeze([renamed.get(name) ?? name, ...path]) })
      }),
    )
  const { pairs, rest } = takeApart(across, left, right)
  return joined(left, right, kind, pairs, rest).node
}
