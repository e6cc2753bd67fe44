// Which bytes an epoch reads. A limit of rows is turned into bytes: exactly (rows are counted) where that is cheap,
// else by the mean length of a row so far. Either way the range that is logged says bytes, so a replay is exact.
import { type Disk, type FileInfo, fail } from '../../base/index.ts'
import { BATCH_ROWS, type Memory, type SourceContext } from '../../data/index.ts'
import { type Buffers, bytesOf, CHUNK_BYTES, compressionOf, readFully } from './bytes.ts'
import type { Progress, Segment } from './ledger.ts'
import { type Cut, LookAhead } from './look-ahead.ts'
import type { TextSettings } from './options.ts'
import { RowScan } from './scan.ts'

/** Up to so many bytes rows are counted. */
const COUNT_BYTES = 1 << 20
/** What an epoch holds of a compressed file at most. */
const AHEAD_BYTES = 32 << 20
const SAMPLE_BYTES = 1 << 16
const LONGEST_GUESS = 1024
const NEWLINE = 10
/** A first chunk, while nothing is known about the rows' length: work begins soon. */
const FIRST_BYTES = 1 << 18
/** Rows are not equally long: so much of a batch is aimed at, so that few chunks have a row too many. */
const FILLED = 0.985

/** A segment and how many rows it has, or is thought to have. */
export interface Planned {
  readonly segment: Segment
  readonly rows: number
  /** The limit ended it. */
  readonly cut: boolean
}

export class Planner {
  readonly #settings: TextSettings
  readonly #disk: Disk
  readonly #memory: Memory
  readonly #buffers: Buffers
  readonly #quoted: boolean
  /** Streams of compressed files that are read in part. */
  readonly open = new Map<string, LookAhead>()
  #rows = 0
  #bytes = 0

  constructor(settings: TextSettings, { world, memory }: Pick<SourceContext, 'world' | 'memory'>, buffers: Buffers) {
    this.#settings = settings
    this.#disk = world.disk
    this.#memory = memory
    this.#buffers = buffers
    this.#quoted = settings.format.kind === 'csv'
  }

  /** What was read, to know how long a row is. */
  learn(rows: number, bytes: number): void {
    this.#rows += rows
    this.#bytes += bytes
  }

  /** Bytes of a chunk whose rows fill batches: what is left over would be a batch too, however small. */
  get chunkBytes(): number {
    if (this.#rows === 0) return FIRST_BYTES
    const batch = (this.#bytes / this.#rows) * BATCH_ROWS * FILLED
    return Math.floor(Math.max(1, Math.floor(CHUNK_BYTES / batch)) * batch)
  }

  /** What to read next of a file: at most `rows` rows, not beyond `until`; undefined when there is nothing. */
  async next(file: FileInfo, known: Progress | undefined, rows: number, until: number): Promise<Planned | undefined> {
    checkUnchanged(file, known, this.#follows(file))
    if (known?.finished === true && !this.#follows(file)) return undefined
    const from = known?.position ?? 0
    if (compressionOf(file.path) !== 'none') return this.#compressed(file, from, rows, until)
    const end = Math.min(until, await this.#endOf(file, from))
    if (end < from || (end === from && (known !== undefined || this.#follows(file)))) return undefined
    const cut = await this.#cut(file.path, from, end, rows)
    const last = cut.to === file.bytes && !this.#follows(file)
    const segment = { path: file.path, from, to: cut.to, size: file.bytes, last, id: this.#idOf(file) }
    return { segment, rows: cut.rows, cut: cut.to < end }
  }

  #hasHeader(from: number): boolean {
    return from === 0 && this.#settings.format.kind === 'csv' && this.#settings.format.header !== false
  }

  async close(): Promise<void> {
    for (const each of this.open.values()) await each.close()
    this.open.clear()
  }

  #follows(file: FileInfo): boolean {
    return this.#settings.follow && compressionOf(file.path) === 'none'
  }

  // Only a file that may grow is known by more than its size: finished ones may be copied and restored.
  #idOf(file: FileInfo): string | undefined {
    return this.#follows(file) ? file.id : undefined
  }

  // The end of what may be read: of a file that is followed, the end of its last whole line.
  async #endOf(file: FileInfo, from: number): Promise<number> {
    if (!this.#follows(file) || file.bytes === from) return file.bytes
    if (!this.#quoted) return lastNewline(this.#disk, file.path, from, file.bytes)
    const scan = new RowScan(this.#memory, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true)
    for await (const chunk of bytesOf(this.#disk, file.path, from, file.bytes, this.#buffers)) scan.push(chunk)
    return from + scan.end
  }

  async #cut(path: string, from: number, end: number, rows: number): Promise<{ to: number; rows: number }> {
    const mean = rows === Number.POSITIVE_INFINITY ? 1 : await this.#meanOf(path)
    const wanted = rows * mean
    if (wanted <= COUNT_BYTES) return this.#scan(path, from, end, rows, Number.POSITIVE_INFINITY)
    if (end - from <= wanted) return { to: end, rows: Math.ceil((end - from) / mean) }
    const target = from + Math.floor(wanted)
    if (!this.#quoted) return { to: await nextNewline(this.#disk, path, target - 1, end), rows }
    const found = await this.#scan(path, from, end, Number.POSITIVE_INFINITY, target)
    return { to: found.to, rows }
  }

  async #scan(path: string, from: number, end: number, rows: number, target: number) {
    const scan = new RowScan(this.#memory, rows, target - from, this.#quoted, this.#hasHeader(from))
    for await (const chunk of bytesOf(this.#disk, path, from, end, this.#buffers)) if (scan.push(chunk)) break
    scan.finish()
    return { to: from + scan.end, rows: scan.rows }
  }

  async #compressed(file: FileInfo, from: number, rows: number, until: number): Promise<Planned | undefined> {
    const rest = { path: file.path, from, size: file.bytes }
    if (from === -1) return undefined
    if (rows === Number.POSITIVE_INFINITY && until === Number.POSITIVE_INFINITY)
      return { segment: { ...rest, to: -1, last: true }, rows: 0, cut: false }
    const ahead = await this.lookAhead(file.path, from)
    const found: Cut = await ahead.find(rows, Math.min(until - from, AHEAD_BYTES), this.#quoted, this.#hasHeader(from))
    if (found.to === from && !found.last) return undefined
    return { segment: { ...rest, to: found.to, last: found.last }, rows: found.rows, cut: !found.last }
  }

  /** The stream of a compressed file at a position: the one that is open there, or a new one. */
  async lookAhead(path: string, from: number): Promise<LookAhead> {
    const open = this.open.get(path)
    if (open?.position === from) return open
    await open?.close()
    const ahead = new LookAhead(this.#disk, path, from, this.#buffers, this.#memory)
    this.open.set(path, ahead)
    return ahead
  }

  async #meanOf(path: string): Promise<number> {
    if (this.#rows > 0) return Math.max(1, this.#bytes / this.#rows)
    const scan = new RowScan(this.#memory, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, this.#quoted)
    const size = (await this.#disk.info(path))?.bytes ?? 0
    const sample = bytesOf(this.#disk, path, 0, Math.min(size, SAMPLE_BYTES), this.#buffers)
    for await (const chunk of sample) scan.push(chunk)
    if (scan.rows > 0) this.learn(scan.rows, scan.end)
    return scan.rows > 0 ? scan.end / scan.rows : LONGEST_GUESS
  }
}

/** FILE_CHANGED when a file is not what it was when it was read, but for what was appended to one that is followed. */
export function checkUnchanged(file: FileInfo, known: Progress | undefined, follows: boolean): void {
  if (known === undefined) return
  const change = (how: string) => fail('FILE_CHANGED', { path: file.path, how }, { position: { source: file.path } })
  if (follows) {
    if (file.bytes < known.position) change(`shrank from at least ${known.position} to ${file.bytes} bytes`)
    if (known.id !== undefined && file.id !== known.id) change('was replaced by another file')
  } else if (file.bytes < known.size) change(`shrank from ${known.size} to ${file.bytes} bytes`)
  else if (file.bytes > known.size) change(`grew from ${known.size} to ${file.bytes} bytes`)
}

/** The position behind the last newline of `from` .. `end`; `from` when there is none. */
function lastNewline(disk: Disk, path: string, from: number, end: number): Promise<number> {
  return reading(disk, path, async read => {
    for (let to = end; to > from; ) {
      const start = Math.max(from, to - SAMPLE_BYTES)
      const found = (await read(start, to)).lastIndexOf(NEWLINE)
      if (found >= 0) return start + found + 1
      to = start
    }
    return from
  })
}

/** The position behind the first newline of `from` .. `end`; `end` when there is none. */
function nextNewline(disk: Disk, path: string, from: number, end: number): Promise<number> {
  return reading(disk, path, async read => {
    for (let start = from; start < end; start += SAMPLE_BYTES) {
      const found = (await read(start, Math.min(end, start + SAMPLE_BYTES))).indexOf(NEWLINE)
      if (found >= 0) return start + found + 1
    }
    return end
  })
}

/** Look at pieces of a file of up to SAMPLE_BYTES, each valid until the next one is asked for. */
async function reading(
  disk: Disk,
  path: string,
  look: (read: (from: number, to: number) => Promise<Uint8Array>) => Promise<number>,
): Promise<number> {
  const handle = await disk.open(path)
  try {
    const block = new Uint8Array(SAMPLE_BYTES)
    return await look(async (from, to) =>
      block.subarray(0, await readFully(handle, block.subarray(0, to - from), from)),
    )
  } finally {
    await handle.close()
  }
}
