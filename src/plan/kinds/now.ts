// The time of its epoch beside each row, for what calls now() above it.
import { field, type Schema, scalars, schemaOf } from '../../types/index.ts'
import type { Now } from '../node.ts'
import { type NodeKind, oneInput } from './kind.ts'

/** The column of the time: no user's column is called so. */
export const NOW_COLUMN = '#now'

export const now: NodeKind<Now> = {
  ...oneInput,
  schema: (node, of): Schema => schemaOf([...of(node.input).fields, field(NOW_COLUMN, scalars.timestamp)]),
  properties: () => ({}),
  parts: () => [],
  words: () => 'now',
  needs: (node, wanted) => [[node.input, [...wanted].filter(each => each !== NOW_COLUMN)]],
  refuse({ input }, { endless }, { of }) {
    const { appendOnly, bounded } = of(input)
    return appendOnly || bounded || !endless ? undefined : { code: 'NOW_OVER_CHANGES', params: {} }
  },
}
