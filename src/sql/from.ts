// The FROM clause: tables, subqueries, joins, table functions, each a relation of the block.
import { call, column, type Expr } from '../expr/index.ts'
import { type Named, type Node as PlanNode, schema, selectOf } from '../plan/index.ts'
import { asOfRelation } from './as-of.ts'
import { aroundLevel, columnAround, joinBeside } from './beside.ts'
import { type Block, blockOf } from './block.ts'
import { addItem, dropDomain, joinedByValue, same } from './domain.ts'
import { bind } from './expressions/bind.ts'
import { condition } from './expressions/forms.ts'
import { checkTableNames } from './from-names.ts'
import { recordSelect } from './json-record.ts'
import { textNode } from './made-tree.ts'
import { distinctNames } from './names.ts'
import { ORDER_COLUMN } from './ordered-input.ts'
import type { Alias, JoinExpr, Node, RangeFunction, RangeSubselect, RangeVar } from './parser.ts'
import type { ByValue, Common, Correlated } from './query.ts'
import { invalid, unsupported } from './refuse.ts'
import { type JoinKind, type Relation, relationOf, settled } from './relation.ts'
import { asQuery, lateralSelect } from './rewritten.ts'
import { columnOf, lookup, type Scope, type ScopeColumn } from './scope.ts'
import { lateral, type Tie } from './subquery.ts'
import { tableFunction } from './table-functions.ts'
import { aliased, checkNames, oneRow, tableOf } from './tables.ts'
import { hasSubquery, kindName, locationOf, textOf, textsOf } from './tree.ts'
import { type SetCall, setCalls, unnested } from './unnest.ts'

/** Bind the items of FROM into the block. */
export function bindFrom(items: readonly Node[], block: Block): void {
  checkTableNames(items, block.query.text)
  for (const item of items) if (!joinedAsOf(item, block)) addItem(block, itemOf(item, block))
  dropDomain(block)
  if (block.relations.length === 0) block.relations.push(oneRow(block.query))
}

/** `FROM t, LATERAL (the version of a row)`: the last relation gets it. */
function joinedAsOf(item: Node, block: Block): boolean {
  const left = block.relations.at(-1)
  if (!('RangeSubselect' in item) || left === undefined) return false
  const made = asOfRelation(
    left,
    item.RangeSubselect,
    'inner',
    { ...block, relations: block.relations.slice(0, -1) },
    itemOf,
  )
  if (made !== undefined) block.relations.splice(-1, 1, made)
  return made !== undefined
}

function itemOf(item: Node, block: Block): Relation {
  if ('RangeVar' in item) return tableNamed(item.RangeVar, block)
  if ('RangeSubselect' in item) return subselect(item.RangeSubselect, block)
  if ('JoinExpr' in item) return joinBeside(item.JoinExpr, block, joinItem) ?? joinItem(item.JoinExpr, block)
  if ('RangeFunction' in item) {
    const record = recordSelect(item.RangeFunction, block.query.text)
    return record === undefined ? functionItem(item, block) : itemOf(record, block)
  }
  return unsupported(block.query.text, locationOf(item), kindName(item), 'docs/sql.md lists what may stand in FROM')
}

function functionItem(item: Extract<Node, { RangeFunction: unknown }>, block: Block): Relation {
  const { RangeFunction: node } = item
  const calls = setCalls(node)
  if (calls === undefined) return tableFunction(node, block)
  if (hasSubquery(calls.map(each => each.call.args))) return subselect(callSelect(node, calls, block), block)
  const made = unnested(node, calls, false, block)
  return (
    made ??
    subselect(lateralSelect(item, node.alias, textOf(calls[0]?.call.funcname?.at(-1)) ?? '').RangeSubselect, block)
  )
}

/** A call whose arguments ask a query: it is asked in a query of its own, of which the call is the select list. */
function callSelect({ alias, ordinality }: RangeFunction, calls: readonly SetCall[], block: Block): RangeSubselect {
  const [only, more] = calls as readonly [SetCall, SetCall?]
  if (more !== undefined || ordinality === true)
    return unsupported(
      block.query.text,
      only.call.location,
      'a subquery in an argument of functions side by side, or WITH ORDINALITY',
      'compute it in a query before: FROM (SELECT (SELECT …) AS x) AS q, unnest(q.x)',
    )
  return asQuery(only.call, alias, only.name)
}

function tableNamed(node: RangeVar, block: Block): Relation {
  const { query } = block
  const name = node.relname ?? ''
  const alias = node.alias?.aliasname
  const path = query.paths.get(name.trimEnd())
  if (path !== undefined) return aliased(query.catalog.path(path), alias, node.alias, block, node.location)
  const { correlated, byValue } = query.common.get(name) ?? {}
  if (byValue !== undefined) return tableByValue(node, byValue, block)
  if (correlated !== undefined) return correlatedTable(node, correlated, block)
  return aliased(tableOf(name, query, node.location), alias ?? name, node.alias, block, node.location)
}

/** A table of WITH that uses columns of blocks around it: its query, as it stands here. */
function correlatedTable(node: RangeVar, { select, common, depth }: Correlated, block: Block): Relation {
  const { query } = block
  const name = node.relname ?? ''
  const own = query.common.get(name)?.names ?? []
  const colnames = textsOf(node.alias?.colnames)
  const names = own.map((each, i) => textNode(colnames[i] ?? each))
  const alias: Alias = { aliasname: node.alias?.aliasname ?? name, colnames: names }
  // Those beside it are one level deeper within it, and nothing stands between.
  const beside = [...common].map(([each, of]): [string, Common] => {
    const own = of.correlated?.depth === depth ? { ...of.correlated, depth: query.depth + 1 } : of.correlated
    return [each, own === undefined ? of : { ...of, correlated: own }]
  })
  const outer = aroundLevel(block, query.depth - depth)
  const seen: Block = { ...block, outer, query: { ...query, common: new Map(beside) } }
  return subselect({ subquery: { SelectStmt: select }, alias }, seen)
}

/** A table of WITH that has rows for each value of columns around its query: those of the values here. */
function tableByValue(node: RangeVar, { outers, columns, depth }: ByValue, block: Block): Relation {
  const { query } = block
  const aliasname = node.alias?.aliasname ?? node.relname ?? ''
  const values = outers.map(each => columnAround(block, each.expr, query.depth - depth))
  const table = tableOf(node.relname ?? '', query, node.location)
  const ties = columns.map((column, i): Tie => ({ outer: values[i] as Expr, column }))
  return tied(table, ties, { ...node.alias, aliasname }, block, node.location)
}

function subselect({ lateral: isLateral, subquery, alias }: RangeSubselect, block: Block): Relation {
  const byte = locationOf(subquery)
  if (subquery === undefined || !('SelectStmt' in subquery)) {
    return unsupported(block.query.text, byte, 'this subquery', 'write SELECT or VALUES')
  }
  const { node, ties } = lateral(subquery.SelectStmt, block, isLateral === true)
  return tied(node, ties, alias, block, byte)
}

/** A node's rows for what its ties say they are for; the columns that tell that are not seen. */
function tied(
  node: PlanNode,
  ties: readonly Tie[],
  alias: Alias | undefined,
  block: Block,
  byte: number | undefined,
): Relation {
  const hidden = ties.map(each => each.column)
  const shown = relationOf(node, alias?.aliasname, undefined, block.relations)
  block.conditions.push(...ties.map(each => same(each.outer, column(nameIn(shown, each.column)))))
  const names = textsOf(alias?.colnames)
  const columns = shown.scope.columns.filter(each => !hidden.includes(each.name))
  checkNames(names, columns.length, alias?.aliasname, block, byte)
  return { ...shown, scope: { columns: columns.map((each, i) => shownAs(each, names[i])) } }
}

/** A column under its name; keys of an order are found by theirs, and not part of `*`. */
const shownAs = (each: ScopeColumn, name: string | undefined): ScopeColumn =>
  each.name.startsWith(ORDER_COLUMN) ? { ...each, hidden: true } : { ...each, name: name ?? each.name }

/** The name in the block of a column of the relation's node. */
function nameIn({ names }: Relation, own: string): string {
  return [...names].find(([, of]) => of === own)?.[0] ?? own
}

const KINDS: Readonly<Record<string, JoinKind>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
}

function joinItem(node: JoinExpr, block: Block): Relation {
  const made = joinOfSides(node, block)
  return node.alias === undefined ? made : aliasedJoin(made, node.alias, block)
}

/** `(a JOIN b …) AS x (names)`: the columns are those of x alone. */
function aliasedJoin(made: Relation, { aliasname, colnames }: Alias, block: Block): Relation {
  const names = textsOf(colnames)
  const shown = made.scope.columns.filter(each => each.hidden !== true && each.merged !== true)
  checkNames(names, shown.length, aliasname, block, undefined)
  const columns = shown.map((each, i) => ({ ...each, relation: aliasname, name: names[i] ?? each.name }))
  return { ...made, scope: { columns } }
}

function joinOfSides(given: JoinExpr, block: Block): Relation {
  const node = withLateral(given)
  const { query } = block
  const kind = KINDS[node.jointype ?? ''] ?? 'inner'
  const made = versionOf(node, kind, block) ?? repeated(node, kind, block)
  if (made !== undefined) return made
  const before = block.relations.length
  const known = block.conditions.length
  const sides = sidesOf(node, block)
  // The ON clause sees both sides, and nothing else of this FROM.
  const own: Block = { ...blockOf(query, aroundLevel(block, 0), block.domain, block.probing), outers: block.outers }
  own.relations.push(...sides)
  own.noAggregates = 'JOIN conditions'
  own.noWindows = 'JOIN conditions'
  const using = node.isNatural === true ? naturalNames(sides[0].scope, sides[1].scope) : textsOf(node.usingClause)
  const parts =
    node.quals === undefined ? using.map(name => usingPair(name, ...sides, block)) : [condition(node.quals, own, bind)]
  block.relations.length = before
  if (own.subqueries.length > 0) {
    return unsupported(query.text, locationOf(node.quals), 'a subquery in ON', 'put it into WHERE or into FROM')
  }
  // To find out which columns of a block around it are used, the types alone count.
  const both = block.probing
    ? joinedByValue(block, sides, kind, [], [])
    : joinedByValue(block, sides, kind, parts, block.conditions.splice(known))
  if (using.length === 0) return both
  return mergedJoin(both, sides, using, kind, node.join_using_alias?.aliasname, block)
}

/** A function that is joined by a condition, and a condition with a subquery: the right side is a query that sees the left. */
function withLateral(node: JoinExpr): JoinExpr {
  const { rarg, quals, usingClause = [], jointype } = node
  if (rarg === undefined) return node
  if ('RangeFunction' in rarg) {
    const calls = setCalls(rarg.RangeFunction)
    if (calls === undefined || (isTrue(quals) && usingClause.length === 0 && node.isNatural !== true)) return node
    return { ...node, rarg: lateralSelect(rarg, rarg.RangeFunction.alias, calls[0]?.name ?? '') }
  }
  if (quals === undefined || !hasSubquery(quals) || (jointype !== 'JOIN_INNER' && jointype !== 'JOIN_LEFT')) return node
  const { quals: _on, ...rest } = node
  if ('RangeVar' in rarg)
    return { ...rest, rarg: lateralSelect(rarg, rarg.RangeVar.alias, rarg.RangeVar.relname ?? '', quals) }
  const alias = 'RangeSubselect' in rarg && rarg.RangeSubselect.lateral !== true && rarg.RangeSubselect.alias
  return alias ? { ...rest, rarg: lateralSelect(rarg, alias, '', quals) } : node
}

/** `t CROSS JOIN LATERAL (…)` and `t LEFT JOIN LATERAL (…) ON true`, where that is the version of a row. */
function versionOf({ larg, rarg, quals, usingClause }: JoinExpr, kind: JoinKind, block: Block): Relation | undefined {
  if (!isTrue(quals) || usingClause !== undefined || rarg === undefined || !('RangeSubselect' in rarg)) return undefined
  if ((kind !== 'inner' && kind !== 'left') || rarg.RangeSubselect.lateral !== true) return undefined
  const kept = block.conditions.length
  const left = itemOf(larg as Node, block)
  const made = asOfRelation(left, rarg.RangeSubselect, kind, block, itemOf)
  if (made === undefined) block.conditions.length = kept
  return made
}

/** `t CROSS JOIN unnest(t.list)`, and LEFT JOIN … ON true: the rows of the left side, for each element. */
function repeated({ larg, rarg, quals }: JoinExpr, kind: JoinKind, block: Block): Relation | undefined {
  if (rarg === undefined || !('RangeFunction' in rarg) || (kind !== 'inner' && kind !== 'left')) return undefined
  const calls = setCalls(rarg.RangeFunction)
  if (calls === undefined || !isTrue(quals)) return undefined
  const left = addItem(block, itemOf(larg as Node, block))
  const made = unnested(rarg.RangeFunction, calls, kind === 'left', block)
  const at = block.relations.indexOf(left)
  if (at < 0 || made === undefined) return made
  block.relations.splice(at, 1)
  // Rows without an element have stayed.
  return joinedByValue(block, [left, made], 'inner', [], [])
}

const isTrue = (quals: Node | undefined): boolean =>
  quals === undefined || ('A_Const' in quals && quals.A_Const.boolval?.boolval === true)

function sidesOf({ larg, rarg }: JoinExpr, block: Block): readonly [Relation, Relation] {
  const left = addItem(block, itemOf(larg as Node, block))
  return [left, itemOf(rarg as Node, block)]
}

function naturalNames(left: Scope, right: Scope): readonly string[] {
  const theirs = new Set(right.columns.map(each => each.name))
  return [...new Set(left.columns.map(each => each.name))].filter(name => theirs.has(name))
}

function usingPair(name: string, left: Relation, right: Relation, block: Block): Expr {
  const [a, b] = [left, right].map(each => lookup(each.scope, [name], block.query.text, undefined))
  if (a !== undefined && b !== undefined) return call('eq', a, b)
  return invalid(
    block.query.text,
    undefined,
    `the column ${name} of USING is not on both sides`,
    'write ON left.a = right.b',
  )
}

/**
 * The columns of USING stand first, once: the one that is there where the other is not. Those of the sides are found by their
 * names only.
 */
function mergedJoin(
  both: Relation,
  [left, right]: readonly [Relation, Relation],
  using: readonly string[],
  kind: JoinKind,
  alias: string | undefined,
  block: Block,
): Relation {
  const isUsed = (each: ScopeColumn): boolean => using.includes(each.name)
  const kept = kind === 'right' ? right : left
  const columnIn = ({ scope }: Relation, name: string): ScopeColumn | undefined =>
    scope.columns.find(each => each.name === name && each.merged !== true)
  const own = using.flatMap(name => columnIn(kept, name) ?? [])
  const whole = kind === 'full' ? eitherOf(both, left, right, using, columnIn, block) : undefined
  const first = whole?.columns ?? own
  const rest = [...left.scope.columns, ...right.scope.columns].filter(each => !isUsed(each))
  const sides = [left, right].flatMap(each => each.scope.columns.filter(isUsed))
  const hidden = sides.filter(each => !first.includes(each)).map(each => ({ ...each, merged: true }))
  const named = alias === undefined ? [] : first.map(each => ({ ...each, relation: alias, merged: true }))
  return { ...(whole?.relation ?? both), scope: { columns: [...first, ...rest, ...hidden, ...named] } }
}

/** Of a full join either side may be missing. */
function eitherOf(
  both: Relation,
  left: Relation,
  right: Relation,
  using: readonly string[],
  columnIn: (side: Relation, name: string) => ScopeColumn | undefined,
  { relations }: Block,
): { readonly relation: Relation; readonly columns: readonly ScopeColumn[] } {
  const node = settled(both)
  const taken = schema(node).fields.map(each => each.name)
  const names = distinctNames(using, [...taken, ...relations.flatMap(each => [...each.names.keys()])])
  const all = taken.map((name): Named => ({ name, expr: column(name) }))
  const merged = using.map((name, i): Named => {
    const parts = [left, right].flatMap(side => columnIn(side, name) ?? []).map(columnOf)
    return { name: names[i] as string, expr: call('coalesce', ...parts) }
  })
  const relation = {
    ...both,
    node: selectOf(node, [...all, ...merged]),
    names: new Map([...taken, ...names].map(each => [each, each])),
  }
  return { relation, columns: using.map((name, i) => ({ relation: undefined, name, column: names[i] as string })) }
}
