// Makers of joins.
import { conjoin, type Expr, sameExpr, typeOf } from '../../expr/index.ts'
import type { Join, JoinPair, JoinTime, JoinType, Moment, Named, Node } from '../node.ts'
import { type Properties, properties, type WindowProperty } from '../properties.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectBoolean, expectOrder, frozen } from './checked.ts'
import { expectMerged } from './sessions.ts'

export interface JoinParts {
  readonly type: JoinType
  readonly on: readonly JoinPair[]
  readonly residual?: readonly Expr[]
  /** microseconds; both may be negative */
  readonly within?: { readonly before: bigint; readonly after: bigint } | undefined
  readonly columns: readonly Named[]
}

export function joinOf(left: Node, right: Node, parts: JoinParts): Join {
  const { type, on, residual = [], within, columns } = parts
  const schemas = [schema(left), schema(right)]
  for (const pair of on) {
    expectOrder(pair.left, schemas, 'join')
    expectOrder(pair.right, schemas, 'join')
    typeOf(Object.freeze({ kind: 'call', fn: 'eq', args: Object.freeze([pair.left, pair.right]) }), schemas)
  }
  expectMerged(
    left,
    on.map(each => each.left),
    'join',
  )
  expectMerged(
    right,
    on.map(each => each.right),
    'join',
    1,
  )
  for (const each of residual) expectBoolean(each, schemas, 'join')
  return checked({
    kind: 'join',
    left,
    right,
    type,
    on: frozen(on.map(each => Object.freeze({ ...each }))),
    residual: residual.length === 0 ? undefined : conjoin(residual),
    time: within === undefined ? windowsMet(left, right, on) : interval(left, right, within),
    columns: frozen(columns),
  })
}

function interval(left: Node, right: Node, { before, after }: { before: bigint; after: bigint }): JoinTime {
  if (before + after < 0n)
    badVerb(
      'join',
      'nothing can be within: the time begins after its end',
      "write { within: { before: '1 hour' } } or { before: '-5 minutes', after: '1 hour' }",
    )
  return Object.freeze({ left: timeOf(left, 'left'), right: timeOf(right, 'right'), before, after, window: undefined })
}

function timeOf(node: Node, side: string): Moment {
  const { eventTime } = properties(node)
  return (
    eventTime ??
    badVerb(
      'join',
      `within is about event times, and the ${side} side has none`,
      "say which column it is: read.json(…, { time: 'at', lateBy: '5 minutes' }), and keep that column",
    )
  )
}

/** Both sides are cut into windows, and these are equal (of one size: they begin together): rows meet while it takes any. */
function windowsMet(left: Node, right: Node, on: readonly JoinPair[]): JoinTime | undefined {
  const [l, r] = [properties(left), properties(right)]
  if (l.window === undefined || r.window === undefined) return undefined
  const size = l.window.size === r.window.size ? l.window.size : undefined
  const equal = (part: string): boolean =>
    on.some(pair => isPart(pair.left, l.window, part, 0) && isPart(pair.right, r.window, part, 1))
  if (!equal('end') && (size === undefined || !equal('start'))) return undefined
  const [a, b] = [lastOf(l, l.window), lastOf(r, r.window)]
  const apart = b.shift - a.shift
  const accept = l.window.accept > r.window.accept ? l.window.accept : r.window.accept
  return Object.freeze({ left: a, right: b, before: -apart, after: apart, window: (size ?? 0n) + accept })
}

const isPart = (expr: Expr, window: WindowProperty | undefined, part: string, input: number): boolean =>
  window !== undefined && sameExpr(expr, { kind: 'column', path: [window.column, part], input })

/** The last instant at which a row of the window may come. */
function lastOf({ eventTime }: Properties, { column, accept }: WindowProperty): Moment {
  if (eventTime?.path[0] === column) return eventTime
  return Object.freeze({ path: Object.freeze([column, 'end']), shift: accept - 1n })
}
