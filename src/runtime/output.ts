// A sink of a run, live: the last vertex of its branch hands it the deltas of its mode.
import type { Batch, Mode, Sink, SinkSpec, World } from '../data/index.ts'
import { type Operator, stateless } from '../ops/index.ts'
import type { Schema } from '../types/index.ts'
import type { Graph, Vertex } from './graph.ts'

/** What lowering says about a sink before it is opened. `sink` is set then. */
export interface OutputPlan {
  readonly id: string
  readonly spec: SinkSpec
  readonly schema: Schema
  readonly mode: Mode
  readonly key: readonly string[]
  readonly hole: Hole
  /** Where its branch of the graph ends. */
  readonly vertex: Vertex
  /** The epoch after which its sink begins anew; 0: it does not. */
  readonly since: number
}

/** Where the graph ends: an operator whose sink is opened after the graph was built. */
export interface Hole {
  sink: Sink | undefined
  rows: number
}

export function sinkOperator(hole: Hole): Operator {
  return {
    ...stateless,
    name: 'sink',
    outputs: 0,
    step(_port: number, delta: Batch): void {
      hole.rows += delta.count
      ;(hole.sink as Sink).write(delta)
    },
  }
}

export interface OutputContext {
  readonly graph: Graph
  readonly world: World
  readonly query: string
  readonly signal: AbortSignal
}

export async function openOutput(plan: OutputPlan, context: OutputContext): Promise<Sink> {
  const { spec, schema, mode, key, since } = plan
  const { world, query, signal } = context
  const sink = await spec.open({ memory: context.graph.memory, world, schema, mode, key, query, since, signal })
  plan.hole.sink = sink
  return sink
}
