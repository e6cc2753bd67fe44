// The step of an iteration as it runs: rules apply within it as they do outside.
import type { Iterate, Node } from './node.ts'
import { optimiseAll } from './rules/index.ts'

const known = new WeakMap<Iterate, readonly Node[]>()

/** What the variables are in the next round, then the termination set, if there is one. */
export function stepOf(node: Iterate): readonly Node[] {
  const { next, until } = node
  const found = known.get(node) ?? optimiseAll(until === undefined ? next : [...next, until]).nodes
  known.set(node, found)
  return found
}
