// now() is for select and where, which read a column in its place (build/now.ts): any other node that still has a call of it
// is refused.
import type { Expr } from '../../expr/index.ts'
import type { Node } from '../node.ts'
import { inputsOf } from '../walk.ts'

/** Whether one of the node's own expressions calls now(). */
export function callsNow(node: Node): boolean {
  if (node.kind === 'source' || node.kind === 'apply') return false
  const seen = new Set<unknown>(inputsOf(node))
  const isIn = (value: unknown): boolean => {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value) || seen.has(value)) return false
    seen.add(value)
    const { kind, fn } = value as Partial<Expr & { readonly fn: unknown }>
    return (kind === 'call' && fn === 'now') || Object.values(value).some(isIn)
  }
  return isIn(node)
}
