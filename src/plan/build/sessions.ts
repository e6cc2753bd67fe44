// Rows in session windows have a window of their own each, until a group-by merges those that touch: nothing else can go by it.
import { fail } from '../../base/index.ts'
import { columnsOf, type Expr } from '../../expr/index.ts'
import type { Node } from '../node.ts'
import { properties } from '../properties.ts'
import { inputsOf } from '../walk.ts'

/** Refuses what goes by the sessions of rows before they are merged. @param by what it goes by, of the input with this number */
export function expectMerged(node: Node, by: readonly Expr[], verb: string, input = 0): void {
  const { window } = properties(node)
  if (window?.merges !== true || !hasOwn(node)) return
  const columns = by.flatMap(columnsOf)
  if (columns.some(each => each.input === input && each.path[0] === window.column)) fail('SESSION_NOT_MERGED', { verb })
}

const MERGES: ReadonlySet<Node['kind']> = new Set(['aggregate', 'final', 'panes'])

function hasOwn(node: Node): boolean {
  if (node.kind === 'window') return node.shape.kind === 'session'
  return !MERGES.has(node.kind) && inputsOf(node).some(hasOwn)
}
