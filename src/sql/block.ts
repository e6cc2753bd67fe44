// A block is one SELECT … FROM … while it is being bound. Its expressions are bound over several inputs at once, so
// that the checker types them whole before it is decided where each part is computed:
//
//   0 FROM      the columns of its relations, each under a name that no other has
//   1 GROUP     aggregates of the block
//   2 OVER      window functions of the block
//   3 QUERY     values of subqueries
//   4 OUTER     columns of the blocks around it (a correlated subquery)
//   5 SET       elements that set-returning functions of the select list give
//
// Aggregates and the rest are found while expressions are bound, and each becomes a column of its input.
import { fail } from '../base/index.ts'
import { type AggregateCall, type ColumnExpr, canonical, type Expr, typeOf } from '../expr/index.ts'
import type { Node } from '../plan/index.ts'
import { type ColumnType, field, type Schema, schemaOf } from '../types/index.ts'
import type { WindowDef } from './parser.ts'
import type { Query } from './query.ts'
import { fieldsOf, type Relation } from './relation.ts'
import { bothScopes, emptyScope, type Scope } from './scope.ts'
import type { WindowCall } from './window-call.ts'

export const Input = { from: 0, group: 1, over: 2, query: 3, outer: 4, set: 5 } as const

/** A column that an input gets while expressions are bound. */
interface Slot {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
}

export interface AggregateSlot extends Slot {
  readonly call: AggregateCall
}

/** GROUPING(args): which of the arguments the groups are not by. */
export interface GroupingSlot extends Slot {
  readonly args: readonly Expr[]
  readonly byte: number | undefined
}

/** A window of time: what shape it has, and for a session whose it is (undefined: of whatever the groups are). */
export interface TimeWindow {
  readonly kind: 'tumbling' | 'sliding' | 'cumulating' | 'session'
  readonly by: readonly Expr[] | undefined
  readonly byte: number | undefined
}

export interface WindowSlot extends Slot {
  readonly call: WindowCall
}

/** The value of a subquery: `attach` adds its column to the node that there is by then, and says how it is named there. */
export interface QuerySlot extends Slot {
  attach(nodeNow: () => Node, rewrite: (expr: Expr) => Expr): { readonly node: Node; readonly value: Expr }
}

export interface SetSlot extends Slot {
  /** The list whose elements they are. */
  readonly list: Expr
}

export interface OuterSlot extends Slot {
  /** What it is in the block around. */
  readonly expr: Expr
}

/** The different values of the outer columns that a correlated block uses: one of its relations. */
export interface Domain {
  readonly relation: Relation
  /** Its columns by the canonical texts of the outer expressions. */
  readonly columns: ReadonlyMap<string, string>
}

export interface Block {
  readonly query: Query
  /** The block around it, when it may see its columns. */
  readonly outer: Block | undefined
  readonly domain: Domain | undefined
  /** Only types and outer columns are wanted: what is made is thrown away. */
  readonly probing: boolean
  /** A join; the block around it is that of its FROM, with the tables before it (beside.ts). */
  readonly isBeside?: true
  readonly relations: Relation[]
  /** Conditions that tie relations together besides those of WHERE. */
  readonly conditions: Expr[]
  readonly aggregates: AggregateSlot[]
  readonly groupings: GroupingSlot[]
  readonly windows: WindowSlot[]
  readonly subqueries: QuerySlot[]
  /** What subqueries came to, by their trees: one that stands twice is one. */
  readonly sublinks: Map<string, Expr>
  readonly outers: OuterSlot[]
  readonly sets: SetSlot[]
  /** Windows of time that relations are cut into, by their columns. */
  readonly times: Map<string, TimeWindow>
  /** The windows of the WINDOW clause, by name. */
  readonly named: Map<string, WindowDef>
  /** Why aggregates may not stand here; undefined: they may. */
  noAggregates: string | undefined
  noWindows: string | undefined
  noSets: string | undefined
}

export function blockOf(query: Query, outer?: Block, domain?: Domain, probing = false): Block {
  return {
    query,
    outer,
    domain,
    probing,
    relations: domain === undefined ? [] : [domain.relation],
    conditions: [],
    aggregates: [],
    groupings: [],
    windows: [],
    subqueries: [],
    sublinks: new Map(),
    outers: [],
    sets: [],
    times: new Map(),
    named: new Map(),
    noAggregates: undefined,
    noWindows: undefined,
    noSets: 'conditions, and in arguments in FROM',
  }
}

export const scopeIn = (block: Block): Scope => block.relations.map(each => each.scope).reduce(bothScopes, emptyScope)

const slotSchema = (slots: readonly Slot[]): Schema =>
  schemaOf(slots.map(each => field(each.name, each.type, each.nullable)))

interface Inputs {
  /** What they are made of. */
  readonly of: readonly object[]
  readonly schemas: readonly Schema[]
}

const known = new WeakMap<Block, Inputs>()

/** The schemas of all inputs; the same ones as long as the block has the same tables and slots. */
export function inputsOf(block: Block): readonly Schema[] {
  const { relations, aggregates, groupings, windows, subqueries, outers, sets } = block
  const of = [relations, aggregates, groupings, windows, subqueries, outers, sets].flatMap(each => [each, ...each])
  const was = known.get(block)
  if (was !== undefined && was.of.length === of.length && was.of.every((each, i) => each === of[i])) return was.schemas
  const schemas = [
    schemaOf(relations.flatMap(fieldsOf)),
    ...[[...aggregates, ...groupings], windows, subqueries, outers, sets].map(slotSchema),
  ]
  known.set(block, { of, schemas })
  return schemas
}

/** The type of an expression of the block. */
export function typeIn(block: Block, expr: Expr): { readonly type: ColumnType; readonly nullable: boolean } {
  return typeOf(expr, inputsOf(block))
}

export function slotColumn(input: number, name: string): ColumnExpr {
  return Object.freeze({ kind: 'column', path: Object.freeze([name]), input })
}

/** The column of an outer block, as a column of this one. */
export function outerColumn(block: Block, expr: Expr): Expr {
  const { outer } = block
  if (outer === undefined)
    return fail('ASSERTION', { reason: 'a block without an outer one was asked for its columns' })
  const key = canonical(expr)
  const here = block.domain?.columns.get(key)
  if (here !== undefined) return slotColumn(Input.from, here)
  const known = block.outers.find(each => canonical(each.expr) === key)
  if (known !== undefined) return slotColumn(Input.outer, known.name)
  const name = `outer_${block.outers.length}`
  block.outers.push({ name, expr, ...typeIn(outer, expr) })
  return slotColumn(Input.outer, name)
}

/** An expression of a block around, as one of this block. A block and what is derived of it share their slots. */
export function fromAround(block: Block, owner: Block, expr: Expr): Expr {
  if (block.aggregates === owner.aggregates) return expr
  return outerColumn(block, fromAround(block.outer as Block, owner, expr))
}

/** A number that no slot of the block has. */
export const nextSlot = (block: Block): number =>
  block.aggregates.length + block.windows.length + block.subqueries.length
