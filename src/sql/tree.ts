// Reading the parser's tree: every node is an object with one key, its kind.
import type { Node } from './parser.ts'

/** The text of a String node. */
export function textOf(node: Node | undefined): string | undefined {
  return node !== undefined && 'String' in node ? node.String.sval : undefined
}

/** The texts of a list of String nodes. */
export const textsOf = (nodes: readonly Node[] | undefined): readonly string[] =>
  (nodes ?? []).map(each => textOf(each) ?? '')

/** The items of a List node. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return []
  return 'List' in node ? (node.List.items ?? []) : [node]
}

/** The kind of a node, for messages. */
export const kindName = (node: Node): string => Object.keys(node)[0] ?? 'nothing'

/** Where a node stands in the text, if it tells. */
export function locationOf(node: Node | undefined): number | undefined {
  if (node === undefined) return undefined
  const [inner] = Object.values(node) as [{ readonly location?: number; readonly arg?: Node; readonly lexpr?: Node }]
  const own = inner?.location
  if (own !== undefined && own >= 0) return own
  return locationOf(inner?.arg ?? inner?.lexpr)
}

/** Whether a subquery stands in a tree, as a value. */
export function hasSubquery(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false
  return 'SubLink' in tree || Object.values(tree).some(hasSubquery)
}
