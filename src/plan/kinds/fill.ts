// Gap filling: the rows of the input, and one for every bucket of time that has none.
import { showDuration } from '../../base/index.ts'
import { canonical, show } from '../../expr/index.ts'
import { field, type Schema, schemaOf } from '../../types/index.ts'
import type { Fill, FillHow } from '../node.ts'
import { FINITE, type NodeKind, oneInput } from './kind.ts'
import { list, name } from './texts.ts'

export const fill: NodeKind<Fill> = {
  ...oneInput,
  schema(node, of): Schema {
    const fields = of(node.input).fields
    return schemaOf(fields.map(each => field(each.name, each.type, each.nullable || mayBeNull(node, each.name))))
  },
  // A made row goes when one comes in its place, however late.
  properties: (_node, base) => ({
    appendOnly: false,
    keys: undefined,
    eventTime: undefined,
    window: undefined,
    state: base.bounded ? FINITE : base.size,
  }),
  parts: ({ per, time, every, from, to, fill: fills }) => [
    list(...per),
    time,
    [every, from, to].join(' '),
    ...fills.map(each => list(each.name, typeof each.how === 'string' ? each.how : canonical(each.how.value))),
  ],
  words({ per, time, every, fill: fills }) {
    const groups = per.length === 0 ? '' : ` per ${per.map(name).join(', ')}`
    const columns = fills.map(
      each => `${name(each.name)} = ${typeof each.how === 'string' ? each.how : show(each.how.value)}`,
    )
    return `fill gaps of ${name(time)} every ${showDuration(every)}${groups}${columns.length === 0 ? '' : `: ${columns.join(', ')}`}`
  },
  // Ties are broken by all columns.
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
  stateFix: 'fill the gaps of a table that ends',
}

/** Whether a made row may have null in a column, whatever its neighbours have. */
function mayBeNull({ per, time, from, fill: fills }: Fill, column: string): boolean {
  if (column === time || per.includes(column)) return false
  const how: FillHow = fills.find(each => each.name === column)?.how ?? 'null'
  if (typeof how !== 'string') return false
  return how !== 'last' || from !== undefined
}
