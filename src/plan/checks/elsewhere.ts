// now() is for select and where, which read a column in its place (build/now.ts): any other node that still has a call of it
// is refused.
import type { Expr } from '../../expr/index.ts'
import type { Node } from '../node.ts'
import { inputsOf } from '../walk.ts'

/** Whether one of the node's own expressions calls now(). */
export function callsNow(node: Node): boolean {
  if (node.kind === 'source' || node.kind === 'apply') return false
  const seen = new Set<unknown>(inputsOf(node))
  // Not by recursion: an expression may be thousands of calls deep, and an array stands between any two.
  const left: unknown[] = [node]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { kind, fn } = next as Partial<Expr & { readonly fn: unknown }>
    if (kind === 'call' && fn === 'now') return true
    for (const each of Object.values(next as object)) {
      if (each === null || typeof each !== 'object' || ArrayBuffer.isView(each) || seen.has(each)) continue
      seen.add(each)
      left.push(each)
    }
  }
  return false
}
