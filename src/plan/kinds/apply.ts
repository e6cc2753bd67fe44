// A plain TypeScript function per row, opaque to the optimiser.
import type { Apply } from '../node.ts'
import { type NodeKind, oneInput } from './kind.ts'
import { clocksIn, schemaText } from './texts.ts'

export const apply: NodeKind<Apply> = {
  ...oneInput,
  schema: node => node.schema,
  properties({ verb, fn, schema, onError }, { eventTime }) {
    const opaque = [`${verb} ${fn.name === '' ? '(function)' : fn.name}`, ...clocksIn([fn, onError])]
    if (verb === 'filter') return { opaque }
    // A function may change anything; a timestamp column of the same name is taken to be the same event time.
    const [name, ...rest] = eventTime?.path ?? []
    const same = rest.length === 0 && schema.fields.some(each => each.name === name && each.type.kind === 'timestamp')
    return { opaque, keys: undefined, window: undefined, eventTime: same ? eventTime : undefined }
  },
  parts: ({ verb, fn, schema, onError }) => [
    verb,
    fn.toString(),
    schemaText(schema),
    ...(onError === 'fail' ? [] : [String(onError)]),
  ],
  words: node => node.verb,
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
}
