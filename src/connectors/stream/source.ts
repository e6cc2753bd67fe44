// Lines of text from a stream of this process, such as its standard input. Not replayable: what was read is gone, so it
// can be read by one query. Back-pressure: reading pauses while too many lines wait.
import { fail } from '../../base/index.ts'
import {
  BATCH_ROWS,
  createDecoder,
  type Decoder,
  type EpochRange,
  type Json,
  type Piece,
  type Source,
  type SourceContext,
  type SourceSpec,
  type TextFormat,
} from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'
import type { StreamHead } from './head.ts'
import { LineQueue } from './lines.ts'

export interface StreamOptions {
  /** What it is called in messages. */
  readonly name: string
  readonly schema: Schema
  readonly format: TextFormat
  /** It goes on for ever: a query over it does not wait for its end. */
  readonly endless?: boolean
}

/** Lines that may wait before reading pauses. */
const HIGH_WATER = 65_536

/** An input of the lines of a stream. Throws INPUT_TAKEN when it is opened twice. */
export function streamSpec(head: StreamHead, options: StreamOptions): SourceSpec {
  const { name, schema, format, endless = false } = options
  let taken = false
  return {
    kind: 'stream',
    name,
    fingerprint: { name, format: { ...format } },
    schema,
    bounded: !endless,
    replayable: false,
    appendOnly: true,
    async open(context) {
      if (taken) fail('INPUT_TAKEN', { name })
      taken = true
      return new StreamSource(head, options, context)
    },
  }
}

class StreamSource implements Source {
  readonly #name: string
  readonly #stream: StreamHead['rest']
  readonly #decoder: Decoder
  readonly #wake: () => void
  readonly #lines = new LineQueue()
  #ended = false
  #failure: unknown

  constructor(head: StreamHead, { name, schema, format }: StreamOptions, context: SourceContext) {
    const { memory, columns, badRow, wake } = context
    this.#name = name
    this.#stream = head.rest
    this.#wake = wake
    this.#decoder = createDecoder({ format, schema, columns, memory, source: name, badRow })
    this.#lines.put(head.bytes)
    if (head.whole) this.#end()
    else this.#listen()
  }

  async plan(from: Json, limit: { readonly rows: number }): Promise<EpochRange | undefined> {
    const start = typeof from === 'number' ? from : 0
    const end = Math.min(this.#lines.taken + this.#lines.size, start + limit.rows)
    if (end > start) return { from: start, to: end }
    if (this.#failure === undefined) return undefined
    return fail('INPUT_FAILED', { name: this.#name, reason: String(this.#failure) }, {}, this.#failure)
  }

  async *read(range: EpochRange): AsyncGenerator<Piece> {
    for (let left = (range.to as number) - this.#lines.taken; left > 0; ) {
      const taken = this.#lines.take(Math.min(left, BATCH_ROWS))
      if (taken === undefined) return
      left -= taken.lines
      this.#decoder.push(taken.bytes, false)
      for (let batch = this.#decoder.next(); batch !== undefined; batch = this.#decoder.next())
        yield { partition: this.#name, batch }
    }
    if (this.#lines.size < HIGH_WATER && !this.#ended) this.#stream.resume()
  }

  async committed(): Promise<void> {}

  ended(from: Json): boolean {
    return this.#ended && this.#lines.size === 0 && (typeof from === 'number' ? from : 0) >= this.#lines.taken
  }

  async close(): Promise<void> {
    this.#stream.off('data', this.#take)
    this.#stream.pause()
    this.#decoder.close()
  }

  #listen(): void {
    this.#stream.once('error', error => {
      this.#failure = error
      this.#wake()
    })
    this.#stream.once('end', () => this.#end())
    this.#stream.on('data', this.#take)
  }

  readonly #take = (bytes: Uint8Array): void => {
    this.#lines.put(bytes)
    if (this.#lines.size >= HIGH_WATER) this.#stream.pause()
    if (this.#lines.size > 0) this.#wake()
  }

  #end(): void {
    this.#lines.end()
    this.#ended = true
    this.#wake()
  }
}
