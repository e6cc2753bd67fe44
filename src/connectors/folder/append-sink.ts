// Rows into files of a folder, exactly once. Protocol: rows of an epoch are appended to hidden files under
// `.millrace/open/`; prepare makes them durable and writes the manifest that knows their lengths; commit renames
// the files that are full or old; idle() does so between epochs. recover(n) goes back to manifest n: files are cut to its lengths, younger ones vanish.
// So a file is visible only when it will never change, and an undisturbed run leaves the same files.
import type { Lock, WriteHandle } from '../../base/index.ts'
import type { Arena, Batch, Json, Sink, SinkContext } from '../../data/index.ts'
import { mapLimited } from '../../host/index.ts'
import { ByteQueue, Spares } from './byte-queue.ts'
import type { FileFormat, RowWriter } from './format.ts'
import { EMPTY_MANIFEST, type Manifest, Manifests, type OpenFile } from './manifest.ts'
import { partName, partNumber } from './names.ts'
import type { FolderSettings } from './options.ts'
import { type Splitter, splitter } from './split.ts'

/** A file in the making. */
interface Draft {
  readonly n: number
  readonly partition: string
  readonly since: number
  /** With what waits. */
  bytes: number
  readonly queue: ByteQueue
  written: number
  handle: WriteHandle | undefined
  /** Somebody works with the handle: it is not to be closed. */
  busy: boolean
  dirty: boolean
}

/** Files held open at once. */
const HANDLES = 64
/** A file that has so many bytes waiting is written at the next turn. */
const WRITE_BYTES = 1 << 18
/** What may wait in all files together, so that a thousand partitions are not a thousand writes per batch. */
const HELD_BYTES = 1 << 24
/** Files made durable at a time. */
const SYNCS = 16

export class AppendSink implements Sink {
  readonly #settings: FolderSettings
  readonly #format: FileFormat
  readonly #context: SinkContext
  readonly #manifests: Manifests
  readonly #arena: Arena
  readonly #split: Splitter
  readonly #writer: RowWriter
  readonly #lock: Lock
  #base: Manifest = EMPTY_MANIFEST
  #next = 1
  readonly #drafts = new Map<string, Draft>()
  #full: Draft[] = []
  /** Drafts that have enough to be written. */
  #heavy: Draft[] = []
  readonly #open = new Set<Draft>()
  readonly #spares = new Spares()
  /** The write that is under way while rows go on being encoded. */
  #writing: Promise<void> = Promise.resolve()
  #epochOpen = false
  pending = 0

  constructor(settings: FolderSettings, format: FileFormat, context: SinkContext, lock: Lock) {
    this.#settings = settings
    this.#format = format
    this.#context = context
    this.#lock = lock
    this.#manifests = new Manifests(context.world.disk, settings.folder)
    this.#arena = context.memory.arena()
    this.#split = splitter(context.schema, settings.partitionBy, context.memory, this.#arena)
    this.#writer = format.open(context.memory, context.schema)
  }

  position(): Json {
    return this.#base.epoch
  }

  async recover(committed: number, position?: Json): Promise<void> {
    await this.#closeHandles()
    this.#drafts.clear()
    this.#full = []
    this.#heavy = []
    this.pending = 0
    this.#base = await this.#manifests.goBackTo(committed, typeof position === 'number' ? position : 0)
    this.#next = this.#base.next
    await this.#hide()
    await this.#dropUnknown()
    await this.#show(this.#base)
    for (const file of this.#base.open) await this.#resume(file)
  }

  async begin(): Promise<void> {
    this.#epochOpen = true
  }

  write(batch: Batch): void {
    this.#arena.reset()
    for (const part of this.#split(batch)) this.#take(part.partition, this.#writer.encode(part.batch))
  }

  /** Waits for the write before, and starts the next one. */
  async drain(): Promise<void> {
    await this.#writing
    const due = this.#due()
    if (due.length === 0) return
    this.#writing = this.#writeAll(due)
    this.#writing.catch(() => {})
  }

  async prepare(epoch: number): Promise<void> {
    await this.#writing
    this.#ageOut()
    const all = this.#all()
    if (!all.some(each => each.dirty || each.queue.length > 0) && this.#full.length === 0) return
    await this.#makeDurable(all)
    await this.#record(epoch)
  }

  /** Between epochs: what has become old becomes visible, though no row comes. */
  async idle(): Promise<number> {
    this.#ageOut()
    if (this.#full.length > 0) await this.#publish()
    const { clock } = this.#context.world
    const oldest = [...this.#drafts.values()].reduce(
      (least, each) => Math.min(least, each.since),
      Number.POSITIVE_INFINITY,
    )
    return Math.max(1, oldest + this.#settings.rollAgeMs - clock.now())
  }

  async commit(epoch: number): Promise<void> {
    this.#epochOpen = false
    if (this.#base.epoch !== epoch) return
    await this.#show(this.#base)
    await this.#manifests.trim()
  }

  async close(reason: 'done' | 'stopped' | 'failed'): Promise<void> {
    try {
      await this.#writing.catch(() => {})
      if (reason !== 'failed' && !this.#epochOpen) await this.#finish()
      await this.#closeHandles()
    } finally {
      this.#writer.close()
      this.#arena.free()
      await this.#lock.release()
    }
  }

  /** At the end everything becomes visible. */
  async #finish(): Promise<void> {
    if (this.#drafts.size === 0) return
    for (const draft of [...this.#drafts.values()]) this.#fill(draft)
    await this.#publish()
  }

  /** Make what is full visible outside an epoch, as a second form of the last committed epoch's manifest. */
  async #publish(): Promise<void> {
    await this.#makeDurable(this.#full)
    await this.#record(this.#base.epoch)
    await this.#show(this.#base)
  }

  #all(): Draft[] {
    return [...this.#full, ...this.#drafts.values()]
  }

  #take(partition: string, bytes: Uint8Array): void {
    let draft = this.#drafts.get(partition)
    if (draft === undefined) {
      const since = this.#context.world.clock.now()
      draft = this.#draft({ n: this.#next++, partition, since, bytes: 0 }, true)
      if (this.#writer.header.length > 0) this.#append(draft, this.#writer.header)
    }
    this.#append(draft, bytes)
    if (draft.bytes >= this.#settings.rollBytes) this.#fill(draft)
  }

  #draft({ n, partition, since, bytes }: OpenFile, dirty: boolean): Draft {
    const queue = new ByteQueue(this.#spares)
    const draft = { n, partition, since, bytes, queue, written: bytes, handle: undefined, busy: false, dirty }
    this.#drafts.set(partition, draft)
    return draft
  }

  #append(draft: Draft, bytes: Uint8Array): void {
    const before = draft.queue.length
    draft.queue.push(bytes)
    draft.bytes += bytes.length
    this.pending += bytes.length
    if (before < WRITE_BYTES && draft.queue.length >= WRITE_BYTES) this.#heavy.push(draft)
  }

  /** What is worth a write now: files with much to write, and when too much waits in all, those with most. */
  #due(): Draft[] {
    const due = this.#heavy
    this.#heavy = []
    const light = this.pending - due.reduce((sum, each) => sum + each.queue.length, 0)
    if (light <= HELD_BYTES) return due
    const all = this.#all().sort((a, b) => b.queue.length - a.queue.length)
    let left = this.pending
    return all.filter(each => {
      const needed = left > HELD_BYTES / 2
      left -= each.queue.length
      return needed
    })
  }

  #fill(draft: Draft): void {
    this.#drafts.delete(draft.partition)
    this.#full.push(draft)
  }

  #ageOut(): void {
    const now = this.#context.world.clock.now()
    for (const draft of [...this.#drafts.values()]) if (now - draft.since >= this.#settings.rollAgeMs) this.#fill(draft)
  }

  async #writeAll(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) await this.#withHandle(draft, handle => this.#write(draft, handle))
  }

  async #write(draft: Draft, handle: WriteHandle): Promise<void> {
    if (draft.queue.length === 0) return
    const bytes = draft.queue.take()
    this.pending -= bytes.length
    draft.written += bytes.length
    draft.dirty = true
    await handle.write(bytes)
    this.#spares.give(bytes)
  }

  /** All that was written is on the disk. A handle that was closed in between does not matter: a sync is of the file. */
  async #makeDurable(drafts: readonly Draft[]): Promise<void> {
    const failures: unknown[] = []
    const changed = drafts.filter(each => each.dirty || each.queue.length > 0)
    await mapLimited(changed, SYNCS, draft =>
      this.#withHandle(draft, async handle => {
        await this.#write(draft, handle)
        await handle.sync()
        draft.dirty = false
      }).catch((error: unknown) => void failures.push(error)),
    )
    if (failures.length > 0) throw failures[0]
  }

  async #withHandle(draft: Draft, act: (handle: WriteHandle) => Promise<void>): Promise<void> {
    draft.busy = true
    try {
      this.#open.delete(draft)
      for (const other of this.#open) {
        if (this.#open.size < HANDLES) break
        if (!other.busy) await this.#release(other)
      }
      this.#open.add(draft)
      draft.handle ??= await this.#context.world.disk.append(this.#openPath(draft), draft.written)
      await act(draft.handle)
    } finally {
      draft.busy = false
    }
  }

  async #release(draft: Draft): Promise<void> {
    this.#open.delete(draft)
    const { handle } = draft
    draft.handle = undefined
    await handle?.close()
  }

  async #record(epoch: number): Promise<void> {
    const again = epoch === this.#base.epoch
    const full = this.#full.map(fileOf)
    const sealed = this.#format.seal === undefined ? [] : this.#base.roll.map(each => each.n)
    this.#base = {
      version: 1,
      epoch,
      previous: again ? this.#base.previous : this.#base.epoch,
      next: this.#next,
      open: [...this.#drafts.values()].map(fileOf),
      roll: again ? [...this.#base.roll, ...full] : full,
      spent: again ? this.#base.spent : sealed,
    }
    await this.#manifests.write(this.#base)
    for (const draft of this.#full) await this.#release(draft)
    this.#full = []
  }

  /** Make the full files of a manifest visible, any number of times; one that is gone was taken by its consumer. */
  async #show(manifest: Manifest): Promise<void> {
    const { disk } = this.#context.world
    await mapLimited(manifest.roll, this.#format.seal === undefined ? SYNCS : 1, file => this.#showOne(file))
    for (const n of manifest.spent) await disk.remove(this.#openPath({ n }))
  }

  async #showOne(file: OpenFile): Promise<void> {
    const { disk } = this.#context.world
    const [from, to] = [this.#openPath(file), this.#visiblePath(file)]
    if (!(await disk.exists(from))) return
    if (this.#format.seal === undefined) await disk.rename(from, to)
    else if (!(await disk.exists(to))) await this.#seal(from, to)
  }

  async #seal(from: string, to: string): Promise<void> {
    const { memory, schema, world } = this.#context
    const ready = `${from}.sealed`
    await this.#format.seal?.(world.disk, memory, schema, from, ready)
    await world.disk.rename(ready, to)
  }

  /** Take back what epochs that do not count made visible: files begun before are hidden again, others removed. */
  async #hide(): Promise<void> {
    const { disk } = this.#context.world
    const open = new Set(this.#base.open.map(each => each.n))
    for (const { path } of await disk.glob(this.#settings.folder)) {
      const n = partNumber(path, this.#format.extension)
      if (n === undefined || (n < this.#next && !open.has(n))) continue
      if (open.has(n) && this.#format.seal === undefined) await disk.rename(path, this.#openPath({ n }))
      else await disk.remove(path)
    }
  }

  async #dropUnknown(): Promise<void> {
    const { disk } = this.#context.world
    const known = new Set([...this.#base.open, ...this.#base.roll].map(each => this.#openPath(each)))
    for (const n of this.#base.spent) known.add(this.#openPath({ n }))
    for (const { path } of await disk.list(`${this.#settings.folder}/.millrace/open`))
      if (!known.has(path)) await disk.remove(path)
  }

  // What was written after the manifest is cut off now: the file may become visible without another write.
  async #resume(file: OpenFile): Promise<void> {
    const handle = await this.#context.world.disk.append(this.#openPath(file), file.bytes)
    await handle.sync()
    await handle.close()
    this.#draft(file, false)
  }

  async #closeHandles(): Promise<void> {
    for (const draft of [...this.#open]) await this.#release(draft)
  }

  #openPath({ n }: { readonly n: number }): string {
    return `${this.#settings.folder}/.millrace/open/${String(n).padStart(6, '0')}`
  }

  #visiblePath({ n, partition }: { readonly n: number; readonly partition: string }): string {
    const name = partName(n, this.#format.extension)
    return `${this.#settings.folder}/${partition === '' ? '' : `${partition}/`}${name}`
  }
}

function fileOf({ n, partition, since, bytes }: Draft): OpenFile {
  return { n, partition, since, bytes }
}
