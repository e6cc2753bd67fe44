// Lines of text from a TCP server. Not replayable: what was read from a socket is gone, so a query over it is at most
// once after a restart, and explain says so. Back-pressure: reading pauses while too many lines wait.
import type { Socket } from 'node:net'
import { type Duration, fail, millis, optionsFor } from '../../base/index.ts'
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
import { builtin } from '../../host/index.ts'
import { field, type Schema, scalars, schemaOf } from '../../types/index.ts'
import { LineQueue } from '../stream/lines.ts'

export interface SocketOptions {
  readonly host?: string
  readonly port: number
  /** Lines that may wait before reading pauses; 65,536 by default. */
  readonly highWater?: number
  readonly reconnect?: {
    /** Failures in a row that end the query; 10 by default. */
    readonly attempts?: number
    /** Wait between attempts; 1 second by default. */
    readonly wait?: Duration
  }
  /** The server's end of stream ends the input instead of a new connection. */
  readonly endsWithServer?: boolean
}

/** What read.socket delivers unless it is given a format: one row per line. */
export const lineSchema = schemaOf([field('value', scalars.string)])

const LINES: TextFormat = { kind: 'lines' }

/** An input of lines from a TCP server. */
export function socketSpec(
  options: SocketOptions,
  schema: Schema = lineSchema,
  format: TextFormat = LINES,
): SourceSpec {
  const { host = 'localhost', port } = optionsFor('read.socket', options, 'pass { host, port }')
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    fail('BAD_OPTION', { option: 'port', of: 'read.socket', reason: `${port} is no port`, fix: 'pass 1 to 65535' })
  return {
    kind: 'socket',
    name: `${host}:${port}`,
    fingerprint: { host, port, format: { ...format } },
    schema,
    bounded: false,
    replayable: false,
    appendOnly: true,
    open: async context => new SocketSource(host, options, schema, format, context),
  }
}

/** Lines that wait, each with its newline. Offsets count lines; those of an earlier process are counted on from. */
class SocketSource implements Source {
  readonly #name: string
  readonly #host: string
  readonly #options: SocketOptions
  readonly #context: SourceContext
  readonly #decoder: Decoder
  readonly #stop = new AbortController()
  #socket: Socket | undefined
  readonly #lines = new LineQueue()
  /** The offset at which this process began. */
  #base: number | undefined
  #failures = 0
  #failure: unknown
  #ended = false

  constructor(host: string, options: SocketOptions, schema: Schema, format: TextFormat, context: SourceContext) {
    this.#host = host
    this.#options = options
    this.#context = context
    this.#name = `${host}:${options.port}`
    const { memory, columns, badRow } = context
    this.#decoder = createDecoder({ format, schema, columns, memory, source: this.#name, badRow })
    void this.#connect()
  }

  async plan(from: Json, limit: { readonly rows: number }): Promise<EpochRange | undefined> {
    const start = typeof from === 'number' ? from : 0
    this.#base ??= start
    const there = this.#base + this.#lines.taken + this.#lines.size
    const end = Math.min(there, start + limit.rows)
    if (end > start) return { from: start, to: end }
    if (this.#failure !== undefined) {
      const reason = this.#failure instanceof Error ? this.#failure.message : String(this.#failure)
      fail('SOCKET_FAILED', { name: this.#name, attempts: this.#failures, reason }, {}, this.#failure)
    }
    return undefined
  }

  // Lines of a range that were read before are gone: a replay delivers nothing for them.
  async *read(range: EpochRange): AsyncGenerator<Piece> {
    this.#base ??= range.to as number
    const from = Math.max(range.from as number, this.#base + this.#lines.taken)
    for (let left = (range.to as number) - from; left > 0; ) {
      const taken = this.#lines.take(Math.min(left, BATCH_ROWS))
      if (taken === undefined) return
      left -= taken.lines
      this.#decoder.push(taken.bytes, false)
      for (let batch = this.#decoder.next(); batch !== undefined; batch = this.#decoder.next())
        yield { partition: this.#name, batch }
    }
    if (this.#lines.size < this.#highWater) this.#socket?.resume()
  }

  async committed(): Promise<void> {}

  ended(from: Json): boolean {
    const start = typeof from === 'number' ? from : 0
    return this.#ended && this.#lines.size === 0 && start >= (this.#base ?? 0) + this.#lines.taken
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#socket?.destroy()
    this.#decoder.close()
  }

  get #highWater(): number {
    return this.#options.highWater ?? 65_536
  }

  async #connect(): Promise<void> {
    const { attempts = 10, wait = '1 second' } = this.#options.reconnect ?? {}
    const signal = AbortSignal.any([this.#stop.signal, this.#context.signal])
    while (!signal.aborted && !this.#ended && this.#failure === undefined) {
      const error = await this.#converse()
      if (error === undefined && this.#options.endsWithServer === true) this.#ended = true
      else if (++this.#failures >= attempts) this.#failure = error ?? 'the server closed the connection'
      else await this.#context.world.clock.sleep(millis(wait), signal)
    }
    this.#lines.end()
    if (!signal.aborted) this.#context.wake()
  }

  /** One connection, to its end: what broke it, or undefined when the server closed it. */
  #converse(): Promise<unknown> {
    return new Promise(resolve => {
      const socket = builtin('node:net').connect(this.#options.port, this.#host)
      this.#socket = socket
      socket.on('data', (bytes: Uint8Array) => {
        this.#failures = 0
        this.#take(bytes)
      })
      socket.once('end', () => {
        socket.destroy()
        resolve(undefined)
      })
      socket.once('error', resolve)
      socket.once('close', () => resolve(undefined))
    })
  }

  #take(bytes: Uint8Array): void {
    this.#lines.put(bytes)
    if (this.#lines.size >= this.#highWater) this.#socket?.pause()
    if (this.#lines.size > 0) this.#context.wake()
  }
}
