// The rows of a materialized view on disk, beside the checkpoints of its run: a file for each epoch that changed something, and
// now and then one of all rows in their place. Law: what is read back is what was committed, whenever the process died.
import { type Disk, fail } from '../base/index.ts'
import type { Schema } from '../types/index.ts'
import { changeIn, lineOf } from './row-text.ts'
import type { Weighted } from './rows.ts'

export interface KeptRows {
  /** The changes of an epoch, durable when it resolves. */
  write(epoch: number, changes: readonly Weighted[]): Promise<void>
  /** What was written of the epochs behind `since` up to `committed`; later ones go. */
  read(since: number, committed: number): Promise<Weighted[]>
  /** These are all rows, as of an epoch. */
  compact(epoch: number, rows: readonly Weighted[]): Promise<void>
  /** What is of epochs up to this one goes. */
  forget(epoch: number): Promise<void>
  /** Changes on disk. */
  readonly size: number
}

interface Part {
  readonly epoch: number
  /** All rows, not only changes. */
  readonly whole: boolean
  readonly path: string
}

export function keptRows(disk: Disk, folder: string, schema: Schema): KeptRows {
  let size = 0
  const pathOf = (epoch: number, whole: boolean): string =>
    `${folder}/${String(epoch).padStart(12, '0')}${whole ? '-whole' : ''}`
  const put = async (path: string, rows: readonly Weighted[]): Promise<void> => {
    await disk.writeAtomic(path, new TextEncoder().encode(rows.map(each => lineOf(each, schema)).join('')))
    size += rows.length
  }
  const removeWhere = async (goes: (part: Part) => boolean): Promise<void> => {
    for (const part of await partsIn(disk, folder)) if (goes(part)) await disk.remove(part.path)
  }
  return {
    get size() {
      return size
    },
    async write(epoch, changes) {
      if (changes.length > 0) await put(pathOf(epoch, false), changes)
    },
    async read(since, committed) {
      await removeWhere(part => part.epoch > committed)
      const parts = (await partsIn(disk, folder)).filter(each => each.epoch > since)
      const start = parts.findLastIndex(each => each.whole)
      const rows: Weighted[] = []
      for (const { path } of parts.slice(Math.max(0, start)))
        for (const each of await linesIn(disk, path)) rows.push(changeOf(each, path, schema))
      size = rows.length
      return rows
    },
    async compact(epoch, rows) {
      size = 0
      await put(pathOf(epoch, true), rows)
      await removeWhere(part => part.epoch < epoch || (part.epoch === epoch && !part.whole))
    },
    forget: epoch => removeWhere(part => part.epoch <= epoch),
  }
}

/** In the order of their epochs; all rows of an epoch stand behind its changes. */
async function partsIn(disk: Disk, folder: string): Promise<Part[]> {
  const found = await disk.list(folder)
  return found
    .flatMap(({ path }): Part[] => {
      const [, epoch, whole] = /(\d{12})(-whole)?$/.exec(path) ?? []
      return epoch === undefined ? [] : [{ epoch: Number(epoch), whole: whole !== undefined, path }]
    })
    .sort((a, b) => a.epoch - b.epoch || Number(a.whole) - Number(b.whole))
}

async function linesIn(disk: Disk, path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await disk.readAll(path))
  return text === '' ? [] : text.trimEnd().split('\n')
}

function changeOf(line: string, path: string, schema: Schema): Weighted {
  try {
    return changeIn(line, schema)
  } catch (error) {
    return fail(
      'CHECKPOINT_CORRUPT',
      { file: path, reason: 'a line is not a change of a row', fix: 'drop the view and make it anew' },
      {},
      error,
    )
  }
}
