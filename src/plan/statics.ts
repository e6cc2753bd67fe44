// Sources that only the awaited right sides of joins, and initial states, read: they are loaded first, whole.
import { canAwait, joinFacts } from './kinds/join-facts.ts'
import type { Join, Node, Source } from './node.ts'
import { properties } from './properties.ts'
import { inputsOf, nodesOf } from './walk.ts'

export function staticSources(roots: readonly Node[], isBatch = false): ReadonlySet<Source> {
  const streaming = streamingNodes(roots, isBatch)
  return new Set(nodesOf(...roots).flatMap(each => (each.kind === 'source' && !streaming.has(each) ? [each] : [])))
}

/** Nodes whose rows reach a root on a way that awaits nothing. */
export function streamingNodes(roots: readonly Node[], isBatch: boolean): ReadonlySet<Node> {
  const streaming = new Set<Node>()
  const visit = (node: Node): void => {
    if (streaming.has(node)) return
    streaming.add(node)
    const first = node.kind === 'process' || (node.kind === 'join' && awaitsRight(node, isBatch))
    const inputs = first ? inputsOf(node).slice(0, 1) : inputsOf(node)
    inputs.forEach(visit)
  }
  roots.forEach(visit)
  return streaming
}

/** The left waits for the end of the right. In a batch everything ends, and nothing is shown before. */
export function awaitsRight(node: Join, isBatch: boolean): boolean {
  const [left, right] = [properties(node.left), properties(node.right)]
  return isBatch ? canAwait(node, right) : joinFacts(node, left, right).awaits
}
