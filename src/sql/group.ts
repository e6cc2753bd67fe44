// GROUP BY and HAVING: the stage after grouping. What stands above is made of keys and aggregates, and nothing else.
import { call, column, type Expr, literal, sameExpr, show } from '../expr/index.ts'
import { aggregateOf, type Named, type NamedAggregate, type Node, schema, selectOf } from '../plan/index.ts'
import { scalars } from '../types/index.ts'
import { type Block, Input } from './block.ts'
import { invalid } from './refuse.ts'
import { hiddenRelation, joined, relationOf } from './relation.ts'
import { over, type Stage, stageOf } from './stage.ts'

/** A key of GROUP BY, and where it stands. */
export interface GroupKey {
  readonly expr: Expr
  readonly byte: number | undefined
}

/** Group the stage's rows. `domain`: the columns that make this block a table for each of their values. */
export function grouped(stage: Stage, keys: readonly GroupKey[], domain: readonly string[]): Stage {
  const { block } = stage
  const all = [...domain.map((name): GroupKey => ({ expr: column(name), byte: undefined })), ...keys]
  const named = all.map(({ expr }, i): Named => ({ name: nameOf(expr, i), expr: over(stage, expr) }))
  const unique = named.filter((each, i) => named.findIndex(other => sameExpr(other.expr, each.expr)) === i)
  const aggregates = block.aggregates.map(
    ({ name, call: { args, filter, ...rest } }): NamedAggregate => ({
      ...rest,
      name,
      args: args.map(each => over(stage, each)),
      filter: filter === undefined ? undefined : over(stage, filter),
    }),
  )
  const node = aggregateOf(stage.node, unique, aggregates)
  const whole = keys.length === 0 && domain.length > 0 ? padded(node, block, domain) : node
  const names = named.map(each => unique.find(other => sameExpr(other.expr, each.expr))?.name as string)
  return stageOf(block, whole, expr => above(expr, all, names, block))
}

const nameOf = (expr: Expr, i: number): string =>
  expr.kind === 'column' && expr.path.length === 1 ? (expr.path[0] as string) : `key_${i}`

/** What an expression is above the groups. */
function above(expr: Expr, keys: readonly GroupKey[], names: readonly string[], block: Block): Expr | undefined {
  const at = keys.findIndex(each => sameExpr(each.expr, expr))
  if (at >= 0) return column(names[at] as string)
  if (expr.kind !== 'column') return undefined
  if (expr.input === Input.group) return column(expr.path[0] as string)
  if (expr.input !== Input.from) return undefined
  const struct = keys.findIndex(each => each.expr.kind === 'column' && isWithin(expr.path, each.expr.path))
  if (struct >= 0) return column(names[struct] as string, ...expr.path.slice(1))
  return invalid(
    block.query.text,
    undefined,
    `the column ${show(expr)} must appear in the GROUP BY clause or be used in an aggregate function`,
    `add it to GROUP BY, or write max(${show(expr)})`,
  )
}

const isWithin = (path: readonly string[], of: readonly string[]): boolean =>
  of.length < path.length && of.every((each, i) => each === path[i])

/** Without keys there is a group where there are no rows: one for each value of the domain. */
function padded(node: Node, block: Block, domain: readonly string[]): Node {
  const { relation } = block.domain as NonNullable<Block['domain']>
  const left = hiddenRelation(relation.node)
  const right = relationOf(node, undefined, undefined, [left])
  const nameOn = (own: string): string => [...right.names].find(([, of]) => of === own)?.[0] as string
  const pairs = domain.map(name => ({ left: column(name), right: column(nameOn(name)), same: true }))
  const both = joined(left, right, 'left', pairs)
  const columns = schema(node).fields.map(({ name }): Named => {
    if (domain.includes(name)) return { name, expr: column(name) }
    const slot = block.aggregates.find(each => each.name === name)
    const value = column(nameOn(name))
    return { name, expr: slot?.call.fn === 'count' ? call('coalesce', value, literal(0, scalars.int)) : value }
  })
  return selectOf(both.node, columns)
}
