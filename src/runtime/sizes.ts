// How large the inputs of a batch are, for the planner (src/plan/batch.ts): asked only where a join could go by it.
import type { SourceSpec, World } from '../data/index.ts'
import { type Node, nodesOf, type Sizes } from '../plan/index.ts'

export async function sizesOf(roots: readonly Node[], world: World): Promise<Sizes> {
  const nodes = nodesOf(...roots)
  const sizes = new Map<SourceSpec, number>()
  if (!nodes.some(each => each.kind === 'join')) return sizes
  for (const node of nodes) {
    if (node.kind !== 'source' || !node.spec.replayable || sizes.has(node.spec)) continue
    // What is wrong with an input is told when it is opened.
    const bytes = await node.spec.bytes?.(world).catch(() => undefined)
    if (bytes !== undefined) sizes.set(node.spec, bytes)
  }
  return sizes
}
