// The step of an iteration, or of a feedback loop, as it runs: rules apply within it as they do outside.
import type { Feedback, Iterate, Node } from './node.ts'
import { optimiseAll } from './rules/index.ts'

const known = new WeakMap<Node, readonly Node[]>()

/**
 * Of an iteration: what the variables are in the next round, then the termination set, if there is one. Of a feedback
 * loop: what leaves, and what goes back.
 */
export function stepOf(node: Iterate | Feedback): readonly Node[] {
  const found = known.get(node) ?? optimiseAll(endsOf(node)).nodes
  known.set(node, found)
  return found
}

function endsOf(node: Iterate | Feedback): readonly Node[] {
  if (node.kind === 'feedback') return [node.output, node.again]
  return node.until === undefined ? node.next : [...node.next, node.until]
}
