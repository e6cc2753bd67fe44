// Files of rows of text: JSON lines, CSV, lines. A file is a partition. Law: a range says bytes of files, so reading
// it gives the same rows whenever it is read; plan and read change nothing but caches.
import { fail, type MillraceError } from '../../base/index.ts'
import {
  type Batch,
  batchOf,
  createDecoder,
  type Decoder,
  type EpochLimit,
  type EpochRange,
  type Json,
  kindOf,
  type Piece,
  type Place,
  type Source,
  type SourceContext,
  type SourceSpec,
  type TextFormat,
} from '../../data/index.ts'
import { leaves, type Schema } from '../../types/index.ts'
import { project } from '../project.ts'
import { Buffers, bytesOf, compressionOf } from './bytes.ts'
import { jsonOf, Ledger, type Offset, offsetOf, type Segment } from './ledger.ts'
import { Listing } from './listing.ts'
import { type FileOptions, type FileSettings, fingerprintOf, settingsOf } from './options.ts'
import { placeAt } from './place.ts'
import { Planner } from './planner.ts'

/** An input of text files: a file, a folder (with everything below it) or a glob. */
export function textFiles(pattern: string, schema: Schema, format: TextFormat, options: FileOptions = {}): SourceSpec {
  const settings = settingsOf(pattern, format, options)
  return {
    kind: format.kind === 'lines' ? 'text files' : `${format.kind} files`,
    name: pattern,
    fingerprint: fingerprintOf(settings),
    schema,
    bounded: !settings.forever,
    replayable: true,
    appendOnly: true,
    open: async context => new FileSource(settings, schema, context),
  }
}

class FileSource implements Source {
  readonly #settings: FileSettings
  readonly #schema: Schema
  readonly #context: SourceContext
  readonly #buffers = new Buffers()
  readonly #listing: Listing
  readonly #ledger: Ledger
  readonly #planner: Planner
  /** Where decoding stopped in files that are read in part, for line numbers and CSV headers. */
  readonly #places = new Map<string, Place>()
  readonly #empty: Batch
  readonly #stop = new AbortController()
  #bad = 0
  #sleeping = false
  /** The number of the offset at which a bounded input has nothing more. */
  #endsAt = -1

  constructor(settings: FileSettings, schema: Schema, context: SourceContext) {
    const { disk, clock } = context.world
    this.#settings = settings
    this.#schema = schema
    this.#context = context
    this.#listing = new Listing(settings, disk, clock)
    this.#ledger = new Ledger(settings.pattern, disk, context.folder)
    this.#planner = new Planner(settings, disk, this.#buffers)
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
    for (const segment of offsetOf(this.#settings.pattern, range.to).reads) yield* this.#segment(segment)
  }

  async committed(): Promise<void> {}

  ended(from: Json): boolean {
    return !this.#settings.forever && offsetOf(this.#settings.pattern, from).n === this.#endsAt
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#planner.close()
    await this.#ledger.close()
  }

  async #reads(limit: EpochLimit): Promise<{ reads: Segment[]; complete: boolean }> {
    const reads: Segment[] = []
    const until = limit.until === undefined ? undefined : ends(offsetOf(this.#settings.pattern, limit.until))
    let rows = limit.rows
    let started = 0
    for (const file of await this.#listing.files()) {
      const known = this.#ledger.get(file.path)
      const end = until === undefined ? Number.POSITIVE_INFINITY : until.get(file.path)
      if (end === undefined) continue
      if (rows <= 0 || started >= this.#settings.maxFiles) {
        if (known?.finished !== true) return { reads, complete: false }
        continue
      }
      const planned = await this.#planner.next(file, known, rows, end)
      if (planned === undefined) continue
      reads.push(planned.segment)
      rows -= planned.rows
      if (known === undefined) started++
      if (planned.cut) return { reads, complete: false }
    }
    return { reads, complete: until === undefined }
  }

  async *#segment(segment: Segment): AsyncGenerator<Piece> {
    const { path, last } = segment
    await this.#unchanged(segment)
    const decoder = await this.#decoder(segment)
    try {
      for await (const chunk of this.#bytes(segment)) yield* this.#decode(decoder, path, chunk, false)
      yield* this.#decode(decoder, path, NOTHING, true)
      if (last) yield { partition: path, batch: this.#empty, last: true }
      if (last) this.#places.delete(path)
      else this.#places.set(path, decoder.place)
    } finally {
      decoder.close()
    }
  }

  *#decode(decoder: Decoder, partition: string, bytes: Uint8Array, last: boolean): Generator<Piece> {
    decoder.push(bytes, last)
    let rows = 0
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
      rows += batch.rows
      yield { partition, batch }
    }
    this.#planner.learn(rows, bytes.length)
  }

  async *#bytes({ path, from, to }: Segment): AsyncGenerator<Uint8Array> {
    const { disk } = this.#context.world
    if (compressionOf(path) === 'none' || to === -1) yield* bytesOf(disk, path, from, to, this.#buffers)
    else yield* (await this.#planner.lookAhead(path, from)).take(to)
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

  async #decoder({ path, from }: Segment): Promise<Decoder> {
    const { memory, columns, world } = this.#context
    const { format, maxLineBytes } = this.#settings
    const known = this.#places.get(path)
    const options = {
      format,
      schema: this.#schema,
      columns,
      memory,
      source: path,
      badRow: (error: MillraceError, raw: Uint8Array) => this.#badRow(error, raw),
      ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
    }
    if (from === 0) return createDecoder(options)
    const place = known?.byte === from ? known : await placeAt(world.disk, path, from, options, this.#buffers)
    return createDecoder({ ...options, from: place })
  }

  #badRow(error: MillraceError, raw: Uint8Array): void {
    const { onBadRow, maxBad } = this.#settings
    if (onBadRow === 'fail') throw error
    this.#bad++
    if (this.#bad > maxBad) fail('TOO_MANY_BAD_ROWS', { bad: this.#bad, allowed: maxBad }, error.where, error)
    this.#context.badRow(error, raw)
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

const NOTHING = new Uint8Array(0)

/** How far each file of an offset may be read. */
function ends(offset: Offset): Map<string, number> {
  return new Map(offset.reads.map(({ path, to }) => [path, to === -1 ? Number.POSITIVE_INFINITY : to]))
}
