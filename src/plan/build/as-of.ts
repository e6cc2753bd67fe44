// Makers of as-of joins.
import { typeOf } from '../../expr/index.ts'
import type { AsOf, Moment, Node } from '../node.ts'
import { properties } from '../properties.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'

export type AsOfParts = Pick<AsOf, 'type' | 'direction' | 'on' | 'tolerance' | 'columns'>

const DIRECTIONS: readonly string[] = ['backward', 'forward', 'nearest'] satisfies AsOf['direction'][]

export function asOfJoin(left: Node, right: Node, parts: AsOfParts): AsOf {
  const { type, direction, on, tolerance, columns } = parts
  if (!DIRECTIONS.includes(direction))
    badVerb('asOf', 'there is no such direction', `use one of ${DIRECTIONS.map(each => `'${each}'`).join(', ')}`)
  if (type !== 'inner' && type !== 'left')
    badVerb('asOf', 'an as-of join is inner or left', "use { type: 'left' } to keep rows without a version")
  const schemas = [schema(left), schema(right)]
  for (const pair of on) {
    expectOrder(pair.left, schemas, 'asOf')
    expectOrder(pair.right, schemas, 'asOf')
    typeOf(Object.freeze({ kind: 'call', fn: 'eq', args: Object.freeze([pair.left, pair.right]) }), schemas)
  }
  return checked({
    kind: 'asOf',
    left,
    right,
    type,
    direction,
    on: frozen(on.map(each => Object.freeze({ ...each }))),
    leftTime: timeOf(left, 'left'),
    rightTime: timeOf(right, 'right'),
    tolerance,
    columns: frozen(columns),
  })
}

function timeOf(node: Node, side: string): Moment {
  return (
    properties(node).eventTime ??
    badVerb(
      'asOf',
      `versions are found by event time, and the ${side} side has none`,
      "say which column it is: read.json(…, { time: 'at', lateBy: '5 minutes' }), and keep that column",
    )
  )
}
