// Iterations and feedback loops: the step is lowered into a graph of its own; that of an iteration has the operators
// that work in rounds.
import { type Feedback, type Iterate, type Node, schema, stepOf } from '../plan/index.ts'
import { feedback } from './feedback.ts'
import { addVertex, at, type Graph, type Outlet } from './graph.ts'
import { type Body, type BodyEnds, iterate } from './iterate.ts'
import { kindsOf, type Lowering, only } from './lowering.ts'

/** @param lowered Lowers one node. */
export function lowerIterate(node: Iterate, on: Lowering, lowered: (node: Node, on: Lowering) => Outlet): Outlet {
  const spec = {
    variables: node.next.map((_, i) => kindsOf(schema(node.variables[i] as Node))),
    entered: node.inputs.length - node.next.length,
    result: 0,
    maxRounds: node.maxRounds,
    converges: node.converges,
    body: (body: Body) => lowerStep(node, body, on, lowered),
  }
  return only(addVertex(on.graph, 'iterate', node.inputs.map(on.outlet), context => iterate(spec, context)))
}

/** A feedback loop; its step has no state, and no rounds to be minded. */
export function lowerFeedback(node: Feedback, on: Lowering, lowered: (node: Node, on: Lowering) => Outlet): Outlet {
  const { inFlight, rounds, inputs, variables } = node
  const body = (graph: Graph, input: Outlet, entered: readonly Outlet[]) => {
    const [output, again] = lowerWithin(node, graph, [input, ...entered], { ...on, graph }, lowered)
    return { output: output as Outlet, again: again as Outlet }
  }
  const kinds = kindsOf(schema(variables[0] as Node))
  const spec = { kinds, entered: inputs.length - 1, inFlight, rounds, body }
  return only(addVertex(on.graph, 'feedback', inputs.map(on.outlet), context => feedback(spec, context)))
}

function lowerStep(
  node: Iterate,
  { graph, rounds, ...body }: Body,
  on: Lowering,
  lowered: (node: Node, on: Lowering) => Outlet,
): BodyEnds {
  const ends = lowerWithin(node, graph, [...body.variables, ...body.entered], { ...on, graph, rounds }, lowered)
  return { next: ends.slice(0, node.next.length), until: ends[node.next.length] }
}

/** Lower the step into a graph of its own. */
function lowerWithin(
  node: Iterate | Feedback,
  graph: Graph,
  outlets: readonly Outlet[],
  on: Lowering,
  lowered: (node: Node, on: Lowering) => Outlet,
): readonly Outlet[] {
  const known = new Map<Node, Outlet>(node.variables.map((each, i) => [each, outlets[i] as Outlet]))
  const inner: Lowering = {
    ...on,
    known,
    outlet(each) {
      const found = known.get(each) ?? at(graph, { node: each, role: '' }, () => lowered(each, inner))
      known.set(each, found)
      return found
    },
  }
  return stepOf(node).map(inner.outlet)
}
