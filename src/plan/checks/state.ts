// What can't run over inputs that never end: state without bound, sorts of everything, joins whose right side never
// stops loading. Checked before anything runs, over the plan as written.
import { kindOfNode } from '../kinds/index.ts'
import type { PlanOptions, Refusal } from '../kinds/kind.ts'
import type { Node } from '../node.ts'
import { properties } from '../properties.ts'
import { nodesOf } from '../walk.ts'
import { callsNow } from './elsewhere.ts'

export type { PlanOptions, Refusal } from '../kinds/kind.ts'

/** A node that can't run, and why. */
export interface NodeRefusal extends Refusal {
  readonly node: Node
}

/** Everything in the plan that can't run this way. */
export function refusePlan(root: Node, options: PlanOptions): readonly NodeRefusal[] {
  return nodesOf(root).flatMap(node => {
    const refusal = refuseNode(node, options)
    return refusal === undefined ? [] : [{ ...refusal, node }]
  })
}

function refuseNode(node: Node, options: PlanOptions): Refusal | undefined {
  const kind = kindOfNode(node)
  if (callsNow(node)) return { code: 'NOW_ELSEWHERE', params: { operator: node.kind } }
  const refusal = kind.refuse?.(node, options, { of: properties, nodesOf })
  if (refusal !== undefined || !options.endless || properties(node).bounded) return refusal
  const { state } = properties(node)
  if (state.class !== 'unbounded' || options.unbounded === true) return undefined
  const fix = kind.stateFix ?? 'aggregate in windows and take .final() before'
  return { code: 'UNBOUNDED_STATE', params: { operator: node.kind, bound: state.text, fix } }
}
