// Only what is needed is computed and decoded: needs flow from the roots to the sources, a node read twice needs
// what both readers need. Nodes that look at whole rows (distinct, plain functions, the late rows of a window) need all.
import { kindOfNode } from '../kinds/index.ts'
import type { Node } from '../node.ts'
import { schema } from '../schema.ts'
import { nodesOf, rebuild } from '../walk.ts'
import type { Rule } from './rule.ts'

type Needs = Map<Node, Set<string>>

export const pushProjection: Rule = {
  name: 'push-projection',
  apply(roots) {
    const needs = needsOf(roots)
    const done = new Map<Node, Node>()
    const made = roots.map(root => rebuild(root, (node, was) => narrow(node, was, needs), done))
    return made.every((each, i) => each === roots[i]) ? undefined : made
  },
}

/** The columns that are needed of each node. */
export function needsOf(roots: readonly Node[]): Needs {
  const needs: Needs = new Map()
  const need = (node: Node, names: Iterable<string>): void => {
    const known = needs.get(node) ?? new Set()
    for (const name of names) known.add(name)
    needs.set(node, known)
  }
  for (const root of roots) need(root, all(root))
  for (const node of [...nodesOf(...roots)].reverse())
    for (const [input, names] of kindOfNode(node).needs(node, needs.get(node) ?? new Set(), all)) need(input, names)
  return needs
}

const all = (node: Node): readonly string[] => schema(node).fields.map(each => each.name)

/** The node with only what is needed of it; `was` is the node as it stood, whose needs are known. */
function narrow(node: Node, was: Node, needs: Needs): Node {
  return kindOfNode(node).narrow?.(node, needs.get(was) ?? new Set(), was, all) ?? node
}
