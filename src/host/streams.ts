// The streams of this process, for whoever prints.
import type { Writable } from 'node:stream'

export function standardOutput(): Writable {
  return process.stdout
}
