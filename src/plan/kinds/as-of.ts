// An as-of join: rows of a stream with versions of a table by event time. Results only come: each is told when no better
// version can.
import { showDuration } from '../../base/index.ts'
import { canonical, show } from '../../expr/index.ts'
import type { AsOf, Node } from '../node.ts'
import type { Bound, Properties } from '../properties.ts'
import { named } from './fields.ts'
import { joinSides } from './join-facts.ts'
import { bound, exprsOf, kept, type NodeKind, namesIn, narrowColumns } from './kind.ts'
import { passKeys, passMoment, passWindow } from './passing.ts'
import { list, namedText } from './texts.ts'

export const asOf: NodeKind<AsOf> = {
  inputs: node => [node.left, node.right],
  over: (node, [left, right]) => Object.freeze({ ...node, left: left as Node, right: right as Node }),
  schema: (node, of) => named(node.columns, joinSides(node, of(node.left), of(node.right))),
  properties({ columns, ...node }, _inherited, of) {
    const [left, right] = [of(node.left), of(node.right)]
    return {
      appendOnly: left.appendOnly && right.appendOnly,
      keys: passKeys(columns, left.keys),
      eventTime: passMoment(columns, left.eventTime),
      window: passWindow(columns, left.window),
      size: left.size,
      state: stateOf({ columns, ...node }, left, right),
    }
  },
  parts: ({ type, direction, on, leftTime, rightTime, tolerance, columns }) => [
    type,
    direction,
    ...on.map(each => list(canonical(each.left), canonical(each.right))),
    '|',
    list(...leftTime.path, String(leftTime.shift), '|', ...rightTime.path, String(rightTime.shift), String(tolerance)),
    '|',
    ...columns.map(namedText),
  ],
  words({ type, direction, on, tolerance }) {
    const keys = on.map(each => `${show(each.left)} = ${show(each.right)}`).join(' AND ')
    const apart = tolerance === undefined ? '' : `, at most ${showDuration(tolerance)} apart`
    return `${type} join as of, ${direction}, on ${keys || 'true'}${apart}`
  },
  needs({ left, right, on, leftTime, rightTime, columns }, wanted) {
    const exprs = exprsOf(kept(columns, wanted))
    return [
      [left, [...namesIn([...exprs, ...on.map(each => each.left)]), leftTime.path[0] as string]],
      [right, [...namesIn([...exprs, ...on.map(each => each.right)], 1), rightTime.path[0] as string]],
    ]
  },
  narrow: narrowColumns,
  refuse({ left, right }, { endless }, plan) {
    if (!endless) return undefined
    const side = !plan.of(left).appendOnly ? 'left' : plan.of(right).appendOnly ? undefined : 'right'
    return side === undefined ? undefined : { code: 'AS_OF_UPDATES', params: { side } }
  },
  stateFix: "say how far a version may be away: { tolerance: '10 minutes' }",
}

function stateOf({ direction, tolerance }: AsOf, left: Properties, right: Properties): Bound {
  if (left.bounded && right.bounded) return bound('keys', '≤ rows of both sides')
  if (direction === 'backward') return bound('keys', '≤ keys of the right side + what the watermarks hold')
  if (tolerance !== undefined) return bound('watermark', `≤ watermark + ${showDuration(tolerance)}`)
  return right.bounded ? bound('keys', '≤ rows of the right side') : bound('unbounded', 'UNBOUNDED')
}
