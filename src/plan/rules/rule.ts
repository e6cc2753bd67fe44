// Law 7: a rule changes no result. A rule may compute an expression for fewer rows than before, never for more,
// unless it can't fail: no rule brings an error that the plan as written does not have.
import { childrenOf, type Expr } from '../../expr/index.ts'
import type { Node } from '../node.ts'
import { comesFrom } from '../origin.ts'
import { inputsOf, nodesOf, rebuild } from '../walk.ts'

/** What a rule may ask about the plan around a node. */
export interface Around {
  /** Several nodes read it: changing it for one of them would compute it (or read the source) twice. */
  isShared(node: Node): boolean
}

export interface Rule {
  readonly name: string
  /** The plan with the rule applied once, or undefined. Several roots share nodes. */
  apply(roots: readonly Node[]): readonly Node[] | undefined
}

/** A rule over a single node and what is below it: the first node it fits, from the roots down. */
export function local(name: string, rewrite: (node: Node, around: Around) => Node | undefined): Rule {
  return {
    name,
    apply(roots) {
      const nodes = nodesOf(...roots)
      const around = surroundings(roots, nodes)
      for (const node of [...nodes].reverse()) {
        const made = rewrite(node, around)
        if (made === undefined || made === node) continue
        // One that was there before is what it was.
        if (!nodes.includes(made)) comesFrom(made, node)
        return replace(roots, node, made)
      }
      return undefined
    },
  }
}

function surroundings(roots: readonly Node[], nodes: readonly Node[]): Around {
  const readers = new Map<Node, number>()
  const count = (node: Node): void => void readers.set(node, (readers.get(node) ?? 0) + 1)
  roots.forEach(count)
  for (const node of nodes) inputsOf(node).forEach(count)
  return { isShared: node => (readers.get(node) ?? 0) > 1 }
}

function replace(roots: readonly Node[], old: Node, made: Node): readonly Node[] {
  const done = new Map<Node, Node>([[old, made]])
  return roots.map(root => rebuild(root, node => node, done))
}

const safe: ReadonlySet<string> = new Set(
  'eq ne lt le gt ge and or not is_null is_not_null is_distinct_from coalesce nullif in between greatest least'.split(
    ' ',
  ),
)

/** Might fail for some row: anything but columns, constants, comparisons and logic. */
export function canFail(expr: Expr): boolean {
  if (expr.kind === 'cast') return true
  if (expr.kind === 'call' && !safe.has(expr.fn)) return true
  return childrenOf(expr).some(canFail)
}
