// The journal of a run: its checkpoint, spoken to in plans and positions. On restart it hands the operators their
// state, the inputs their positions and the watermarks that were reached.
import { type Clock, type Disk, fail } from '../base/index.ts'
import type { Json } from '../data/index.ts'
import { Checkpoint } from '../state/index.ts'
import type { Assembled } from './branches.ts'
import type { EpochPlan } from './epoch.ts'
import type { Meta } from './evolution.ts'
import { resumeGraph, saveGraph, work } from './graph.ts'
import type { Input, InputPosition } from './input.ts'
import type { Journal } from './loop.ts'
import { sinkName } from './naming.ts'
import type { OutputPlan } from './output.ts'

interface Positions {
  readonly inputs: Readonly<Record<string, InputPosition>>
  /** By name; sinks of one name in order. */
  readonly sinks: Readonly<Record<string, readonly Json[]>>
}

export interface JournalOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly dir: string
  readonly id: string
}

export interface OpenJournal extends Journal {
  /** What the query was; undefined: nothing of it was committed. */
  readonly saved: Meta | undefined
  /** Bytes of the saved state. */
  readonly bytes: number
  /** The folder of the query. */
  readonly folder: string
  /** Where the inputs stood at the last commit, by key. */
  readonly positions: Readonly<Record<string, InputPosition>>
  /** Where the sinks stood. */
  readonly sinks: Positions['sinks']
  /** Say what the query is, and give the operators and inputs what was saved of it. */
  begin(meta: Meta, run: Assembled, inputs: readonly Input[]): Promise<void>
  close(): Promise<void>
}

export async function openJournal(options: JournalOptions): Promise<OpenJournal> {
  const { disk, clock, dir, id } = options
  const checkpoint = await Checkpoint.open({ disk, clock, dir, id })
  try {
    return journalOf(checkpoint, disk, metaOf(await checkpoint.readMeta(), id, checkpoint.folder))
  } catch (error) {
    await checkpoint.close()
    throw error
  }
}

/** Where inputs stood, of what a commit was given. */
export const inputsIn = (positions: Json): Positions['inputs'] =>
  (positions as unknown as Positions | null)?.inputs ?? {}

/** What a query's folder says it is; a folder that another query, or another millrace, made is refused. */
export function metaOf(json: Json | undefined, id: string, folder: string): Meta | undefined {
  if (json === undefined) return undefined
  const meta = json as unknown as Meta
  const file = `${folder}/meta`
  if (meta.id !== id) fail('CHECKPOINT_FOREIGN', { file, reason: `it belongs to the query ${meta.id}` })
  if (meta.version !== 2)
    fail('CHECKPOINT_FOREIGN', { file, reason: 'an earlier millrace made it, which named state otherwise' })
  return meta
}

function journalOf(checkpoint: Checkpoint, disk: Disk, meta: Meta | undefined): OpenJournal {
  let inputs: readonly Input[] = []
  let run: Assembled | undefined
  let begins = true
  const positions = (): Positions =>
    checkpoint.committed === 0 ? { inputs: {}, sinks: {} } : (checkpoint.positions as unknown as Positions)
  return {
    saved: checkpoint.committed === 0 ? undefined : meta,
    get committed() {
      return checkpoint.committed
    },
    get pending() {
      return checkpoint.pending as EpochPlan | undefined
    },
    get bytes() {
      return checkpoint.bytes
    },
    get positions() {
      return positions().inputs
    },
    get sinks() {
      return positions().sinks
    },
    get begins() {
      return begins
    },
    folder: checkpoint.folder,
    writePlan: plan => checkpoint.writePlan(plan.epoch, plan as unknown as Json),
    saveState: epoch =>
      checkpoint.saveState(epoch, writer =>
        saveGraph((run as Assembled).names, (store, block) => writer.put(store, block)),
      ),
    writeCommit: plan => {
      const at: Positions = {
        inputs: Object.fromEntries(inputs.map(each => [each.plan.key, each.position()])),
        sinks: positionsOf((run as Assembled).outputs),
      }
      return checkpoint.commit(plan.epoch, at as unknown as Json)
    },
    async begin(next, assembled, all) {
      run = assembled
      inputs = all
      checkpoint.keepOnly(new Set(assembled.names.values()))
      if (JSON.stringify(next) !== JSON.stringify(meta)) {
        await checkpoint.writeMeta(next as unknown as Json)
        await removeInputs(disk, checkpoint.folder, meta, next)
      }
      const saved = positions().inputs
      begins = checkpoint.committed === 0 || all.some(each => saved[each.plan.key] === undefined)
      await restoreState(checkpoint, assembled)
      for (const input of all) {
        const at = saved[input.plan.key]
        if (at !== undefined) input.resume(at)
      }
      resumeGraph(assembled.graph)
    },
    close: () => checkpoint.close(),
  }
}

function positionsOf(outputs: readonly OutputPlan[]): Positions['sinks'] {
  const all: Record<string, Json[]> = {}
  for (const { spec, hole } of outputs) {
    const position = hole.sink?.position?.()
    if (position !== undefined) all[sinkName({ sink: spec })] = [...(all[sinkName({ sink: spec })] ?? []), position]
  }
  return all
}

async function restoreState(checkpoint: Checkpoint, { names }: Assembled): Promise<void> {
  const vertices = new Map([...names].map(([vertex, name]) => [name, vertex]))
  await checkpoint.restore((name, block) => {
    const slash = name.indexOf('/')
    const vertex = vertices.get(name.slice(0, slash))
    if (vertex !== undefined) work(vertex, () => vertex.operator.load(name.slice(slash + 1), block))
  })
}

/** What sources that are no longer read remembered. */
async function removeInputs(disk: Disk, folder: string, was: Meta | undefined, now: Meta): Promise<void> {
  const keys = (meta: Meta | undefined) => (meta?.branches ?? []).flatMap(each => each.sources.map(one => one.store))
  const kept = new Set(keys(now))
  for (const key of keys(was)) {
    if (kept.has(key)) continue
    for (const { path } of await disk.list(`${folder}/inputs/${key}`)) await disk.remove(path)
  }
}
