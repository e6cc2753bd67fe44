// Where the run of a materialized view writes: an epoch's changes are shown when it is committed, all at once.
import { resultSink } from '../connectors/index.ts'
import { rowsOf, type SinkSpec, weightsOf } from '../data/index.ts'
import { exactly, type Weighted } from './rows.ts'

export function viewSink(commit: (changes: readonly Weighted[]) => Promise<void>): SinkSpec {
  return resultSink(({ schema, memory }) => {
    const exact = exactly(schema)
    let changes: Weighted[] = []
    return {
      begin: async () => {
        changes = []
      },
      write(batch) {
        const weights = weightsOf(batch, memory)
        for (const [i, row] of rowsOf(batch, exact, memory).entries())
          changes.push({ row, weight: weights[i] as number })
      },
      commit: () => commit(changes),
    }
  })
}
