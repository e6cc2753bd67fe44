// A source: the schema that was read or declared, cut down to the columns that are decoded.
import { excerpt, showDuration } from '../../base/index.ts'
import { canonical, show } from '../../expr/index.ts'
import { schemaOf } from '../../types/index.ts'
import type { Source } from '../node.ts'
import { FINITE, NONE, type NodeKind, namesIn, UNBOUNDED } from './kind.ts'
import { json, list, name, schemaText } from './texts.ts'

export const source: NodeKind<Source> = {
  inputs: () => [],
  over: node => node,
  schema({ spec, columns }) {
    if (columns === undefined) return spec.schema
    return schemaOf(spec.schema.fields.filter(each => columns.includes(each.name)))
  },
  properties: ({ spec, time }) => ({
    appendOnly: spec.appendOnly,
    keys: undefined,
    eventTime: time === undefined ? undefined : { path: [time.column], shift: 0n },
    bounded: spec.bounded,
    window: undefined,
    state: NONE,
    size: spec.bounded ? FINITE : UNBOUNDED,
    opaque: [],
    replayable: spec.replayable,
  }),
  // Which columns are decoded is left out: it changes no result.
  parts: ({ spec, time, predicate }) => [
    spec.kind,
    json(spec.fingerprint),
    schemaText(spec.schema),
    time === undefined ? '' : list(time.column, String(time.lateBy)),
    predicate === undefined ? '' : canonical(predicate),
  ],
  words({ spec, time, columns, predicate }) {
    const parts = [`${spec.kind} ${excerpt(spec.name, 60)}${spec.bounded ? '' : ' (never ends)'}`]
    if (time !== undefined) parts.push(`late by ${showDuration(time.lateBy)}`)
    if (columns !== undefined) parts.push(`columns ${columns.map(name).join(', ')}`)
    if (predicate !== undefined) parts.push(`where ${show(predicate)}`)
    return parts.join(', ')
  },
  needs: () => [],
  narrow(node, wanted, _was, all) {
    const names = new Set(wanted)
    if (node.time !== undefined) names.add(node.time.column)
    if (node.predicate !== undefined) for (const each of namesIn([node.predicate])) names.add(each)
    const have = all(node)
    const columns = have.filter(each => names.has(each))
    const some = columns.length > 0 ? columns : have.slice(0, 1)
    return some.length === have.length ? node : Object.freeze({ ...node, columns: Object.freeze(some) })
  },
}
