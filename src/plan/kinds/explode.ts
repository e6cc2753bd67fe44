// A row per element of a list, a map or a json array.
import { type ColumnType, type Field, field, type Schema, scalars, schemaOf } from '../../types/index.ts'
import type { Explode } from '../node.ts'
import { type NodeKind, oneInput } from './kind.ts'

export const explode: NodeKind<Explode> = {
  ...oneInput,
  schema(node, of) {
    const fields = of(node.input).fields.flatMap(each =>
      each.name === node.column ? elementFields(node, each) : [each],
    )
    return schemaOf(node.ordinal === undefined ? fields : [...fields, field(node.ordinal, scalars.int, node.outer)])
  },
  // Elements may be equal: a row is no longer told by its key.
  properties: ({ column }, { eventTime, window }) => ({
    keys: undefined,
    eventTime: eventTime?.path[0] === column ? undefined : eventTime,
    window: window?.column === column ? undefined : window,
  }),
  parts: ({ column, names, ordinal, outer }) => [column, ...names, outer ? 'outer' : '', ordinal ?? ''],
  words: ({ column, names, ordinal, outer }) =>
    `explode ${column} as ${names.join(', ')}${ordinal === undefined ? '' : ` with ${ordinal}`}${outer ? ', outer' : ''}`,
  needs: ({ input, column, names, ordinal }, wanted) => [
    [input, [column, ...[...wanted].filter(each => !names.includes(each) && each !== ordinal)]],
  ],
}

/** What takes the place of the column. */
function elementFields({ names, outer }: Explode, { type }: Schema['fields'][0]): readonly Field[] {
  const [first, second] = names as [string, string]
  if (type.kind === 'list') return [field(first, type.element.type, type.element.nullable || outer)]
  if (type.kind !== 'map') return [field(first, scalars.json, outer)]
  return [field(first, type.key, outer), field(second, type.value.type, type.value.nullable || outer)]
}

/** Has a column of this type elements? */
export const hasElements = (type: ColumnType): boolean => ['list', 'map', 'json'].includes(type.kind)
