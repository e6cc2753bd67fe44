// A plan with other inputs: the same nodes over sources that a test feeds. What the planner knows of a source (its
// schema, event time, whether it ends or retracts) stays as it was, so the same checks and rules apply.
import { fail } from '../base/index.ts'
import type { SourceSpec } from '../data/index.ts'
import { type EventTime, type Node, nodesOf, rebuild, type Source } from '../plan/index.ts'

export interface Replacement {
  /** What stands for a source; the same spec is asked for once, however often it is read. */
  spec(original: SourceSpec): SourceSpec
  time?(time: EventTime, original: SourceSpec): EventTime
}

export function replaceSources(root: Node, by: Replacement): Node {
  const specs = new Map<SourceSpec, SourceSpec>()
  const specFor = (original: SourceSpec): SourceSpec => {
    const spec = specs.get(original) ?? by.spec(original)
    specs.set(original, spec)
    return spec
  }
  return rebuild(root, node => {
    if (node.kind !== 'source') return node
    const time = node.time && (by.time?.(node.time, node.spec) ?? node.time)
    return Object.freeze({ ...node, spec: specFor(node.spec), time })
  })
}

export const sourcesOf = (root: Node): readonly Source[] =>
  nodesOf(root).flatMap(each => (each.kind === 'source' ? [each] : []))

/** The input that `name` means: its name, or a part of it that no other has (`clicks` for `data/clicks/*.jsonl`). */
export function inputNamed<T extends { readonly name: string }>(name: string, inputs: readonly T[]): T {
  const exact = inputs.filter(each => each.name === name)
  const found = exact.length > 0 ? exact : inputs.filter(each => each.name.includes(name))
  if (found.length === 1) return found[0] as T
  const reason = found.length === 0 ? 'no input has this name' : `${found.length} inputs have this name`
  return fail('NO_INPUT_NAMED', { name, reason, names: inputs.map(each => `'${each.name}'`).join(', ') })
}
