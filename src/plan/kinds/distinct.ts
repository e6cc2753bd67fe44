// The different rows.
import type { Distinct } from '../node.ts'
import type { Bound, Properties } from '../properties.ts'
import { bound, FINITE, type NodeKind, oneInput } from './kind.ts'

export const distinct: NodeKind<Distinct> = {
  ...oneInput,
  schema: (node, of) => of(node.input),
  properties(_node, inherited) {
    const state = stateOf(inherited)
    return { keys: inherited.keys ?? inherited.schema.fields.map(each => each.name), state, size: state }
  },
  parts: () => [],
  words: () => 'distinct',
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
  stateFix: 'select the columns that tell rows apart, without the time',
}

/** What it takes to remember the different rows of a table. */
export function stateOf({ bounded, size, eventTime, window }: Properties): Bound {
  if (bounded) return FINITE
  if (size.class !== 'unbounded') return size
  const timely = eventTime?.path.join('.') ?? window?.column
  if (timely !== undefined) return bound('unbounded', `UNBOUNDED (${timely} grows with time)`)
  return bound('keys', '≤ different rows')
}
