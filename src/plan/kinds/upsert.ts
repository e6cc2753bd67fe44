// A table in which changes take the place of the rows with their keys.
import type { Node, Upsert } from '../node.ts'
import { orNullAs } from './fields.ts'
import { bound, FINITE, type NodeKind } from './kind.ts'

export const upsert: NodeKind<Upsert> = {
  inputs: node => [node.input, node.changes],
  over: (node, [input, changes]) => Object.freeze({ ...node, input: input as Node, changes: changes as Node }),
  schema: (node, of) => orNullAs(of(node.input), of(node.changes)),
  properties: ({ key }, { bounded }) => {
    const state = bounded ? FINITE : bound('keys', '≤ keys')
    return { appendOnly: false, keys: key, eventTime: undefined, window: undefined, state, size: state }
  },
  parts: node => node.key,
  words: node => `upsert by ${node.key.join(', ')}`,
  needs: (node, _wanted, all) => [
    [node.input, all(node.input)],
    [node.changes, all(node.changes)],
  ],
}
