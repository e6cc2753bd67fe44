// What a run would find if it were started now: its query against what was saved of it. Nothing is taken, opened or written.
import type { Disk } from '../base/index.ts'
import type { Output } from '../plan/index.ts'
import { Checkpoint } from '../state/index.ts'
import { evolutionOf, wayOut } from './change.ts'
import { diffText, isSame, needsConsent } from './evolution.ts'
import { inputsIn, metaOf } from './journal.ts'

export interface Preview {
  /** new: nothing was saved. same: the query is the one that was saved. goes on: it changed, and needs nothing. */
  readonly state: 'new' | 'same' | 'goes on' | 'needs consent'
  /** A line a part; empty when nothing was saved. */
  readonly diff: string
  /** What to do; empty when there is nothing to do. */
  readonly fix: string
}

export async function preview(disk: Disk, dir: string, id: string, outputs: readonly Output[]): Promise<Preview> {
  const { meta, committed, folder, positions, isPending } = await Checkpoint.peek({ disk, dir, id })
  const saved = committed === 0 ? undefined : metaOf(meta, id, folder)
  if (saved === undefined) return { state: 'new', diff: '', fix: '' }
  const change = evolutionOf(saved, outputs, committed, isPending ? undefined : inputsIn(positions))
  const diff = diffText(change)
  if (isSame(change)) return { state: 'same', diff, fix: '' }
  return needsConsent(change)
    ? { state: 'needs consent', diff, fix: wayOut(change) }
    : { state: 'goes on', diff, fix: '' }
}
