// GROUP BY: what an expression above is made of keys and aggregates, and nothing else. Several grouping sets are a union of
// groups, one part for each set, in which the keys of the others are null.
import { call, column, type Expr, literal, sameExpr, show } from '../expr/index.ts'
import { aggregateOf, type Named, type NamedAggregate, type Node, schema, selectOf, unionOf } from '../plan/index.ts'
import { type ScalarType, scalars } from '../types/index.ts'
import { type Block, type GroupingSlot, Input, typeIn } from './block.ts'
import type { Grouping, GroupKey } from './grouping-sets.ts'
import { invalid } from './refuse.ts'
import { hiddenRelation, joined, relationOf } from './relation.ts'
import { over, type Stage, stageOf } from './stage.ts'

/** A key of the plan: a key of GROUP BY or a column of the domain. */
interface Key extends Named {
  readonly of: GroupKey
}

/** Group the stage's rows. `domain`: the columns that make this block a table for each of their values. */
export function grouped(stage: Stage, { keys, sets }: Grouping, domain: readonly string[]): Stage {
  const { block } = stage
  const all = [...domain.map((name): GroupKey => ({ expr: column(name), byte: undefined })), ...keys]
  const named = all.map((of, i): Key => ({ name: nameOf(of.expr, i), expr: over(stage, of.expr), of }))
  const unique = named.filter((each, i) => named.findIndex(other => sameExpr(other.expr, each.expr)) === i)
  const names = named.map(each => unique.find(other => sameExpr(other.expr, each.expr))?.name as string)
  const parts = (sets ?? [keys]).map(set => {
    const held = named.filter((each, i) => i < domain.length || set.includes(each.of)).map(each => each.expr)
    return { set, own: unique.filter(each => held.some(expr => sameExpr(expr, each.expr))) }
  })
  const aggregates = aggregatesOver(stage)
  const nodes = parts.map(({ set, own }) => {
    const node = groupsOf(stage.node, own, aggregates, set.length === 0 ? domain : [], block)
    return sets === undefined && block.groupings.length === 0 ? node : withNulls(node, unique, own, set, keys, block)
  })
  const node = nodes.length === 1 ? (nodes[0] as Node) : unionOf(nodes)
  return stageOf(block, node, expr => above(expr, all, names, block))
}

const nameOf = (expr: Expr, i: number): string =>
  expr.kind === 'column' && expr.path.length === 1 ? (expr.path[0] as string) : `key_${i}`

function aggregatesOver(stage: Stage): readonly NamedAggregate[] {
  return stage.block.aggregates.map(
    ({ name, call: { args, filter, ...rest } }): NamedAggregate => ({
      ...rest,
      name,
      args: args.map(each => over(stage, each)),
      filter: filter === undefined ? undefined : over(stage, filter),
    }),
  )
}

const ROWS: NamedAggregate = {
  name: 'rows',
  fn: 'count',
  args: [],
  distinct: false,
  filter: undefined,
  params: [],
  user: undefined,
}

/** The groups of one set; `domain`: where it has no keys of its own, the columns for whose values there is a group. */
function groupsOf(
  node: Node,
  keys: readonly Key[],
  aggregates: readonly NamedAggregate[],
  domain: readonly string[],
  block: Block,
): Node {
  const plain = keys.map(({ name, expr }): Named => ({ name, expr }))
  const made = aggregateOf(node, plain, keys.length + aggregates.length === 0 ? [ROWS] : aggregates)
  return domain.length > 0 ? padded(made, block, domain) : made
}

/** The columns of all sets: keys that this one has not are null, and GROUPING says so. */
function withNulls(
  node: Node,
  all: readonly Key[],
  own: readonly Key[],
  set: readonly GroupKey[],
  keys: readonly GroupKey[],
  block: Block,
): Node {
  const nulls = (key: Key): Expr => literal(null, typeIn(block, key.of.expr).type as ScalarType)
  const columns = [
    ...all.map((key): Named => ({ name: key.name, expr: own.includes(key) ? column(key.name) : nulls(key) })),
    ...block.aggregates.map(({ name }): Named => ({ name, expr: column(name) })),
    ...block.groupings.map((slot): Named => ({ name: slot.name, expr: levelOf(slot, set, keys, block) })),
  ]
  return columns.length === 0 ? node : selectOf(node, columns)
}

/** GROUPING(a, b): a bit for each argument, 1 where it is not among the keys of the set; the last one's is the lowest. */
function levelOf(
  { args, byte }: GroupingSlot,
  set: readonly GroupKey[],
  keys: readonly GroupKey[],
  block: Block,
): Expr {
  const bits = args.map(arg => {
    const key = keys.find(each => sameExpr(each.expr, arg))
    if (key !== undefined) return set.includes(key) ? 0 : 1
    return invalid(block.query.text, byte, 'arguments of GROUPING must be keys of GROUP BY', 'name them as there')
  })
  return literal(
    bits.reduce<number>((sum, bit) => sum * 2 + bit, 0),
    scalars.int,
  )
}

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
