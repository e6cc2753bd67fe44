// Files of rows. A file is a partition. Law: a range says parts of files, so reading it gives the same rows whenever
// it is read; plan and read change nothing but caches.
import { fail } from '../../base/index.ts'
import {
  type Batch,
  batchOf,
  type EpochLimit,
  type EpochRange,
  type Json,
  kindOf,
  type Piece,
  type Source,
  type SourceContext,
  type SourceSpec,
  type TextFormat,
  type World,
} from '../../data/index.ts'
import { leaves, type Schema } from '../../types/index.ts'
import { project } from '../project.ts'
import { Buffers, compressionOf } from './bytes.ts'
import { jsonOf, Ledger, type Offset, offsetOf, type Segment } from './ledger.ts'
import { Listing } from './listing.ts'
import { type FileOptions, type FileSettings, settingsOf } from './options.ts'
import type { Begun, FileReader } from './reader.ts'
import { TextReader } from './text-reader.ts'

/** An input of text files: a file, a folder (with everything below it) or a glob. */
export function textFiles(pattern: string, schema: Schema, format: TextFormat, options: FileOptions = {}): SourceSpec {
  const settings = { ...settingsOf(pattern, format.kind === 'lines' ? 'text' : format.kind, options), format }
  return filesSpec(settings, schema, { ...format }, context => new TextReader(settings, schema, context, new Buffers()))
}

/** An input of files that `open` knows to read. */
export function filesSpec(
  settings: FileSettings,
  schema: Schema,
  format: Json,
  open: (context: SourceContext) => FileReader,
): SourceSpec {
  const { pattern, follow, forever } = settings
  return {
    kind: `${settings.kind} files`,
    name: pattern,
    fingerprint: { pattern, format, follow },
    schema,
    bounded: !forever,
    replayable: true,
    appendOnly: true,
    bytes: world => bytesOf(settings, world),
    open: async context => new FileSource(settings, schema, context, open(context)),
  }
}

/** What a byte of a compressed or binary file is as text, about. */
const PACKED = 5

async function bytesOf(settings: FileSettings, { disk, clock }: World): Promise<number> {
  const factor = (path: string): number => (settings.kind === 'parquet' || compressionOf(path) !== 'none' ? PACKED : 1)
  const files = await new Listing(settings, disk, clock).files()
  return files.reduce((sum, { path, bytes }) => sum + bytes * factor(path), 0)
}

/** Files that are being opened and read while one is worked on: most time of a small one is waiting. */
const FILES_AHEAD = 4

/** A part that is being read, and whether its file is still what it was when it was planned. */
interface Reading {
  readonly segment: Segment
  readonly unchanged: Promise<void>
  readonly begun: Begun
}

class FileSource implements Source {
  readonly #settings: FileSettings
  readonly #context: SourceContext
  readonly #listing: Listing
  readonly #ledger: Ledger
  readonly #reader: FileReader
  readonly #empty: Batch
  readonly #stop = new AbortController()
  #sleeping = false
  /** The number of the offset at which a bounded input has nothing more. */
  #endsAt = -1

  constructor(settings: FileSettings, schema: Schema, context: SourceContext, reader: FileReader) {
    const { disk, clock } = context.world
    this.#settings = settings
    this.#context = context
    this.#listing = new Listing(settings, disk, clock)
    this.#ledger = new Ledger(settings.pattern, disk, context.folder)
    this.#reader = reader
    const asked = leaves(project(schema, context.columns))
    this.#empty = batchOf(
      asked.map(leaf => ({ kind: kindOf(leaf.type), values: 0, validity: 0 })),
      0,
    )
  }

  async plan(from: Json, limit: EpochLimit): Promise<EpochRange | undefined> {
    const offset = offsetOf(this.#settings.pattern, from)
    await this.#ledger.moveTo(offset)
    const { reads, complete } = await this.#reads(limit)
    if (reads.length > 0) {
      const to = this.#ledger.next(reads)
      if (complete) this.#endsAt = to.n
      return { from, to: jsonOf(to) }
    }
    if (complete) this.#endsAt = offset.n
    if (this.#settings.forever) void this.#wakeLater()
    return undefined
  }

  async *read(range: EpochRange): AsyncGenerator<Piece> {
    const { reads } = offsetOf(this.#settings.pattern, range.to)
    const begun: Reading[] = []
    let next = 0
    try {
      for (;;) {
        while (begun.length < FILES_AHEAD && next < reads.length) begun.push(this.#begin(reads[next++] as Segment))
        const reading = begun.shift()
        if (reading === undefined) return
        yield* this.#pieces(reading)
      }
    } finally {
      for (const { begun: each } of begun) await each.cancel()
    }
  }

  async committed(): Promise<void> {}

  ended(from: Json): boolean {
    return !this.#settings.forever && offsetOf(this.#settings.pattern, from).n === this.#endsAt
  }

  async history(to: Json, folder: string | undefined): Promise<string | undefined> {
    const { disk } = this.#context.world
    const ledger = new Ledger(this.#settings.pattern, disk, folder)
    try {
      for (const segment of await ledger.readsUpTo(offsetOf(this.#settings.pattern, to))) {
        const info = await disk.info(segment.path)
        if (info === undefined) return `${segment.path} is gone`
        const { path, id, size } = segment
        if (info.bytes < size || (id !== undefined && info.id !== id)) return `${path} is not the file that was read`
      }
      return undefined
    } finally {
      await ledger.close()
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#reader.close()
    await this.#ledger.close()
  }

  async #reads(limit: EpochLimit): Promise<{ reads: Segment[]; complete: boolean }> {
    const reads: Segment[] = []
    const until = limit.until === undefined ? undefined : ends(offsetOf(this.#settings.pattern, limit.until))
    let rows = limit.rows
    let started = 0
    const most = limit.all === true ? Number.POSITIVE_INFINITY : this.#settings.maxFiles
    for (const file of await this.#listing.files()) {
      const known = this.#ledger.get(file.path)
      const end = until === undefined ? Number.POSITIVE_INFINITY : until.get(file.path)
      if (end === undefined) continue
      if (rows <= 0 || started >= most) {
        if (known?.finished !== true) return { reads, complete: false }
        continue
      }
      const planned = await this.#reader.next(file, known, rows, end)
      if (planned === undefined) continue
      reads.push(planned.segment)
      rows -= planned.rows
      if (known === undefined) started++
      if (planned.cut) return { reads, complete: false }
    }
    return { reads, complete: until === undefined }
  }

  #begin(segment: Segment): Reading {
    const unchanged = this.#unchanged(segment)
    // Told when it is awaited.
    unchanged.catch(() => {})
    return { segment, unchanged, begun: this.#reader.begin(segment) }
  }

  async *#pieces({ segment, unchanged, begun }: Reading): AsyncGenerator<Piece> {
    try {
      await unchanged
      yield* begun.pieces()
    } finally {
      await begun.cancel()
    }
    if (segment.last) yield { partition: segment.path, batch: this.#empty, last: true }
  }

  async #unchanged({ path, to, size, id }: Segment): Promise<void> {
    const info = await this.#context.world.disk.info(path)
    if (info === undefined) return fail('DISK_MISSING', { path })
    const where = { position: { source: path } }
    if (id !== undefined && info.id !== id) fail('FILE_CHANGED', { path, how: 'was replaced by another file' }, where)
    const whole = !this.#settings.follow || compressionOf(path) !== 'none'
    if (whole ? info.bytes !== size : info.bytes < to)
      fail('FILE_CHANGED', { path, how: `went from ${size} to ${info.bytes} bytes` }, where)
  }

  async #wakeLater(): Promise<void> {
    if (this.#sleeping) return
    this.#sleeping = true
    const signal = AbortSignal.any([this.#stop.signal, this.#context.signal])
    await this.#context.world.clock.sleep(this.#listing.waitMs, signal)
    this.#sleeping = false
    if (!signal.aborted) this.#context.wake()
  }
}

/** How far each file of an offset may be read. */
function ends(offset: Offset): Map<string, number> {
  return new Map(offset.reads.map(({ path, to }) => [path, to === -1 ? Number.POSITIVE_INFINITY : to]))
}
