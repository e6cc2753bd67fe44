// A new part of a query over operators that go on: what they hold is its first delta. Law: the part tells what it would
// have told, in sum, had it been there from the beginning. So all that it is made of must follow from the sum of what it
// is given, whatever the order and the time; and what it is put over must hold all of its table. See docs/notes/evolution.md.
import { properties } from '../plan/index.ts'
import { emitting, type Graph, type Turns, type Vertex } from './graph.ts'

export interface Graft {
  /** Operators that go on and are asked for all they hold. */
  readonly over: ReadonlySet<Vertex>
  /** What is given it: operators that are new, and steps without state on the way to them. */
  readonly parts: ReadonlySet<Vertex>
}

/** Operators whose output follows from the sum of their inputs, where no row is late. */
const FOLLOWS: ReadonlySet<string> = new Set([
  'select',
  'filter',
  'map',
  'flatMap',
  'project',
  'explode',
  'union',
  'unionAll',
  'intersect',
  'except',
  'aggregate',
  'join',
  'rank',
  'top',
  'sort',
  'over',
  'view',
  'sink',
])

/** All that lies between outputs and what goes on; undefined: not all of it can be told. `goesOn`: its state was kept. */
export function graftOf(outputs: readonly Vertex[], goesOn: (vertex: Vertex) => boolean): Graft | undefined {
  const [over, parts] = [new Set<Vertex>(), new Set<Vertex>()]
  const reach = (vertex: Vertex | undefined): boolean => {
    // A source: its rows are gone by.
    if (vertex === undefined) return false
    if (over.has(vertex) || parts.has(vertex)) return true
    const isOver = goesOn(vertex)
    ;(isOver ? over : parts).add(vertex)
    if (isOver) return tellsAll(vertex)
    if (!FOLLOWS.has(vertex.name) || vertex.operator.tick !== undefined || vertex.inputs.length === 0) return false
    return vertex.inputs.every(each => reach(each.vertex) && each === each.vertex?.outlets[0])
  }
  return outputs.every(reach) ? { over, parts } : undefined
}

/** Rows with an event time may be late for who comes late. */
function tellsAll({ operator, site }: Vertex): boolean {
  return operator.contents !== undefined && site !== undefined && properties(site.node).eventTime === undefined
}

/** Whether its state follows from the sum of what was read: nobody asks for the time, or the world, on the way. */
export function followsFromSum({ name, operator, site, inputs }: Vertex): boolean {
  if (!FOLLOWS.has(name) || operator.tick !== undefined) return false
  // Joins may be bounded in time.
  const isTimed = name === 'join' || (site !== undefined && properties(site.node).eventTime !== undefined)
  if (operator.stores.length > 0 && isTimed) return false
  return inputs.every(({ vertex }) => vertex === undefined || followsFromSum(vertex))
}

/** Give the parts, and nobody else, what the operators that go on hold. */
export function* tellGraft(graph: Graph, { over, parts }: Graft): Turns {
  const outlets = graph.vertices.flatMap(each => each.outlets)
  const before = outlets.map(each => [...each.listeners])
  for (const { listeners } of outlets)
    listeners.splice(0, listeners.length, ...listeners.filter(({ vertex }) => parts.has(vertex)))
  try {
    for (const vertex of over) {
      const { operator, emit } = vertex
      if (operator.contents !== undefined) yield* emitting(graph, vertex, operator.contents(emit))
    }
  } finally {
    for (const [i, { listeners }] of outlets.entries()) listeners.splice(0, listeners.length, ...(before[i] ?? []))
  }
}
