// A join with a query or a function in it that sees tables before the join (`FROM a, b LEFT JOIN LATERAL (… a.x …) ON …`) is a table
// for each of their values, as a correlated query is: it is bound as a block of its own, whose domain these values are.
import { canonical, column, columnsOf, conjoin, type Expr } from '../expr/index.ts'
import { whereOf } from '../plan/index.ts'
import { type Block, blockOf, type OuterSlot, outerColumn } from './block.ts'
import { addItem, dropDomain, same } from './domain.ts'
import { distinctNames } from './names.ts'
import type { JoinExpr, Node } from './parser.ts'
import { joinedAll, type Relation, settled } from './relation.ts'
import { emptyScope } from './scope.ts'
import { domainOf, valuesIn } from './subquery.ts'

/** The relation of a join that sees tables before it; undefined: it does not. */
export function joinBeside(
  node: JoinExpr,
  block: Block,
  bindJoin: (node: JoinExpr, block: Block) => Relation,
): Relation | undefined {
  const domain = block.domain?.relation
  if (!hasLateral(node) || block.relations.every(each => each === domain)) return undefined
  const probe: Block = { ...blockOf(block.query, block, undefined, true), isBeside: true }
  const sketch = bindJoin(node, probe)
  const isBefore = ({ expr }: OuterSlot): boolean =>
    columnsOf(expr).some(({ path }) => domain?.names.has(path[0] as string) !== true)
  const outers = probe.outers.filter(each => isOwn(each, block))
  if (!outers.some(isBefore)) return undefined
  return block.probing ? placed(sketch, block).relation : boundBeside(node, block, outers, bindJoin)
}

/** A column of the block itself, not one that it sees around it. */
const isOwn = ({ expr }: OuterSlot, { relations }: Block): boolean =>
  columnsOf(expr).every(({ path }) => relations.some(each => each.names.has(path[0] as string)))

function hasLateral({ larg, rarg }: JoinExpr): boolean {
  return [larg, rarg].some((side: Node | undefined) => {
    if (side === undefined) return false
    if ('JoinExpr' in side) return hasLateral(side.JoinExpr)
    return 'RangeSubselect' in side ? side.RangeSubselect.lateral === true : 'RangeFunction' in side
  })
}

function boundBeside(
  node: JoinExpr,
  block: Block,
  outers: readonly OuterSlot[],
  bindJoin: (node: JoinExpr, block: Block) => Relation,
): Relation {
  const domain = domainOf(outers, valuesIn(block.relations, block.domain?.relation, outers), block.query.depth)
  const own: Block = { ...blockOf(block.query, block, domain), isBeside: true }
  addItem(own, bindJoin(node, own))
  dropDomain(own)
  const { relation, rest } = joinedAll(own.relations, own.conditions)
  const rows = settled(relation)
  const all = { ...relation, node: rest.length === 0 ? rows : whereOf(rows, conjoin(rest)), names: namesOf(relation) }
  const { relation: made, names } = placed(all, block)
  const ties = outers.map(each => {
    const name = domain.columns.get(canonical(each.expr)) as string
    return same(each.expr, column(names.get(name) as string))
  })
  block.conditions.push(...ties)
  return made
}

const namesOf = ({ names }: Relation): ReadonlyMap<string, string> =>
  new Map([...names.keys()].map(name => [name, name]))

/** The relation under names that no other of the block has; and these names. */
function placed(relation: Relation, { relations }: Block) {
  const own = [...relation.names.keys()]
  const fresh = distinctNames(
    own,
    relations.flatMap(each => [...each.names.keys()]),
  )
  const names = new Map(own.map((name, i) => [name, fresh[i] as string]))
  const columns = relation.scope.columns.map(each => ({ ...each, column: names.get(each.column) as string }))
  const inBlock = new Map([...relation.names].map(([name, of]) => [names.get(name) as string, of]))
  return { relation: { node: relation.node, scope: { columns }, names: inBlock }, names }
}

/**
 * What stands around the query so many levels further out, as seen from the block: tables on the way are not seen. Level 0 is
 * what ON of a join sees: not the tables before it in the same FROM.
 */
export function aroundLevel({ outer, isBeside }: Block, levels: number): Block | undefined {
  if (outer === undefined || (levels === 0 && isBeside !== true)) return outer
  const relations = outer.relations.map(each => ({ ...each, scope: emptyScope }))
  return { ...outer, relations, outer: aroundLevel(outer, isBeside === true ? levels : levels - 1) }
}

/** A column of a block around the query so many levels further out. */
export function columnAround(block: Block, expr: Expr, levels: number): Expr {
  const { outer, isBeside } = block
  if (outer === undefined || (levels === 0 && isBeside !== true)) return outerColumn(block, expr)
  return outerColumn(block, columnAround(outer, expr, isBeside === true ? levels : levels - 1))
}
