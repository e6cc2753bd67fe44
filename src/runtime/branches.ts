// The branches of a run, lowered side by side into one graph: each is optimised by itself and reads its own sources, so
// what one does never depends on the others.
import { assert } from '../base/index.ts'
import { Memory } from '../data/index.ts'
import {
  type Node,
  narrowKept,
  type Output,
  optimiseAll,
  planBatch,
  type Rule,
  type Sizes,
  tableHash,
} from '../plan/index.ts'
import type { Branch, Look, SavedBranch, SavedPart } from './evolution.ts'
import { followsFromSum, type Graft, graftOf } from './graft.ts'
import { closeAll, type Graph, graphOf, type Vertex } from './graph.ts'
import type { InputPlan } from './input.ts'
import { type Lowered, type LowerOptions, lower } from './lower.ts'
import { isAppendOnly, needsOf, type Part, sinkName, sourceParts, stateParts, takenOf } from './naming.ts'
import type { OutputPlan } from './output.ts'

/** A run as operators, its sources and sinks still closed. */
export interface Assembled {
  readonly graph: Graph
  /** Static sides of joins first. */
  readonly inputs: readonly InputPlan[]
  readonly outputs: readonly OutputPlan[]
  /** Under which name each operator's state is saved. */
  readonly names: ReadonlyMap<Vertex, string>
  /** What is to be known of them at the next start; empty where nothing is kept. */
  readonly branches: readonly SavedBranch[]
  /** What is told the contents of what goes on, in the first epoch. */
  readonly grafts: readonly Graft[]
}

export interface AssembleOptions extends LowerOptions {
  /** Of the optimiser; all when missing. */
  readonly rules?: readonly Rule[] | undefined
  /** Of a batch that keeps nothing: its plan may be another one. */
  readonly sizes?: Sizes | undefined
  /** From how many rows on steps are put off. */
  readonly large?: number | undefined
}

/** @param outputs as written */
export function assemble(
  branches: readonly Branch[],
  outputs: readonly Output[],
  memory: Memory,
  { durable, isBatch, ...how }: AssembleOptions,
): Assembled {
  const graph = graphOf(memory, { durable, large: how.large })
  const inputs: InputPlan[] = []
  const plans: OutputPlan[] = []
  const names = new Map<Vertex, string>()
  const saved: SavedBranch[] = []
  const grafts: Graft[] = []
  for (const branch of branches) {
    const own = branch.outputs.map(i => outputs[i] as Output)
    const before = { inputs: inputs.length, outputs: plans.length }
    const lowered = lower(optimised(own, how), memory, { durable, isBatch, into: graph, before })
    plans.push(...lowered.outputs.map((each, i) => ({ ...each, since: branch.since[i] as number })))
    const sources = sourceParts(lowered)
    const states = durable ? stateParts(lowered) : new Map<Vertex, Part>()
    const stored = storedAs(branch, [...states.values()], [...sources.values()])
    for (const [vertex, part] of states) names.set(vertex, stored(part).store)
    for (const [input, part] of sources) inputs.push({ ...input, key: stored(part).store })
    const put = grafted(branch, lowered.outputs, vertex => {
      const part = states.get(vertex)
      return part !== undefined && stored(part).after === undefined
    })
    if (put !== undefined) grafts.push(put)
    // What keeps nothing needs no names.
    if (!durable) continue
    saved.push({
      id: branch.id,
      outputs: own.map((each, i) => ({
        sink: sinkName(each),
        mode: each.mode,
        table: tableHash(each.node),
        appendOnly: isAppendOnly(each),
        since: branch.since[i] as number,
        ...afterOf(branch, branch.grafted.includes(branch.outputs[i] as number)),
      })),
      states: [...states.values()].map(stored),
      sources: [...sources.values()].map(stored),
    })
  }
  return { graph, inputs: inputs.toSorted(staticFirst), outputs: plans, names, branches: saved, grafts }
}

const staticFirst = (a: InputPlan, b: InputPlan): number => Number(b.isStatic) - Number(a.isStatic)

/** The plans that run; nodes that the outputs share stay shared. */
function optimised(
  outputs: readonly Output[],
  { rules, sizes }: Pick<AssembleOptions, 'rules' | 'sizes'> = {},
): readonly Output[] {
  const roots = outputs.map(each => each.node)
  const { nodes } = optimiseAll(roots, rules)
  const batch = sizes === undefined ? nodes : planBatch(nodes, sizes)
  const isNew = batch.some((each, i) => each !== nodes[i])
  const narrow = narrowKept(isNew ? optimiseAll(batch, rules).nodes : nodes)
  return outputs.map((each, i) => ({ ...each, node: narrow[i] as Node }))
}

/** What was saved under a name is saved under it again. */
function storedAs(branch: Branch, states: readonly Part[], sources: readonly Part[]): (part: Part) => SavedPart {
  const { saved, committed, fresh } = branch
  const known = takenOf<SavedPart>(saved ?? { states: [], sources: [] }, { states, sources })
  return part => {
    const was = known.get(part.hash)
    const isNew = was === undefined ? saved !== undefined : was.after === committed
    return { ...part, store: was?.store ?? `${part.hash}@${fresh}`, ...afterOf(branch, isNew) }
  }
}

const afterOf = ({ committed }: Branch, isNew: boolean): { readonly after?: number } =>
  isNew ? { after: committed } : {}

/** The outputs of a branch that are put over what goes on. */
function grafted(
  { grafted: numbers, outputs }: Branch,
  plans: readonly OutputPlan[],
  goesOn: (vertex: Vertex) => boolean,
): Graft | undefined {
  if (numbers.length === 0) return undefined
  const put = plans.filter((_, i) => numbers.includes(outputs[i] as number))
  const graft = graftOf(
    put.map(each => each.vertex),
    goesOn,
  )
  assert(graft !== undefined, 'what an output is put over can not be told')
  return graft
}

const NOTHING: Look = { states: [], sources: [], needs: [], follows: new Set() }

/** Memory enough for the constants of expressions: nothing is run. */
const LOOK_BYTES = 1 << 26

/** By the first of the outputs. */
const seen = new WeakMap<Output, (readonly [readonly Output[], Look])[]>()

/** The parts of a branch, found out by lowering it aside: the same outputs are looked at once, however often they start. */
export function look(outputs: readonly Output[]): Look {
  const [first] = outputs
  if (first === undefined) return NOTHING
  const looks = seen.get(first) ?? []
  const known = looks.find(([each]) => each.length === outputs.length && each.every((one, i) => one === outputs[i]))
  if (known !== undefined) return known[1]
  const made = lookAt(outputs)
  seen.set(first, [...looks, [outputs, made]])
  return made
}

function lookAt(outputs: readonly Output[]): Look {
  const run = optimised(outputs)
  const memory = new Memory(LOOK_BYTES)
  const lowered: Lowered = lower(run, memory, { durable: true })
  try {
    const parts = { states: stateParts(lowered), sources: sourceParts(lowered) }
    return {
      states: [...parts.states.values()],
      sources: [...parts.sources.values()],
      needs: needsOf(run, lowered, parts),
      follows: new Set([...parts.states].flatMap(([vertex, { hash }]) => (followsFromSum(vertex) ? [hash] : []))),
    }
  } finally {
    closeAll(lowered.graph)
    memory.release()
  }
}
