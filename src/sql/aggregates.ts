// Aggregates of a block: each different call is one column of the group.
import { type AggregateCall, aggregates, cast, type Expr, sameExpr, typeOfAggregate } from '../expr/index.ts'
import { type ColumnType, DECIMAL_DIGITS, decimalOf, type PlainType, scalars, wholeNumeric } from '../types/index.ts'
import {
  type AggregateSlot,
  type Block,
  type GroupingSlot,
  Input,
  inputsOf,
  outerColumn,
  slotColumn,
  typeIn,
} from './block.ts'
import type { Bind } from './expressions/bind.ts'
import { coerce } from './expressions/coerce.ts'
import { condition } from './expressions/forms.ts'
import { plain } from './expressions/record.ts'
import { gatheredCall, isGathered, isHypothetical } from './gathered.ts'
import { levelOf } from './level.ts'
import type { FuncCall, GroupingFunc, Node } from './parser.ts'
import { invalid, within } from './refuse.ts'
import { isOfSpans, ofSpans } from './spans.ts'
import { textsOf } from './tree.ts'

const NAMES: ReadonlySet<string> = new Set(aggregates.flatMap(each => [each.name, ...(each.aliases ?? [])]))

export const isAggregate = (name: string): boolean => NAMES.has(name) || isGathered(name)

/** Whether an aggregate, a window function or GROUPING stands in a tree, outside of its subqueries. */
export function hasAggregate(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null || 'SubLink' in tree) return false
  if ('GroupingFunc' in tree) return true
  const { funcname, over } = ('FuncCall' in tree ? tree.FuncCall : {}) as FuncCall
  return over !== undefined || isAggregate(textsOf(funcname).at(-1) ?? '') || Object.values(tree).some(hasAggregate)
}

export function aggregateSlot(name: string, node: FuncCall, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const { location } = node
  if (levelOf(node, block) > 0) return outerColumn(block, aggregateSlot(name, node, block.outer as Block, bind))
  if (block.noAggregates !== undefined) {
    return invalid(
      text,
      location,
      `aggregate functions are not allowed in ${block.noAggregates}`,
      'aggregate in a subquery',
    )
  }
  if (!isGathered(name) && !isHypothetical(name) && node.agg_within_group === true)
    return invalid(text, location, `${name} has no WITHIN GROUP`, 'leave it out')
  expectArguments(name, node, block)
  const call = callOf(name, node, block, bind)
  if (!isOfSpans(call, block)) return columnOfCall(call, block, location)
  if (call.distinct) return invalid(text, location, `${name}(DISTINCT …) of intervals`, 'take DISTINCT in a subquery')
  return ofSpans(call, each => columnOfCall(each, block, location))
}

/** The column of the groups that an aggregate is; each different one is one. */
function columnOfCall(call: AggregateCall, block: Block, location: number | undefined): Expr {
  const key = textOfCall(call)
  const known = block.aggregates.find(each => textOfCall(each.call) === key)
  if (known !== undefined) return slotColumn(Input.group, known.name)
  const { type, nullable } = within(block.query.text, location, () => typeOfAggregate(call, inputsOf(block), false))
  const slot: AggregateSlot = {
    name: `agg_${block.aggregates.length}`,
    type: summed(call, type, block),
    nullable,
    call,
  }
  block.aggregates.push(slot)
  return slotColumn(Input.group, slot.name)
}

/** count() is not count(*), nor is there another aggregate of nothing. */
export function expectArguments(name: string, { args = [], agg_star, location }: FuncCall, block: Block): void {
  if (args.length === 0 && agg_star !== true && !isGathered(name) && !isHypothetical(name))
    invalid(block.query.text, location, `${name}() takes an argument`, 'write count(*) to count rows')
}

/** GROUPING(a, b): a column of the groups. */
export function groupingSlot(node: GroupingFunc, block: Block, bind: Bind): Expr {
  const { args = [], location } = node
  if (levelOf(node, block) > 0) return outerColumn(block, groupingSlot(node, block.outer as Block, bind))
  if (block.noAggregates !== undefined) {
    const reason = `GROUPING is not allowed in ${block.noAggregates}`
    return invalid(block.query.text, location, reason, 'use it in the select list, HAVING or ORDER BY')
  }
  const bound = args.map(each => bind(each, block))
  const isSame = (each: GroupingSlot): boolean =>
    each.args.length === bound.length && each.args.every((arg, i) => sameExpr(arg, bound[i] as Expr))
  const known = block.groupings.find(isSame)
  if (known !== undefined) return slotColumn(Input.group, known.name)
  const name = `grouping_${block.groupings.length}`
  block.groupings.push({ name, type: scalars.int, nullable: false, args: bound, byte: location })
  return slotColumn(Input.group, name)
}

function callOf(name: string, node: FuncCall, block: Block, bind: Bind): AggregateCall {
  // What an aggregate takes is of the rows: no aggregate stands within another.
  const outside = block.noAggregates
  const sets = block.noSets
  block.noAggregates = 'the arguments of an aggregate'
  block.noSets = 'the arguments of an aggregate'
  try {
    const filter = node.agg_filter === undefined ? undefined : condition(node.agg_filter as Node, block, bind)
    const guarded: Bind = (each, on) => where(filter, bind(each, on), on)
    if (isGathered(name) || isHypothetical(name)) {
      const { args, user } = gatheredCall(name, node, block, guarded)
      return Object.freeze({ fn: 'user', args, distinct: false, filter, params: Object.freeze([]), user })
    }
    const args = Object.freeze(exactly(name, argsOf(name, node, block, guarded), block))
    const distinct = node.agg_distinct === true
    return Object.freeze({ fn: name, args, distinct, filter, params: Object.freeze([]), user: undefined })
  } finally {
    block.noAggregates = outside
    block.noSets = sets
  }
}

/** The argument of rows that the filter leaves; of the others it is not computed, for it may be an error there. */
function where(filter: Expr | undefined, expr: Expr, block: Block): Expr {
  if (filter === undefined || expr.kind === 'literal' || expr.kind === 'column') return expr
  if (typeIn(block, expr).type.kind === 'struct') return expr
  return Object.freeze({ kind: 'case', branches: [{ when: filter, then: expr }], otherwise: undefined })
}

const BOOLEANS: ReadonlySet<string> = new Set(['bool_and', 'bool_or', 'every'])

function argsOf(name: string, { args = [], location }: FuncCall, block: Block, bind: Bind): readonly Expr[] {
  const bound = args.map(each => bind(each, block))
  return BOOLEANS.has(name) ? bound.map(each => coerce(block, each, scalars.boolean, location)) : bound
}

const MEANS: ReadonlySet<string> = new Set(
  aggregates
    .filter(each => /^(avg|var_|stddev_)/.test(each.name))
    .flatMap(each => [each.name, ...(each.aliases ?? [])]),
)

/** PostgreSQL's means and spreads of whole numbers are numerics, and so are sums of bigints. */
export function exactly(name: string, args: readonly Expr[], block: Block): readonly Expr[] {
  return args.map(of => {
    const each = name === 'count' ? plain(of, block) : of
    const { kind } = typeIn(block, each).type
    const isExact = MEANS.has(name) ? kind === 'int' || kind === 'bigint' : name === 'sum' && kind === 'bigint'
    return isExact ? cast(each, decimalOf(DECIMAL_DIGITS, 0)) : each
  })
}

/** A sum of integers of fewer bits is a bigint; of bigints it is a numeric. */
export function summed({ fn, args }: Pick<AggregateCall, 'fn' | 'args'>, type: ColumnType, block: Block): ColumnType {
  const [of] = args
  if (fn !== 'sum' || type.kind !== 'int' || of === undefined) return type
  const { declared } = typeIn(block, of).type as PlainType
  return declared === undefined || declared.name === 'numeric' ? wholeNumeric : scalars.int
}

const textOfCall = (call: AggregateCall): string =>
  JSON.stringify(call, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value))
