// A table bound to a sink, with the mode decided and checked: what to(sink) makes.
import { badArgument, fail, optionsFor } from '../base/index.ts'
import type { Mode, SinkSpec } from '../data/index.ts'
import { defaultMode, refuseMode } from './checks/modes.ts'
import type { Refusal } from './kinds/kind.ts'
import type { Node, Output } from './node.ts'
import { properties } from './properties.ts'

export interface OutputOptions {
  readonly mode?: Mode
  readonly unbounded?: boolean
}

/** Bind a table to a sink. Refuses a mode the sink doesn't take or the table can't be seen in. */
export function outputOf(node: Node, sink: SinkSpec, given: OutputOptions = {}): Output {
  const options = optionsFor('to', given, "pass { mode: 'update' }")
  if (!Array.isArray(sink?.modes)) badArgument('to', 'sink', sink, "pass a sink: to(write.json('out'))")
  const mode = options.mode ?? defaultMode(node, sink) ?? firstRefused(node, sink)
  const refusal = refuseOutput(node, sink, mode, options.unbounded)
  if (refusal !== undefined) fail(refusal.code, refusal.params, { operator: `${sink.kind} ${sink.name}` })
  return Object.freeze({ node, sink, mode, ...(options.unbounded === true ? { unbounded: true } : {}) })
}

/** Why the table can't be written there in this mode; `unbounded` allows to write a table whole that grows for ever. */
export function refuseOutput(node: Node, sink: SinkSpec, mode: Mode, unbounded = false): Refusal | undefined {
  if (sink.modes.includes(mode)) {
    const refusal = refuseMode(node, mode, sink.key)
    return unbounded && refusal?.code === 'COMPLETE_UNBOUNDED' ? undefined : refusal
  }
  const params = { sink: `${sink.kind} ${sink.name}`, mode, modes: sink.modes.join(', '), fix: otherSink(node) }
  return { code: 'MODE_NOT_TAKEN', params }
}

/** No mode of the sink fits: the first one's refusal says why. */
const firstRefused = (_node: Node, sink: SinkSpec): Mode => sink.modes[0] ?? 'append'

function otherSink(node: Node): string {
  if (properties(node).appendOnly) return 'choose one of these modes'
  if (properties(node).window !== undefined) return 'call .final() on the windowed table, or use an upsert sink'
  return 'use an upsert sink'
}
