// Grouping sets, rollup, cube and pivot, as the nodes that they stand for: a union of group-bys, one per set, and a
// group-by whose aggregates are filtered, one per value.
import { describeValue, excerpt, optionsFor } from '../base/index.ts'
import { call, column, type Expr, literal, substitute } from '../expr/index.ts'
import { aggregateOf, badVerb, type Named, type Node, schema, selectOf, unionOf } from '../plan/index.ts'
import { type Group, type ScalarType, type Schema, scalars } from '../types/index.ts'
import { type Aggregation, aggregationOf } from './aggregates.ts'
import { Built } from './expression.ts'
import { literalFrom } from './literal.ts'
import { aggregateNode, passThrough, withWindow } from './verbs.ts'

export type GroupingVerb = 'groupingSets' | 'rollup' | 'cube'

export interface GroupingOptions<Id extends string> {
  /** Adds a column that says which keys are not in a row's set: a bit a key, the last key's the lowest, as SQL's GROUPING. */
  readonly grouping?: Id
}

const MOST_CUBED = 12
const FIXES: Readonly<Record<GroupingVerb, string>> = {
  groupingSets: "groupingSets([['carrier', 'origin'], ['carrier'], []])",
  rollup: "rollup('carrier', 'origin')",
  cube: "cube('carrier', 'origin')",
}

/** The sets of rollup and cube, as SQL lists them. */
export function setsOf(verb: 'rollup' | 'cube', keys: readonly string[]): readonly (readonly string[])[] {
  if (keys.length === 0) badVerb(verb, 'there are no keys', FIXES[verb])
  if (verb === 'rollup') return [...keys.map((_, i) => keys.slice(0, keys.length - i)), []]
  if (keys.length > MOST_CUBED)
    badVerb(verb, `${keys.length} keys have ${2 ** keys.length} sets`, `at most ${MOST_CUBED} keys`)
  const all = 2 ** keys.length - 1
  return Array.from({ length: all + 1 }, (_, i) => keys.filter((_key, k) => ((all - i) >> (keys.length - 1 - k)) & 1))
}

/** @param sets may repeat, as in SQL: each is told. The empty one has one row, even of no rows. */
export function groupingNode(
  verb: GroupingVerb,
  input: Node,
  sets: readonly (readonly string[])[],
  callback: (group: Group<object, null>) => object,
  options: GroupingOptions<string> | undefined,
): Node {
  if (!Array.isArray(sets) || sets.length === 0 || !sets.every(each => Array.isArray(each)))
    badVerb(verb, 'it needs a list of lists of columns', FIXES[verb])
  const { grouping } = optionsFor(verb, options, `${FIXES[verb]}.agg(g => ({ … }), { grouping: 'level' })`, {})
  const keys = [...new Set(sets.flat())]
  for (const key of keys) refuseStructs(verb, passThrough(schema(input), key), schema(input))
  const parts = sets.map(set => partNode(input, keys, new Set(set), callback, grouping))
  return parts.length === 1 ? (parts[0] as Node) : unionOf(parts)
}

function refuseStructs(verb: string, { name }: Named, of: Schema): void {
  const type = of.fields.find(each => each.name === name)?.type
  if (type !== undefined && !Object.hasOwn(scalars, type.kind))
    badVerb(verb, `${excerpt(name)} is a ${type.kind}`, 'group by a field of it')
}

/** The groups of one set, with the columns of all. */
function partNode(
  input: Node,
  keys: readonly string[],
  set: ReadonlySet<string>,
  callback: (group: Group<object, null>) => object,
  grouping: string | undefined,
): Node {
  const of = schema(input)
  const own = keys.filter(each => set.has(each))
  const grouped = withWindow(
    input,
    own.map(each => passThrough(of, each)),
  )
  const node = aggregateNode(input, grouped, callback)
  const more = schema(node).fields.slice(own.length)
  const nulls = (name: string): Expr => literal(null, of.fields.find(each => each.name === name)?.type as ScalarType)
  const columns = [
    ...keys.map(name => ({ name, expr: set.has(name) ? column(name) : nulls(name) })),
    ...more.map(({ name }) => ({ name, expr: column(name) })),
  ]
  if (grouping === undefined) return selectOf(node, columns)
  const bits = keys.reduce((sum, key) => sum * 2 + (set.has(key) ? 0 : 1), 0)
  return selectOf(node, [...columns, { name: grouping, expr: literal(bits, scalars.int) }])
}

export type PivotValue = string | number | bigint | boolean | null

/** Aggregates for each listed value of a column: `value`, or `value_name` where they have names. */
export function pivotNode(
  input: Node,
  keys: readonly Named[],
  name: string,
  values: readonly PivotValue[],
  callback: (group: Group<object, null>) => unknown,
): Node {
  const of = schema(input)
  const { expr } = passThrough(of, name)
  if (!Array.isArray(values) || values.length === 0)
    badVerb('pivot', 'the values are missing', "pivot('quarter', [1, 2, 3, 4], g => g.amount.sum())")
  if (typeof callback !== 'function')
    badVerb('pivot', 'it needs a callback', "pivot('quarter', [1, 2, 3, 4], g => g.amount.sum())")
  let single = false
  const aggregation = aggregationOf<object>(input, group => {
    const made = callback(group)
    single = made instanceof Built
    return (single ? { value: made } : made) as object
  })
  const parts = values.map(value => {
    const label = String(value)
    const called = (each: string): string => (single ? label : `${label}_${each}`)
    return filtered(aggregation, isValue(expr, value), called, `#${label}`)
  })
  const node = aggregateOf(
    input,
    keys,
    parts.flatMap(each => each.aggregates),
  )
  return selectOf(node, [
    ...keys.map(each => passThrough(schema(node), each.name)),
    ...parts.flatMap(each => each.columns ?? each.aggregates.map(({ name: to }) => ({ name: to, expr: column(to) }))),
  ])
}

function isValue(expr: Expr, value: PivotValue): Expr {
  if (value === null) return call('is_null', expr)
  const node = ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? literalFrom(value) : undefined
  if (node === undefined)
    return badVerb('pivot', `${describeValue(value)} can not be a column's name`, 'list texts, numbers or booleans')
  return call('eq', expr, node)
}

/** The aggregates of the rows for which the condition holds, under names of their own. */
function filtered(
  { aggregates, columns }: Aggregation,
  condition: Expr,
  called: (name: string) => string,
  hidden: string,
): Aggregation {
  const nameOf = (name: string): string => (columns === undefined ? called(name) : `${hidden} ${name}`)
  return {
    aggregates: aggregates.map(each => ({
      ...each,
      name: nameOf(each.name),
      filter: each.filter === undefined ? condition : call('and', each.filter, condition),
    })),
    columns: columns?.map(each => ({
      name: called(each.name),
      expr: substitute(each.expr, inner => column(nameOf(inner.path[0] as string))),
    })),
  }
}
