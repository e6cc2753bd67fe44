// Stages: operators chained until rows must move by key. One task runs each stage today; the cut is where several
// will exchange rows.
import { Memory } from '../data/index.ts'
import type { Output, Stage } from '../plan/index.ts'
import type { Graph, Vertex } from './graph.ts'
import { closeAll } from './graph.ts'
import { lower } from './lower.ts'

const KEYED = new Set([
  'aggregate',
  'join',
  'as-of',
  'top',
  'rank',
  'over',
  'fullWindows',
  'fill',
  'dedup',
  'intersect',
  'intersect all',
  'except',
  'except all',
  'sort',
  'limit',
  'process',
  'mapGroupsWithState',
  'flatMapGroupsWithState',
  'iterate',
])

/** Memory enough for the constants of expressions: nothing is run. */
const EXPLAIN_BYTES = 1 << 26

/** The stages of a query, as explain prints them. */
export function stagesOf(outputs: readonly Output[]): readonly Stage[] {
  const memory = new Memory(EXPLAIN_BYTES)
  const { graph } = lower(outputs, memory, { durable: false })
  const stages = chains(graph).map((operators, i) => ({ name: `stage-${i + 1}`, operators, tasks: 1 }))
  closeAll(graph)
  memory.release()
  return stages
}

function chains(graph: Graph): readonly (readonly string[])[] {
  const stageOf = new Map<Vertex, string[]>()
  const stages: string[][] = []
  for (const vertex of graph.vertices) {
    const above = vertex.inputs.map(input => input.vertex && stageOf.get(input.vertex))
    const joins = above[0] !== undefined && above.every(each => each === above[0]) && !KEYED.has(vertex.name)
    const stage = joins ? (above[0] as string[]) : []
    if (!joins) stages.push(stage)
    stage.push(vertex.id)
    stageOf.set(vertex, stage)
  }
  return stages
}
