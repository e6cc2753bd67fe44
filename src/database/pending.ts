// What a statement will change, found out before anything is changed: done by itself, or together with what stands in its WITH.
import { type RowBlock, takenBack } from '../data/index.ts'
import type { Node } from '../plan/index.ts'
import { settled } from './define.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Place } from './place.ts'
import type { Store } from './store.ts'

export interface Pending {
  readonly store: Store
  readonly changes: readonly RowBlock[]
  /** The rows of RETURNING, or the tag. */
  readonly outcome: Node | string
}

/** A statement by itself: what it does is found out, and done. */
export const changed = (place: Place, find: () => Promise<Pending>): Promise<Node | string> =>
  oneAtATime(place, async () => {
    const found = await find()
    await makeChanges([found], place)
    return found.outcome
  })

/** All of them or none: where one can not be made, those before it are taken back. */
export async function makeChanges(pending: readonly Pending[], place: Place): Promise<void> {
  const made: Pending[] = []
  try {
    for (const each of byStore(pending)) {
      await each.store.change(each.changes)
      made.push(each)
    }
  } catch (error) {
    for (const { store, changes } of made) await store.change(changes.map(takenBack))
    throw error
  } finally {
    await settled(place)
  }
}

/** What happens to a table happens at once: a key that goes may come again. */
function byStore(pending: readonly Pending[]): readonly Pending[] {
  const all = new Map<Store, Pending>()
  for (const each of pending) {
    const known = all.get(each.store)
    all.set(each.store, known === undefined ? each : { ...known, changes: [...known.changes, ...each.changes] })
  }
  return [...all.values()]
}
