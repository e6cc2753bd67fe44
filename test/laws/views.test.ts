// Law 6, views: append, update, retract and complete of the same run integrate to the same table.
import assert from 'node:assert/strict'
import { properties } from '../../src/plan/index.ts'
import { availableNow } from '../../src/time/index.ts'
import { allOf, type Shelf } from '../runtime/support.ts'
import { seeded } from '../support/seed.ts'
import { eventsOf, logOf, queries, runToEnd, story, tableFrom } from './queries.ts'

/** The last row of every key, keys that are gone left out. */
function upserted(shelf: Shelf, key: readonly string[]): string[] {
  const rows = new Map<string, string>()
  for (const { row, weight } of allOf(shelf)) {
    const id = JSON.stringify(key.map(name => (row as Record<string, unknown>)[name]))
    if (weight > 0) rows.set(id, JSON.stringify(row))
    else rows.delete(id)
  }
  return [...rows.values()].sort()
}

/** The table as the last epoch told it, whatever that changed. */
function lastTold(shelf: Shelf): string[] {
  const epochs = [...shelf.epochs].sort(([a], [b]) => a - b).map(([, changes]) => changes)
  return (epochs.at(-1) ?? []).map(({ row }) => JSON.stringify(row)).sort()
}

for (const [name, query] of Object.entries(queries)) {
  seeded(
    name,
    async rng => {
      const log = logOf(rng.cut(story(rng), 6))
      const node = query.node(eventsOf(log))
      const how = { trigger: availableNow(), epochRows: 5 }
      const expected = tableFrom(await runToEnd(node, 'retract', how))
      const { appendOnly, keys, size } = properties(node)
      if (appendOnly) assert.deepEqual(tableFrom(await runToEnd(node, 'append', how)), expected, 'append')
      if (keys !== undefined) assert.deepEqual(upserted(await runToEnd(node, 'update', how), keys), expected, 'update')
      if (size.class !== 'unbounded')
        assert.deepEqual(lastTold(await runToEnd(node, 'complete', how)), expected, 'complete')
    },
    { runs: 4 },
  )
}
