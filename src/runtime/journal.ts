// The journal of a run: its checkpoint, spoken to in plans and positions. On restart it hands the operators their
// state, the inputs their positions and the watermarks that were reached.
import { type Clock, type Disk, fail } from '../base/index.ts'
import type { Json } from '../data/index.ts'
import { Checkpoint } from '../state/index.ts'
import { type Change, differences } from './compat.ts'
import type { EpochPlan } from './epoch.ts'
import { type Graph, resumeGraph, saveGraph, type Vertex, work } from './graph.ts'
import type { Input, InputPosition } from './input.ts'
import type { Journal } from './loop.ts'

/** What a query is, for the next start to compare. */
export interface Meta {
  readonly id: string
  /** What its state depends on, a line each. */
  readonly signature: readonly string[]
}

interface Positions {
  readonly inputs: Readonly<Record<string, InputPosition>>
}

export interface JournalOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly dir: string
  readonly meta: Meta
  readonly graph: Graph
}

export interface OpenJournal extends Journal {
  /** Bytes of the saved state. */
  readonly bytes: number
  /** The folder of the query. */
  readonly folder: string
  /** Give the operators and inputs what was saved. */
  restore(inputs: readonly Input[]): Promise<void>
  close(): Promise<void>
}

export async function openJournal(options: JournalOptions): Promise<OpenJournal> {
  const { disk, clock, dir, meta, graph } = options
  const checkpoint = await Checkpoint.open({ disk, clock, dir, id: meta.id })
  try {
    await compareMeta(checkpoint, meta)
  } catch (error) {
    await checkpoint.close()
    throw error
  }
  let inputs: readonly Input[] = []
  return {
    get committed() {
      return checkpoint.committed
    },
    get pending() {
      return checkpoint.pending as EpochPlan | undefined
    },
    get bytes() {
      return checkpoint.bytes
    },
    folder: checkpoint.folder,
    writePlan: plan => checkpoint.writePlan(plan.epoch, plan as unknown as Json),
    saveState: epoch =>
      checkpoint.saveState(epoch, writer => saveGraph(graph, (store, block) => writer.put(store, block))),
    writeCommit: plan => {
      const positions: Positions = { inputs: Object.fromEntries(inputs.map(each => [each.plan.id, each.position()])) }
      return checkpoint.commit(plan.epoch, positions as unknown as Json)
    },
    async restore(all) {
      inputs = all
      if (checkpoint.committed === 0) return
      await restoreState(checkpoint, graph)
      const saved = (checkpoint.positions as unknown as Positions).inputs
      for (const input of all) {
        const at = saved[input.plan.id]
        if (at !== undefined) input.resume(at)
      }
      resumeGraph(graph)
    },
    close: () => checkpoint.close(),
  }
}

const stateful = (graph: Graph): readonly Vertex[] => graph.vertices.filter(each => each.operator.stores.length > 0)

async function restoreState(checkpoint: Checkpoint, graph: Graph): Promise<void> {
  const vertices = new Map(stateful(graph).map(each => [each.id, each]))
  await checkpoint.restore((name, block) => {
    const slash = name.indexOf('/')
    const vertex = vertices.get(name.slice(0, slash))
    if (vertex === undefined)
      return fail('ASSERTION', { reason: `saved state of ${name}, which the plan does not have` })
    work(vertex, () => vertex.operator.load(name.slice(slash + 1), block))
  })
}

/** The first start writes what the query is; a later one is refused if its state would not fit. */
async function compareMeta(checkpoint: Checkpoint, meta: Meta): Promise<void> {
  const saved = (await checkpoint.readMeta()) as Meta | undefined
  if (saved === undefined) return checkpoint.writeMeta(meta as unknown as Json)
  if (saved.id !== meta.id) {
    fail('CHECKPOINT_FOREIGN', { file: `${checkpoint.folder}/meta`, reason: `it belongs to the query ${saved.id}` })
  }
  const changes = differences(saved.signature, meta.signature)
  if (changes.length > 0) fail('QUERY_CHANGED', { diff: changes.map(show).join('\n'), folder: checkpoint.folder })
}

const show = ({ sign, line }: Change): string => `  ${sign} ${line}`
