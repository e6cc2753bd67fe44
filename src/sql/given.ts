// An expression that is bound already, as a part of a tree: what a rewritten query (rewritten.ts) takes along from the block
// around it and must not bind anew, an aggregate of that block for one.
import { canonical, type Expr } from '../expr/index.ts'
import { type Block, fromAround } from './block.ts'
import { columnNode } from './made-tree.ts'
import type { Node } from './parser.ts'

const known = new WeakMap<Node, { readonly expr: Expr; readonly block: Block }>()

/** The same expression has the same text, so that trees which have it are equal. */
export function givenNode(expr: Expr, block: Block): Node {
  const node = columnNode(`?given ${canonical(expr)}`)
  known.set(node, { expr, block })
  return node
}

/** What a node was given as, in a block within that one; undefined: it is one of the parser's. */
export function givenIn(node: Node, block: Block): Expr | undefined {
  const given = known.get(node)
  return given && fromAround(block, given.block, given.expr)
}
