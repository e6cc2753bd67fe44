// The texts of a JSON row that do not depend on its values: `{"a":`, `,"window":{"start":`, … and what closes it.
import type { Leaf } from '../../types/index.ts'

/** A name as JSON has it before a value. */
export const jsonKey = (name: string): string => `${JSON.stringify(name.toWellFormed())}:`

/** The text before each leaf's value and the one behind the last. Leaves of one struct are neighbours. */
export function jsonHeads(all: readonly Leaf[]): { readonly heads: readonly string[]; readonly tail: string } {
  let open: readonly string[] = []
  const heads = all.map((leaf, index) => {
    const above = leaf.path.slice(0, -1)
    const shared = sharedDepth(open, above)
    const closing = '}'.repeat(open.length - shared)
    const opening = above.slice(shared).map(name => `${jsonKey(name)}{`)
    open = above
    return `${closing}${index === 0 ? '{' : ','}${opening.join('')}${jsonKey(leaf.path.at(-1) as string)}`
  })
  return { heads, tail: `${all.length === 0 ? '{' : ''}${'}'.repeat(open.length + 1)}\n` }
}

function sharedDepth(a: readonly string[], b: readonly string[]): number {
  let depth = 0
  while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth++
  return depth
}
