// Branches that have read equally far become one again: a source is read once, and what both keep is kept once. Law: each
// output is told what it would have been told had they stayed apart. So sources stand at the same offsets and watermarks;
// and state that both have follows from the sum of what was read (graft.ts), in whatever epochs each of them read it.
import type { Output } from '../plan/index.ts'
import type { Branch, Look, SavedBranch, SavedPart } from './evolution.ts'
import type { InputPosition } from './input.ts'
import { takenOf } from './naming.ts'

/** Where sources stood at the last commit, by the names of their offsets. */
export type Positions = Readonly<Record<string, InputPosition>>

export function joinBranches(
  branches: readonly Branch[],
  outputs: readonly Output[],
  positions: Positions,
  look: (outputs: readonly Output[]) => Look,
): Branch[] {
  const joined: Branch[] = []
  for (const branch of branches) {
    const found = joined
      .map((each, at) => ({ at, both: both(each, branch, positions) }))
      .find(({ both }) => both !== undefined && goesOn(both, look(both.branch.outputs.map(i => outputs[i] as Output))))
    if (found?.both === undefined) joined.push(branch)
    else joined[found.at] = found.both.branch
  }
  return joined
}

interface Both {
  readonly branch: Branch & { readonly saved: SavedBranch }
  /** Hashes of the state that both have. */
  readonly shared: ReadonlySet<string>
}

/** Two branches as one, if they have read the same; what the first has is kept. */
function both(a: Branch, b: Branch, positions: Positions): Both | undefined {
  if (a.saved === undefined || b.saved === undefined || isFresh(a) || isFresh(b)) return undefined
  const common = b.saved.sources.flatMap(part => pairWith(a.saved?.sources ?? [], part))
  if (common.length === 0 || !common.every(([x, y]) => isSame(positions[x.store], positions[y.store]))) return undefined
  const added = (of: readonly SavedPart[], to: readonly SavedPart[]): readonly SavedPart[] => [
    ...to,
    ...of.filter(part => pairWith(to, part).length === 0),
  ]
  const saved: SavedBranch = {
    id: a.id,
    outputs: [...a.saved.outputs, ...b.saved.outputs],
    states: added(b.saved.states, a.saved.states),
    sources: added(b.saved.sources, a.saved.sources),
  }
  const outputs = [...a.outputs, ...b.outputs]
  const shared = new Set(
    b.saved.states.flatMap(part => pairWith(a.saved?.states ?? [], part)).map(([{ hash }]) => hash),
  )
  return { branch: { ...a, saved, outputs, since: [...a.since, ...b.since] }, shared }
}

/** Nothing of it goes on, or something was put into it that has had no epoch yet. */
const isFresh = ({ outputs, saved, committed }: Branch): boolean =>
  outputs.length === 0 || [...(saved?.outputs ?? []), ...(saved?.states ?? [])].some(each => each.after === committed)

function pairWith(parts: readonly SavedPart[], part: SavedPart): readonly (readonly [SavedPart, SavedPart])[] {
  const own = parts.find(({ hash }) => hash === part.hash)
  return own === undefined ? [] : [[own, part]]
}

/** When a partition was last heard of is not part of it: that is the clock's. */
function isSame(a: InputPosition | undefined, b: InputPosition | undefined): boolean {
  if (a === undefined || b === undefined) return false
  const words = ({ offset, ended, time: { watermark, passed, partitions } }: InputPosition): string => {
    const reached = partitions.map(([name, greatest]) => [name, greatest]).sort()
    return JSON.stringify([offset, ended, watermark, passed, reached])
  }
  return words(a) === words(b)
}

function goesOn({ branch, shared }: Both, now: Look): boolean {
  const there = takenOf(branch.saved, now)
  const isThere = now.needs.every(each => [...each.states, ...each.sources].every(hash => there.has(hash)))
  return isThere && now.states.every(({ hash }) => !shared.has(hash) || now.follows.has(hash))
}
