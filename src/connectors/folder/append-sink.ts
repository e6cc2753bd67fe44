// Rows into files of a folder, exactly once. Protocol: rows of an epoch are appended to hidden files under
// `.millrace/open/`; prepare makes them durable and writes the manifest that knows their lengths; commit renames
// the files that are full. recover(n) goes back to manifest n: files are cut to its lengths, younger ones vanish.
// So a file is visible only when it will never change, and an undisturbed run leaves the same files.
import type { Lock, WriteHandle } from '../../base/index.ts'
import type { Arena, Batch, Sink, SinkContext } from '../../data/index.ts'
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
  /** With what is pending. */
  bytes: number
  pending: Uint8Array[]
  written: number
  handle: WriteHandle | undefined
  dirty: boolean
}

/** Files held open at once. */
const HANDLES = 64

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

  async recover(committed: number): Promise<void> {
    await this.#closeHandles()
    this.#drafts.clear()
    this.#full = []
    this.pending = 0
    this.#base = await this.#manifests.goBackTo(committed)
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

  async drain(): Promise<void> {
    for (const draft of this.#all()) await this.#flush(draft)
  }

  async prepare(epoch: number): Promise<void> {
    this.#ageOut()
    const all = this.#all()
    if (!all.some(each => each.dirty || each.pending.length > 0) && this.#full.length === 0) return
    for (const draft of all) await this.#makeDurable(draft)
    await this.#record(epoch)
  }

  async commit(epoch: number): Promise<void> {
    this.#epochOpen = false
    if (this.#base.epoch !== epoch) return
    await this.#show(this.#base)
    await this.#manifests.trim()
  }

  async close(reason: 'done' | 'stopped' | 'failed'): Promise<void> {
    try {
      if (reason !== 'failed' && !this.#epochOpen) await this.#finish()
      await this.#closeHandles()
    } finally {
      this.#writer.close()
      this.#arena.free()
      await this.#lock.release()
    }
  }

  /** At the end everything becomes visible, as a second form of the last committed epoch's manifest. */
  async #finish(): Promise<void> {
    if (this.#drafts.size === 0) return
    this.#full = [...this.#drafts.values()]
    this.#drafts.clear()
    for (const draft of this.#full) await this.#makeDurable(draft)
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
      draft = { n: this.#next++, partition, since, bytes: 0, pending: [], written: 0, handle: undefined, dirty: true }
      this.#drafts.set(partition, draft)
      if (this.#writer.header.length > 0) this.#append(draft, this.#writer.header)
    }
    this.#append(draft, bytes)
    if (draft.bytes >= this.#settings.rollBytes) this.#fill(draft)
  }

  #append(draft: Draft, bytes: Uint8Array): void {
    draft.pending.push(bytes)
    draft.bytes += bytes.length
    this.pending += bytes.length
  }

  #fill(draft: Draft): void {
    this.#drafts.delete(draft.partition)
    this.#full.push(draft)
  }

  #ageOut(): void {
    const now = this.#context.world.clock.now()
    for (const draft of [...this.#drafts.values()]) if (now - draft.since >= this.#settings.rollAgeMs) this.#fill(draft)
  }

  async #flush(draft: Draft): Promise<void> {
    if (draft.pending.length === 0) return
    const handle = await this.#open(draft)
    const bytes = draft.pending.length === 1 ? (draft.pending[0] as Uint8Array) : Buffer.concat(draft.pending)
    await handle.write(bytes)
    draft.written += bytes.length
    this.pending -= bytes.length
    draft.pending = []
    draft.dirty = true
  }

  async #open(draft: Draft): Promise<WriteHandle> {
    if (draft.handle !== undefined) return draft.handle
    const held = this.#all().filter(each => each.handle !== undefined)
    for (const other of held.slice(0, Math.max(0, held.length + 1 - HANDLES))) await this.#release(other)
    draft.handle = await this.#context.world.disk.append(this.#openPath(draft), draft.written)
    return draft.handle
  }

  async #makeDurable(draft: Draft): Promise<void> {
    await this.#flush(draft)
    if (!draft.dirty) return
    await (await this.#open(draft)).sync()
    draft.dirty = false
  }

  // What is closed before prepare is synced first: nobody would know later that it was not.
  async #release(draft: Draft): Promise<void> {
    if (draft.dirty) await draft.handle?.sync()
    draft.dirty = false
    await draft.handle?.close()
    draft.handle = undefined
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
    for (const file of manifest.roll) {
      const [from, to] = [this.#openPath(file), this.#visiblePath(file)]
      if (!(await disk.exists(from))) continue
      if (this.#format.seal === undefined) await disk.rename(from, to)
      else if (!(await disk.exists(to))) await this.#seal(from, to)
    }
    for (const n of manifest.spent) await disk.remove(this.#openPath({ n }))
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
    const { n, partition, since, bytes } = file
    const handle = await this.#context.world.disk.append(this.#openPath(file), bytes)
    await handle.sync()
    await handle.close()
    this.#drafts.set(partition, {
      n,
      partition,
      since,
      bytes,
      pending: [],
      written: bytes,
      handle: undefined,
      dirty: false,
    })
  }

  async #closeHandles(): Promise<void> {
    for (const draft of this.#all()) {
      await draft.handle?.close()
      draft.handle = undefined
    }
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
