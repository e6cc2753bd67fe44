// The tables that a statement names: whoever gives their columns may have to look at them before anything is bound.
import type { Node, RangeVar } from './parser.ts'

/** The names of tables in a tree, those of WITH among them. */
export function tablesIn(tree: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const left: unknown[] = [tree]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [key, value] of Object.entries(next)) {
      if (key === 'RangeVar') names.add(((value as RangeVar).relname ?? '').trimEnd())
      if (typeof value === 'object' && value !== null) left.push(value)
    }
  }
  return names
}
