// A plan is a DAG of frozen nodes: rebuilding keeps a node that was not changed, and a node used twice is
// visited once and stays one node.
import { fail } from '../base/index.ts'
import type { Aggregate, Node, Source } from './node.ts'

/** The nodes directly below, left to right. `late` and `errors` hang on the node whose by-product they are. */
export function inputsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'source':
      return []
    case 'errors':
      return [node.source]
    case 'late':
      return [node.of]
    case 'union':
      return node.inputs
    case 'join':
      return [node.left, node.right]
    default:
      return [node.input]
  }
}

/** The same node over other inputs; the same object when nothing changed. */
function withInputs(node: Node, inputs: readonly Node[]): Node {
  if (inputsOf(node).every((each, i) => each === inputs[i])) return node
  const [first, second] = inputs as readonly [Node, Node]
  switch (node.kind) {
    case 'source':
      return node
    case 'errors':
      return Object.freeze({ ...node, source: expectKind(first, 'source') })
    case 'late':
      return Object.freeze({ ...node, of: expectKind(first, 'aggregate') })
    case 'final':
      return Object.freeze({ ...node, input: expectKind(first, 'aggregate') })
    case 'union':
      return Object.freeze({ ...node, inputs: Object.freeze([...inputs]) })
    case 'join':
      return Object.freeze({ ...node, left: first, right: second })
    default:
      return Object.freeze({ ...node, input: first })
  }
}

function expectKind(node: Node, kind: 'source'): Source
function expectKind(node: Node, kind: 'aggregate'): Aggregate
function expectKind(node: Node, kind: 'source' | 'aggregate'): Node {
  return node.kind === kind ? node : fail('ASSERTION', { reason: `a ${kind} was replaced by a ${node.kind}` })
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
    done.set(node, made)
    return made
  }
  return visit(root)
}
