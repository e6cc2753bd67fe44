// Operators that keep whole rows keep the columns that they and their readers need, whatever else is read from their inputs.
// Law: what such an operator keeps, and which of two tied rows it prefers, does not depend on other outputs of the run.
import { column } from '../expr/index.ts'
import { selectOf } from './build/index.ts'
import { kindOfNode } from './kinds/index.ts'
import type { Node } from './node.ts'
import { needsOf } from './rules/push-projection.ts'
import { schema } from './schema.ts'
import { inputsOf, rebuild } from './walk.ts'

/** The others need all columns of their inputs, or keep what joins them. */
const KEEP_ROWS: ReadonlySet<Node['kind']> = new Set(['top', 'dedup'])

const all = (node: Node): readonly string[] => schema(node).fields.map(each => each.name)

export function narrowKept(roots: readonly Node[]): readonly Node[] {
  const needs = needsOf(roots)
  const done = new Map<Node, Node>()
  const change = (node: Node, was: Node): Node =>
    KEEP_ROWS.has(node.kind) ? cut(node, was, needs.get(was) ?? new Set()) : node
  return roots.map(root => rebuild(root, change, done))
}

function cut(node: Node, was: Node, wanted: ReadonlySet<string>): Node {
  const asked = kindOfNode(was).needs(was, wanted, all)
  const inputs = inputsOf(node).map((input, i) => {
    const own = inputsOf(was)[i]
    return only(input, new Set(asked.flatMap(([of, names]) => (of === own ? names : []))))
  })
  return inputs.every((each, i) => each === inputsOf(node)[i]) ? node : kindOfNode(node).over(node, inputs)
}

/** The named columns; at least one: a row needs a column to be a row. */
function only(input: Node, names: ReadonlySet<string>): Node {
  const have = all(input)
  const some = have.filter(each => names.has(each))
  const kept = some.length > 0 ? some : have.slice(0, 1)
  if (kept.length === have.length) return input
  return selectOf(
    input,
    kept.map(name => ({ name, expr: column(name) })),
  )
}
