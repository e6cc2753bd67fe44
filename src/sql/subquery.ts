// Subqueries without a loop. A query that uses columns of the block around it is a table for each of their values: the
// different values (its domain) become a relation of its own FROM, every step within keeps them apart, and the result
// is joined back by them (Neumann and Kemper, Unnesting Arbitrary Queries, BTW 2015). So a correlated query is an
// ordinary plan, and is kept up to date like one.
//
// Which columns it uses is found by binding it once for that alone (`probing`); then it is bound with its domain.
import { canonical, columnsOf, type Expr } from '../expr/index.ts'
import { distinctOf, type Named, type Node, selectOf } from '../plan/index.ts'
import type { Block, Domain, OuterSlot } from './block.ts'
import { ownersOf } from './domain.ts'
import type { SelectStmt } from './parser.ts'
import type { Bound, Query } from './query.ts'
import { unsupported } from './refuse.ts'
import { hiddenRelation, joinedAll, type Relation, settled } from './relation.ts'

/** Levels of subqueries within subqueries at most. */
const DEEPEST = 32

/** A column of the block around, and the column of the subquery's node that has its value. */
export interface Tie {
  readonly outer: Expr
  readonly column: string
}

export interface Unnested extends Bound {
  readonly ties: readonly Tie[]
}

/** Bind a query inside a block that it may see. `valuesOf` makes the table of the outer values. */
export function unnested(
  statement: SelectStmt,
  around: Block,
  valuesOf: (outers: readonly OuterSlot[]) => Values,
): Unnested {
  const query = deeper(around)
  const probe = probeOf(statement, around)
  if (around.probing) return { ...probe, ties: [] }
  if (probe.outers.length === 0) {
    // A table of WITH that nobody names may use columns of blocks around.
    return { ...query.select(statement, { query, outer: around, domain: undefined, probing: false }), ties: [] }
  }
  const domain = domainOf(probe.outers, valuesOf(probe.outers), query.depth)
  const bound = query.select(statement, { query, outer: around, domain, probing: false })
  const columnOf = (expr: Expr): string => domain.columns.get(canonical(expr)) as string
  return { ...bound, ties: probe.outers.map(({ expr }) => ({ outer: expr, column: columnOf(expr) })) }
}

interface Values {
  readonly node: Node
  readonly columns: readonly Expr[]
}

/** The different values of outer columns. */
export function domainOf(outers: readonly OuterSlot[], { node, columns }: Values, depth: number): Domain {
  const named = columns.map((expr, i): Named => ({ name: `outer_${depth}_${i}`, expr }))
  return {
    relation: hiddenRelation(distinctOf(selectOf(node, named))),
    columns: new Map(outers.map((each, i) => [canonical(each.expr), named[i]?.name as string])),
  }
}

/** The query bound for its types and the columns of blocks around it alone. */
export function probeOf(statement: SelectStmt, around: Block): Bound {
  const query = deeper(around)
  return query.select(statement, { query, outer: around, domain: undefined, probing: true })
}

function deeper({ query }: Block): Query {
  if (query.depth >= DEEPEST) {
    return unsupported(query.text, undefined, `${DEEPEST} levels of subqueries`, 'give inner ones a name with WITH')
  }
  return { ...query, depth: query.depth + 1 }
}

/** A subquery of FROM: with LATERAL it sees the relations before it, else only what its block has of those around. */
export function lateral(statement: SelectStmt, block: Block, isLateral: boolean): Unnested {
  const known = block.domain === undefined ? [] : [block.domain.relation]
  const noAggregates = 'FROM of the query they belong to'
  const around: Block = { ...block, noAggregates, relations: isLateral ? [...block.relations] : known }
  return unnested(statement, around, outers => valuesIn(around.relations, block.domain?.relation, outers))
}

/** The outer values, from those relations that have them. */
export function valuesIn(
  relations: readonly Relation[],
  domain: Relation | undefined,
  outers: readonly OuterSlot[],
): Values {
  const used = outers.flatMap(each => columnsOf(each.expr)).map(each => each.path[0] as string)
  const owners = ownersOf(used, relations, domain)
  const { relation } = joinedAll(owners, [])
  return { node: settled(relation), columns: outers.map(each => each.expr) }
}
