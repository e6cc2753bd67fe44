// A state file holds sorted runs: header, blocks [bytes u32][CRC-32C u32][entries], an index of the runs (JSON),
// and a tail [index bytes u32][CRC-32C of the index u32]['run-end\n']. A file without its tail was never finished.
import type { Disk, ReadHandle, WriteHandle } from '../base/index.ts'
import { crc32c } from './crc.ts'
import { checkHeader, corrupt, HEADER, header, missing } from './record.ts'

/** A state file that belongs to the state, as a commit lists it. */
export interface StateFile {
  /** Name in the state folder. */
  readonly name: string
  readonly bytes: number
}

/** One sorted run: where its blocks lie in the file. */
export interface Run {
  readonly store: string
  readonly at: number
  /** Bytes of its blocks, frames included. */
  readonly bytes: number
}

const FRAME = 8
const TAIL = 16
const END = 'run-end\n'
/** Bytes of entries in a block; one larger entry has a block of its own. */
export const BLOCK_BYTES = 1 << 16
const LARGEST_BLOCK = 1 << 30
const ENCODER = new TextEncoder()

export const STATE_FIX = 'restore the folder from a copy, or remove it to start the query anew'

/** Writes runs one after another; what it wrote is a state file once `finish` has resolved. */
export class RunWriter {
  readonly #disk: Disk
  readonly #file: string
  readonly #handle: WriteHandle
  readonly #runs: Run[] = []
  #parts: Uint8Array[] = []
  #waiting = 0
  #at = 0

  private constructor(disk: Disk, file: string, handle: WriteHandle) {
    this.#disk = disk
    this.#file = file
    this.#handle = handle
  }

  static async open(disk: Disk, file: string): Promise<RunWriter> {
    const writer = new RunWriter(disk, file, await disk.append(`${file}.tmp`, 0))
    writer.#push(header('runs', new Uint8Array(0)))
    return writer
  }

  begin(store: string): void {
    this.#runs.push({ store, at: this.#at, bytes: 0 })
  }

  /** The next block of the run, its keys behind those before; copied. */
  async block(entries: Uint8Array): Promise<void> {
    const frame = new Uint8Array(FRAME + entries.length)
    const view = new DataView(frame.buffer)
    view.setUint32(0, entries.length, true)
    view.setUint32(4, crc32c(entries), true)
    frame.set(entries, FRAME)
    this.#push(frame)
    const run = this.#runs.pop() as Run
    this.#runs.push({ ...run, bytes: run.bytes + frame.length })
    if (this.#waiting > 1 << 20) await this.#write()
  }

  /** Make it durable under its name; its size in bytes. */
  async finish(): Promise<number> {
    const index = ENCODER.encode(JSON.stringify(this.#runs))
    const tail = new Uint8Array(TAIL)
    const view = new DataView(tail.buffer)
    view.setUint32(0, index.length, true)
    view.setUint32(4, crc32c(index), true)
    tail.set(ENCODER.encode(END), 8)
    this.#push(index)
    this.#push(tail)
    await this.#write()
    await this.#handle.sync()
    await this.#handle.close()
    await this.#disk.rename(`${this.#file}.tmp`, this.#file)
    return this.#at
  }

  async abandon(): Promise<void> {
    await this.#handle.close()
  }

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#waiting += bytes.length
    this.#at += bytes.length
  }

  async #write(): Promise<void> {
    const whole = new Uint8Array(this.#waiting)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    this.#parts = []
    this.#waiting = 0
    await this.#handle.write(whole)
  }
}

/** A state file, open to be read. */
export interface RunFile {
  readonly file: string
  readonly handle: ReadHandle
  readonly runs: readonly Run[]
}

export async function openRuns(disk: Disk, file: string, bytes: number): Promise<RunFile> {
  const handle = await disk.open(file).catch(missing(file))
  try {
    return { file, handle, runs: await readIndex(handle, file, bytes) }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function readIndex(handle: ReadHandle, file: string, bytes: number): Promise<readonly Run[]> {
  const size = await handle.size()
  const head = await readAt(handle, 0, Math.min(HEADER, size))
  checkHeader(head, 'runs', file, STATE_FIX)
  const whole = header('runs', new Uint8Array(0))
  if (head.some((byte, i) => byte !== whole[i])) corrupt(file, 'its header is damaged', STATE_FIX)
  if (size !== bytes) corrupt(file, `it has ${size} bytes, ${bytes} were written`, STATE_FIX)
  const tail = await readAt(handle, size - TAIL, TAIL)
  const view = new DataView(tail.buffer)
  if (String.fromCharCode(...tail.subarray(8)) !== END)
    corrupt(file, 'its end is not the end of a state file', STATE_FIX)
  const length = view.getUint32(0, true)
  if (length > size - TAIL - HEADER) corrupt(file, 'its index is longer than the file', STATE_FIX)
  const index = await readAt(handle, size - TAIL - length, length)
  if (crc32c(index) !== view.getUint32(4, true)) corrupt(file, 'the checksum of its index does not match', STATE_FIX)
  return JSON.parse(new TextDecoder().decode(index)) as Run[]
}

/** The blocks of a run, in order. */
export async function* blocksOf(from: RunFile, run: Run): AsyncGenerator<Uint8Array> {
  for (let at = run.at; at < run.at + run.bytes; ) {
    const { entries, next } = await readBlock(from, at)
    at = next
    yield entries
  }
}

/** The block at byte `at` of the file, checked, and where the next begins. */
export async function readBlock(from: RunFile, at: number): Promise<{ entries: Uint8Array; next: number }> {
  const frame = await readAt(from.handle, at, FRAME)
  const view = new DataView(frame.buffer)
  const length = frame.length < FRAME ? LARGEST_BLOCK : view.getUint32(0, true)
  if (length >= LARGEST_BLOCK || at + length > (await from.handle.size())) {
    corrupt(from.file, `the block at byte ${at} has no sensible length`, STATE_FIX)
  }
  const entries = await readAt(from.handle, at + FRAME, length)
  if (entries.length !== length || crc32c(entries) !== view.getUint32(4, true)) {
    corrupt(from.file, `the checksum of the block at byte ${at} does not match`, STATE_FIX)
  }
  return { entries, next: at + FRAME + length }
}

async function readAt(handle: ReadHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const read = await handle.read(bytes.subarray(filled), at + filled)
    if (read === 0) break
    filled += read
  }
  return bytes.subarray(0, filled)
}
