// What has been read of which file. An offset is a small delta: the number of the range and what it read; the sum
// of all deltas is the ledger. Law: plan(from) depends only on `from` and the folder, so the ledger can always be
// rebuilt: from the deltas that were saved in the source's folder, or from the `done` list that an offset carries
// when the source has no folder.
import { type Disk, fail, type WriteHandle } from '../../base/index.ts'
import { type Json, utf8 } from '../../data/index.ts'

/** The bytes of one file that one epoch reads; `to` -1 is "to the end" (compressed files, whose size is not known). */
export interface Segment {
  readonly path: string
  /** Decompressed bytes. */
  readonly from: number
  readonly to: number
  /** Bytes of the file on disk when the range was planned. */
  readonly size: number
  /** Nothing of the file comes after this. */
  readonly last: boolean
  readonly id?: string | undefined
}

/** What is known of a file that was read, at least in part. */
export interface Progress {
  /** Next byte to read (decompressed). */
  readonly position: number
  readonly size: number
  readonly finished: boolean
  readonly id: string | undefined
}

export interface Offset {
  /** Number of the range that ends here, from 1. */
  readonly n: number
  readonly reads: readonly Segment[]
  /** Without a folder: everything read before `reads`. */
  readonly done?: readonly Segment[]
}

const START: Offset = { n: 0, reads: [] }

/** Read an offset that came back from a log. */
export function offsetOf(source: string, json: Json): Offset {
  if (json === null) return START
  const offset = json as { n?: unknown; reads?: unknown }
  if (typeof offset.n === 'number' && Array.isArray(offset.reads)) return json as unknown as Offset
  return fail('BAD_OFFSET', { source, reason: JSON.stringify(json).slice(0, 100) })
}

export function jsonOf(offset: Offset): Json {
  return JSON.parse(JSON.stringify(offset)) as Json
}

/** Entries of the saved log after which it is rewritten, at least. */
const COMPACT_AT = 1000

export class Ledger {
  readonly #source: string
  readonly #disk: Disk
  readonly #path: string | undefined
  readonly #files = new Map<string, Progress>()
  #n = 0
  #loaded = false
  #log: WriteHandle | undefined
  #entries = 0

  /** @param folder where the ledger may keep its deltas; without one, offsets carry everything. */
  constructor(source: string, disk: Disk, folder: string | undefined) {
    this.#source = source
    this.#disk = disk
    this.#path = folder === undefined ? undefined : `${folder}/files.log`
  }

  get(path: string): Progress | undefined {
    return this.#files.get(path)
  }

  /** Make the ledger say what had been read at `offset`. */
  async moveTo(offset: Offset): Promise<void> {
    if (offset.n === this.#n && this.#loaded) return
    if (offset.n !== this.#n + 1 || !this.#loaded) await this.#rebuild(offset)
    if (offset.n === this.#n) return
    this.#apply(offset.reads)
    this.#n = offset.n
    await this.#save(offset)
  }

  /** Everything that had been read at `offset`. */
  async readsUpTo(offset: Offset): Promise<readonly Segment[]> {
    await this.moveTo(offset)
    return this.#segments()
  }

  /** The offset after reading `reads`. */
  next(reads: readonly Segment[]): Offset {
    const n = this.#n + 1
    return this.#path === undefined ? { n, reads, done: this.#segments() } : { n, reads }
  }

  async close(): Promise<void> {
    await this.#log?.close()
    this.#log = undefined
  }

  #apply(reads: readonly Segment[]): void {
    for (const { path, to, size, last, id } of reads) this.#files.set(path, { position: to, size, finished: last, id })
  }

  #segments(): Segment[] {
    return [...this.#files].map(([path, { position, size, finished, id }]) => ({
      path,
      from: 0,
      to: position,
      size,
      last: finished,
      id,
    }))
  }

  async #rebuild(offset: Offset): Promise<void> {
    await this.close()
    this.#files.clear()
    this.#n = offset.n === 0 ? 0 : offset.n - 1
    this.#loaded = true
    if (offset.n === 0) return this.#rewrite()
    if (offset.done !== undefined) return this.#apply(offset.done)
    const reached = await this.#load(offset.n)
    if (reached < offset.n - 1)
      fail('BAD_OFFSET', {
        source: this.#source,
        reason: `the list of files read ends at ${reached}, not ${offset.n - 1}`,
      })
    this.#n = reached
  }

  // Entries after `n` belong to ranges that were given up: they are cut off by the rewrite.
  async #load(n: number): Promise<number> {
    const path = this.#path
    if (path === undefined || !(await this.#disk.exists(path))) return 0
    let reached = 0
    for (const line of new TextDecoder().decode(await this.#disk.readAll(path)).split('\n')) {
      const entry = parseLine(line)
      if (entry === undefined || entry.n > n || entry.source !== this.#source) break
      this.#apply(entry.reads)
      reached = entry.n
    }
    this.#n = reached
    await this.#rewrite()
    return reached
  }

  async #save(offset: Offset): Promise<void> {
    if (this.#path === undefined) return
    if (this.#entries > Math.max(COMPACT_AT, 2 * this.#files.size)) return this.#rewrite()
    const size = (await this.#disk.info(this.#path))?.bytes ?? 0
    this.#log ??= await this.#disk.append(this.#path, size)
    await this.#log.write(utf8(`${JSON.stringify({ n: offset.n, source: this.#source, reads: offset.reads })}\n`))
    await this.#log.sync()
    this.#entries++
  }

  // One entry that says everything.
  async #rewrite(): Promise<void> {
    if (this.#path === undefined) return
    await this.close()
    this.#entries = 1
    await this.#disk.writeAtomic(
      this.#path,
      utf8(`${JSON.stringify({ n: this.#n, source: this.#source, reads: this.#segments() })}\n`),
    )
  }
}

// A torn last line is no entry.
function parseLine(line: string): (Offset & { readonly source: string }) | undefined {
  try {
    const entry = JSON.parse(line) as Offset & { readonly source: string }
    return typeof entry.n === 'number' && Array.isArray(entry.reads) ? entry : undefined
  } catch {
    return undefined
  }
}
