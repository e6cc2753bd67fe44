// After a restart decoding goes on in the middle of a file: positions in errors need the number of the line, and
// CSV needs the names of the header. Both are read again from the file's beginning.
import type { Disk } from '../../base/index.ts'
import { createDecoder, type DecoderOptions, type Place } from '../../data/index.ts'
import { type Buffers, bytesOf } from './bytes.ts'

const NEWLINE = 10

/** The place at byte `from` (decompressed), which is behind a newline. */
export async function placeAt(
  disk: Disk,
  path: string,
  from: number,
  options: DecoderOptions,
  buffers: Buffers,
): Promise<Place> {
  const header = options.format.kind === 'csv' ? new HeaderReader(options) : undefined
  let line = 1
  for await (const chunk of bytesOf(disk, path, 0, from, buffers)) {
    header?.push(chunk)
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) line++
  }
  const names = header?.close()
  return names === undefined ? { byte: from, line } : { byte: from, line, header: names }
}

/** Reads a CSV header by decoding until its names are known; what the rows are does not matter. */
class HeaderReader {
  readonly #options: DecoderOptions
  #decoder: ReturnType<typeof createDecoder> | undefined
  #names: readonly string[] | undefined

  constructor(options: DecoderOptions) {
    this.#options = { ...options, badRow: () => undefined }
    this.#decoder = createDecoder(this.#options)
  }

  push(chunk: Uint8Array): void {
    if (this.#decoder === undefined) return
    this.#decoder.push(chunk, false)
    while (this.#decoder.next() !== undefined);
    this.#names = this.#decoder.place.header
    if (this.#names !== undefined) this.close()
  }

  close(): readonly string[] | undefined {
    this.#decoder?.close()
    this.#decoder = undefined
    return this.#names
  }
}
