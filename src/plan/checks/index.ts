// All refusals before a run, in one place.
import { fail } from '../../base/index.ts'
import type { Node, Output } from '../node.ts'
import { refuseOutput } from '../output.ts'
import { type PlanOptions, refusePlan } from './state.ts'

export * from './modes.ts'
export * from './state.ts'

/** Refuse a plan that can't run: throws the first reason. */
export function checkPlan(node: Node, options: PlanOptions): void {
  const [refusal] = refusePlan(node, options)
  if (refusal !== undefined) fail(refusal.code, refusal.params, { operator: refusal.node.kind })
}

/** Refuse outputs that can't run: the mode at the sink, then the plan. `unbounded` of the run allows it for all. */
export function checkRun(outputs: readonly Output[], options: PlanOptions): void {
  for (const { node, sink, mode, unbounded } of outputs) {
    // What there is now can be written whole, whatever it would grow to.
    const allowed = options.unbounded === true || unbounded === true
    const refusal = refuseOutput(node, sink, mode, allowed || !options.endless)
    if (refusal !== undefined) fail(refusal.code, refusal.params, { operator: `${sink.kind} ${sink.name}` })
    checkPlan(node, { ...options, unbounded: allowed })
  }
}
