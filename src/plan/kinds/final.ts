// Each window's result once, when it is final: append-only.
import { fail } from '../../base/index.ts'
import type { Final } from '../node.ts'
import type { NodeKind } from './kind.ts'

export const final: NodeKind<Final> = {
  inputs: node => [node.input],
  over(node, [input]) {
    if (input?.kind !== 'aggregate' && input?.kind !== 'rank' && input?.kind !== 'over')
      return fail('ASSERTION', { reason: `an aggregate was replaced by a ${input?.kind}` })
    return Object.freeze({ ...node, input })
  },
  schema: (node, of) => of(node.input),
  properties: (node, _inherited, of) => ({ appendOnly: true, state: of(node.input).state }),
  parts: () => [],
  words: () => 'final',
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
}
