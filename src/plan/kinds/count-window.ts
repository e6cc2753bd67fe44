// Windows by count: each row into those that its number in its group lies in, and the results of those that are full.
import { fail } from '../../base/index.ts'
import { countWindowType, field } from '../../types/index.ts'
import type { CountWindow, FullWindows } from '../node.ts'
import { unique } from './fields.ts'
import { bound, FINITE, type NodeKind, oneInput, UNBOUNDED } from './kind.ts'

const WINDOW = 'window'

export const countWindow: NodeKind<CountWindow> = {
  ...oneInput,
  schema: (node, of) =>
    unique([...of(node.input).fields.filter(each => each.name !== node.number), field(WINDOW, countWindowType)]),
  properties: ({ size, every }, { keys }) => ({ keys: size === every ? keys : keys && [...keys, WINDOW] }),
  parts: ({ number, size, every, partial }) => [number, String(size), String(every), partial],
  words: ({ size, every, partial }) =>
    `window of ${size} rows${every === size ? '' : ` every ${every}`}${partial === 'none' ? '' : `, partial: ${partial}`}`,
  needs: ({ input, number }, wanted) => [[input, [number, ...[...wanted].filter(each => each !== WINDOW)]]],
}

export const fullWindows: NodeKind<FullWindows> = {
  inputs: node => [node.input],
  over(node, [input]) {
    if (input?.kind !== 'aggregate')
      return fail('ASSERTION', { reason: `an aggregate was replaced by a ${input?.kind}` })
    return Object.freeze({ ...node, input })
  },
  schema: (node, of) => of(node.input),
  properties: (_node, { bounded }) => ({
    appendOnly: true,
    eventTime: undefined,
    window: undefined,
    state: bounded ? FINITE : bound('keys', '≤ open windows of each key'),
    size: bounded ? FINITE : UNBOUNDED,
  }),
  parts: () => [],
  words: () => 'full windows',
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
}
