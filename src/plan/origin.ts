// Rules rewrite nodes; what a node of the rewritten plan computes is what some node of the plan as written computes: its
// origin. State is named by origins, so that a rule that improves does not lose it.
import type { Node } from './node.ts'

const origins = new WeakMap<Node, Node>()

/** The node as written whose result this one computes; itself when no rule made it. */
export function originOf(node: Node): Node {
  return origins.get(node) ?? node
}

/** A rule made `made` in the place of `was`, and it computes the same. */
export function comesFrom(made: Node, was: Node): void {
  if (made !== was && !origins.has(made)) origins.set(made, originOf(was))
}
