// Law 4, batch = stream: the same query over the same rows gives the same table either way, no row being late.
import assert from 'node:assert/strict'
import { availableNow } from '../../src/time/index.ts'
import { seeded } from '../support/seed.ts'
import { batchOf, eventsOf, logOf, queries, runToEnd, story, tableFrom } from './queries.ts'

for (const [name, query] of Object.entries(queries)) {
  seeded(
    name,
    async rng => {
      const log = logOf(rng.cut(story(rng), 6))
      const stream = await runToEnd(query.node(eventsOf(log)), 'retract', { trigger: availableNow(), epochRows: 5 })
      assert.deepEqual(tableFrom(stream), await batchOf(query, log))
    },
    { runs: 4 },
  )
}
