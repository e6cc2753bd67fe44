// The untyped halves of the verbs: callbacks to plan nodes.
import {
  badArgument,
  type Duration,
  excerpt,
  micros,
  optionsFor,
  type SignedDuration,
  signedMicros,
} from '../base/index.ts'
import { column, type Expr, type SortKey } from '../expr/index.ts'
import {
  aggregateOf,
  badVerb,
  errorsOf,
  finalOf,
  fullWindowsOf,
  lateOf,
  type Named,
  type Node,
  nodesOf,
  type Over,
  ownTumbling,
  panesOf,
  properties,
  schema,
  selectOf,
  skippedBy,
  topOf,
  unionOf,
  unknownColumn,
  type WindowShape,
  whereOf,
} from '../plan/index.ts'
import type { Columns, Expression, Group, Interval, Schema } from '../types/index.ts'
import { aggregationOf } from './aggregates.ts'
import { BuiltOrder, nodeOf, notAValue, orderKey } from './expression.ts'
import { callable, expressionFrom } from './expressions.ts'
import { type EmitOptions, firingFrom } from './firing.ts'
import { rowOf } from './row.ts'
import { within } from './scope.ts'

interface Accepting {
  /** How long after its end a window still takes rows; default: not at all. */
  readonly accept?: Duration
}

type ShapeName = 'tumbling' | 'sliding' | 'cumulating' | 'session'
type Only<Name extends ShapeName> = { readonly [K in Exclude<ShapeName, Name>]?: never }

/**
 * Tumbling windows lie side by side; sliding ones overlap: a row is in `sliding / every` of them; cumulating ones begin
 * together and end `every` apart. A session ends when its key has been silent for so long.
 */
export type WindowOptions = (
  | (Only<'tumbling'> & { readonly tumbling: Duration; readonly every?: never })
  | (Only<'sliding'> & { readonly sliding: Duration; readonly every: Duration })
  | (Only<'cumulating'> & { readonly cumulating: Duration; readonly every: Duration })
  | (Only<'session'> & { readonly session: Duration; readonly every?: never; readonly offset?: never })
) &
  Accepting & {
    /** Windows start this long after the epoch (1970), or before it (`'-8 hours'`), and its multiples; default 0. */
    readonly offset?: SignedDuration
  }

/** Sessions whose gap the rows say: an interval, microseconds, or the timestamp until which a row waits for the next. */
export interface SessionOptions<Row> extends Accepting {
  readonly session: (
    row: Columns<Row>,
  ) => Expression<Interval> | Expression<number> | Expression<bigint> | Expression<Date>
}

/** Of the row: an interval, or microseconds. */
type LengthFrom<Row> = (row: Columns<Row>) => Expression<Interval> | Expression<number> | Expression<bigint>

/**
 * Windows that each row says: side by side, so long or so far from 1970 as its columns say (a size for each user, days in
 * the user's time zone), or from any timestamp to any other around its event time.
 */
export type OwnOptions<Row> = Accepting &
  (
    | { readonly tumbling: LengthFrom<Row> | Duration; readonly offset?: LengthFrom<Row> | SignedDuration }
    | {
        readonly start: (row: Columns<Row>) => Expression<Date>
        readonly end: (row: Columns<Row>) => Expression<Date>
      }
  )

/** Windows of the rows' own, if options say such. */
function ownShape<Row>(given: object, input: Node): WindowShape | undefined {
  const { tumbling, offset, start, end } = given as Partial<Record<'tumbling' | 'offset' | 'start' | 'end', unknown>>
  const expr = (each: unknown) =>
    expressionFrom('window', each as (row: Columns<Row>) => unknown, rowOf<Row>(schema(input)))
  if (start !== undefined || end !== undefined) {
    if (typeof start !== 'function' || typeof end !== 'function')
      return badVerb('window', 'it begins and ends by what rows say', 'write { start: row => …, end: row => … }')
    return { kind: 'own', start: expr(start), end: expr(end) }
  }
  if (typeof tumbling !== 'function' && typeof offset !== 'function') return undefined
  if (tumbling === undefined)
    return badVerb('window', 'it moves, and has no length', "write { tumbling: '1 day', offset: row => … }")
  const size = typeof tumbling === 'function' ? expr(tumbling) : micros(tumbling as Duration)
  const moved = typeof offset === 'function' ? expr(offset) : signedMicros((offset ?? '0 seconds') as SignedDuration)
  return ownTumbling(input, size, moved)
}

const SHAPES =
  "write { tumbling: '1 hour' }, { sliding: '10 minutes', every: '5 minutes' }, { cumulating: '1 day', every: '1 hour' } or { session: '30 minutes' }"

/** All of time as one window, for triggers (`.emit`); it is over when the input ends. */
export interface GlobalOptions {
  readonly global: true
}

export function shapeOf<Row>(
  given: WindowOptions | SessionOptions<Row> | OwnOptions<Row> | GlobalOptions,
  node: Node,
): WindowShape {
  const input = schema(node)
  const options = given as WindowOptions & { readonly session?: Duration | SessionOptions<Row>['session'] }
  if (options === null || typeof options !== 'object') return badVerb('window', 'it needs options', SHAPES)
  const own = ownShape<Row>(options, node)
  if (own !== undefined) return own
  const { tumbling, sliding, cumulating, session, every } = options
  const { global } = given as Partial<GlobalOptions>
  const shapes = [tumbling, sliding, cumulating, session, global].filter(each => each !== undefined).length
  if (shapes !== 1) return badVerb('window', shapes === 0 ? 'the shape is missing' : 'it has several shapes', SHAPES)
  const moved = options.offset === undefined ? 0n : signedMicros(options.offset)
  // Windows begin at every multiple: one offset less a whole number of them is the same, and the plan too.
  const offsetBy = (size: bigint): bigint => (moved < 0n && size > 0n ? ((moved % size) + size) % size : moved)
  if (global !== undefined) return { kind: 'global' }
  if (typeof session === 'function')
    return { kind: 'session', until: expressionFrom('window', session, rowOf<Row>(input)) }
  if (session !== undefined) return { kind: 'session', until: micros(session) }
  if (tumbling !== undefined) {
    const size = micros(tumbling)
    return { kind: 'tumbling', size, offset: offsetBy(size) }
  }
  if (every === undefined) return badVerb('window', 'it does not say how often', SHAPES)
  const step = micros(every)
  if (sliding !== undefined) return { kind: 'sliding', size: micros(sliding), slide: step, offset: offsetBy(step) }
  const size = micros(cumulating as Duration)
  return { kind: 'cumulating', size, step, offset: offsetBy(size) }
}

/** The columns a callback's result names. */
export function columnsFrom(verb: string, input: Schema, callback: (row: never) => unknown): readonly Named[] {
  return namedFrom(verb, callback, rowOf(input) as never)
}

/** Run a callback that returns an object of expressions. */
export function namedFrom<Rows extends readonly unknown[]>(
  verb: string,
  callback: (...rows: Rows) => unknown,
  ...rows: Rows
): readonly Named[] {
  callable(verb, callback)
  const nodes = (made: unknown): readonly Expr[] =>
    Object.values(objectFrom(verb, made)).flatMap(each => nodeOf(each) ?? [])
  const result = within(verb, () => callback(...rows), nodes)
  return Object.entries(objectFrom(verb, result)).map(([name, value]) => ({
    name,
    expr: nodeOf(value) ?? notAValue(value, `${verb}, column ${excerpt(name, 40)}`),
  }))
}

function objectFrom(verb: string, result: unknown): object {
  const shape = `${verb}(row => ({ name: row.column }))`
  if (result instanceof Promise) return badVerb(verb, 'the callback is async', 'build expressions without await')
  if (result === null || typeof result !== 'object' || nodeOf(result) !== undefined || Array.isArray(result))
    return badVerb(verb, 'the callback must return an object of columns', shape)
  return result
}

/** Names of columns and callbacks that make keys, as key columns. */
export function keysFrom(input: Schema, keys: readonly unknown[]): readonly Named[] {
  return keys.flatMap(key => {
    if (typeof key === 'function') return columnsFrom('groupBy', input, key as (row: never) => unknown)
    if (typeof key !== 'string')
      return badVerb('groupBy', 'a key is neither a name nor a callback', "groupBy('carrier')")
    return [passThrough(input, key)]
  })
}

/** A column under its own name. */
export function passThrough(input: Schema, name: string): Named {
  if (typeof name !== 'string') badArgument('the table', 'column', name, 'name the column')
  if (!input.fields.some(each => each.name === name)) unknownColumn(name, input)
  return { name, expr: column(name) }
}

/** Rows that could not be decoded, and rows whose function threw and that were skipped. */
export function errorsBelow(root: Node): Node {
  const found = nodesOf(root).flatMap((each): readonly Node[] => {
    const found = each.kind === 'source' ? errorsOf(each) : skippedBy(each)
    return found === undefined ? [] : [found]
  })
  return found.length === 1 ? (found[0] as Node) : unionOf(found)
}

/** `final` under the stateless nodes over a windowed aggregate: select and where of a final row are final. */
export function finalNode(node: Node): Node {
  if (node.kind === 'aggregate' && node.input.kind === 'countWindow') return fullWindowsOf(node)
  if (node.kind === 'aggregate' || node.kind === 'rank' || node.kind === 'over') return finalOf(node)
  // Grouping sets.
  if (node.kind === 'union') return unionOf(node.inputs.map(finalNode))
  if (node.kind === 'select') return selectOf(finalNode(node.input), node.columns)
  if (node.kind === 'where') return whereOf(finalNode(node.input), node.predicate)
  return badVerb('final', `a ${node.kind} stands over the windowed aggregate`, 'call .final() right after .agg(…)')
}

/** `emit` under the stateless nodes over a windowed aggregate: they pass what is said of a pane. */
export function panesNode(node: Node, options: EmitOptions): Node {
  if (node.kind === 'aggregate') return panesOf(node, firingFrom(options), options.accumulate)
  if (node.kind === 'where') return whereOf(panesNode(node.input, options), node.predicate)
  if (node.kind !== 'select')
    return badVerb('emit', `a ${node.kind} stands over the windowed aggregate`, 'call .emit(…) right after .agg(…)')
  const input = panesNode(node.input, options)
  const about = schema(input).fields.slice(-4)
  return selectOf(input, [...node.columns, ...about.map(({ name }) => passThrough(schema(input), name))])
}

/** The rows that came too late for what stands below. */
export function lateNode(node: Node, side: 'left' | 'right' = 'left'): Node {
  switch (node.kind) {
    case 'aggregate':
      return node.input.kind === 'countWindow' ? lateOf(node.input.input as Over) : lateOf(node)
    case 'rank':
    case 'over':
    case 'dedup':
    case 'join':
    case 'asOf':
      return lateOf(node, side)
    case 'select':
    case 'where':
    case 'fullWindows':
      return lateNode(node.input, side)
    case 'final':
      return node.isTimely ? lateOf(node, side) : lateNode(node.input, side)
    case 'countWindow':
      return lateNode(node.input, side)
    case 'union':
      return lateNode(node.inputs[0] as Node, side)
    default:
      return badVerb('late', `a ${node.kind} stands over it`, 'take .late right after what leaves rows out')
  }
}

/** All columns, some replaced, new ones at the end. */
export function extended(input: Node, made: readonly Named[]): Node {
  const byName = new Map(made.map(each => [each.name, each]))
  const kept = schema(input).fields.map(({ name }) => byName.get(name) ?? { name, expr: column(name) })
  const names = new Set(kept.map(each => each.name))
  return selectOf(input, [...kept, ...made.filter(each => !names.has(each.name))])
}

/** The first rows by arrival, or of the order that stands right below. */
export function limited(node: Node, count: number, options: { readonly offset?: number }): Node {
  const { offset = 0 } = optionsFor('limit', options, 'limit(10, { offset: 20 })')
  const ordered = node.kind === 'top' && node.limit === undefined && node.keys.length > 0
  return ordered ? topOf(node.input, node.keys, count, offset) : topOf(node, [], count, offset)
}

/** All columns but these. */
export function dropped(input: Node, names: readonly string[]): Node {
  const of = schema(input)
  for (const name of names) passThrough(of, name)
  const kept = of.fields.filter(each => !names.includes(each.name))
  return selectOf(
    input,
    kept.map(({ name }) => ({ name, expr: column(name) })),
  )
}

/** All columns, some under other names. */
export function renamed(input: Node, names: object): Node {
  const of = schema(input)
  const wanted = new Map<string, unknown>(Object.entries(optionsFor('rename', names, "rename({ from: 'to' })")))
  for (const name of wanted.keys()) passThrough(of, name)
  return selectOf(
    input,
    of.fields.map(({ name }) => ({ name: (wanted.get(name) as string | undefined) ?? name, expr: column(name) })),
  )
}

/** The columns of a table in windows are grouped by their window too. */
export function withWindow(input: Node, keys: readonly Named[]): readonly Named[] {
  const { window } = properties(input)
  if (window === undefined || isResult(input)) return keys
  const has = keys.some(
    each => each.expr.kind === 'column' && each.expr.path.length === 1 && each.expr.path[0] === window.column,
  )
  return has ? keys : [...keys, passThrough(schema(input), window.column)]
}

/** Results of windows are rows of their own: they are not in the window any more. */
function isResult(node: Node): boolean {
  if (node.kind === 'select' || node.kind === 'where') return isResult(node.input)
  return node.kind === 'aggregate' || node.kind === 'final' || node.kind === 'panes'
}

/** The right side with the columns of the left, in their order: columns are matched by name. */
export function aligned(verb: string, left: Node, right: Node): Node {
  const names = schema(left).fields.map(each => each.name)
  const theirs = schema(right).fields.map(each => each.name)
  const extra = theirs.find(each => !names.includes(each))
  const lacking = extra ?? names.find(each => !theirs.includes(each))
  if (lacking !== undefined)
    badVerb(verb, `only one side has a column ${excerpt(lacking)}`, 'select the same columns on both sides')
  if (names.every((name, i) => name === theirs[i])) return right
  return selectOf(
    right,
    names.map(name => passThrough(schema(right), name)),
  )
}

/** A group-by with its aggregates; with a select over it where they stand in expressions. */
export function aggregateNode(
  input: Node,
  keys: readonly Named[],
  callback: (group: Group<object, null>) => object,
): Node {
  if (typeof callback !== 'function') badVerb('agg', 'it needs a callback', 'agg(g => ({ n: g.count() }))')
  const { aggregates, columns } = aggregationOf(input, callback)
  const node = aggregateOf(input, keys, aggregates)
  if (columns === undefined) return node
  return selectOf(node, [...keys.map(each => passThrough(schema(node), each.name)), ...columns])
}

/** The keys of orderBy, each with its direction. */
export function sortKeys(verb: string, result: unknown): readonly SortKey[] {
  const list = Array.isArray(result) ? result : [result]
  if (list.length === 0) badVerb(verb, 'there are no keys', `${verb}(row => row.at)`)
  return list.map(each =>
    each instanceof BuiltOrder ? each.key : orderKey(nodeOf(each) ?? notAValue(each, verb), false),
  )
}
