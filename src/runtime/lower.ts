// From the plan to the graph of operators: one entry per kind of node, so a kind without one does not compile. A node
// that is used twice is lowered once; what it computes is handed to all that listen.
import { fail } from '../base/index.ts'
import type { Memory } from '../data/index.ts'
import { compileExpr, compilePredicate } from '../expr/index.ts'
import type { OperatorContext } from '../ops/index.ts'
import { type Aggregate, type Node, nodesOf, type Output, properties, type Source, schema } from '../plan/index.ts'
import { leaves, type Schema } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Graph, graphOf, type Outlet, outletOf, type Vertex } from './graph.ts'
import type { InputPlan } from './input.ts'
import { type OutputPlan, sinkOperator } from './output.ts'
import { selectOperator, unionOperator, whereOperator } from './steps.ts'

/** A query as operators, its sources and sinks still closed. */
export interface Lowered {
  readonly graph: Graph
  /** Static sides of joins first. */
  readonly inputs: readonly InputPlan[]
  readonly outputs: readonly OutputPlan[]
}

export interface LowerOptions {
  /** State is saved at checkpoints. */
  readonly durable: boolean
}

/** What lowering knows while it works. */
export interface Lowering {
  readonly graph: Graph
  readonly memory: Memory
  readonly durable: boolean
  readonly inputs: InputPlan[]
  readonly known: Map<Node, Outlet>
  /** Sources that only static sides of joins read. */
  readonly statics: ReadonlySet<Node>
  /** Aggregates of which final results, and not the changes, are asked for. */
  readonly finals: ReadonlySet<Aggregate>
  /** Aggregates whose late rows somebody reads. */
  readonly late: ReadonlySet<Aggregate>
}

type Lowerings = { readonly [K in Node['kind']]: (node: Extract<Node, { kind: K }>, on: Lowering) => Outlet }

const lowerings: Lowerings = {
  source: lowerSource,
  errors: notYet,
  select: (node, on) => {
    const flat = flatten(node.columns, [schema(node.input)])
    const build = (context: OperatorContext) =>
      selectOperator(
        flat.map(each => compileExpr(each.expr, [schema(node.input)], on.memory)),
        context,
      )
    return only(addVertex(on.graph, 'select', [outletFor(node.input, on)], build))
  },
  where: (node, on) => addWhere(outletFor(node.input, on), node.predicate, schema(node.input), on),
  window: notYet,
  aggregate: notYet,
  final: notYet,
  late: notYet,
  distinct: notYet,
  union: (node, on) => {
    const inputs = node.inputs.map(each => outletFor(each, on))
    return only(addVertex(on.graph, 'union', inputs, () => unionOperator))
  },
  top: notYet,
  join: notYet,
  apply: notYet,
}

function notYet(node: Node): never {
  return fail('ASSERTION', { reason: `no lowering of ${node.kind}` })
}

export function lower(outputs: readonly Output[], memory: Memory, options: LowerOptions): Lowered {
  const nodes = nodesOf(...outputs.map(each => each.node))
  const on: Lowering = {
    graph: graphOf(memory),
    memory,
    durable: options.durable,
    inputs: [],
    known: new Map(),
    statics: staticSources(outputs.map(each => each.node)),
    finals: new Set(nodes.flatMap(each => (each.kind === 'final' ? [each.input] : []))),
    late: new Set(nodes.flatMap(each => (each.kind === 'late' ? [each.of] : []))),
  }
  const plans = outputs.map((output, i) => lowerOutput(output, i + 1, on))
  return {
    graph: on.graph,
    inputs: on.inputs.toSorted((a, b) => Number(b.isStatic) - Number(a.isStatic)),
    outputs: plans,
  }
}

/** The outlet where a node's delta comes out. */
export function outletFor(node: Node, on: Lowering): Outlet {
  const known = on.known.get(node)
  if (known !== undefined) return known
  const outlet = (lowerings[node.kind] as (node: Node, on: Lowering) => Outlet)(node, on)
  on.known.set(node, outlet)
  return outlet
}

export const only = (vertex: Vertex): Outlet => vertex.outlets[0] as Outlet

function addWhere(input: Outlet, predicate: Parameters<typeof compilePredicate>[0], of: Schema, on: Lowering): Outlet {
  const build = (context: OperatorContext) => whereOperator(compilePredicate(predicate, [of], on.memory), context)
  return only(addVertex(on.graph, 'where', [input], build))
}

function lowerSource(node: Source, on: Lowering): Outlet {
  const outlet = outletOf()
  const columns = schema(node).fields.map(each => each.name)
  const physical = leaves(schema(node))
  const { time } = node
  const timeColumn =
    time === undefined ? -1 : physical.findIndex(leaf => leaf.path.length === 1 && leaf.path[0] === time.column)
  on.inputs.push({
    id: `source-${on.inputs.length + 1}`,
    spec: node.spec,
    columns,
    timeColumn: timeColumn < 0 ? undefined : timeColumn,
    watermark: time === undefined || timeColumn < 0 ? undefined : { lateBy: time.lateBy, idleAfter: time.idleAfter },
    isStatic: on.statics.has(node),
    outlet,
    badRows: undefined,
  })
  return node.predicate === undefined ? outlet : addWhere(outlet, node.predicate, schema(node), on)
}

function lowerOutput(output: Output, number: number, on: Lowering): OutputPlan {
  const { node, sink, mode } = output
  const hole = { sink: undefined, rows: 0 }
  const key = sink.key ?? properties(node).keys ?? []
  addVertex(on.graph, 'sink', [outletFor(node, on)], () => sinkOperator(hole))
  return { id: `sink-${number}`, spec: sink, schema: schema(node), mode, key, hole }
}

/** Sources that are reached through the right side of a join, and in no other way. */
function staticSources(roots: readonly Node[]): ReadonlySet<Node> {
  const streaming = new Set<Node>()
  const visit = (node: Node): void => {
    if (streaming.has(node)) return
    streaming.add(node)
    const inputs = nodesBelow(node)
    inputs.forEach(visit)
  }
  roots.forEach(visit)
  return new Set(nodesOf(...roots).filter(each => each.kind === 'source' && !streaming.has(each)))
}

function nodesBelow(node: Node): readonly Node[] {
  if (node.kind === 'join') return [node.left]
  if (node.kind === 'source') return []
  if (node.kind === 'errors') return [node.source]
  if (node.kind === 'late') return [node.of]
  return node.kind === 'union' ? node.inputs : [node.input]
}
