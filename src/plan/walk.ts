// A plan is a DAG of frozen nodes: rebuilding keeps a node that was not changed, and a node used twice is
// visited once and stays one node.
import { kindOfNode } from './kinds/index.ts'
import type { Node } from './node.ts'
import { comesFrom } from './origin.ts'

/** The nodes directly below, left to right. `late` and `errors` hang on the node whose by-product they are. */
export function inputsOf(node: Node): readonly Node[] {
  return kindOfNode(node).inputs(node)
}

/** The same node over other inputs; the same object when nothing changed. */
function withInputs(node: Node, inputs: readonly Node[]): Node {
  if (inputsOf(node).every((each, i) => each === inputs[i])) return node
  return kindOfNode(node).over(node, inputs)
}

/** Every node of the plan once, inputs before the nodes over them. */
export function nodesOf(...roots: readonly Node[]): readonly Node[] {
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    inputsOf(node).forEach(visit)
    seen.add(node)
  }
  roots.forEach(visit)
  return [...seen]
}

/**
 * Rebuild from the sources up; `change` sees each node once, over its changed inputs. `done` holds what nodes have
 * become already: pass one map for several roots, so that a node they share stays one node.
 */
export function rebuild(root: Node, change: (node: Node, was: Node) => Node, done = new Map<Node, Node>()): Node {
  const visit = (node: Node): Node => {
    const known = done.get(node)
    if (known !== undefined) return known
    const made = change(withInputs(node, inputsOf(node).map(visit)), node)
    comesFrom(made, node)
    done.set(node, made)
    return made
  }
  return visit(root)
}
