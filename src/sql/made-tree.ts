// Making parts of the parser's tree.
import type { Node } from './parser.ts'

export const textNode = (sval: string): Node => ({ String: { sval } })

/** `name`, or `relation.name`. */
export const columnNode = (...names: readonly string[]): Node => ({ ColumnRef: { fields: names.map(textNode) } })

/** `*`, or `relation.*`. */
export const starNode = (...relation: readonly string[]): Node => ({
  ColumnRef: { fields: [...relation.map(textNode), { A_Star: {} }] },
})

/** A value in the select list. */
export const targetNode = (val: Node, name?: string): Node => ({
  ResTarget: name === undefined ? { val } : { val, name },
})
