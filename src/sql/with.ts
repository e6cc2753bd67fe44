// WITH: tables of one query. Each is bound once, however often it is named: what it computes is computed once. WITH
// RECURSIVE is an iteration: the first query of the union is the seed, the second a step over the table itself.
import { canonical, cast, column } from '../expr/index.ts'
import { distinctOf, type Named, type Node as PlanNode, recursiveOf, schema, selectOf } from '../plan/index.ts'
import { type ScalarType, sameType, scalars, schemaOf } from '../types/index.ts'
import { isAggregate } from './aggregates.ts'
import type { Domain, OuterSlot } from './block.ts'
import type { CommonTableExpr, FuncCall, JoinExpr, SelectStmt, WithClause } from './parser.ts'
import type { ByValue, Common, Frame, Query } from './query.ts'
import { invalid, unsupported, within } from './refuse.ts'
import { hiddenRelation, settled } from './relation.ts'
import { bothOuters } from './set-operation.ts'
import { textsOf } from './tree.ts'

export function withTables({ ctes = [], recursive }: WithClause, frame: Frame): Frame {
  const common = new Map(frame.query.common)
  const own = new Set<string>()
  for (const each of ctes) {
    if (!('CommonTableExpr' in each)) continue
    const { ctename = '', location } = each.CommonTableExpr
    if (own.has(ctename))
      invalid(frame.query.text, location, `the WITH name ${ctename} stands twice`, 'give them different names')
    own.add(ctename)
    const query = { ...frame.query, common: new Map(common) }
    common.set(ctename, bound(each.CommonTableExpr, { ...frame, query }, recursive === true))
  }
  return { ...frame, query: { ...frame.query, common } }
}

function bound(node: CommonTableExpr, frame: Frame, recursive: boolean): Common {
  const { query } = frame
  const { ctequery, aliascolnames, location, ctename = '' } = node
  if (ctequery === undefined || !('SelectStmt' in ctequery)) return toldBy(node, query)
  if (node.search_clause !== undefined || node.cycle_clause !== undefined)
    return unsupported(
      query.text,
      location,
      `${node.cycle_clause === undefined ? 'SEARCH' : 'CYCLE'} of a recursive table`,
      'keep the path, or a depth, in a column of the table',
    )
  const select = ctequery.SelectStmt
  if (recursive && names(select.rarg, ctename)) return recursion(node, select, frame)
  const as = textsOf(aliascolnames)
  if (frame.outer === undefined) return renamed(alone(select, query), as, node, query)
  const probe = query.select(select, { ...frame, domain: undefined, probing: true })
  if (probe.outers.length === 0) return renamed(alone(select, query), as, node, query)
  return { ...renamed(probe, as, node, query), correlated: { select, common: query.common, depth: query.depth } }
}

/** The rows that INSERT, UPDATE or DELETE … RETURNING tells: whoever does the statement knows them. */
function toldBy({ ctename = '', aliascolnames, location }: CommonTableExpr, query: Query): Common {
  const rows = query.catalog.told(ctename)
  if (rows === undefined)
    return unsupported(
      query.text,
      location,
      'WITH that changes rows here',
      'it stands in the WITH of a whole statement',
    )
  if (rows === null) return { node: query.catalog.rows(schemaOf([]), []), names: [], isSilent: true }
  return renamed(
    { node: rows, names: schema(rows).fields.map(each => each.name) },
    textsOf(aliascolnames),
    { ctename },
    query,
  )
}

const alone = (select: SelectStmt, query: Query) =>
  query.select(select, { query, outer: undefined, domain: undefined, probing: false })

function renamed(
  made: { readonly node: PlanNode; readonly names: readonly string[] },
  as: readonly string[],
  { ctename, location }: Pick<CommonTableExpr, 'ctename' | 'location'>,
  { text }: Query,
): Common {
  if (as.length > made.names.length)
    invalid(
      text,
      location,
      `WITH query ${ctename} has ${made.names.length} columns, and ${as.length} names are given`,
      'give a name for each column, or for fewer',
    )
  return { node: made.node, names: made.names.map((name, i) => as[i] ?? name) }
}

/** The tree names a table so: in FROM, at any depth. */
function names(tree: unknown, table: string): boolean {
  if (typeof tree !== 'object' || tree === null) return false
  if ('RangeVar' in tree && (tree.RangeVar as { readonly relname?: string }).relname === table) return true
  return Object.values(tree).some(each => names(each, table))
}

/** Rounds after which a recursion that still makes new rows is an error. */
const MOST_ROUNDS = 100_000

function recursion(node: CommonTableExpr, select: SelectStmt, frame: Frame): Common {
  checkRecursion(node, select, frame.query)
  const sketch = sketchOf(node, select, frame)
  // A query of its own is bound where it stands: what it recurs over is known there alone.
  if (sketch === undefined)
    return iterated(node, select, { ...frame, outer: undefined, domain: undefined, probing: false })
  if (frame.domain === undefined) return sketch
  const { outers, depth } = sketch.byValue
  const domain = partOf(frame.domain, outers)
  const byValue = { outers, columns: [...domain.columns.values()], depth }
  return { ...iterated(node, select, { ...frame, domain }, byValue), byValue }
}

/** The different values of some columns of a domain. */
function partOf({ relation, columns }: Domain, outers: readonly OuterSlot[]): Domain {
  const texts = outers.map(each => canonical(each.expr))
  const own = new Map(texts.map(text => [text, columns.get(text) as string]))
  const named = [...own.values()].map((name): Named => ({ name, expr: column(name) }))
  return { relation: hiddenRelation(distinctOf(selectOf(settled(relation), named))), columns: own }
}

/** The table's types, and which columns of blocks around it uses; undefined: none. */
function sketchOf({ aliascolnames, ctename = '' }: CommonTableExpr, select: SelectStmt, frame: Frame) {
  const { query } = frame
  if (frame.outer === undefined) return undefined
  const probing = { ...frame, domain: undefined, probing: true }
  const seed = query.select(select.larg as SelectStmt, probing)
  const table = renamed(seed, textsOf(aliascolnames), { ctename }, query)
  const common = new Map(query.common).set(ctename, table)
  const step = query.select(select.rarg as SelectStmt, { ...probing, query: { ...query, common } })
  const outers = bothOuters(seed.outers, step.outers)
  return outers.length === 0 ? undefined : { ...table, byValue: { outers, columns: [], depth: query.depth } }
}

function checkRecursion({ ctename = '', location }: CommonTableExpr, select: SelectStmt, { text }: Query): void {
  if (select.op !== 'SETOP_UNION' || names(select.larg, ctename))
    invalid(
      text,
      location,
      `${ctename} refers to itself, and is not a UNION whose first query does not`,
      'write WITH RECURSIVE t AS (start UNION step)',
    )
  if ([select.limitCount, select.limitOffset, select.sortClause?.[0]].some(each => each !== undefined))
    unsupported(
      text,
      location,
      'ORDER BY, LIMIT or OFFSET of a recursive table',
      'put it into the query that reads the table',
    )
  checkStep(select.rarg as SelectStmt, ctename, text)
}

/** The iteration; of the values of a domain apart, if there is one. */
function iterated(
  { aliascolnames, ctename = '', location }: CommonTableExpr,
  select: SelectStmt,
  frame: Frame,
  byValue?: ByValue,
): Common {
  const { query } = frame
  const { text } = query
  const first = query.select(select.larg as SelectStmt, frame)
  const seed = renamed(first, textsOf(aliascolnames), { ctename }, query)
  const all = [...seed.names, ...(frame.domain?.relation.names.keys() ?? [])]
  const start = under(seed.node, all)
  const step = (table: PlanNode): PlanNode => {
    const own: Common = { node: table, names: seed.names, ...(byValue === undefined ? {} : { byValue }) }
    const common = new Map(query.common).set(ctename, own)
    const made = query.select(select.rarg as SelectStmt, { ...frame, query: { ...query, common } })
    if (made.names.length !== seed.names.length)
      invalid(text, location, 'each UNION query must have the same number of columns', 'select as many columns in both')
    return under(made.node, all, start)
  }
  const node = within(text, location, () =>
    recursiveOf(start, step, { distinct: select.all !== true, maxRounds: MOST_ROUNDS }),
  )
  return { node, names: seed.names }
}

/** The step is over each row that was new by itself: what looks at several of them together has no meaning here. */
function checkStep(step: SelectStmt, table: string, text: string): void {
  const places = placesOf(step, table)
  if (places.length > 1)
    invalid(text, places[1], `the recursive table ${table} stands twice in its step`, 'name it once')
  if (step.withClause !== undefined && names(step.withClause, table))
    unsupported(text, places[0], `the recursive table ${table} in a WITH of its step`, 'name it in FROM of the step')
  if (step.limitOffset !== undefined || step.limitCount !== undefined || (step.sortClause ?? []).length > 0)
    unsupported(
      text,
      places[0],
      'ORDER BY, LIMIT or OFFSET in the step of a recursive table',
      'put it into the query that reads it',
    )
  if (isOuterSide(step.fromClause, table))
    invalid(
      text,
      places[0],
      `the recursive table ${table} is the side of an outer join that may have no partner`,
      'make it the other side',
    )
  const whole = wholeTables(step)
  if (whole !== undefined) unsupported(text, whole.byte, `${whole.what} in the step of a recursive table`, whole.fix)
}

/** The table stands on a side of an outer join whose rows may be none. */
function isOuterSide(tree: unknown, table: string): boolean {
  if (typeof tree !== 'object' || tree === null) return false
  if ('JoinExpr' in tree) {
    const { jointype, larg, rarg } = tree.JoinExpr as JoinExpr
    const isOpen = (way: string): boolean => jointype === 'JOIN_FULL' || jointype === way
    if ((isOpen('JOIN_LEFT') && names(rarg, table)) || (isOpen('JOIN_RIGHT') && names(larg, table))) return true
  }
  return Object.values(tree).some(each => isOuterSide(each, table))
}

function placesOf(tree: unknown, table: string): readonly (number | undefined)[] {
  if (typeof tree !== 'object' || tree === null) return []
  if ('RangeVar' in tree) {
    const { relname, location } = tree.RangeVar as { readonly relname?: string; readonly location?: number }
    return relname === table ? [location] : []
  }
  return Object.values(tree).flatMap(each => placesOf(each, table))
}

interface Whole {
  readonly what: string
  readonly fix: string
  readonly byte: number | undefined
}

/** An aggregate or a window function of the step itself, or its groups. */
function wholeTables({ targetList, havingClause, groupClause = [], distinctClause }: SelectStmt): Whole | undefined {
  const fix = 'compute it in the query that reads the table'
  if (groupClause.length > 0 || havingClause !== undefined) return { what: 'GROUP BY', fix, byte: undefined }
  if (distinctClause !== undefined) return undefined
  return callsIn([targetList, havingClause]).flatMap(({ over, location, ...call }): readonly Whole[] => {
    const name = textsOf(call.funcname).at(-1) ?? ''
    if (over !== undefined) return [{ what: `the window function ${name}`, fix, byte: location }]
    return isAggregate(name) ? [{ what: `the aggregate ${name}`, fix, byte: location }] : []
  })[0]
}

/** The calls of an expression, without those of its subqueries. */
function callsIn(tree: unknown): readonly FuncCall[] {
  if (typeof tree !== 'object' || tree === null || 'SubLink' in tree) return []
  const own = 'FuncCall' in tree ? [tree.FuncCall as FuncCall] : []
  return [...own, ...Object.values(tree).flatMap(callsIn)]
}

/** The columns under these names; with `like`, of its types. */
function under(node: PlanNode, as: readonly string[], like?: PlanNode): PlanNode {
  const columns = schema(node).fields.map(({ name, type }, i): Named => {
    // What a step makes of decimals may show more digits than they do.
    const start = type.kind === 'decimal' ? scalars.decimal : undefined
    const wanted = like === undefined ? start : schema(like).fields[i]?.type
    const own = column(name)
    const same = wanted === undefined || sameType(wanted, type)
    return { name: as[i] as string, expr: same ? own : cast(own, wanted as ScalarType) }
  })
  return selectOf(node, columns)
}
