// Which views of a table's changes can be written where. A refusal is data (code, parameters), so that the matrix in
// docs/modes.md and its tests come from the same function that refuses a run.
import type { Mode, SinkSpec } from '../../data/index.ts'
import type { Refusal } from '../kinds/kind.ts'
import type { Node } from '../node.ts'
import { type Properties, properties } from '../properties.ts'
import { inputsOf } from '../walk.ts'

/** Why `node` can't be seen as `mode`; undefined when it can. `key`: the columns an update sink goes by. */
export function refuseMode(node: Node, mode: Mode, key: readonly string[] | undefined): Refusal | undefined {
  const known = properties(node)
  switch (mode) {
    case 'append':
      return known.appendOnly
        ? undefined
        : { code: 'APPEND_ON_UPDATES', params: { operator: retracting(node).kind, fix: appendFix(known) } }
    case 'update':
      return refuseKey(known, key)
    case 'complete':
      return refuseComplete(known)
    case 'retract':
      return undefined
  }
}

/** The lowest node that takes rows back: what the message names. */
function retracting(node: Node): Node {
  const below = inputsOf(node).find(each => !properties(each).appendOnly)
  return below === undefined ? node : retracting(below)
}

function appendFix(known: Properties): string {
  const upsert = "write to a sink that takes updates with { mode: 'update' }"
  return known.window === undefined ? upsert : `call .final() on the windowed table, or ${upsert}`
}

function refuseKey(known: Properties, key: readonly string[] | undefined): Refusal | undefined {
  if (key === undefined) return known.keys === undefined ? { code: 'UPDATE_WITHOUT_KEY', params: {} } : undefined
  const missing = key.find(each => !known.schema.fields.some(field => field.name === each))
  if (missing !== undefined) {
    const names = known.schema.fields.map(each => each.name).join(', ')
    return {
      code: 'UNKNOWN_COLUMN',
      params: { column: missing, suggestion: `the key of the sink must be of: ${names}` },
    }
  }
  // Rows that only come: the last one by key is the upsert. Rows that go need to be the only one of their key.
  if (known.appendOnly || known.keys?.every(each => key.includes(each))) return undefined
  return { code: 'KEY_NOT_UNIQUE', params: { key: key.join(', '), unique: known.keys?.join(', ') ?? 'none' } }
}

function refuseComplete(known: Properties): Refusal | undefined {
  if (known.bounded || known.size.class !== 'unbounded') return undefined
  return { code: 'COMPLETE_UNBOUNDED', params: { bound: known.size.text } }
}

/** The mode an output has when none is asked for: append if rows only come, else the first of these the sink takes. */
export function defaultMode(node: Node, sink: SinkSpec): Mode | undefined {
  const wanted: readonly Mode[] = properties(node).appendOnly
    ? ['append', 'retract', 'update', 'complete']
    : ['update', 'retract', 'complete']
  return wanted.find(mode => sink.modes.includes(mode) && refuseMode(node, mode, sink.key) === undefined)
}
