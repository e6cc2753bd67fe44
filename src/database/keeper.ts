// Whether a materialized view goes on where it was when the process starts again, and where that is kept. It does with a folder of
// checkpoints, if all that it reads can be read again: rows of this process can not.
import { type Node, nodesOf } from '../plan/index.ts'
import { Checkpoint, queryFolder } from '../state/index.ts'
import type { Place } from './place.ts'

export interface Keeper {
  /** Of its run. */
  readonly id: string
  /** Of its rows. */
  readonly folder: string
  forget(): Promise<void>
}

export function keeperOf(name: string, node: Node, uses: ReadonlySet<string>, place: Place): Keeper | undefined {
  const { dir } = place.jobs
  const { disk } = place.world
  if (dir === undefined || isOfProcess(uses, place) || !canBeReadAgain(node)) return undefined
  const id = `materialized view ${name}`
  return { id, folder: `${queryFolder(dir, id)}/rows`, forget: () => Checkpoint.forget({ disk, dir, id }) }
}

/** It is made of rows that this process holds, however far below. */
function isOfProcess(names: ReadonlySet<string>, place: Pick<Place, 'relations'>): boolean {
  return [...names].some(name => {
    const { store, follows, uses } = place.relations.get(name) ?? {}
    return store !== undefined || follows !== undefined || (uses !== undefined && isOfProcess(uses, place))
  })
}

const canBeReadAgain = (root: Node): boolean =>
  nodesOf(root).every(node => {
    if (node.kind !== 'source') return true
    const { replayable, kind, bounded } = node.spec
    return replayable && (kind !== 'memory' || bounded)
  })
