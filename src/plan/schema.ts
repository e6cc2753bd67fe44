// The schema of every node, derived once per node object. Deriving it checks it: unknown columns, wrong types and
// duplicate names are refused here, for JavaScript users and for SQL alike.
import type { Schema } from '../types/index.ts'
import { kindOfNode } from './kinds/index.ts'
import type { Node } from './node.ts'

const known = new WeakMap<Node, Schema>()

/** Columns of a node's output. Throws the catalogue's error when the node does not fit its input. */
export function schema(node: Node): Schema {
  const found = known.get(node)
  if (found !== undefined) return found
  const made = kindOfNode(node).schema(node, schema)
  known.set(node, made)
  return made
}
