// select, withColumns, drop, rename: a full list of output columns.
import type { Select } from '../node.ts'
import { named } from './fields.ts'
import { exprsOf, kept, type NodeKind, namesIn, narrowColumns, oneInput } from './kind.ts'
import { passKeys, passMoment, passWindow } from './passing.ts'
import { namedText, names } from './texts.ts'

export const select: NodeKind<Select> = {
  ...oneInput,
  schema: (node, of) => named(node.columns, [of(node.input)]),
  properties: ({ columns }, { keys, eventTime, window }) => ({
    keys: passKeys(columns, keys),
    eventTime: passMoment(columns, eventTime),
    window: passWindow(columns, window),
  }),
  parts: node => node.columns.map(namedText),
  words: node => `select ${names(node.columns)}`,
  needs: (node, wanted) => [[node.input, namesIn(exprsOf(kept(node.columns, wanted)))]],
  narrow: narrowColumns,
}
