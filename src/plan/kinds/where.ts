// The rows for which a condition is true.
import { canonical, show } from '../../expr/index.ts'
import type { Where } from '../node.ts'
import { type NodeKind, namesIn, oneInput } from './kind.ts'

export const where: NodeKind<Where> = {
  ...oneInput,
  schema: (node, of) => of(node.input),
  properties: () => ({}),
  parts: node => [canonical(node.predicate)],
  words: node => `where ${show(node.predicate)}`,
  needs: (node, wanted) => [[node.input, [...wanted, ...namesIn([node.predicate])]]],
}
