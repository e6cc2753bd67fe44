// The whole result as one file, replaced by every epoch. Prepare makes the new file durable under a hidden name,
// commit renames it: a reader sees the result of one epoch or of the next, never a mixture.
import type { Lock, WriteHandle } from '../../base/index.ts'
import type { Batch, Sink, SinkContext } from '../../data/index.ts'
import { ByteQueue, Spares } from './byte-queue.ts'
import type { FileFormat, RowWriter } from './format.ts'
import type { FolderSettings } from './options.ts'

export class CompleteSink implements Sink {
  readonly #folder: string
  readonly #format: FileFormat
  readonly #context: SinkContext
  readonly #writer: RowWriter
  readonly #lock: Lock
  readonly #spares = new Spares()
  readonly #queue = new ByteQueue(this.#spares)
  #handle: WriteHandle | undefined
  #epoch = 0

  constructor(settings: FolderSettings, format: FileFormat, context: SinkContext, lock: Lock) {
    this.#folder = settings.folder
    this.#format = format
    this.#context = context
    this.#lock = lock
    this.#writer = format.open(context.memory, context.schema)
  }

  get pending(): number {
    return this.#queue.length
  }

  async recover(committed: number): Promise<void> {
    const { disk } = this.#context.world
    await this.#drop()
    const kept = this.#readyPath(committed)
    for (const { path } of await disk.list(`${this.#folder}/.millrace/open`)) if (path !== kept) await disk.remove(path)
  }

  async begin(epoch: number): Promise<void> {
    await this.#drop()
    this.#epoch = epoch
    this.#queue.push(this.#writer.header)
  }

  write(batch: Batch): void {
    this.#queue.push(this.#writer.encode(batch))
  }

  async drain(): Promise<void> {
    if (this.#queue.length === 0) return
    this.#handle ??= await this.#context.world.disk.append(this.#spoolPath(this.#epoch), 0)
    const bytes = this.#queue.take()
    await this.#handle.write(bytes)
    this.#spares.give(bytes)
  }

  async prepare(epoch: number): Promise<void> {
    const { world, memory, schema } = this.#context
    this.#handle ??= await world.disk.append(this.#spoolPath(epoch), 0)
    await this.drain()
    await this.#handle.sync()
    await this.#handle.close()
    this.#handle = undefined
    const [from, to] = [this.#spoolPath(epoch), this.#readyPath(epoch)]
    if (this.#format.seal === undefined) return world.disk.rename(from, to)
    await this.#format.seal(world.disk, memory, schema, from, to)
    await world.disk.remove(from)
  }

  async commit(epoch: number): Promise<void> {
    const { disk } = this.#context.world
    const ready = this.#readyPath(epoch)
    if (await disk.exists(ready)) await disk.rename(ready, `${this.#folder}/result.${this.#format.extension}`)
  }

  async close(): Promise<void> {
    await this.#drop()
    this.#writer.close()
    await this.#lock.release()
  }

  async #drop(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
    this.#queue.take()
  }

  #spoolPath(epoch: number): string {
    return `${this.#folder}/.millrace/open/${epoch}.spool`
  }
  #readyPath(epoch: number): string {
    return `${this.#folder}/.millrace/open/${epoch}.ready`
  }
}
