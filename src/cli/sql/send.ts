// Results to a stream, no faster than it takes them. A stream that was closed takes nothing more, and that is no failure.
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

export async function send(stream: Writable, data: Uint8Array | string): Promise<void> {
  if (stream.destroyed || data.length === 0) return
  if (stream.write(data)) return
  const drained = new Promise<void>(resolve => stream.once('drain', () => resolve()))
  await Promise.race([drained, finished(stream).catch(() => undefined)])
}
