// The tables that a statement names: whoever gives their columns may have to look at them before anything is bound.
import type { RangeFunction, RangeVar } from './parser.ts'
import { itemsOf, textOf } from './tree.ts'

/** The names of tables in trees (and lists of them), those of WITH among them. */
export function tablesIn(...trees: readonly unknown[]): ReadonlySet<string> {
  const names = new Set<string>()
  const left: unknown[] = [...trees]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [key, value] of Object.entries(next)) {
      if (key === 'RangeVar') names.add(((value as RangeVar).relname ?? '').trimEnd())
      if (key === 'RangeFunction') for (const name of tablesTaken(value as RangeFunction)) names.add(name)
      if (typeof value === 'object' && value !== null) left.push(value)
    }
  }
  return names
}

/** The tables that table functions take: `tumble(bids, …)`. */
function tablesTaken({ functions = [] }: RangeFunction): readonly string[] {
  return functions.flatMap(itemsOf).flatMap(call => {
    const [first] = 'FuncCall' in call ? (call.FuncCall.args ?? []) : []
    if (first === undefined || !('ColumnRef' in first)) return []
    return [textOf(first.ColumnRef.fields?.[0]) ?? '']
  })
}
