// Makers of windows and groups.
import { fail } from '../../base/index.ts'
import { intervalBytes } from '../../data/index.ts'
import { call, cast, column, type Expr, literal, show, typeOf } from '../../expr/index.ts'
import type { Firing } from '../../time/index.ts'
import { scalars, showType } from '../../types/index.ts'
import { neverFinal } from '../kinds/over.ts'
import type {
  Accumulation,
  Aggregate,
  Final,
  Late,
  Moment,
  Named,
  NamedAggregate,
  Node,
  Over,
  Panes,
  Rank,
  Timely,
  Window,
  WindowShape,
} from '../node.ts'
import { properties, type WindowProperty } from '../properties.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'

const TIMELESS = {
  reason: 'the table has none',
  fix: "name the column when reading: { time: 'at', lateBy: '10 minutes' }, and keep it in select",
}

const NO_TIME: Moment = Object.freeze({ path: Object.freeze([]), shift: 0n })

export function windowOf(input: Node, shape: WindowShape, accept: bigint): Window {
  if (shape.kind === 'global')
    return checked({ kind: 'window', input, shape: Object.freeze(shape), time: NO_TIME, accept })
  const time = properties(input).eventTime
  if (time === undefined) fail('WINDOW_WITHOUT_TIME', TIMELESS)
  if (shape.kind === 'session')
    return checked({ kind: 'window', input, shape: sessionOf(input, shape, time), time, accept })
  if (shape.kind === 'own') {
    for (const each of [shape.start, shape.end]) expectTime(each, input)
    return checked({ kind: 'window', input, shape: Object.freeze(shape), time, accept })
  }
  if (shape.size <= 0n) badVerb('window', 'the window has no length', "write { tumbling: '1 hour' }")
  if (shape.kind === 'sliding' && shape.slide <= 0n)
    badVerb('window', 'the windows do not move', "write { sliding: '10 minutes', every: '5 minutes' }")
  if (shape.kind === 'cumulating' && (shape.step <= 0n || shape.size % shape.step !== 0n))
    badVerb('window', 'the steps do not add up to the whole', "write { cumulating: '1 day', every: '1 hour' }")
  return checked({ kind: 'window', input, shape: Object.freeze(shape), time, accept })
}

function expectTime(bound: Expr, input: Node): void {
  const { type } = typeOf(bound, [schema(input)])
  if (type.kind !== 'timestamp')
    badVerb('window', `${show(bound)} has type ${showType(type)}, and windows begin and end at timestamps`, OWN_FIX)
}

const OWN_FIX = "write { start: row => row.at.truncate('month'), end: row => … }"

/**
 * Windows that lie side by side, so long and so far from 1970 as each row says (intervals or microseconds): the row's own
 * window of event time.
 */
export function ownTumbling(input: Node, size: bigint | Expr, offset: bigint | Expr): WindowShape {
  const time = properties(input).eventTime
  if (time === undefined) return fail('WINDOW_WITHOUT_TIME', TIMELESS)
  const [long, moved] = [size, offset].map(each => microsOf(each, input)) as [Expr, Expr]
  const at = call(
    'add',
    call('epoch_micros', column(...(time.path as [string]))),
    literal(Number(time.shift), scalars.int),
  )
  const past = call('sub', at, moved)
  // The rest is of the sign of what is divided: windows are there before 1970 too.
  const rest = call('mod', call('add', call('mod', past, long), long), long)
  const start = call('sub', at, rest)
  const instant = (micros: Expr): Expr => call('timestamp_micros', micros)
  return { kind: 'own', start: instant(start), end: instant(call('add', start, long)) }
}

function microsOf(length: bigint | Expr, input: Node): Expr {
  if (typeof length === 'bigint') return literal(Number(length), scalars.int)
  const { type } = typeOf(length, [schema(input)])
  if (type.kind === 'interval') return call('interval_micros', length)
  if (type.kind === 'int') return length
  if (type.kind === 'bigint') return cast(length, scalars.int)
  return badVerb(
    'window',
    `${show(length)} has type ${showType(type)}, and a length is an interval or microseconds`,
    'write { tumbling: row => row.period }',
  )
}

type Session = Extract<WindowShape, { readonly kind: 'session' }>

/** A gap from the row becomes the end of the row's own session: a timestamp as it is, an interval or microseconds added. */
function sessionOf(input: Node, { until }: Session, time: Moment): Session {
  if (typeof until === 'bigint') {
    if (until <= 0n) badVerb('window', 'the gap has no length', SESSION_FIX)
    return Object.freeze({ kind: 'session', until })
  }
  const { type } = typeOf(until, [schema(input)])
  const micro = literal(intervalBytes({ months: 0, days: 0, micros: 1n }), scalars.interval)
  const after = (gap: Expr): Expr => {
    const end = call('add', column(...time.path), gap)
    return time.shift === 0n ? end : call('sub', end, micro)
  }
  if (type.kind === 'timestamp') return Object.freeze({ kind: 'session', until })
  if (type.kind === 'interval') return Object.freeze({ kind: 'session', until: after(until) })
  if (type.kind === 'int' || type.kind === 'bigint') {
    const gap = call('mul', micro, cast(until, scalars.double))
    return Object.freeze({ kind: 'session', until: after(gap) })
  }
  return badVerb(
    'window',
    `${show(until)} has type ${showType(type)}, and a gap is an interval, microseconds, or the timestamp until which a row waits`,
    SESSION_FIX,
  )
}

const SESSION_FIX = "write { session: '30 minutes' }, or { session: row => row.patience }"

export function aggregateOf(input: Node, keys: readonly Named[], aggregates: readonly NamedAggregate[]): Aggregate {
  if (keys.length + aggregates.length === 0)
    badVerb('agg', 'there are neither keys nor aggregates', 'g => ({ n: g.count() })')
  for (const each of keys) expectOrder(each.expr, [schema(input)], 'groupBy')
  return checked({ kind: 'aggregate', input, keys: frozen(keys), aggregates: frozen(aggregates) })
}

/** Without a window, window functions in the order of event time are final once the watermark has passed their rows. */
export function finalOf(input: Aggregate | Rank | Over): Final {
  const known = finals.get(input)
  if (known !== undefined) return known
  const made = newFinal(input)
  finals.set(input, made)
  return made
}

/** Late rows are those of the same final table. */
const finals = new WeakMap<Final['input'], Final>()

function newFinal(input: Final['input']): Final {
  if (properties(input).window !== undefined) return checked({ kind: 'final', input, isTimely: false })
  if (input.kind !== 'over') return fail('FINAL_WITHOUT_WINDOW', { verb: 'final' })
  const why = neverFinal(input, properties(input.input))
  if (why !== undefined) fail('NEVER_FINAL', { verb: 'final', ...why })
  return checked({ kind: 'final', input, isTimely: true })
}

/** The trigger's durations are checked where it is made (src/table/firing.ts). */
export function panesOf(of: Aggregate, firing: Firing, accumulation: Accumulation): Panes {
  const { window } = properties(of)
  if (window === undefined) fail('FINAL_WITHOUT_WINDOW', { verb: 'emit' })
  if (accumulation === 'discarding') expectForgetful(of, window)
  const rows = Object.freeze({ ...COUNT, name: PANE_ROWS })
  const input = checked<Aggregate>({ ...of, aggregates: frozen([...of.aggregates, rows]) })
  return checked({ kind: 'panes', input, firing, accumulation })
}

const PANE_ROWS = '#rows'
export const COUNT = { fn: 'count', args: [], distinct: false, filter: undefined, params: [], user: undefined } as const

/** What has been told is forgotten: nothing of it may be needed again. */
function expectForgetful(of: Aggregate, window: WindowProperty): void {
  if (!properties(of.input).appendOnly)
    badVerb(
      'emit',
      'rows of the table may go again, and discarded panes are forgotten',
      "use { accumulate: 'retracting' }",
    )
  if (window.merges)
    badVerb('emit', 'a session needs the rows it was told of to merge with others', "use { accumulate: 'retracting' }")
}

/** Of window functions in the order of event time those that their final rows left out. */
export function lateOf(of: Timely, side: Late['side'] = 'left'): Late {
  const made = of.kind === 'over' && properties(of).window === undefined ? finalOf(of) : of
  const isJoin = made.kind === 'join' || made.kind === 'asOf'
  if (!isJoin && side === 'right') badVerb('late', `a ${made.kind} has one side`, 'take .late')
  if (!leavesOut(made)) fail('NEVER_LATE', { operator: made.kind, fix: LATE_FIX[made.kind] ?? LATE_FIX.aggregate })
  return checked({ kind: 'late', of: made, side })
}

/** Of a node all that it leaves out, side by side; nothing if no row is ever too late for it. */
export function latesOf(node: Node): readonly Late[] {
  if (!isTimely(node) || !leavesOut(node)) return []
  return node.kind === 'join' || node.kind === 'asOf' ? [lateOf(node), lateOf(node, 'right')] : [lateOf(node)]
}

const TIMELY: ReadonlySet<string> = new Set<Timely['kind']>(['aggregate', 'rank', 'over', 'dedup', 'join', 'asOf'])
const isTimely = (node: Node): node is Timely => (node.kind === 'final' ? node.isTimely : TIMELY.has(node.kind))

const WINDOWED = "cut the table into windows first: .window({ tumbling: '1 hour' })"
const LATE_FIX: Readonly<Record<string, string>> & { readonly aggregate: string } = {
  aggregate: WINDOWED,
  join: "bound it in time: { within: { before: '1 hour' } }, or make windows of both sides equal",
  dedup: "say how far apart repetitions can be: { within: '1 hour' }",
}

function leavesOut(of: Timely): boolean {
  if (of.kind === 'asOf' || of.kind === 'final') return true
  if (of.kind === 'join' || of.kind === 'dedup') return of.time !== undefined
  return properties(of).window !== undefined
}
