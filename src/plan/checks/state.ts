// What can't run over inputs that never end: state without bound, sorts of everything, joins whose right side never
// stops loading. Checked before anything runs, over the plan as written.
import { excerpt } from '../../base/index.ts'
import type { Node } from '../node.ts'
import { properties } from '../properties.ts'
import { nodesOf } from '../walk.ts'
import type { Refusal } from './modes.ts'

export interface PlanOptions {
  /** The run has no end: false for a batch over what is there now. */
  readonly endless: boolean
  /** The author allowed state that grows without bound. */
  readonly unbounded?: boolean
}

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

function refuseNode(node: Node, { endless, unbounded }: PlanOptions): Refusal | undefined {
  if (node.kind === 'join' && endless && !properties(node.right).bounded)
    return { code: 'JOIN_RIGHT_UNBOUNDED', params: { right: sourceName(node.right) } }
  if (!endless || properties(node).bounded) return undefined
  if (node.kind === 'top' && node.limit === undefined && node.keys.length > 0)
    return { code: 'SORT_UNBOUNDED', params: {} }
  const { state } = properties(node)
  if (state.class !== 'unbounded' || unbounded === true) return undefined
  return { code: 'UNBOUNDED_STATE', params: { operator: node.kind, bound: state.text, fix: stateFix(node) } }
}

function sourceName(node: Node): string {
  const source = nodesOf(node).find(each => each.kind === 'source' && !each.spec.bounded)
  return source?.kind === 'source' ? excerpt(source.spec.name) : node.kind
}

function stateFix(node: Node): string {
  if (node.kind === 'aggregate')
    return "cut time into windows: .window({ tumbling: '1 hour' }), or group by fewer columns"
  if (node.kind === 'distinct') return 'select the columns that tell rows apart, without the time'
  return 'aggregate in windows and take .final() before'
}
