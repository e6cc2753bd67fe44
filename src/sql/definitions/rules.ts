// What rows of a table are held to: DEFAULT, CHECK, UNIQUE. Law: they are bound when the table is made, so that what is wrong in
// them is told there, and a statement that comes later meets expressions that fit.
import { columnsOf as columnsIn, type Expr } from '../../expr/index.ts'
import type { Field, Schema } from '../../types/index.ts'
import { type Block, blockOf, typeIn } from '../block.ts'
import { constantAs } from '../expressions/arrays.ts'
import { bind } from '../expressions/bind.ts'
import { isUnknown } from '../expressions/coerce.ts'
import { condition } from '../expressions/forms.ts'
import type { Node } from '../parser.ts'
import type { Query } from '../query.ts'
import { invalid } from '../refuse.ts'
import { relationOf } from '../relation.ts'
import { oneRow } from '../tables.ts'
import { locationOf } from '../tree.ts'
import { assignedValue } from './assign.ts'
import type { RuleTrees, Unique } from './columns.ts'

export interface Rules {
  /** Values of columns that are not given. */
  readonly defaults: ReadonlyMap<string, Default>
  /** Conditions over the columns; a row for which one is false is refused. */
  readonly checks: readonly { readonly name: string; readonly expr: Expr }[]
  readonly uniques: readonly Unique[]
}

export interface Default {
  /** Of the column's type. */
  readonly expr: Expr
  /** Without its places, for statements that have a text of their own. */
  readonly tree: Node
}

export const NO_RULES: Rules = { defaults: new Map(), checks: [], uniques: [] }

export const hasRules = ({ defaults, checks, uniques }: RuleTrees, key: readonly string[]): boolean =>
  defaults.size +
    checks.length +
    uniques.filter(each => each.columns !== key && each.columns.join() !== key.join()).length >
  0

export function boundRules(table: string, schema: Schema, trees: RuleTrees, query: Query): Rules {
  const defaults = new Map(
    [...trees.defaults].map(([name, tree]): [string, Default] => {
      const to = schema.fields.find(each => each.name === name) as Field
      return [name, { expr: defaultOf(tree, to, table, query), tree: placeless(tree) }]
    }),
  )
  const checks = trees.checks.map(({ name, tree }) => {
    const expr = checkOf(tree, table, schema, query)
    return { name: name ?? checkName(table, expr), expr }
  })
  const names = numbered(checks.map(each => each.name))
  return { defaults, checks: checks.map(({ expr }, i) => ({ name: names[i] as string, expr })), uniques: trees.uniques }
}

function defaultOf(tree: Node, to: Field, table: string, query: Query): Expr {
  const block = blockOf(query)
  block.relations.push(oneRow(query))
  const byte = locationOf(tree)
  const expr = alone(tree, block, 'DEFAULT expressions', () => bind(tree, block))
  if (isUnknown(block, expr)) return constantAs(block, expr, to.type, byte)
  return assignedValue(expr, typeIn(block, expr), false, to, table, query.text, byte)
}

function checkOf(tree: Node, table: string, schema: Schema, query: Query): Expr {
  const block = blockOf(query)
  block.relations.push(relationOf(query.catalog.rows(schema, []), table, undefined, []))
  return alone(tree, block, 'check constraints', () => condition(tree, block, bind))
}

/** An expression that is of one row, and of nothing else. */
function alone(tree: Node, block: Block, where: string, bound: () => Expr): Expr {
  block.noAggregates = where
  block.noWindows = where
  const expr = bound()
  if (block.subqueries.length === 0) return expr
  return invalid(
    block.query.text,
    locationOf(tree),
    `a subquery can not be used in ${where}`,
    'write an expression of the row',
  )
}

/** As PostgreSQL calls it: after its column, if it is about one. */
function checkName(table: string, expr: Expr): string {
  const columns = new Set(columnsIn(expr).map(each => each.path[0]))
  return columns.size === 1 ? `${table}_${[...columns].join()}_check` : `${table}_check`
}

const placeless = (tree: Node): Node =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'location' ? undefined : value))) as Node

/** Each name once: t_check, t_check1 … */
function numbered(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map(name => {
    let own = name
    for (let number = 1; taken.has(own); number++) own = `${name}${number}`
    taken.add(own)
    return own
  })
}
