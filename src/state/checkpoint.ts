// What a query keeps on disk, under queries/<escaped id>/: meta (what it is), offsets/N (what epoch N will read,
// written before it is read), state/… (sorted runs of changed entries), commits/N (epoch N is whole: positions of
// the inputs, and the list of state files that make up the state). See docs/notes/checkpoint.md.
// Law 3: the files at any instant lead back to the last commit, whatever was being written.
import { type Clock, type Disk, fail, type Lock, MillraceError } from '../base/index.ts'
import type { Json } from '../data/index.ts'
import { Slices } from '../time/index.ts'
import { type Compaction, compact, planCompaction } from './compact.ts'
import type { StateWriter } from './entries.ts'
import { epochOf, numbered, queryFolder } from './folder.ts'
import { readRecord, writeRecord } from './record.ts'
import { BLOCK_BYTES, blocksOf, openRuns, RunWriter, STATE_FIX, type StateFile } from './run-file.ts'
import { cut, sortEntries } from './sort.ts'

export interface CheckpointOptions {
  readonly disk: Disk
  readonly clock: Clock
  /** The engine's folder. */
  readonly dir: string
  readonly id: string
}

export interface Peek {
  readonly folder: string
  readonly meta: Json | undefined
  readonly committed: number
  /** What `commit` was given for the last committed epoch; null before the first. */
  readonly positions: Json
  /** An epoch was planned after it. */
  readonly isPending: boolean
}

interface Commit {
  readonly epoch: number
  readonly positions: Json
  /** Oldest first. */
  readonly files: readonly StateFile[]
}

/** Logs of this many epochs are kept. */
const KEPT_EPOCHS = 10
/** Bytes that are sorted in one go: about 5 ms. */
const SORT_BYTES = 1 << 18

export class Checkpoint {
  readonly folder: string
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #lock: Lock
  /** The last commit, as it is on disk. */
  #last: Commit = { epoch: 0, positions: null, files: [] }
  /** Its state files, with a finished merge standing in for what it merged. */
  #files: readonly StateFile[] = []
  /** State files of the commit before the last: still there, should the last be lost. */
  #before: readonly StateFile[] = []
  #added: StateFile[] = []
  #plan: Json | undefined
  #compaction: Compaction | undefined
  #isKept: (store: string) => boolean = () => true
  /** Bytes of the state files, as of the last commit. */
  bytes = 0

  private constructor(options: CheckpointOptions, folder: string, lock: Lock) {
    this.folder = folder
    this.#disk = options.disk
    this.#clock = options.clock
    this.#lock = lock
  }

  /** Take the query's folder for this process and find where the query stood. */
  static async open(options: CheckpointOptions): Promise<Checkpoint> {
    const { disk, dir, id } = options
    const folder = queryFolder(dir, id)
    await disk.makeFolder(folder)
    const lock = await disk.lock(`${folder}/lock`)
    const checkpoint = new Checkpoint(options, folder, lock)
    try {
      await checkpoint.#find()
    } catch (error) {
      await lock.release()
      throw error
    }
    return checkpoint
  }

  /** What a query's folder says, without taking it: a run may be going on. */
  static async peek({ disk, dir, id }: Omit<CheckpointOptions, 'clock'>): Promise<Peek> {
    const folder = queryFolder(dir, id)
    const commits = await disk.list(`${folder}/commits`)
    const committed = Math.max(0, ...commits.map(each => epochOf(nameOf(each.path)) ?? 0))
    const file = `${folder}/meta`
    const meta = (await disk.exists(file)) ? await readRecord(disk, file, 'meta', STATE_FIX) : undefined
    const last = commits.find(each => epochOf(nameOf(each.path)) === committed)
    const done = last === undefined ? undefined : await readRecord(disk, last.path, 'done', STATE_FIX)
    const positions = (done as unknown as Commit | undefined)?.positions ?? null
    const planned = (await disk.list(`${folder}/offsets`)).map(each => epochOf(nameOf(each.path)) ?? 0)
    return { folder, committed, meta, positions, isPending: planned.some(epoch => epoch > committed) }
  }

  /** Remove what was kept of a query that is not running: the next run of the id begins anew. */
  static async forget({ disk, dir, id }: Omit<CheckpointOptions, 'clock'>): Promise<void> {
    const folder = queryFolder(dir, id)
    const lock = await disk.lock(`${folder}/lock`)
    try {
      // The commits first: what is left without them is of no query.
      for (const { path } of await disk.list(`${folder}/commits`)) await disk.remove(path)
      for (const { path } of await disk.glob(folder)) if (!path.endsWith('/lock')) await disk.remove(path)
    } finally {
      await lock.release()
    }
  }

  /** The last committed epoch; 0 before the first. */
  get committed(): number {
    return this.#last.epoch
  }
  /** What `commit` was given for it; null before the first. */
  get positions(): Json {
    return this.#last.positions
  }
  /** The plan of the epoch after the last commit, if it was written. */
  get pending(): Json | undefined {
    return this.#plan
  }

  /** State of other operators is dropped: it is not handed out, and merging leaves it out. Stores are `operator/store`. */
  keepOnly(operators: ReadonlySet<string>): void {
    this.#isKept = store => operators.has(store.slice(0, store.indexOf('/')))
  }

  async readMeta(): Promise<Json | undefined> {
    const file = `${this.folder}/meta`
    if (!(await this.#disk.exists(file))) return undefined
    return readRecord(this.#disk, file, 'meta', STATE_FIX)
  }

  async writeMeta(meta: Json): Promise<void> {
    await writeRecord(this.#disk, `${this.folder}/meta`, 'meta', meta)
  }

  async writePlan(epoch: number, plan: Json): Promise<void> {
    if (epoch !== this.#last.epoch + 1)
      fail('ASSERTION', { reason: `epoch ${epoch} planned after ${this.#last.epoch}` })
    await writeRecord(this.#disk, this.#file('offsets', epoch), 'plan', plan)
  }

  /**
   * Make what `save` puts durable. It is part of the state once the epoch is committed. A save that comes in slices is
   * written slice by slice, the host having its turns between them.
   */
  async saveState(epoch: number, save: (writer: StateWriter) => Iterable<void> | void): Promise<void> {
    await this.#adoptCompaction()
    this.#added = []
    const name = numbered(epoch)
    const slices = new Slices(this.#clock)
    const given: Given[] = []
    let writer: RunWriter | undefined
    const put = (store: string, block: Uint8Array): void => void given.push({ store, block: block.slice() })
    try {
      for (const _ of save({ put }) ?? [undefined]) {
        if (given.length > 0) writer ??= await RunWriter.open(this.#disk, this.#state(name))
        for (const { store, block } of given.splice(0)) await writeSorted(writer as RunWriter, store, block, slices)
        if (slices.due) await slices.rest()
      }
    } catch (error) {
      await writer?.abandon()
      throw error
    }
    if (writer !== undefined) this.#added = [{ name, bytes: await writer.finish() }]
  }

  /** The epoch is whole. Then what only older epochs needed is removed, and files are merged when there are many. */
  async commit(epoch: number, positions: Json): Promise<void> {
    const files = [...this.#files, ...this.#added]
    await writeRecord(this.#disk, this.#file('commits', epoch), 'done', { epoch, positions, files: files as never })
    const old = this.#before
    this.#before = this.#last.files
    this.#last = { epoch, positions, files }
    this.#files = files
    this.#added = []
    this.#plan = undefined
    this.bytes = files.reduce((sum, each) => sum + each.bytes, 0)
    await this.#removeOld(epoch, old)
    this.#compaction ??= this.#beginCompaction()
  }

  /** Hand the state to `load`, oldest entries first: a later entry of a key takes its place, or removes it. */
  async restore(load: (store: string, block: Uint8Array) => void): Promise<void> {
    const slices = new Slices(this.#clock)
    for (const { name, bytes } of this.#last.files) {
      const file = await openRuns(this.#disk, this.#state(name), bytes)
      try {
        for (const run of file.runs.filter(each => this.#isKept(each.store)))
          for await (const block of blocksOf(file, run)) {
            load(run.store, block)
            if (slices.due) await slices.rest()
          }
      } finally {
        await file.handle.close()
      }
    }
  }

  /** Waits for a merge that is going on: for tests and for the end of a run. */
  async settle(): Promise<void> {
    await this.#compaction?.done
  }

  async close(): Promise<void> {
    this.#compaction?.stop()
    await this.#compaction?.done.catch(() => {})
    await this.#lock.release()
  }

  #file(log: 'offsets' | 'commits', epoch: number): string {
    return `${this.folder}/${log}/${numbered(epoch)}`
  }
  #state(name: string): string {
    return `${this.folder}/state/${name}`
  }

  async #find(): Promise<void> {
    const commits = await this.#epochs('commits')
    const plans = await this.#epochs('offsets')
    const epoch = commits.at(-1)
    if (epoch !== undefined) this.#last = await this.#readCommit(epoch)
    const before = commits.at(-2)
    if (before !== undefined) this.#before = (await this.#readCommit(before)).files
    this.#files = this.#last.files
    this.bytes = this.#files.reduce((sum, each) => sum + each.bytes, 0)
    const next = this.#last.epoch + 1
    const beyond = plans.find(each => each > next)
    if (beyond !== undefined) {
      fail('CHECKPOINT_MISSING', {
        file: this.#file('commits', beyond - 1),
        reason: `${this.#file('offsets', beyond)} was written after it`,
      })
    }
    if (plans.includes(next)) {
      const fix = 'remove it: the epoch was not committed and is planned anew'
      this.#plan = await readRecord(this.#disk, this.#file('offsets', next), 'plan', fix)
    }
    await this.#removeOrphans()
  }

  async #readCommit(epoch: number): Promise<Commit> {
    const fix = 'remove it: the epoch is then run again from its log in offsets'
    return (await readRecord(this.#disk, this.#file('commits', epoch), 'done', fix)) as unknown as Commit
  }

  async #epochs(log: 'offsets' | 'commits'): Promise<number[]> {
    const files = await this.#disk.list(`${this.folder}/${log}`)
    return files.flatMap(each => epochOf(nameOf(each.path)) ?? []).sort((a, b) => a - b)
  }

  /** State files that no commit lists: of an epoch that was not committed, of a merge that was not adopted. */
  async #removeOrphans(): Promise<void> {
    const known = new Set([...this.#last.files, ...this.#before].map(each => each.name))
    for (const { path } of await this.#disk.list(`${this.folder}/state`)) {
      if (!known.has(nameOf(path))) await this.#disk.remove(path)
    }
  }

  async #removeOld(epoch: number, old: readonly StateFile[]): Promise<void> {
    const kept = new Set([...this.#last.files, ...this.#before].map(each => each.name))
    for (const { name } of old) if (!kept.has(name)) await this.#disk.remove(this.#state(name))
    const expired = epoch - KEPT_EPOCHS
    if (expired < 1) return
    for (const log of ['offsets', 'commits'] as const) {
      if (await this.#disk.exists(this.#file(log, expired))) await this.#disk.remove(this.#file(log, expired))
    }
  }

  #beginCompaction(): Compaction | undefined {
    const chosen = planCompaction(this.#last.files)
    if (chosen === undefined) return undefined
    return compact({
      disk: this.#disk,
      clock: this.#clock,
      folder: `${this.folder}/state`,
      files: chosen,
      keepDeleted: chosen.length < this.#last.files.length,
      isKept: this.#isKept,
    })
  }

  async #adoptCompaction(): Promise<void> {
    const merged = this.#compaction
    if (merged === undefined || !merged.isDone) return
    this.#compaction = undefined
    const result = await merged.done.catch(forgiveDisk)
    if (result === undefined) return
    const replaced = new Set(merged.files.map(each => each.name))
    const at = this.#files.findIndex(each => replaced.has(each.name))
    this.#files = this.#files.filter(each => !replaced.has(each.name)).toSpliced(at, 0, result)
  }
}

/** A merge for which the disk has no room can wait: nothing depends on it yet. */
function forgiveDisk(error: unknown): undefined {
  if (!(error instanceof MillraceError) || !error.code.startsWith('DISK_')) throw error
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

interface Given {
  readonly store: string
  readonly block: Uint8Array
}

async function writeSorted(writer: RunWriter, store: string, block: Uint8Array, slices: Slices): Promise<void> {
  for (const part of cut(block, SORT_BYTES)) {
    writer.begin(store)
    for (const piece of cut(sortEntries(part), BLOCK_BYTES)) await writer.block(piece)
    if (slices.due) await slices.rest()
  }
}
