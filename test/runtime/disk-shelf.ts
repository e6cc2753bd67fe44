// A transactional sink of files on the world's disk: an epoch is written and synced, then renamed into view.
import { changesOf, type Sink, type SinkSpec } from '../../src/data/index.ts'
import type { VirtualDisk } from '../../src/testing/index.ts'

/**
 * files: what came after the last commit vanishes when it recovers. database: an epoch that is there stays, and is
 * not written again (a transaction that holds its number).
 */
export type Style = 'files' | 'database'

export function shelfOnDisk(folder: string, style: Style = 'files'): SinkSpec {
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
            const isHidden = path.startsWith(`${folder}/.`)
            if (epoch > committed && (isHidden || style === 'files')) await disk.remove(path)
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
          // Behind what is there: leftovers that recover() forgot would be seen.
          const file = await disk.append(hidden(epoch), (await disk.info(hidden(epoch)))?.bytes ?? 0)
          await file.write(new TextEncoder().encode(lines.map(line => `${line}\n`).join('')))
          await file.sync()
          await file.close()
        },
        async commit(epoch) {
          if (style === 'database' && (await disk.exists(visible(epoch)))) return
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
    if (text !== '') found[name] = text.trimEnd().split('\n').sort()
  }
  return found
}
