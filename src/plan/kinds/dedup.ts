// The first row of each key, for good: append-only.
import { showDuration } from '../../base/index.ts'
import type { Dedup } from '../node.ts'
import { bound, exprsOf, FINITE, type NodeKind, namesIn, oneInput } from './kind.ts'
import { namedText, names } from './texts.ts'

export const dedup: NodeKind<Dedup> = {
  ...oneInput,
  schema: (node, of) => of(node.input),
  properties({ by, time }, base) {
    const columns = by.flatMap(({ expr }) => (expr.kind === 'column' && expr.path.length === 1 ? expr.path : []))
    const unique = time === undefined && columns.length === by.length
    const open = time === undefined ? '' : `≤ watermark + ${showDuration(time.within)}`
    const state = time === undefined ? bound('unbounded', 'UNBOUNDED (every key is kept)') : bound('watermark', open)
    return { keys: unique ? columns : base.keys, state: base.bounded ? FINITE : state }
  },
  parts: ({ by, time }) => [
    ...by.map(namedText),
    time === undefined ? '' : [time.within, time.of.shift, ...time.of.path].join(' '),
  ],
  words: ({ by, time }) => `dedup by ${names(by)}${time === undefined ? '' : ` within ${showDuration(time.within)}`}`,
  needs: ({ input, by, time }, wanted) => [
    [input, [...wanted, ...namesIn(exprsOf(by)), ...(time === undefined ? [] : time.of.path.slice(0, 1))]],
  ],
  stateFix: "say how far apart repetitions may be: .dedup({ by: 'id', within: '1 hour' })",
}
