// Reading rows of text out of files: JSON lines, CSV, lines. Positions are bytes (decompressed); a segment is whole
// rows, so it is decoded without looking left or right.
import { type FileInfo, fail, type MillraceError } from '../../base/index.ts'
import { createDecoder, type Decoder, type Piece, type Place, type SourceContext } from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'
import { type Buffers, bytesOf, compressionOf } from './bytes.ts'
import type { Progress, Segment } from './ledger.ts'
import type { TextSettings } from './options.ts'
import { placeAt } from './place.ts'
import { type Planned, Planner } from './planner.ts'
import type { Begun, FileReader } from './reader.ts'

const NOTHING = new Uint8Array(0)

/** The rest of a stream whose first piece was asked for already. */
async function* resumed<T>(first: Promise<IteratorResult<T>>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  const { done, value } = await first
  if (done === true) return
  yield value
  yield* rest
}

export class TextReader implements FileReader {
  readonly #settings: TextSettings
  readonly #schema: Schema
  readonly #context: SourceContext
  readonly #buffers: Buffers
  readonly #planner: Planner
  /** Where decoding stopped in files that are read in part, for line numbers and CSV headers. */
  readonly #places = new Map<string, Place>()
  #bad = 0

  constructor(settings: TextSettings, schema: Schema, context: SourceContext, buffers: Buffers) {
    this.#settings = settings
    this.#schema = schema
    this.#context = context
    this.#buffers = buffers
    this.#planner = new Planner(settings, context, buffers)
  }

  next(file: FileInfo, known: Progress | undefined, rows: number, until: number): Promise<Planned | undefined> {
    return this.#planner.next(file, known, rows, until)
  }

  begin(segment: Segment): Begun {
    const { path, to } = segment
    const chunks = this.#bytes(segment)
    // Of a compressed file that is cut, the one stream is shared by those who look and those who read.
    const first = compressionOf(path) === 'none' || to === -1 ? chunks.next() : undefined
    // Told when it is awaited.
    first?.catch(() => {})
    return {
      pieces: () => this.#read(segment, first === undefined ? chunks : resumed(first, chunks)),
      cancel: async () => void (await chunks.return(undefined)),
    }
  }

  async *#read(segment: Segment, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
    const { path, last } = segment
    const decoder = await this.#decoder(segment)
    try {
      for await (const chunk of chunks) yield* this.#decode(decoder, path, chunk, false)
      yield* this.#decode(decoder, path, NOTHING, true)
      if (last) this.#places.delete(path)
      else this.#places.set(path, decoder.place)
    } finally {
      decoder.close()
    }
  }

  close(): Promise<void> {
    return this.#planner.close()
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
    const wanted = (): number => this.#planner.chunkBytes
    if (compressionOf(path) === 'none' || to === -1) yield* bytesOf(disk, path, from, to, this.#buffers, wanted)
    else yield* (await this.#planner.lookAhead(path, from)).take(to)
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
}
