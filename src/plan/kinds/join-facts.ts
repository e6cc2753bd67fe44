// What follows for a join from what is known of its sides. The planner, lowering and explain all go by it.
import { showDuration } from '../../base/index.ts'
import { call, type Expr, sameExpr } from '../../expr/index.ts'
import type { Schema } from '../../types/index.ts'
import type { Join, Moment } from '../node.ts'
import type { Bound, Properties, WindowProperty } from '../properties.ts'
import { orNull } from './fields.ts'
import { bound } from './kind.ts'
import { passKeys, passMoment, passWindow } from './passing.ts'

export interface JoinFacts {
  /** The left waits until the right has ended, and meets it as a whole. */
  readonly awaits: boolean
  /** Rows by themselves are emitted once, when no partner can come. */
  readonly hold: boolean
  readonly appendOnly: boolean
  /** Whose event time the output has. */
  readonly time: 'left' | 'right'
  readonly eventTime: Moment | undefined
  readonly window: WindowProperty | undefined
}

export const isHalfJoin = ({ type }: Pick<Join, 'type'>): boolean => type === 'semi' || type === 'anti'

export function joinFacts(node: Join, left: Properties, right: Properties): JoinFacts {
  const { type, time } = node
  const awaits = time === undefined && left.appendOnly && canAwait(node, right)
  const hold = time !== undefined || held(type, left, right)
  const once = hold || type === 'inner' || type === 'semi'
  return {
    awaits,
    hold,
    appendOnly: left.appendOnly && (awaits || (once && right.appendOnly)),
    ...timeOf(node, left, right),
  }
}

/** A right side that ends can be met as a whole: a stream is joined with it so, and a batch joins nothing in another way. */
export const canAwait = ({ type }: Join, right: Properties): boolean =>
  right.bounded && type !== 'right' && type !== 'full'

/** A side's event time goes on where its rows can not become pairs much later: bounded by time, or by the other's end. */
function timeOf(node: Join, left: Properties, right: Properties): Pick<JoinFacts, 'time' | 'eventTime' | 'window'> {
  const { type, time, columns } = node
  const leftGoes = type !== 'right' && type !== 'full' && (time !== undefined || right.bounded)
  const rightGoes = (type === 'right' || type === 'inner') && (time !== undefined || left.bounded)
  const ofLeft = leftGoes ? passMoment(columns, time?.left ?? left.eventTime) : undefined
  const ofRight = rightGoes ? passMoment(columns, time?.right ?? right.eventTime, 1) : undefined
  if (ofLeft === undefined && (ofRight !== undefined || !leftGoes) && rightGoes)
    return { time: 'right', eventTime: ofRight, window: passWindow(columns, right.window, 1) }
  return { time: 'left', eventTime: ofLeft, window: leftGoes ? passWindow(columns, left.window) : undefined }
}

/** The other side of the rows that may be by themselves ends: they wait for that, if then nothing is taken back. */
function held(type: Join['type'], left: Properties, right: Properties): boolean {
  if (!left.appendOnly || !right.appendOnly) return false
  if (type === 'right') return left.bounded
  if (type === 'full') return left.bounded && right.bounded
  return right.bounded
}

/** Both sides as the output's columns see them: possibly null where there may be no row. */
export function joinSides({ type }: Pick<Join, 'type'>, left: Schema, right: Schema): readonly Schema[] {
  if (type === 'semi' || type === 'anti') return [left]
  return [
    type === 'right' || type === 'full' ? orNull(left) : left,
    type === 'left' || type === 'full' ? orNull(right) : right,
  ]
}

/** The rows that it keeps. */
export function joinState(node: Join, left: Properties, right: Properties): Bound {
  if (joinFacts(node, left, right).awaits) return bound('keys', '≤ rows of the right side')
  if (node.time !== undefined) return bound('watermark', `≤ watermark${spanText(node.time)}`)
  if (left.size.class !== 'unbounded' && right.size.class !== 'unbounded') return bound('keys', '≤ rows of both sides')
  if (left.bounded) return bound('keys', '≤ rows of the left side')
  if (right.bounded) return bound('keys', '≤ rows of the right side')
  return bound('unbounded', 'UNBOUNDED')
}

function spanText({ before, after, window }: NonNullable<Join['time']>): string {
  const span = window ?? (before > after ? before : after)
  return span > 0n ? ` + ${showDuration(span)}` : ''
}

/** A set of columns that is unique in the output. */
export function joinKeys(node: Join, left: Properties, right: Properties): readonly string[] | undefined {
  const { type, columns } = node
  const ofLeft = passKeys(columns, left.keys)
  if (isHalfJoin(node)) return ofLeft
  const ofRight = rightKeys(node, right)
  const [leftOnce, rightOnce] = [isCovered(node, left, 'left'), isCovered(node, right, 'right')]
  if (rightOnce && (type === 'inner' || type === 'left') && ofLeft !== undefined) return ofLeft
  if (leftOnce && (type === 'inner' || type === 'right') && ofRight !== undefined) return ofRight
  if (type === 'full' && leftOnce && rightOnce) return sharedKeys(node, left, right)
  if (ofLeft === undefined || ofRight === undefined) return undefined
  return [...new Set([...ofLeft, ...ofRight])]
}

const nameOf = (expr: Expr): string | undefined =>
  expr.kind === 'column' && expr.path.length === 1 ? expr.path[0] : undefined

/** The equalities fix a row of this side. */
function isCovered({ on }: Join, { keys }: Properties, side: 'left' | 'right'): boolean {
  const joined = on.map(each => nameOf(each[side]))
  return keys?.every(key => joined.includes(key)) === true
}

/** The right side's keys under their names in the output; where a left column is equal, it stands for the right one. */
function rightKeys({ type, on, columns }: Join, { keys }: Properties): readonly string[] | undefined {
  const found = keys?.map(key => {
    const own = passKeys(columns, [key], 1)?.[0]
    if (own !== undefined || type === 'right' || type === 'full') return own
    const equal = on.find(each => nameOf(each.right) === key)
    const name = equal && nameOf(equal.left)
    return name === undefined ? undefined : passKeys(columns, [name])?.[0]
  })
  return found?.every(each => each !== undefined) ? (found as string[]) : undefined
}

/** Of a full join by keys: the columns that are one side's key or else the other's, if neither can be null. */
function sharedKeys({ on, columns }: Join, left: Properties, right: Properties): readonly string[] | undefined {
  const isNull = (of: Properties, expr: Expr): boolean =>
    of.schema.fields.find(each => each.name === nameOf(expr))?.nullable !== false
  const names = on.map(pair => {
    if (isNull(left, pair.left) || isNull(right, pair.right)) return undefined
    return columns.find(each => sameExpr(each.expr, call('coalesce', pair.left, pair.right)))?.name
  })
  return names.every(each => each !== undefined) ? (names as string[]) : undefined
}
