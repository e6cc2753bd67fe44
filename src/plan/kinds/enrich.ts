// Columns from outside, by an asynchronous function of many rows. Its answers are not saved: when an epoch is done again,
// its questions are asked again, and may be answered otherwise.
import { checkedName, field } from '../../types/index.ts'
import type { Enrich } from '../node.ts'
import { unique } from './fields.ts'
import { type NodeKind, oneInput } from './kind.ts'
import { clocksIn, name, schemaText } from './texts.ts'

export const enrich: NodeKind<Enrich> = {
  ...oneInput,
  schema(node, of) {
    const added = new Map(
      node.columns.fields.map(each => [each.name, field(checkedName(each.name), each.type, each.nullable)]),
    )
    const kept = of(node.input).fields.map(each => added.get(each.name) ?? each)
    const names = new Set(kept.map(each => each.name))
    return unique([...kept, ...[...added.values()].filter(each => !names.has(each.name))])
  },
  properties({ fn, columns, onError }, { keys, eventTime, window }) {
    const added = new Set(columns.fields.map(each => each.name))
    return {
      keys: keys?.some(each => added.has(each)) === true ? undefined : keys,
      eventTime: eventTime !== undefined && added.has(eventTime.path[0] as string) ? undefined : eventTime,
      window: window !== undefined && added.has(window.column) ? undefined : window,
      opaque: [
        `enrich ${fn.name === '' ? '(function)' : fn.name}`,
        'asked again after a crash',
        ...clocksIn([fn, onError]),
      ],
    }
  },
  parts: ({ fn, columns, onError }) => [fn.toString(), schemaText(columns), String(onError)],
  words: ({ columns, batch, cache }) => {
    const names = columns.fields.map(each => name(each.name)).join(', ')
    return `enrich with ${names}, ${batch} rows at once${cache === undefined ? '' : `, cached by ${cache.by.map(name).join(', ')}`}`
  },
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
  refuse({ input }, _options, plan) {
    if (plan.of(input).appendOnly) return undefined
    const operator = plan.nodesOf(input).find(each => !plan.of(each).appendOnly)?.kind ?? input.kind
    const fix = 'enrich the rows before they are grouped'
    const windowed = plan.of(input).window === undefined ? fix : `call .final() on the windowed table, or ${fix}`
    return { code: 'PROCESS_ON_UPDATES', params: { verb: 'enrich', operator, fix: windowed } }
  },
}
