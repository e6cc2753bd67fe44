// Law 1, split: any cut of the input into epochs and batches gives the same final table.
import assert from 'node:assert/strict'
import { asap, availableNow, continuous, once } from '../../src/time/index.ts'
import { seeded } from '../support/seed.ts'
import { eventsOf, logOf, queries, runToEnd, story, tableFrom } from './queries.ts'

for (const [name, query] of Object.entries(queries)) {
  seeded(
    `${name}: any cut, any trigger`,
    async rng => {
      const rows = story(rng)
      const whole = await runToEnd(query.node(eventsOf(logOf([rows]))), 'retract', { trigger: once() })
      const expected = tableFrom(whole)
      for (const trigger of [asap, availableNow(), continuous('1 second')]) {
        const log = logOf(rng.cut(rows, rng.int(1, 12)), () => `p${rng.int(0, 2)}`)
        const shelf = await runToEnd(query.node(eventsOf(log)), 'retract', { trigger, epochRows: rng.int(1, 10) })
        assert.deepEqual(tableFrom(shelf), expected, trigger.kind)
      }
    },
    { runs: 4 },
  )
}
