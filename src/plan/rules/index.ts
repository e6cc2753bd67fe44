// The optimiser: rules to a fixpoint, in this order, over a plan whose shared nodes stay shared.
import type { Node } from '../node.ts'
import { foldConstants } from './fold-constants.ts'
import { mergeFilters } from './merge-filters.ts'
import { mergeSelects } from './merge-selects.ts'
import { pushFilterJoin } from './push-filter-join.ts'
import { pushFilterSelect } from './push-filter-select.ts'
import { pushFilterSource } from './push-filter-source.ts'
import { pushFilterUnion } from './push-filter-union.ts'
import { pushJoinCondition } from './push-join-condition.ts'
import { pushProjection } from './push-projection.ts'
import { removeSelect } from './remove-select.ts'
import type { Rule } from './rule.ts'

export type { Rule } from './rule.ts'

export const rules: readonly Rule[] = Object.freeze([
  foldConstants,
  mergeFilters,
  mergeSelects,
  pushFilterSelect,
  pushFilterUnion,
  pushFilterJoin,
  pushJoinCondition,
  pushFilterSource,
  pushProjection,
  removeSelect,
])

/** A plan after the rules, and the names of those that changed it, in the order of their first use. */
export interface Optimised {
  readonly nodes: readonly Node[]
  readonly applied: readonly string[]
}

/** Every rule removes work or moves it down, so a plan needs few steps per node; this stops a rule that errs. */
const STEPS = 10_000

/** Apply rules until none fits. Nodes that the roots share stay shared. */
export function optimiseAll(roots: readonly Node[], using: readonly Rule[] = rules): Optimised {
  let nodes = roots
  const applied = new Set<string>()
  for (let step = 0; step < STEPS; step++) {
    const next = once(nodes, using)
    if (next === undefined) break
    nodes = next.nodes
    applied.add(next.name)
  }
  return { nodes, applied: [...applied] }
}

function once(nodes: readonly Node[], using: readonly Rule[]): { nodes: readonly Node[]; name: string } | undefined {
  for (const rule of using) {
    const made = rule.apply(nodes)
    if (made !== undefined) return { nodes: made, name: rule.name }
  }
  return undefined
}

/** Apply rules to one plan until none fits. */
export function optimise(
  node: Node,
  using: readonly Rule[] = rules,
): { readonly node: Node; readonly applied: readonly string[] } {
  const { nodes, applied } = optimiseAll([node], using)
  return { node: nodes[0] as Node, applied }
}
