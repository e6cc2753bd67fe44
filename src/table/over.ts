// What `over(options, w => …)` gets, and its options: window functions as calls of the plan.
import { type Duration, describeValue, excerpt, micros, optionsFor } from '../base/index.ts'
import { column, type Expr, type SortKey } from '../expr/index.ts'
import { badVerb, type Node, type OverCall, type OverFrame, overOf, schema } from '../plan/index.ts'
import type { Columns, OverColumns, Schema } from '../types/index.ts'
import { expressionFrom } from './expressions.ts'
import { groupsFrom, keysBy, type Per, type SortBy } from './rank.ts'
import { guarded, rowOf } from './row.ts'
import { within } from './scope.ts'

/** Where a frame begins and ends, from the current row; negative: on its other side. */
export interface FrameEdges<Offset> {
  /** Default: the group's first row. */
  readonly preceding?: Offset | 'unbounded'
  /** Default 0: the current row, in a range with the rows that tie with it. */
  readonly following?: Offset | 'unbounded'
}

export interface OverOptions<Row> {
  /** The groups, as in topN; default: all rows are one. */
  readonly per?: Per<Row>
  /** The order; ties are broken by all columns. Without it the frame is the whole group. */
  readonly by?: (row: Columns<Row>) => SortBy | readonly SortBy[]
  /** The frame in rows: `{ preceding: 2 }` is the row and the two before it. */
  readonly rows?: FrameEdges<number>
  /** The frame by the order key: a duration for timestamps, a number for numbers. Default: all rows up to this one. */
  readonly range?: FrameEdges<number | Duration>
  /** The frame in peers: `{ preceding: 1 }` is the rows that tie with this one, and those that tie before them. */
  readonly groups?: FrameEdges<number>
  /** Left out of the frame: the row itself, it and the rows that tie with it, or only these. */
  readonly exclude?: 'row' | 'group' | 'ties'
}

const SHAPE = "over({ per: 'user', by: r => r.at }, w => ({ running: w.amount.sum(), before: w.amount.lag() }))"

export function overNode(input: Node, options: OverOptions<never>, callback: (w: OverColumns<never>) => object): Node {
  const { per, by, rows, range, groups, exclude } = optionsFor('over', options, SHAPE)
  if (typeof callback !== 'function') badVerb('over', 'it needs a callback', SHAPE)
  const keys: readonly SortKey[] = by === undefined ? [] : keysBy('over', input, by as (row: never) => unknown)
  const made = within('over', () => callback(columnsOf(schema(input)) as never), callsIn)
  const calls = Object.entries(made).map(([name, value]) => ({ ...callOf(name, value), name }))
  return overOf(input, {
    per: groupsFrom(input, per),
    keys,
    frame: frameOf({ rows, range, groups, exclude }, keys.length > 0),
    calls,
  })
}

type Frames = { readonly [K in 'rows' | 'range' | 'groups' | 'exclude']: OverOptions<never>[K] | undefined }

function frameOf({ rows, range, groups, exclude }: Frames, isOrdered: boolean): OverFrame {
  const given = Object.entries({ rows, range, groups }).filter(([, edges]) => edges !== undefined)
  const [[mode, edges], second] = [given[0] ?? ['range', undefined], given[1]] as [
    [OverFrame['mode'], unknown],
    unknown,
  ]
  if (second !== undefined) badVerb('over', 'it has two frames', 'give rows, range or groups')
  if (exclude !== undefined && !['row', 'group', 'ties'].includes(exclude))
    badVerb('over', `a frame cannot leave out ${describeValue(exclude)}`, "exclude: 'row', 'group' or 'ties'")
  const without = exclude === undefined ? {} : { exclude }
  if (edges === undefined) return { mode: 'range', from: undefined, to: isOrdered ? 0 : undefined, ...without }
  return { mode, ...edgesOf(mode, edges), ...without }
}

function edgesOf(mode: OverFrame['mode'], edges: unknown): Pick<OverFrame, 'from' | 'to'> {
  const offset = (edge: unknown, sign: 1 | -1): number | bigint | undefined => {
    if (edge === 'unbounded') return undefined
    if (typeof edge === 'number') return sign > 0 ? edge : 0 - edge
    if (mode !== 'range') return badVerb('over', `${mode} are counted`, `${mode}: { preceding: 2, following: 0 }`)
    return BigInt(sign) * micros(edge as Duration)
  }
  const given = optionsFor('over', edges as FrameEdges<unknown>, 'rows: { preceding: 2 }')
  const { preceding = 'unbounded', following = 0 } = given
  const [from, to] = [offset(preceding, -1), offset(following, 1)]
  if (from !== undefined && to !== undefined && from > to)
    badVerb('over', 'the frame ends before it begins', 'rows: { preceding: 2, following: 0 }')
  return { from, to }
}

/** A window function, as the callback sees it. */
class Call {
  readonly call: Omit<OverCall, 'name'>
  constructor(fn: OverCall['fn'], args: readonly Expr[], n?: number) {
    this.call = { fn, args, n }
  }
}

function callOf(name: string, value: unknown): Omit<OverCall, 'name'> {
  if (value instanceof Call) return value.call
  return badVerb('over', `${excerpt(name)} is not a window function`, SHAPE)
}

function callsIn(made: object): readonly Expr[] {
  if (made === null || typeof made !== 'object') return badVerb('over', 'the callback must return an object', SHAPE)
  return Object.values(made).flatMap(each => (each instanceof Call ? each.call.args : []))
}

function columnsOf(of: Schema): object {
  const entries = new Map<string, unknown>(of.fields.map(each => [each.name, functionsOf(column(each.name))]))
  for (const [name, fn] of Object.entries(groupFunctions(of))) {
    // A column may be called `count` too: then it is both.
    const both = entries.get(name)
    entries.set(name, both === undefined ? fn : Object.assign(fn, both))
  }
  return guarded(of, [...entries])
}

const groupFunctions = (of: Schema) => ({
  rowNumber: () => new Call('row_number', []),
  rank: () => new Call('rank', []),
  denseRank: () => new Call('dense_rank', []),
  percentRank: () => new Call('percent_rank', []),
  cumeDist: () => new Call('cume_dist', []),
  ntile: (n: number) => new Call('ntile', [], n),
  count: () => new Call('count', []),
  of: (callback: (row: Columns<unknown>) => unknown) => functionsOf(expressionFrom('of', callback, rowOf<unknown>(of))),
})

const functionsOf = (expr: Expr) => ({
  lag: (n = 1) => new Call('lag', [expr], n),
  lead: (n = 1) => new Call('lead', [expr], n),
  firstValue: () => new Call('first_value', [expr]),
  lastValue: () => new Call('last_value', [expr]),
  nthValue: (n: number) => new Call('nth_value', [expr], n),
  count: () => new Call('count', [expr]),
  min: () => new Call('min', [expr]),
  max: () => new Call('max', [expr]),
  sum: () => new Call('sum', [expr]),
  avg: () => new Call('avg', [expr]),
  variance: () => new Call('var_samp', [expr]),
  stddev: () => new Call('stddev_samp', [expr]),
  every: () => new Call('bool_and', [expr]),
  some: () => new Call('bool_or', [expr]),
})
