// A transactional sink of files on the world's disk: an epoch is written and synced, then renamed into view.
import { changesOf, type Sink, type SinkSpec } from '../../src/data/index.ts'
import type { VirtualDisk } from '../../src/testing/index.ts'

export function shelfOnDisk(folder: string): SinkSpec {
  return {
    kind: 'test files',
    name: folder,
    fingerprint: null,
    modes: ['retract', 'append', 'update', 'complete'],
    guarantee: 'exactly once',
    open: async ({ world: { disk }, schema, memory }) => {
      let lines: string[] = []
      const hidden = (epoch: number): string => `${folder}/.${epoch}`
      const visible = (epoch: number): string => `${folder}/${epoch}`
      const sink: Sink = {
        pending: 0,
        async recover(committed) {
          for (const { path } of await disk.list(folder)) {
            const epoch = Number(path.slice(folder.length + 1).replace('.', ''))
            if (epoch > committed) await disk.remove(path)
          }
        },
        async begin() {
          lines = []
        },
        write(batch) {
          for (const change of changesOf(batch, schema, memory)) lines.push(JSON.stringify(change))
        },
        async drain() {},
        async prepare(epoch) {
          const file = await disk.append(hidden(epoch), 0)
          await file.write(new TextEncoder().encode(lines.join('\n')))
          await file.sync()
          await file.close()
        },
        async commit(epoch) {
          if (await disk.exists(hidden(epoch))) await disk.rename(hidden(epoch), visible(epoch))
        },
        async close() {},
      }
      return sink
    },
  }
}

/** What a reader of the folder sees: lines by file, in no order: a table has none within an epoch. */
export function shelfFiles(disk: VirtualDisk, folder: string): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const path of disk.files.keys()) {
    const name = path.slice(folder.length + 1)
    if (!path.startsWith(`${folder}/`) || name.startsWith('.')) continue
    const text = disk.text(path)
    if (text !== '') found[name] = text.split('\n').sort()
  }
  return found
}
