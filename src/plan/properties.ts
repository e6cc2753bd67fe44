// What is known of every node before anything runs, derived once per node object: which changes it can emit, its
// unique key, its event time, whether it ends, and how much state it needs. Refusals (checks/), rules, explain and
// lowering all read this; nothing else decides what a node can do.
import { showDuration, unreachable } from '../base/index.ts'
import { type AggregateCall, type Expr, sameExpr, typeOfAggregate } from '../expr/index.ts'
import type { Schema } from '../types/index.ts'
import type { Aggregate, Apply, Join, Named, Node, Select, Top, Window } from './node.ts'
import { schema } from './schema.ts'
import { inputsOf } from './walk.ts'

/** How large state, or a table, can get: nothing; one row per key; what the watermark holds open; no bound. */
export type BoundClass = 'none' | 'keys' | 'watermark' | 'unbounded'

export interface Bound {
  readonly class: BoundClass
  /** As explain prints it: '≤ keys', '≤ watermark + 3 hours', 'UNBOUNDED'. */
  readonly text: string
}

/** The window column a table is cut by. */
export interface WindowProperty {
  readonly column: string
  /** microseconds from a window's start to its end */
  readonly size: bigint
  /** microseconds after its end in which a window still takes rows */
  readonly accept: bigint
}

export interface Properties {
  readonly schema: Schema
  /** Proved: no row ever goes. */
  readonly appendOnly: boolean
  /** A set of columns whose values are unique; [] = at most one row; undefined = none known. */
  readonly keys: readonly string[] | undefined
  /** The column of event time, if the table still has it. */
  readonly eventTime: string | undefined
  /** Ends by itself. */
  readonly bounded: boolean
  readonly window: WindowProperty | undefined
  /** State this node keeps. */
  readonly state: Bound
  /** Rows of the table as a whole. */
  readonly size: Bound
  /** Names of the plain functions at this node: rules do not look into them. */
  readonly opaque: readonly string[]
  /** Of the inputs: whether the same offsets give the same rows again. */
  readonly replayable: boolean
}

const known = new WeakMap<Node, Properties>()

export function properties(node: Node): Properties {
  const found = known.get(node)
  if (found !== undefined) return found
  const made = Object.freeze(derive(node))
  known.set(node, made)
  return made
}

const NONE: Bound = Object.freeze({ class: 'none', text: 'none' })
const UNBOUNDED: Bound = Object.freeze({ class: 'unbounded', text: 'UNBOUNDED' })
const FINITE: Bound = Object.freeze({ class: 'keys', text: '≤ rows of the input' })
const bound = (kind: BoundClass, text: string): Bound => ({ class: kind, text })

/** What most nodes pass on of their first input. */
function inherited(node: Node): Properties {
  const inputs = inputsOf(node).map(properties)
  const first = inputs[0] as Properties
  return {
    ...first,
    schema: schema(node),
    bounded: inputs.every(each => each.bounded),
    replayable: inputs.every(each => each.replayable),
    state: NONE,
    opaque: [],
  }
}

function derive(node: Node): Properties {
  switch (node.kind) {
    case 'source':
      return {
        schema: schema(node),
        appendOnly: node.spec.appendOnly,
        keys: undefined,
        eventTime: node.time?.column,
        bounded: node.spec.bounded,
        window: undefined,
        state: NONE,
        size: node.spec.bounded ? FINITE : UNBOUNDED,
        opaque: [],
        replayable: node.spec.replayable,
      }
    case 'errors':
    case 'late':
      return byProduct(node)
    case 'where':
      return inherited(node)
    case 'select':
      return selectProperties(node)
    case 'window':
      return windowProperties(node)
    case 'aggregate':
      return aggregateProperties(node)
    case 'final':
      return { ...inherited(node), appendOnly: true, state: properties(node.input).state }
    case 'distinct':
      return distinctProperties(node)
    case 'union':
      return unionProperties(node)
    case 'top':
      return topProperties(node)
    case 'join':
      return joinProperties(node)
    case 'apply':
      return applyProperties(node)
    default:
      return unreachable(node)
  }
}

/** Rows that were left out of a table: they only come, and have no key. */
function byProduct(node: Node): Properties {
  const base = inherited(node)
  const size = base.bounded ? FINITE : UNBOUNDED
  return { ...base, appendOnly: true, keys: undefined, eventTime: undefined, window: undefined, size }
}

/** The output name of a column that passes a list of expressions unchanged. */
function passedAs(columns: readonly Named[], name: string, input = 0): string | undefined {
  const wanted: Expr = { kind: 'column', path: [name], input }
  return columns.find(each => sameExpr(each.expr, wanted))?.name
}

function passKeys(columns: readonly Named[], keys: readonly string[] | undefined): readonly string[] | undefined {
  const passed = keys?.map(each => passedAs(columns, each))
  return passed?.every(each => each !== undefined) ? (passed as string[]) : undefined
}

function passWindow(columns: readonly Named[], window: WindowProperty | undefined): WindowProperty | undefined {
  if (window === undefined) return undefined
  const column = passedAs(columns, window.column)
  return column === undefined ? undefined : { ...window, column }
}

function selectProperties(node: Select): Properties {
  const base = inherited(node)
  return {
    ...base,
    keys: passKeys(node.columns, base.keys),
    eventTime: base.eventTime === undefined ? undefined : passedAs(node.columns, base.eventTime),
    window: passWindow(node.columns, base.window),
  }
}

function windowProperties(node: Window): Properties {
  const base = inherited(node)
  const { shape, accept } = node
  const keys = shape.kind === 'tumbling' ? base.keys : base.keys && [...base.keys, 'window']
  return { ...base, keys, window: { column: 'window', size: shape.size, accept } }
}

function aggregateProperties(node: Aggregate): Properties {
  const base = inherited(node)
  const keys = node.keys.map(each => each.name)
  const window = passWindow(node.keys, base.window)
  const common = {
    ...base,
    appendOnly: false,
    keys,
    eventTime: undefined,
    window,
    opaque: node.aggregates.flatMap(each => (each.user === undefined ? [] : [`aggregate ${each.user.name}`])),
  }
  return { ...common, ...aggregateBounds(node, window) }
}

/** The state of a group-by, and the size of its table. */
function aggregateBounds(node: Aggregate, window: WindowProperty | undefined): { state: Bound; size: Bound } {
  const input = properties(node.input)
  if (input.bounded) return { state: FINITE, size: FINITE }
  const timely = node.keys.find(each => growsWithTime(each.expr, input))
  if (window !== undefined) {
    const open = `≤ watermark + ${showDuration(window.size + window.accept)}`
    return { state: bound('watermark', open), size: UNBOUNDED }
  }
  if (timely !== undefined)
    return { state: { ...UNBOUNDED, text: `UNBOUNDED (key ${timely.name} grows with time)` }, size: UNBOUNDED }
  const size = bound('keys', node.keys.length === 0 ? '≤ 1 row' : '≤ keys')
  const keeper = node.aggregates.find(each => keepsRows(each, input, node.keys.length > 0))
  if (keeper === undefined || input.size.class !== 'unbounded') return { state: size, size }
  return { state: { ...UNBOUNDED, text: `UNBOUNDED (${keeper.name} keeps the values of every row)` }, size }
}

/** Aggregates that must remember the values of a group, because a row may go again. */
function keepsRows(each: AggregateCall, input: Properties, grouped: boolean): boolean {
  if (input.appendOnly || each.distinct) return false
  const { state, linear } = typeOfAggregate(each, [input.schema], grouped)
  return !linear && state !== 'sketch'
}

/** A key that contains the event time (and is not its window) takes new values for ever. */
function growsWithTime(expr: Expr, input: Properties): boolean {
  return (
    input.eventTime !== undefined &&
    expr.kind === 'column' &&
    expr.path.length === 1 &&
    expr.path[0] === input.eventTime
  )
}

function distinctProperties(node: Node & { kind: 'distinct' }): Properties {
  const base = inherited(node)
  const all = base.schema.fields.map(each => each.name)
  const state = base.bounded
    ? FINITE
    : base.size.class !== 'unbounded'
      ? base.size
      : base.eventTime !== undefined || base.window !== undefined
        ? { ...UNBOUNDED, text: `UNBOUNDED (${base.eventTime ?? base.window?.column} grows with time)` }
        : bound('keys', '≤ different rows')
  return { ...base, keys: base.keys ?? all, state, size: state }
}

function unionProperties(node: Node & { kind: 'union' }): Properties {
  const inputs = node.inputs.map(properties)
  const [first] = inputs as [Properties, ...Properties[]]
  const place = (each: Properties, name: string | undefined): number =>
    each.schema.fields.findIndex(f => f.name === name)
  const at = place(first, first.eventTime)
  const agreed = at >= 0 && inputs.every(each => place(each, each.eventTime) === at)
  const worst = inputs.find(each => each.size.class === 'unbounded') ?? first
  return {
    ...inherited(node),
    appendOnly: inputs.every(each => each.appendOnly),
    keys: undefined,
    eventTime: agreed ? first.eventTime : undefined,
    window: undefined,
    size: worst.size,
  }
}

function topProperties(node: Top): Properties {
  const base = inherited(node)
  const { limit, offset } = node
  const byArrival = node.keys.length === 0
  // Without a limit the rows are the input's rows: only their order is new. By arrival a row never makes room.
  const appendOnly = base.appendOnly && (byArrival || (limit === undefined && offset === 0))
  const rows = limit === undefined ? undefined : `≤ ${limit + offset} rows`
  const kept = rows !== undefined && base.appendOnly ? bound('keys', rows) : base.bounded ? FINITE : base.size
  const size = rows === undefined ? base.size : bound('keys', rows)
  return { ...base, appendOnly, state: kept, size, keys: limit === 1 ? [] : base.keys }
}

function joinProperties(node: Join): Properties {
  const base = inherited(node)
  const left = properties(node.left)
  const right = properties(node.right)
  const joined = node.on.map(each => (each.right.kind === 'column' ? each.right.path[0] : undefined))
  const single = right.keys?.every(key => joined.includes(key)) === true
  return {
    ...base,
    // Whole before the first row; a right side that never ends is refused (checks/), whatever it does.
    appendOnly: left.appendOnly,
    bounded: left.bounded && right.bounded,
    keys: single ? passKeys(node.columns, left.keys) : undefined,
    eventTime: left.eventTime === undefined ? undefined : passedAs(node.columns, left.eventTime),
    window: passWindow(node.columns, left.window),
    size: left.size.class === 'unbounded' || right.size.class !== 'unbounded' ? left.size : right.size,
    state: bound(right.bounded ? 'keys' : 'unbounded', right.bounded ? '≤ rows of the right side' : 'UNBOUNDED'),
  }
}

function applyProperties(node: Apply): Properties {
  const base = inherited(node)
  const opaque = [`${node.verb} ${node.fn.name === '' ? '(function)' : node.fn.name}`]
  if (node.verb === 'filter') return { ...base, opaque }
  // A function may change anything; a timestamp column of the same name is taken to be the same event time.
  const same = base.schema.fields.some(each => each.name === base.eventTime && each.type.kind === 'timestamp')
  return { ...base, opaque, keys: undefined, window: undefined, eventTime: same ? base.eventTime : undefined }
}
