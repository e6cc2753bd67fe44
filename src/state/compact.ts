// Merging state files off the hot path. Sizes are kept geometric: a file is merged with the newer ones when these
// together are at least half its size, so the number of files stays logarithmic and every byte is rewritten a
// logarithmic number of times.
import type { Clock, Disk } from '../base/index.ts'
import { Slices } from '../time/index.ts'
import { merge } from './merge.ts'
import { openRuns, type RunFile, RunWriter, type StateFile } from './run-file.ts'

/** Fewer files than this are left alone. */
const FILES_MIN = 8
/** Files below this size count as this size. */
const SIZE_MIN = 1 << 16

/** The newest files that should become one; undefined: none. */
export function planCompaction(files: readonly StateFile[]): readonly StateFile[] | undefined {
  if (files.length < FILES_MIN) return undefined
  let from = files.length - 1
  let newer = sizeOf(files[from] as StateFile)
  for (let i = files.length - 2; i >= 0; i--) {
    const size = sizeOf(files[i] as StateFile)
    if (size <= 2 * newer) from = i
    newer += size
  }
  return from === files.length - 1 ? undefined : files.slice(from)
}

const sizeOf = (file: StateFile): number => Math.max(file.bytes, SIZE_MIN)

export interface Compaction {
  readonly files: readonly StateFile[]
  /** The merged file; undefined when it was stopped. */
  readonly done: Promise<StateFile | undefined>
  readonly isDone: boolean
  stop(): void
}

export interface CompactOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly folder: string
  readonly files: readonly StateFile[]
  readonly keepDeleted: boolean
  /** Stores that are wanted still. */
  readonly isKept: (store: string) => boolean
}

/** Begin to merge; the files themselves stay. */
export function compact(options: CompactOptions): Compaction {
  const control = { stopped: false, isDone: false }
  const done = run(options, control).finally(() => {
    control.isDone = true
  })
  // Whoever adopts the result hears of a failure; until then it is not an unhandled one.
  done.catch(() => {})
  return {
    files: options.files,
    done,
    get isDone() {
      return control.isDone
    },
    stop: () => {
      control.stopped = true
    },
  }
}

async function run(options: CompactOptions, control: { readonly stopped: boolean }): Promise<StateFile | undefined> {
  const { disk, folder, files, keepDeleted, isKept } = options
  const slices = new Slices(options.clock)
  const open: RunFile[] = []
  try {
    for (const { name, bytes } of files) open.push(await openRuns(disk, `${folder}/${name}`, bytes))
    const first = files[0] as StateFile
    const last = files.at(-1) as StateFile
    const name = `${first.name.split('-')[0]}-${last.name.split('-').at(-1)}`
    const writer = await RunWriter.open(disk, `${folder}/${name}`)
    const stores = new Set(open.flatMap(each => each.runs.map(one => one.store)))
    for (const store of [...stores].filter(isKept)) {
      writer.begin(store)
      for await (const block of merge(open, store, keepDeleted)) {
        if (control.stopped) return void (await writer.abandon())
        await writer.block(block)
        if (slices.due) await slices.rest()
      }
    }
    return { name, bytes: await writer.finish() }
  } finally {
    for (const each of open) await each.handle.close()
  }
}
