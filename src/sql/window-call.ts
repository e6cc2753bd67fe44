// `fn(args) OVER (…)`: each different call is a column of the block's window functions.
import {
  type AggregateCall,
  aggregates,
  call as callOf,
  canonical,
  cast,
  type Expr,
  evaluateConstant,
  isConstant,
  literal,
  type SortKey,
  typeOfAggregate,
} from '../expr/index.ts'
import type { OverCall, OverFrame } from '../plan/index.ts'
import { type ColumnType, type ScalarType, scalars } from '../types/index.ts'
import { exactly, expectArguments, isAggregate, summed } from './aggregates.ts'
import { type Block, Input, inputsOf, slotColumn, typeIn, type WindowSlot } from './block.ts'
import type { Bind } from './expressions/bind.ts'
import { adapt, coerce } from './expressions/coerce.ts'
import { condition } from './expressions/forms.ts'
import { plain } from './expressions/record.ts'
import { defaultFrame, frameOf, hasFrame } from './frame.ts'
import { gatheredCall, isGathered } from './gathered.ts'
import type { FuncCall, Node, WindowDef } from './parser.ts'
import { invalid, unsupported, within } from './refuse.ts'
import { sortKey } from './sort-key.ts'
import { locationOf } from './tree.ts'

type Fn = OverCall['fn']

/** A window function with its window. */
export interface WindowCall {
  readonly fn: Fn
  readonly args: readonly Expr[]
  readonly n: number | undefined
  readonly partition: readonly Expr[]
  readonly order: readonly SortKey[]
  /** Undefined: it looks at no frame. */
  readonly frame: OverFrame | undefined
  /** An aggregate of the whole partition, which is made of groups. */
  readonly whole?: AggregateCall
}

type Window = Pick<WindowCall, 'partition' | 'order'> & { readonly frame: OverFrame }

/** Functions of windows alone, with how many arguments they take at least and at most. */
const FUNCTIONS: Readonly<Record<string, readonly [number, number]>> = {
  row_number: [0, 0],
  rank: [0, 0],
  dense_rank: [0, 0],
  percent_rank: [0, 0],
  cume_dist: [0, 0],
  ntile: [1, 1],
  lag: [1, 3],
  lead: [1, 3],
  first_value: [1, 1],
  last_value: [1, 1],
  nth_value: [2, 2],
}

const AGGREGATES: readonly string[] = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'var_samp',
  'var_pop',
  'stddev_samp',
  'stddev_pop',
] satisfies Fn[]

export const isWindowFunction = (name: string): boolean => Object.hasOwn(FUNCTIONS, name)

export function windowSlot(name: string, node: FuncCall, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const { location } = node
  if (block.noWindows !== undefined) {
    const reason = `window functions are not allowed in ${block.noWindows}`
    return invalid(text, location, reason, 'compute it in a subquery, and use its column')
  }
  if (node.agg_order !== undefined)
    return invalid(
      text,
      location,
      'ORDER BY of an argument is for aggregates without OVER',
      'order in OVER (ORDER BY …)',
    )
  if (node.agg_distinct === true)
    return invalid(text, location, 'DISTINCT is not there for window functions', 'remove duplicates in a subquery')
  const outside = block.noWindows
  const sets = block.noSets
  block.noWindows = 'another window function'
  block.noSets = 'a window function'
  try {
    const window = windowOf(node.over as WindowDef, block, bind)
    return isWindowFunction(name)
      ? ownFunction(name as Fn, node, window, block, bind)
      : overAggregate(name, node, window, block, bind)
  } finally {
    block.noWindows = outside
    block.noSets = sets
  }
}

function ownFunction(fn: Fn, node: FuncCall, window: Window, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const { args: nodes = [], location } = node
  const [least, most] = FUNCTIONS[fn] as readonly [number, number]
  if (nodes.length < least || nodes.length > most || node.agg_star === true)
    return invalid(
      text,
      location,
      `${fn} takes ${least === most ? least : `${least} to ${most}`} arguments`,
      'see docs/sql.md',
    )
  if (node.agg_filter !== undefined)
    return invalid(text, location, `FILTER is for aggregates, and ${fn} is none`, `write CASE in its argument`)
  const { partition, order } = window
  const at = { partition, order }
  if (fn === 'lag' || fn === 'lead') return shifted(fn, nodes, at, block, bind)
  if (fn === 'ntile' || fn === 'nth_value') {
    const n = wholeNumber(nodes.at(-1) as Node, block, bind)
    const args = nodes.slice(0, -1).map(each => plain(bind(each, block), block))
    if (n === undefined) return literal(null, typeOf(args[0], block))
    if (n < 1)
      return invalid(text, locationOf(nodes.at(-1)), `the argument of ${fn} must be greater than zero`, 'write 1')
    return slotFor({ ...at, fn, args, n, frame: fn === 'ntile' ? undefined : window.frame }, block, location)
  }
  const args = nodes.map(each => plain(bind(each, block), block))
  return slotFor({ ...at, fn, args, n: undefined, frame: args.length > 0 ? window.frame : undefined }, block, location)
}

const typeOf = (expr: Expr | undefined, block: Block): ScalarType =>
  expr === undefined ? scalars.int : (typeIn(block, expr).type as ScalarType)

/** lag and lead; where there is no such row, the third argument of the current one. */
function shifted(
  fn: 'lag' | 'lead',
  nodes: readonly Node[],
  at: Omit<Window, 'frame'>,
  block: Block,
  bind: Bind,
): Expr {
  const [of, by, instead] = nodes as readonly [Node, Node?, Node?]
  const value = plain(bind(of, block), block)
  const n = by === undefined ? 1 : wholeNumber(by, block, bind)
  if (n === undefined) return literal(null, typeOf(value, block))
  const way = n < 0 ? ({ lag: 'lead', lead: 'lag' } as const)[fn] : fn
  const common = { ...at, fn: way, n: Math.abs(n), frame: undefined } as const
  const found = slotFor({ ...common, args: [value] }, block, locationOf(of))
  if (instead === undefined) return found
  const isThere = slotFor({ ...common, args: [literal(1, scalars.int)] }, block, locationOf(of))
  const [, otherwise] = adapt(block, [value, bind(instead, block)], locationOf(instead)) as [Expr, Expr]
  return Object.freeze({
    kind: 'case',
    branches: Object.freeze([Object.freeze({ when: callOf('is_null', isThere), then: otherwise })]),
    otherwise: found,
  })
}

/** A constant number; undefined: null. */
function wholeNumber(node: Node, block: Block, bind: Bind): number | undefined {
  const { text } = block.query
  const byte = locationOf(node)
  const expr = coerce(block, bind(node, block), scalars.int, byte)
  if (!isConstant(expr)) return unsupported(text, byte, 'a number of rows that is no constant', 'write a number')
  if (typeIn(block, expr).type.kind !== 'int') return invalid(text, byte, 'this is not a whole number', 'write one')
  const { value } = evaluateConstant(expr)
  return value === null ? undefined : Number(value)
}

function overAggregate(name: string, node: FuncCall, window: Window, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const { location } = node
  const entry = aggregates.find(each => each.name === name || each.aliases?.includes(name) === true)
  if (entry === undefined && !isAggregate(name))
    return invalid(text, location, `${name} is neither a window function nor an aggregate`, 'leave OVER out')
  if ((node.agg_order ?? []).length > 0)
    return unsupported(text, location, 'ORDER BY in an aggregate with OVER', 'order the window: OVER (… ORDER BY …)')
  if (entry === undefined || !AGGREGATES.includes(entry.name)) return wholeAggregate(name, node, window, block, bind)
  expectArguments(name, node, block)
  const given = (node.args ?? []).map(each => bind(each, block))
  const bound = node.agg_star === true ? [] : exactly(name, given, block)
  const args = node.agg_filter === undefined ? bound : filtered(bound, condition(node.agg_filter, block, bind))
  return slotFor({ ...window, fn: entry.name as Fn, args, n: undefined }, block, location)
}

/** Other aggregates are of all rows of the partition, in the window's order. */
function wholeAggregate(name: string, node: FuncCall, window: Window, block: Block, bind: Bind): Expr {
  const { from, to, exclude } = window.frame
  if (!isGathered(name) || from !== undefined || to !== undefined || exclude !== undefined)
    return unsupported(
      block.query.text,
      node.location,
      `${name} over a part of its partition`,
      'leave ORDER BY out, or write ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
    )
  const { orderClause: agg_order = [] } = definitionOf(node.over as WindowDef, block)
  const { args, user } = gatheredCall(name, { ...node, agg_order }, block, bind)
  const filter = node.agg_filter === undefined ? undefined : condition(node.agg_filter, block, bind)
  const whole: AggregateCall = { fn: 'user', args, distinct: false, filter, params: [], user }
  return slotFor({ ...window, order: [], fn: 'count', args: [], n: undefined, whole }, block, node.location)
}

/** Aggregates pass over nulls: where the condition does not hold there is one. */
function filtered(args: readonly Expr[], when: Expr): readonly Expr[] {
  const counted = args.length === 0 ? [literal(1, scalars.int)] : args
  return counted.map(then =>
    Object.freeze({ kind: 'case', branches: Object.freeze([Object.freeze({ when, then })]), otherwise: undefined }),
  )
}

function slotFor(call: WindowCall, block: Block, byte: number | undefined): Expr {
  const key = textOfCall(call)
  const known = block.windows.find(each => textOfCall(each.call) === key)
  if (known !== undefined) return slotColumn(Input.over, known.name)
  const { type, nullable } = within(block.query.text, byte, () => resultOf(call, block))
  const slot: WindowSlot = { name: `over_${block.windows.length}`, type, nullable, call }
  block.windows.push(slot)
  return slotColumn(Input.over, slot.name)
}

const NUMBERS: readonly Fn[] = ['row_number', 'rank', 'dense_rank', 'ntile', 'count']

function resultOf(
  { fn, args, whole }: WindowCall,
  block: Block,
): { readonly type: ColumnType; readonly nullable: boolean } {
  if (whole !== undefined) return typeOfAggregate(whole, inputsOf(block), true)
  if (fn === 'percent_rank' || fn === 'cume_dist') return { type: scalars.double, nullable: false }
  const [argument] = args
  if (AGGREGATES.includes(fn)) {
    const call: AggregateCall = { fn, args, distinct: false, filter: undefined, params: [], user: undefined }
    return { type: summed(call, typeOfAggregate(call, inputsOf(block), true).type, block), nullable: fn !== 'count' }
  }
  if (NUMBERS.includes(fn)) return { type: scalars.int, nullable: false }
  return { type: typeIn(block, argument as Expr).type, nullable: true }
}

function windowOf(node: WindowDef, block: Block, bind: Bind): Window {
  const { partitionClause = [], orderClause = [], ...rest } = definitionOf(node, block)
  const partition = partitionClause.map(each => bind(each, block))
  const keys = orderClause.flatMap(each =>
    'SortBy' in each ? [sortKey(bind(each.SortBy.node as Node, block), each.SortBy, block.query.text)] : [],
  )
  const frame = frameOf(rest, keys, block, bind)
  const isMeasured = frame.mode === 'range' && [frame.from, frame.to].some(each => typeof each === 'bigint')
  // Distances of days are those of instants.
  const order = isMeasured ? keys.map(each => ({ ...each, expr: instant(each.expr, block) })) : keys
  const plain = frame.mode === 'range' && frame.exclude === undefined && frame.from === undefined && frame.to === 0
  return { partition, order, frame: plain ? defaultFrame(order) : frame }
}

const instant = (expr: Expr, block: Block): Expr =>
  typeIn(block, expr).type.kind === 'date' ? cast(expr, scalars.timestamp) : expr

/** A window of the WINDOW clause; it may build on those before it. */
export function nameWindow(node: WindowDef, block: Block): void {
  const { name = '', refname, location } = node
  const { text } = block.query
  if (block.named.has(name)) invalid(text, location, `window ${name} is already defined`, 'give it another name')
  if (refname !== undefined && !block.named.has(refname))
    invalid(text, location, `there is no window ${refname} before this one`, 'define it before')
  block.named.set(name, node)
}

/** The window with what it takes from one of the WINDOW clause. */
function definitionOf(node: WindowDef, block: Block): WindowDef {
  const base = node.name ?? node.refname
  if (base === undefined) return node
  const { text } = block.query
  const known = block.named.get(base)
  if (known === undefined)
    return invalid(text, node.location, `there is no window ${base}`, 'define it: WINDOW w AS (…)')
  const { name: _own, ...definition } = known
  const whole = definitionOf(definition, block)
  if (node.name !== undefined) return whole
  if ((node.partitionClause ?? []).length > 0)
    return invalid(
      text,
      node.location,
      `the PARTITION BY of window ${base} cannot be overridden`,
      'define another window',
    )
  if ((node.orderClause ?? []).length > 0 && (whole.orderClause ?? []).length > 0)
    return invalid(text, node.location, `the ORDER BY of window ${base} cannot be overridden`, 'define another window')
  if (hasFrame(whole))
    return invalid(text, node.location, `window ${base} has a frame, and cannot be copied`, `write OVER ${base}`)
  const { refname: _base, ...own } = node
  const orderClause = node.orderClause ?? whole.orderClause
  return {
    ...own,
    ...(whole.partitionClause && { partitionClause: whole.partitionClause }),
    ...(orderClause && { orderClause }),
  }
}

export const textOfOrder = ({ partition, order }: Pick<WindowCall, 'partition' | 'order'>): string =>
  JSON.stringify([partition.map(canonical), order.map(each => [canonical(each.expr), each.descending, each.nulls])])

export const textOfFrame = (frame: OverFrame | undefined): string =>
  frame === undefined ? '' : [frame.mode, frame.from, frame.to, frame.exclude].join()

const textOfCall = (call: WindowCall): string =>
  [textOfOrder(call), textOfFrame(call.frame), call.fn, call.n, ...call.args.map(canonical), textOfWhole(call)].join(
    '\n',
  )

/** What an aggregate of the whole partition is; of any other function nothing. */
const textOfWhole = ({ whole }: WindowCall): string =>
  whole === undefined
    ? ''
    : [
        whole.user?.name,
        ...[...whole.args, ...(whole.filter === undefined ? [] : [whole.filter])].map(canonical),
      ].join()
