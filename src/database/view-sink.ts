// Where the run of a materialized view writes: an epoch's changes are shown when it is committed, all at once.
import { resultSink } from '../connectors/index.ts'
import type { SinkSpec } from '../data/index.ts'
import { exactReader, type Weighted } from './rows.ts'

export function viewSink(commit: (changes: readonly Weighted[]) => Promise<void>): SinkSpec {
  return resultSink(({ schema, memory }) => {
    const read = exactReader(schema, memory)
    let changes: Weighted[] = []
    return {
      begin: async () => {
        changes = []
      },
      write: batch => void changes.push(...read(batch)),
      commit: () => commit(changes),
    }
  })
}
