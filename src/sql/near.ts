// Interval joins in plain predicates: `a.at BETWEEN b.at - interval '1 hour' AND b.at` bounds how far the event times of a
// pair may be apart, so what is kept of two streams is bounded too. The predicates stay: the bound only follows from them.
import { intervalParts } from '../data/index.ts'
import { column, type Expr, literalValue, sameExpr, typeOf } from '../expr/index.ts'
import { properties, schema } from '../plan/index.ts'
import type { JoinKind, Relation } from './relation.ts'

/** How far the right row's event time may be before and behind the left one's, in microseconds. */
export interface Nearness {
  readonly before: bigint
  readonly after: bigint
}

/** The bound that follows from conditions on two relations; undefined: none, or none is needed. */
export function nearness(
  parts: readonly Expr[],
  left: Relation,
  right: Relation,
  kind: JoinKind,
): Nearness | undefined {
  const [l, r] = [timeOf(left), timeOf(right)]
  // A side that ends is met as a whole.
  if (l === undefined || r === undefined || l.bounded || r.bounded) return undefined
  // A row without a time is of no pair; an outer join must tell it all the same.
  if (kind !== 'inner' && (l.nullable || r.nullable)) return undefined
  const shift = r.shift - l.shift
  const bounds = parts.flatMap(each => boundsOf(each, l.column, r.column))
  const least = bounds.flatMap(each => (each.least === undefined ? [] : [each.least]))
  const most = bounds.flatMap(each => (each.most === undefined ? [] : [each.most]))
  if (least.length === 0 || most.length === 0) return undefined
  const [low, high] = [least.reduce((a, b) => (a > b ? a : b)), most.reduce((a, b) => (a < b ? a : b))]
  return low > high ? undefined : { before: -(low + shift), after: high + shift }
}

interface Time {
  readonly column: Expr
  readonly shift: bigint
  readonly bounded: boolean
  readonly nullable: boolean
}

function timeOf({ node, names }: Relation): Time | undefined {
  const { eventTime, bounded } = properties(node)
  if (eventTime === undefined) return undefined
  const [first, ...rest] = eventTime.path
  const name = [...names].find(([, own]) => own === first)?.[0]
  if (name === undefined) return undefined
  const { nullable } = typeOf(column(...eventTime.path), [schema(node)])
  return { column: column(name, ...rest), shift: eventTime.shift, bounded, nullable }
}

/** Bounds of (right - left). */
interface Bounds {
  readonly least?: bigint
  readonly most?: bigint
}

function boundsOf(part: Expr, left: Expr, right: Expr): readonly Bounds[] {
  if (part.kind !== 'call') return []
  const [a, b, c] = part.args as readonly [Expr, Expr, Expr?]
  const notAfter = (x: Expr, y: Expr): readonly Bounds[] => {
    const [p, q] = [placeOf(x, left, right), placeOf(y, left, right)]
    if (p === undefined || q === undefined || p.side === q.side) return []
    return p.side === 'left' ? [{ least: p.offset - q.offset }] : [{ most: q.offset - p.offset }]
  }
  switch (part.fn) {
    case 'le':
    case 'lt':
      return notAfter(a, b)
    case 'ge':
    case 'gt':
      return notAfter(b, a)
    case 'eq':
      return [...notAfter(a, b), ...notAfter(b, a)]
    case 'between':
      return c === undefined ? [] : [...notAfter(b, a), ...notAfter(a, c)]
    default:
      return []
  }
}

/** A side's event time, and what is added to it. */
function placeOf(
  expr: Expr,
  left: Expr,
  right: Expr,
): { readonly side: 'left' | 'right'; readonly offset: bigint } | undefined {
  if (sameExpr(expr, left)) return { side: 'left', offset: 0n }
  if (sameExpr(expr, right)) return { side: 'right', offset: 0n }
  if (expr.kind !== 'call' || (expr.fn !== 'add' && expr.fn !== 'sub')) return undefined
  const [a, b] = expr.args as readonly [Expr, Expr]
  const [of, by] = expr.fn === 'add' && a.kind === 'literal' ? [b, a] : [a, b]
  const place = placeOf(of, left, right)
  const micros = fixedMicros(by)
  if (place === undefined || micros === undefined) return undefined
  return { ...place, offset: place.offset + (expr.fn === 'add' ? micros : -micros) }
}

const DAY = 86_400_000_000n

/** A constant interval's length; months have none. */
function fixedMicros(expr: Expr): bigint | undefined {
  if (expr.kind !== 'literal' || expr.type.kind !== 'interval') return undefined
  const value = literalValue(expr)
  if (!(value instanceof Uint8Array)) return undefined
  const { months, days, micros } = intervalParts(value)
  return months === 0 ? BigInt(days) * DAY + micros : undefined
}
