// MERGE of memory tables: what each WHEN does is found out first, then all is done at once. A row of the table meets one row
// of the source at most.
import { fail } from '../base/index.ts'
import { identity } from '../connectors/index.ts'
import type { Merge } from '../sql/index.ts'
import { plannedFor, storeNamed } from './change.ts'
import { changesOf, type Turn, turnsOf } from './changed.ts'
import { plannedFor as plannedInsertFor } from './insert.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { makeChanges } from './pending.ts'
import type { Given, Place } from './place.ts'
import type { Weighted } from './rows.ts'
import type { Store } from './store.ts'

export function merge(statement: Merge, given: Given, place: Place): Promise<string> {
  const store = storeNamed(statement, given, place)
  return oneAtATime(place, async () => {
    const changes: Weighted[] = []
    const met: Turn[] = []
    let rows = 0
    for (const part of statement.parts) {
      const isInsert = part.kind === 'insert'
      const planned = isInsert
        ? await plannedInsertFor(part, store, given, place)
        : await plannedFor(part, store, given, place)
      const turns = await turnsOf(planned, store, statement.table, given, place)
      if (!isInsert) met.push(...turns)
      changes.push(...changesOf(turns, part.kind))
      for (const { weight } of turns) rows += weight
    }
    expectOnce(met, store, statement.table)
    const outcome = `MERGE ${rows}`
    await makeChanges([{ store, changes: store.index.pack(changes), outcome }], place)
    return outcome
  })
}

/** No row of the table is changed more often than it is there. */
function expectOnce(turns: readonly Turn[], { schema, index }: Store, table: string): void {
  const names = schema.fields.map(each => each.name)
  const wanted = new Map<string, number>()
  for (const { going, weight } of turns) {
    const id = identity(going, names)
    wanted.set(id, (wanted.get(id) ?? 0) + weight)
  }
  const there = index.weightsOf(turns.map(each => each.going))
  if (turns.some(({ going }, i) => (wanted.get(identity(going, names)) as number) > (there[i] as number)))
    fail('ROW_MET_TWICE', { table })
}
