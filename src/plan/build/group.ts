// Makers of windows and groups.
import { fail } from '../../base/index.ts'
import type { Aggregate, Final, Late, Named, NamedAggregate, Node, Rank, Window, WindowShape } from '../node.ts'
import { properties } from '../properties.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'

const TIMELESS = {
  reason: 'the table has none',
  fix: "name the column when reading: { time: 'at', lateBy: '10 minutes' }, and keep it in select",
}

export function windowOf(input: Node, shape: WindowShape, accept: bigint): Window {
  const time = properties(input).eventTime
  if (time === undefined) fail('WINDOW_WITHOUT_TIME', TIMELESS)
  if (shape.size <= 0n) badVerb('window', 'the window has no length', "write { tumbling: '1 hour' }")
  if (shape.kind === 'sliding' && shape.slide <= 0n)
    badVerb('window', 'the windows do not move', "write { sliding: '10 minutes', every: '5 minutes' }")
  if (shape.kind === 'cumulating' && (shape.step <= 0n || shape.size % shape.step !== 0n))
    badVerb('window', 'the steps do not add up to the whole', "write { cumulating: '1 day', every: '1 hour' }")
  return checked({ kind: 'window', input, shape: Object.freeze(shape), time, accept })
}

export function aggregateOf(input: Node, keys: readonly Named[], aggregates: readonly NamedAggregate[]): Aggregate {
  if (keys.length + aggregates.length === 0)
    badVerb('agg', 'there are neither keys nor aggregates', 'g => ({ n: g.count() })')
  for (const each of keys) expectOrder(each.expr, [schema(input)], 'groupBy')
  return checked({ kind: 'aggregate', input, keys: frozen(keys), aggregates: frozen(aggregates) })
}

export function finalOf(input: Aggregate | Rank): Final {
  if (properties(input).window === undefined) fail('FINAL_WITHOUT_WINDOW', { verb: 'final' })
  return checked({ kind: 'final', input })
}

export function lateOf(of: Aggregate): Late {
  if (properties(of).window === undefined) fail('FINAL_WITHOUT_WINDOW', { verb: 'late' })
  return checked({ kind: 'late', of })
}
