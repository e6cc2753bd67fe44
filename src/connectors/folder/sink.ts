// Sinks that write files into a folder. A folder belongs to one query, whose name it keeps in `.millrace/owner`.
import { type Disk, fail } from '../../base/index.ts'
import { type SinkSpec, utf8 } from '../../data/index.ts'
import { AppendSink } from './append-sink.ts'
import { CompleteSink } from './complete-sink.ts'
import type { FileFormat } from './format.ts'
import { partNumber } from './names.ts'
import { type FolderOptions, folderSettings } from './options.ts'

/** Files of a format in a folder, exactly once. */
export function folderSink<M extends 'append' | 'complete' = 'append'>(
  folder: string,
  format: FileFormat,
  options: FolderOptions<M> = {},
): SinkSpec<M> {
  const settings = folderSettings(`write.${format.name}`, folder, options)
  const { partitionBy, mode } = settings
  return {
    kind: `${format.name} files`,
    name: settings.folder,
    fingerprint: { folder: settings.folder, format: format.name, partitionBy: [...partitionBy], mode },
    modes: [mode as M],
    guarantee: 'exactly once',
    async open(context) {
      const { disk } = context.world
      const lock = await disk.lock(`${settings.folder}/.millrace/lock`)
      try {
        await own(disk, settings.folder, format.extension, context.query)
        const Kind = mode === 'complete' ? CompleteSink : AppendSink
        return new Kind(settings, format, context, lock)
      } catch (error) {
        await lock.release()
        throw error
      }
    },
  }
}

// Files that look like ours in a folder that has no owner are not ours: they would be overwritten.
async function own(disk: Disk, folder: string, extension: string, query: string): Promise<void> {
  const path = `${folder}/.millrace/owner`
  if (!(await disk.exists(path))) {
    const foreign = (await disk.glob(folder)).find(each => partNumber(each.path, extension) !== undefined)
    if (foreign !== undefined) fail('SINK_TAKEN', { path: folder, owner: `that wrote ${foreign.path}` })
    return disk.writeAtomic(path, utf8(query))
  }
  const owner = new TextDecoder().decode(await disk.readAll(path))
  if (owner !== query) fail('SINK_TAKEN', { path: folder, owner })
}
