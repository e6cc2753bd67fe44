// Where the run of a materialized view writes: an epoch's changes are shown when it is committed, all at once. With a folder they are
// on disk before, and a run that goes on finds the rows as of its last commit.
import { packed, type RowBlock, type SinkSpec } from '../data/index.ts'
import { keptRows } from './kept-rows.ts'
import type { Store } from './store.ts'

const nothing = async (): Promise<void> => undefined

/** Changes that may be on disk beyond twice the rows. */
const SLACK = 10_000

/** @param folder of its rows; undefined: nothing of them is kept */
export function viewSink(store: Store, folder: string | undefined): SinkSpec<'retract'> {
  return {
    kind: 'view',
    name: 'materialized view',
    fingerprint: null,
    modes: ['retract'],
    guarantee: 'exactly once',
    renews: true,
    async open({ schema, memory, world, since }) {
      const arena = memory.arena()
      const kept = folder === undefined ? undefined : keptRows(world.disk, folder, schema)
      const { index } = store
      let changes: RowBlock[] = []
      return {
        recover: async committed => store.change(index.pack((await kept?.read(since, committed)) ?? [])),
        async begin() {
          changes = []
        },
        write(batch) {
          changes.push(packed(batch, batch.columns, arena))
          arena.reset()
        },
        pending: 0,
        drain: nothing,
        prepare: async epoch => kept?.write(epoch, index.unpack(changes)),
        async commit(epoch) {
          await store.change(changes)
          changes = []
          if (kept === undefined) return
          if (epoch > since) await kept.forget(since)
          if (kept.size > SLACK + 2 * index.count) await kept.compact(epoch, index.unpack(index.rows()))
        },
        close: async () => arena.free(),
      }
    },
  }
}
