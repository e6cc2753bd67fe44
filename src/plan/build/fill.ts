// Makers of gap filling.
import { excerpt } from '../../base/index.ts'
import { column, typeOf } from '../../expr/index.ts'
import { sameType, showType } from '../../types/index.ts'
import type { Fill, Node } from '../node.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen, unknownColumn } from './checked.ts'

const SHAPE = "fillGaps({ every: '1 hour', per: 'sensor', time: 'hour', fill: { value: 'last' } })"

export function fillOf(input: Node, parts: Omit<Fill, 'kind' | 'input'>): Fill {
  const of = schema(input)
  const fieldNamed = (name: string) => of.fields.find(each => each.name === name) ?? unknownColumn(name, of)
  const time = fieldNamed(parts.time)
  if (time.type.kind !== 'timestamp')
    badVerb('fillGaps', `${excerpt(time.name)} is of type ${showType(time.type)}`, 'name a timestamp column')
  if (parts.every <= 0n) badVerb('fillGaps', 'the buckets have no length', SHAPE)
  for (const name of parts.per) {
    fieldNamed(name)
    expectOrder(column(name), [of], 'groupBy')
  }
  for (const { name, how } of parts.fill) {
    const { type } = fieldNamed(name)
    if (name === parts.time || parts.per.includes(name))
      badVerb('fillGaps', `${excerpt(name)} is what rows are filled by`, 'fill other columns')
    if (how === 'linear' && type.kind !== 'double')
      badVerb('fillGaps', `${excerpt(name)} is of type ${showType(type)}, and lines are of doubles`, ".cast('double')")
    if (typeof how !== 'string' && !sameType(typeOf(how.value, [of]).type, type))
      badVerb('fillGaps', `the value of ${excerpt(name)} is not of type ${showType(type)}`, 'give one of its type')
  }
  return checked({ kind: 'fill', input, ...parts, per: frozen(parts.per), fill: frozen(parts.fill) })
}
