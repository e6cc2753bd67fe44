// The bytes of a file in order, decompressed by its extension, the next chunk being read while the current one
// is worked on. A chunk is valid until the next one is asked for.
import { Readable } from 'node:stream'
import { type Disk, fail, MillraceError, type ReadHandle } from '../../base/index.ts'
import { builtin } from '../../host/index.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

export function compressionOf(path: string): Compression {
  if (/\.gz$/i.test(path)) return 'gzip'
  return /\.zst(d)?$/i.test(path) ? 'zstd' : 'none'
}

export const CHUNK_BYTES = 1 << 21
/** A multiple of the page size: enough for the buffers of small files. */
const SMALL_CHUNK_BYTES = 1 << 16
/** Buffers that are kept. */
const KEPT = 16

/** Buffers that are used again, so that reading a file allocates nothing. */
export class Buffers {
  readonly #free: Uint8Array[] = []

  take(bytes: number): Uint8Array {
    let wanted = SMALL_CHUNK_BYTES
    while (wanted < bytes) wanted *= 2
    const found = this.#free.findIndex(each => each.length === wanted)
    return found === -1 ? new Uint8Array(wanted) : (this.#free.splice(found, 1)[0] as Uint8Array)
  }

  give(buffer: Uint8Array): void {
    if (this.#free.length < KEPT) this.#free.push(buffer)
  }
}

const largest = (): number => CHUNK_BYTES

/**
 * The (decompressed) bytes `from` .. `to` of a file; `to` -1: to its end. `wanted`: how many the next chunk of a plain
 * file shall have, at most CHUNK_BYTES. DISK_*, FILE_CORRUPT.
 */
export async function* bytesOf(
  disk: Disk,
  path: string,
  from: number,
  to: number,
  buffers: Buffers,
  wanted: () => number = largest,
): AsyncGenerator<Uint8Array> {
  const compression = compressionOf(path)
  const handle = await disk.open(path)
  try {
    if (compression === 'none') yield* readAhead(handle, from, to === -1 ? await handle.size() : to, buffers, wanted)
    else yield* clip(decompressed(handle, compression, buffers), from, to)
  } finally {
    await handle.close()
  }
}

/** Reads under way while a chunk is worked on: one alone is late now and then. */
const AHEAD = 2

/** Plain bytes, some reads ahead. */
async function* readAhead(
  handle: ReadHandle,
  from: number,
  to: number,
  buffers: Buffers,
  wanted: () => number,
): AsyncGenerator<Uint8Array> {
  const largest = Math.min(CHUNK_BYTES, to - from)
  const underWay: Read[] = []
  let position = from
  const begin = (): void => {
    while (underWay.length < AHEAD && position < to) {
      const length = Math.min(wanted(), to - position)
      const buffer = buffers.take(largest)
      const filled = readFully(handle, buffer.subarray(0, length), position)
      // Told when it is awaited.
      filled.catch(() => {})
      underWay.push({ buffer, length, filled })
      position += length
    }
  }
  try {
    begin()
    for (let read = underWay[0]; read !== undefined; read = underWay[0]) {
      const filled = await read.filled
      underWay.shift()
      begin()
      if (filled > 0) yield read.buffer.subarray(0, filled)
      buffers.give(read.buffer)
      if (filled < read.length) return
    }
  } finally {
    for (const { buffer, filled } of underWay) {
      await filled.catch(() => 0)
      buffers.give(buffer)
    }
  }
}

interface Read {
  readonly buffer: Uint8Array
  readonly length: number
  readonly filled: Promise<number>
}

/** Fill `target` from `position` on; the bytes there were, fewer only where the file ends. */
export async function readFully(handle: ReadHandle, target: Uint8Array, position: number): Promise<number> {
  let filled = 0
  while (filled < target.length) {
    const count = await handle.read(filled === 0 ? target : target.subarray(filled), position + filled)
    if (count === 0) break
    filled += count
  }
  return filled
}

// Node's gunzip goes on with the next member of a file by itself; its zstd stops after a frame, having told how many
// bytes it took: files made by appending frames (`cat a.zst b.zst`) are read frame by frame.
async function* decompressed(
  handle: ReadHandle,
  compression: 'gzip' | 'zstd',
  buffers: Buffers,
): AsyncGenerator<Uint8Array> {
  const bytes = await handle.size()
  // Loaded with the first compressed file.
  const { createGunzip, createZstdDecompress } = builtin('node:zlib')
  if (compression === 'gzip') {
    yield* inflated(handle, createGunzip({ chunkSize: CHUNK_BYTES }), 0, bytes, buffers)
    return
  }
  let position = 0
  do {
    const frame = createZstdDecompress()
    yield* inflated(handle, frame, position, bytes, buffers)
    if (frame.bytesWritten === 0) fail('FILE_CORRUPT', { path: handle.path, reason: 'it holds no frame' })
    position += frame.bytesWritten
  } while (position < bytes)
}

type Inflate = ReturnType<Zlib['createGunzip']> | ReturnType<Zlib['createZstdDecompress']>
type Zlib = typeof import('node:zlib')

async function* inflated(
  handle: ReadHandle,
  inflate: Inflate,
  from: number,
  to: number,
  buffers: Buffers,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(copies(readAhead(handle, from, to, buffers, largest)))
  source.on('error', error => inflate.destroy(error))
  source.pipe(inflate)
  try {
    for await (const chunk of inflate) yield chunk as Uint8Array
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    fail('FILE_CORRUPT', { path: handle.path, reason: (cause as Error).message }, {}, cause)
  } finally {
    source.destroy()
    inflate.destroy()
  }
}

// A stream may hold a chunk longer than until the next one is asked for.
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield chunk.slice()
}

async function* clip(chunks: AsyncIterable<Uint8Array>, from: number, to: number): AsyncGenerator<Uint8Array> {
  const end = to === -1 ? Number.POSITIVE_INFINITY : to
  let position = 0
  for await (const chunk of chunks) {
    const first = Math.max(0, from - position)
    const length = Math.min(chunk.length, end - position)
    position += chunk.length
    if (first < length) yield chunk.subarray(first, length)
    if (position >= end) return
  }
}
