// An iteration: its step is lowered into a graph of its own, with the operators that work in rounds.
import { type Iterate, type Node, schema, stepOf } from '../plan/index.ts'
import { addVertex, at, type Outlet } from './graph.ts'
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

function lowerStep(
  node: Iterate,
  { graph, rounds, ...body }: Body,
  on: Lowering,
  lowered: (node: Node, on: Lowering) => Outlet,
): BodyEnds {
  const outlets = [...body.variables, ...body.entered]
  const known = new Map<Node, Outlet>(node.variables.map((each, i) => [each, outlets[i] as Outlet]))
  const inner: Lowering = {
    ...on,
    graph,
    rounds,
    known,
    outlet(each) {
      const found = known.get(each) ?? at(graph, { node: each, role: '' }, () => lowered(each, inner))
      known.set(each, found)
      return found
    },
  }
  const ends = stepOf(node).map(inner.outlet)
  return { next: ends.slice(0, node.next.length), until: ends[node.next.length] }
}
