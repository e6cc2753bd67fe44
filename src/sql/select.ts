// A query → a plan node: WITH, set operations, VALUES, and SELECT, whose steps stand here in the order in which SQL
// gives them meaning: FROM, WHERE, GROUP BY, HAVING, the select list, DISTINCT, ORDER BY, LIMIT.
import { column, columnsOf, conjoin, conjuncts, type Expr, type SortKey, sameExpr } from '../expr/index.ts'
import { distinctOf, type Named, type Node as PlanNode, rankOf, selectOf, whereOf } from '../plan/index.ts'
import { type ColumnType, field, schemaOf } from '../types/index.ts'
import { type Block, blockOf, Input, typeIn } from './block.ts'
import { constantAs } from './expressions/arrays.ts'
import { bind } from './expressions/bind.ts'
import { isUnknown } from './expressions/coerce.ts'
import { condition } from './expressions/forms.ts'
import { fieldsOf } from './expressions/record.ts'
import { asSum } from './expressions/widths.ts'
import { bindFrom } from './from.ts'
import { grouped } from './group.ts'
import type { Grouping } from './grouping-sets.ts'
import { type HalfJoin, halfJoined, halfJoinsIn } from './half-join.ts'
import { type Limits, limited, limitsOf } from './limit.ts'
import { distinctNames } from './names.ts'
import { orderKeys } from './order.ts'
import { withOrderOf } from './ordered-input.ts'
import { windowed } from './over.ts'
import type { Node, SelectStmt } from './parser.ts'
import type { Bound, Frame, Wanted } from './query.ts'
import { invalid, unsupported, within } from './refuse.ts'
import { joinedAll, settled } from './relation.ts'
import { setOperation } from './set-operation.ts'
import { setsOf, withSets } from './sets.ts'
import { over, type Stage, stageOf } from './stage.ts'
import { groupKeys, type Target, targetFor, targetsOf } from './targets.ts'
import { groupWindows } from './time-windows.ts'
import { withTopN } from './top-n.ts'
import { locationOf } from './tree.ts'
import { values } from './values.ts'
import { nameWindow } from './window-call.ts'
import { withTables } from './with.ts'

export function bindQuery(statement: SelectStmt, given: Frame, wanted: Wanted = []): Bound {
  const frame = statement.withClause === undefined ? given : withTables(statement.withClause, given)
  refuseRest(statement, frame)
  if (statement.op !== undefined && statement.op !== 'SETOP_NONE') return setOperation(statement, frame)
  if ((statement.valuesLists ?? []).length > 0) return values(statement, frame, wanted)
  return bindBlock(withOrderOf(statement), frame, wanted)
}

function refuseRest(statement: SelectStmt, { query }: Frame): void {
  if ((statement.lockingClause ?? []).length > 0)
    unsupported(query.text, undefined, 'FOR UPDATE', 'leave it out: a table of millrace is never locked')
  if (statement.intoClause !== undefined)
    unsupported(
      query.text,
      undefined,
      'SELECT INTO here',
      'write CREATE TABLE name AS SELECT …, a statement of its own',
    )
}

function bindBlock(statement: SelectStmt, { query, outer, domain, probing }: Frame, wanted: Wanted): Bound {
  const block = blockOf(query, outer, domain, probing)
  bindFrom(statement.fromClause ?? [], block)
  const windows = groupWindows(statement.groupClause ?? [], block)
  for (const each of statement.windowClause ?? []) if ('WindowDef' in each) nameWindow(each.WindowDef, block)
  block.noAggregates = 'WHERE'
  const { halves, rest } = halfJoinsIn(statement.whereClause, block)
  block.noAggregates = undefined
  const where = clause('WHERE', rest, block)
  block.noSets = undefined
  const targets = targetsOf(statement.targetList ?? [], block).map((each, i) => asWanted(each, wanted[i], block))
  block.noWindows = 'GROUP BY'
  const grouping = groupKeys(statement.groupClause ?? [], statement.groupDistinct === true, windows, targets, block)
  block.noWindows = 'HAVING'
  block.noSets = 'HAVING'
  const having = statement.havingClause === undefined ? undefined : condition(statement.havingClause, block, bind)
  block.noWindows = undefined
  block.noSets = undefined
  const order = orderKeys(statement.sortClause ?? [], targets, block)
  const distinctOn = distinctKeys(statement, targets, order, block)
  const unknown = new Set(targets.flatMap((each, i) => (isUnknown(block, each.expr) ? [i] : [])))
  const names = distinctNames(targets.map(each => each.name))
  const isGrouped =
    grouping.keys.length > 0 ||
    grouping.sets !== undefined ||
    having !== undefined ||
    block.aggregates.length + block.groupings.length > 0
  const steps: Steps = {
    block,
    where,
    halves,
    grouping,
    having,
    order,
    targets,
    names,
    isGrouped,
    distinctOn,
    statement,
  }
  const node = probing ? sketch(steps) : build(steps)
  return { node, names, outers: block.outers, unknown }
}

function asWanted(target: Target, type: ColumnType | undefined, block: Block): Target {
  if (type === undefined || !isUnknown(block, target.expr)) return target
  return { ...target, expr: constantAs(block, target.expr, type, target.byte) }
}

/** The expressions of DISTINCT ON; they must be the first ones of ORDER BY. */
function distinctKeys(
  { distinctClause = [] }: SelectStmt,
  targets: readonly Target[],
  order: readonly SortKey[],
  block: Block,
): readonly Expr[] {
  const nodes = distinctClause.filter(each => Object.keys(each).length > 0)
  const keys = nodes.map(each => targetFor(each, targets, block, 'DISTINCT ON')?.expr ?? bind(each, block))
  const first = order.slice(0, keys.length).map(each => each.expr)
  if (first.every(each => keys.some(key => sameExpr(key, each)))) return keys
  const reason = 'SELECT DISTINCT ON expressions must match initial ORDER BY expressions'
  return invalid(block.query.text, locationOf(nodes[0]), reason, 'begin ORDER BY with them')
}

/** A condition of a clause in which aggregates may not stand. */
function clause(name: string, node: Node | undefined, block: Block): Expr | undefined {
  if (node === undefined) return undefined
  block.noAggregates = name
  block.noWindows = name
  const made = condition(node, block, bind)
  block.noAggregates = undefined
  block.noWindows = undefined
  return made
}

interface Steps {
  readonly block: Block
  readonly where: Expr | undefined
  readonly halves: readonly HalfJoin[]
  readonly grouping: Grouping
  readonly having: Expr | undefined
  readonly order: readonly SortKey[]
  readonly targets: readonly Target[]
  readonly names: readonly string[]
  readonly isGrouped: boolean
  readonly distinctOn: readonly Expr[]
  readonly statement: SelectStmt
}

/** Only the types count: a table without rows. */
function sketch({ block, targets, names }: Steps): PlanNode {
  const fields = targets.map((each, i) => {
    const { type, nullable } = typeIn(block, each.expr)
    return field(names[i] as string, type, nullable)
  })
  return block.query.catalog.rows(schemaOf(fields), [])
}

function build(steps: Steps): PlanNode {
  const { block, having, statement, isGrouped, grouping } = steps
  const domain = block.domain === undefined ? [] : [...block.domain.relation.names.keys()]
  let stage = fromAndWhere(steps)
  const keyed = setsOf(
    grouping.keys.map(each => each.expr),
    block,
  )
  stage = withSets(stage, keyed)
  if (isGrouped) stage = grouped(stage, grouping, domain)
  if (having !== undefined) filter(stage, having)
  stage = windowed(stage, domain)
  const sets = block.sets.filter(each => !keyed.includes(each))
  const deciding = [...steps.order.map(each => each.expr), ...steps.distinctOn]
  // Rows that an order has chosen are repeated for what does not decide it.
  const isChosen = steps.distinctOn.length > 0 && steps.order.length > 0 && setsOf(deciding, block).length === 0
  if (isChosen) stage = firstOfEach(stage, steps, domain)
  stage = withSets(stage, sets)
  const limits = limitsOf(statement, block)
  if (steps.distinctOn.length > 0 && !isChosen) stage = firstOfEach(stage, steps, domain)
  const isDistinct = statement.distinctClause !== undefined && steps.distinctOn.length === 0
  return isDistinct ? distinct(stage, steps, limits, domain) : ordered(stage, steps, limits, domain)
}

/** The relations joined by the equalities of WHERE, then filtered by the rest of it. */
function fromAndWhere({ block, where, halves }: Steps): Stage {
  const parts = where === undefined ? [] : conjuncts(where)
  const plain = parts.filter(each => columnsOf(each).every(({ input }) => input !== Input.query))
  const relations = block.relations.map(each => withTopN(each, plain))
  const { relation, rest } = joinedAll(relations, [...block.conditions, ...plain])
  const stage = stageOf(block, settled(relation), () => undefined)
  // One filter, however many conditions: a plan of thousands of nodes is deeper than a stack.
  if (rest.length > 0) filter(stage, conjoin(rest))
  for (const each of halves) halfJoined(stage, each)
  for (const each of parts.filter(part => !plain.includes(part))) filter(stage, each)
  return stage
}

function filter(stage: Stage, by: Expr): void {
  const predicate = over(stage, by)
  stage.node = whereOf(stage.node, predicate)
}

/** The select list over the rows in their order: sort keys need not be among the columns. */
function ordered(
  stage: Stage,
  { order, targets, names, block }: Steps,
  limits: Limits,
  domain: readonly string[],
): PlanNode {
  const keys = order.map(each => ({ ...each, expr: over(stage, each.expr) }))
  const columns = columnsOver(stage, targets, names, block)
  const passed = domain.map((name): Named => ({ name, expr: over(stage, column(name)) }))
  return selectOf(
    limited(
      stage.node,
      keys,
      limits,
      passed.map(each => each.expr),
      block,
    ),
    [...columns, ...passed],
  )
}

/** DISTINCT ON: of the rows that are equal in these, the first in the order. */
function firstOfEach(stage: Stage, { order, distinctOn, block }: Steps, domain: readonly string[]): Stage {
  const groups = [...domain.map(each => column(each)), ...distinctOn.map(each => over(stage, each))]
  const per = groups.map((expr, i): Named => ({ name: `on_${i}`, expr }))
  const keys = order.map(each => ({ ...each, expr: over(stage, each.expr) }))
  const ranking = { per, keys, rank: 'row_number', limit: 1, as: undefined } as const
  return stageOf(block, rankOf(stage.node, ranking, 'DISTINCT ON'), stage.replace)
}

/** DISTINCT comes before ORDER BY, so the sort keys are columns of the result. */
function distinct(
  stage: Stage,
  { order, targets, names, block }: Steps,
  limits: Limits,
  domain: readonly string[],
): PlanNode {
  const { text } = block.query
  const columns = columnsOver(stage, targets, names, block)
  const passed = domain.map((name): Named => ({ name, expr: over(stage, column(name)) }))
  const rows = distinctOf(selectOf(stage.node, [...columns, ...passed]))
  const keys = order.map(each => {
    const at = targets.findIndex(target => sameExpr(target.expr, each.expr))
    if (at >= 0) return { ...each, expr: column(names[at] as string) }
    const field = fieldAmong(each.expr, targets, names, block)
    if (field !== undefined) return { ...each, expr: field }
    return unsupported(
      text,
      undefined,
      'ORDER BY of something that SELECT DISTINCT does not select',
      'add it to the select list',
    )
  })
  return limited(
    rows,
    keys,
    limits,
    domain.map(name => column(name)),
    block,
  )
}

/** A field of a row that is selected. */
function fieldAmong(expr: Expr, targets: readonly Target[], names: readonly string[], block: Block): Expr | undefined {
  for (const [i, target] of targets.entries()) {
    const found = fieldsOf(target.expr, block)?.find(each => sameExpr(each.expr, expr))
    if (found !== undefined) return column(names[i] as string, found.name)
  }
  return undefined
}

function columnsOver(
  stage: Stage,
  targets: readonly Target[],
  names: readonly string[],
  block: Block,
): readonly Named[] {
  return targets.map((each, i) =>
    within(block.query.text, each.byte, () => ({
      name: names[i] as string,
      expr: asSum(over(stage, each.expr), each.expr, block),
    })),
  )
}
