// Window functions: the columns of the input, then one per function.
import { showDuration } from '../../base/index.ts'
import { canonical, type Expr, sameExpr, show, typeOf, typeOfAggregate } from '../../expr/index.ts'
import { checkedName, type Field, field, type Schema, scalars } from '../../types/index.ts'
import type { Moment, Over, OverCall, OverFrame } from '../node.ts'
import type { Bound, Properties, WindowProperty } from '../properties.ts'
import { unique } from './fields.ts'
import { bound, boundOfOpen, FINITE, type NodeKind, oneInput } from './kind.ts'
import { passWindow } from './passing.ts'
import { list, name, namedText, names } from './texts.ts'

export const over: NodeKind<Over> = {
  ...oneInput,
  schema(node, of): Schema {
    const input = of(node.input)
    return unique([...input.fields, ...node.calls.map(each => fieldOf(each, input))])
  },
  properties(node, base) {
    const window = passWindow(node.per, base.window)
    return {
      appendOnly: false,
      // A row may be taken back long after its time, unless its group went with its window.
      eventTime: window === undefined ? undefined : base.eventTime,
      window,
      state: stateOf(base, window),
    }
  },
  parts: node => [
    ...node.per.map(namedText),
    '|',
    ...node.keys.map(each => list(canonical(each.expr), String(each.descending), each.nulls)),
    frameText(node.frame),
    ...node.calls.map(each => list(each.name, each.fn, String(each.n), ...each.args.map(canonical))),
  ],
  words(node) {
    const order = node.keys.map(each => `${show(each.expr)}${each.descending ? ' desc' : ''}`).join(', ')
    const calls = node.calls
      .map(each => `${name(each.name)} = ${each.fn}(${each.args.map(show).join(', ')})`)
      .join(', ')
    const per = node.per.length === 0 ? '' : ` per ${names(node.per)}`
    return `over${per}${order === '' ? '' : ` by ${order}`}, ${frameText(node.frame)}: ${calls}`
  },
  // Ties are broken by all columns.
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
  stateFix: "cut time into windows: .window({ tumbling: '1 hour' }).over({ per: ['user', 'window'], … })",
}

/** The whole group's rows are needed for as long as one may change. */
function stateOf(base: Properties, window: WindowProperty | undefined): Bound {
  if (base.bounded) return FINITE
  return window === undefined ? base.size : boundOfOpen(window)
}

const DOUBLES: ReadonlySet<string> = new Set(['percent_rank', 'cume_dist'])
const WHOLE: ReadonlySet<string> = new Set(['row_number', 'rank', 'dense_rank', 'ntile', 'count'])

function fieldOf({ name: to, fn, args }: OverCall, input: Schema): Field {
  checkedName(to)
  if (DOUBLES.has(fn)) return field(to, scalars.double)
  if (WHOLE.has(fn)) return field(to, scalars.int)
  const [argument] = args
  if (argument === undefined) return field(to, scalars.int)
  const taken = fn === 'lag' || fn === 'lead' || fn.endsWith('_value')
  const { type } = taken ? typeOf(argument, [input]) : typeOfAggregate(aggregateCall(fn, args), [input], true)
  return field(to, type, true)
}

/** The aggregate that a function is, over its frame. */
export function aggregateCall(fn: string, args: OverCall['args']) {
  return { fn, args, distinct: false, filter: undefined, params: [], user: undefined }
}

function frameText({ mode, from, to, exclude }: OverFrame): string {
  const less = exclude === undefined ? '' : ` without ${exclude}`
  return `${mode} ${from ?? 'unbounded'} to ${to ?? 'unbounded'}${less}`
}

const WHOLE_GROUP: ReadonlySet<string> = new Set(['percent_rank', 'cume_dist', 'ntile'])

/** Do rows have their results for good when the watermark passes them? If not, why, and what would help. */
export function neverFinal(
  { keys, frame, calls }: Over,
  { appendOnly, eventTime }: Properties,
): { readonly reason: string; readonly fix: string } | undefined {
  const windows = "cut it into windows: .window({ tumbling: '1 hour' }).over({ per: 'window', … })"
  if (!appendOnly)
    return { reason: 'rows of the table may go again', fix: `take .final() of it before .over(…), or ${windows}` }
  const [first] = keys
  const byTime =
    eventTime !== undefined && first !== undefined && !first.descending && sameExpr(first.expr, columnOf(eventTime))
  if (!byTime)
    return {
      reason: 'its rows are not in the order of event time, so that one may always come in between',
      fix: `order by event time first, ascending, or ${windows}`,
    }
  const whole = calls.find(each => WHOLE_GROUP.has(each.fn))
  const framed = calls.some(each => !UNFRAMED.has(each.fn))
  if (whole !== undefined || (framed && frame.to === undefined))
    return { reason: `${whole?.fn ?? 'its frame'} needs a group's rows to its end`, fix: windows }
  return undefined
}

const UNFRAMED: ReadonlySet<string> = new Set([...DOUBLES, 'row_number', 'rank', 'dense_rank', 'ntile', 'lag', 'lead'])

const columnOf = ({ path }: Moment): Expr => ({ kind: 'column', path, input: 0 })

/** How many rows behind it a row's results depend on. */
export function rowsAhead({ frame, calls }: Over): number {
  const each = calls.map(({ fn, n }) => {
    if (fn === 'lead') return n as number
    return frame.mode === 'rows' && !UNFRAMED.has(fn) ? Number(frame.to ?? 0) : 0
  })
  return Math.max(0, ...each)
}

/** Rows have their results when others came, be they ever so late. */
export function waitsForRows(node: Over): boolean {
  const { frame, calls } = node
  const counts = frame.mode === 'groups' && Number(frame.to ?? 0) > 0
  return rowsAhead(node) > 0 || (counts && calls.some(each => !UNFRAMED.has(each.fn)))
}

/** What is kept of a table in the order of event time: what frames need, and what the watermark has not passed. */
export function timelyState(node: Over, base: Properties): Bound {
  if (base.bounded) return FINITE
  const { per, frame } = node
  const isRange = frame.mode === 'range' && node.calls.some(each => !UNFRAMED.has(each.fn))
  const span = isRange ? spanOf(frame) : 0n
  if (isRange && isForgotten(node)) return bound('watermark', `≤ watermark + ${showDuration(span)}`)
  const timely = per.find(each => base.eventTime !== undefined && sameExpr(each.expr, columnOf(base.eventTime)))
  if (timely !== undefined) return bound('unbounded', `UNBOUNDED (key ${timely.name} grows with time)`)
  return bound('keys', `≤ rows at watermark${span > 0n ? ` - ${showDuration(span)}` : ''} + frames of the keys`)
}

/** Only ranges of time look back: a group is forgotten when they have passed its rows. A row that waits for others may wait for ever. */
function isForgotten({ frame, calls }: Over): boolean {
  const isOffset = frame.from !== undefined && (Number(frame.from) !== 0 || Number(frame.to ?? 0) !== 0)
  return isOffset && calls.every(each => !UNFRAMED.has(each.fn))
}

/** From the beginning of the frame of a row that is told to the watermark that lets it go. */
function spanOf({ from, to }: OverFrame): bigint {
  const [before, behind] = [-BigInt(from ?? 0), BigInt(to ?? 0)]
  return (before > 0n ? before : 0n) + (behind > 0n ? behind : 0n)
}
