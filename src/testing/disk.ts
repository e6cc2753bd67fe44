// A disk that forgets: what was written but not synced may vanish, wholly or in part, when the world crashes.
// Every step that can be cut short is counted, so a test can stop the world at step k, for every k (the way
// SQLite tests its journal). Rename and remove are atomic and durable when they resolve, as the port says.
import { type Disk, type FileInfo, fail, type Lock, type ReadHandle, type WriteHandle } from '../base/index.ts'

/** The process is gone: thrown by every call from the crash on. No error of the engine's catalogue. */
export class Crashed extends Error {
  override readonly name = 'Crashed'
}

/** What happens to bytes that were written but not synced: all lost, all kept, or cut in the middle. */
export type Tail = 'lost' | 'kept' | 'torn'

interface VirtualFile {
  bytes: Uint8Array
  /** What a crash leaves for sure; undefined: not even the name. */
  durable: Uint8Array | undefined
  modified: number
}

export interface VirtualDiskOptions {
  /** Milliseconds since 1970, for the modification times. */
  now?: () => number
  /** Bytes it holds. */
  capacity?: number
}

const EMPTY = new Uint8Array(0)

export class VirtualDisk implements Disk {
  readonly #files = new Map<string, VirtualFile>()
  readonly #locks = new Set<string>()
  readonly #now: () => number
  #generation = 0
  #crashAt = 0
  #dead = false
  /** Steps so far that a crash could have cut. */
  steps = 0
  capacity: number
  /** Everything under these prefixes refuses to be written. */
  readonly denied = new Set<string>()

  constructor(options: VirtualDiskOptions = {}) {
    this.#now = options.now ?? (() => 0)
    this.capacity = options.capacity ?? Number.POSITIVE_INFINITY
  }

  /** Stop the world in the middle of step `k` (counted from now, from 1). */
  crashAt(k: number): void {
    this.#crashAt = this.steps + k
  }

  /** The process dies: every call fails from now on, until the restart. */
  die(): void {
    this.#dead = true
  }

  /** The process dies (if it has not yet) and the machine comes up again with what was durable. */
  restart(tail: Tail = 'lost'): void {
    this.#generation++
    this.#dead = false
    this.#crashAt = 0
    this.#locks.clear()
    for (const [path, file] of this.#files) {
      const left = survivors(file, tail)
      if (left === undefined) this.#files.delete(path)
      else this.#files.set(path, { bytes: left, durable: left, modified: file.modified })
    }
  }

  /** Files and their contents, for a test to look at and to damage. */
  get files(): ReadonlyMap<string, { readonly bytes: Uint8Array }> {
    return this.#files
  }

  /** Put a file there, durably, without counting steps. */
  put(path: string, bytes: Uint8Array | string): void {
    const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
    this.#files.set(clean(path), { bytes: data, durable: data, modified: this.#now() })
  }

  text(path: string): string {
    return new TextDecoder().decode(this.#file(path).bytes)
  }

  async open(path: string): Promise<ReadHandle> {
    this.#alive()
    const file = this.#file(path)
    return {
      path,
      read: async (target, position) => {
        this.#alive()
        const part = file.bytes.subarray(position, position + target.length)
        target.set(part)
        return part.length
      },
      size: async () => file.bytes.length,
      close: async () => {},
    }
  }

  async append(path: string, at: number): Promise<WriteHandle> {
    const key = clean(path)
    this.#step(path)
    const file = this.#files.get(key) ?? { bytes: EMPTY, durable: undefined, modified: this.#now() }
    if (file.bytes.length < at) fail('DISK_FAILED', { path, reason: `it has ${file.bytes.length} bytes, not ${at}` })
    file.bytes = file.bytes.slice(0, at)
    this.#files.set(key, file)
    return this.#writer(path, file)
  }

  #writer(path: string, file: VirtualFile): WriteHandle {
    const generation = this.#generation
    const check = (): void => {
      if (generation !== this.#generation) throw new Crashed('a handle of a process that is gone')
    }
    return {
      path,
      write: async bytes => {
        check()
        this.#step(path, () => this.#grow(path, file, bytes.subarray(0, bytes.length >>> 1)))
        this.#grow(path, file, bytes)
      },
      sync: async () => {
        check()
        this.#step(path)
        file.durable = file.bytes
      },
      truncate: async bytes => {
        check()
        this.#step(path)
        file.bytes = file.bytes.slice(0, bytes)
      },
      close: async () => {},
    }
  }

  async readAll(path: string): Promise<Uint8Array> {
    this.#alive()
    return this.#file(path).bytes.slice()
  }

  async writeAtomic(path: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.append(`${path}.tmp`, 0)
    await handle.write(bytes)
    await handle.sync()
    await this.rename(`${path}.tmp`, path)
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step(to)
    const file = this.#file(from)
    this.#files.delete(clean(from))
    // Unsynced bytes stay unsynced under the new name: a rename without a sync may leave an empty file.
    this.#files.set(clean(to), { ...file, durable: file.durable ?? EMPTY })
  }

  async remove(path: string): Promise<void> {
    this.#step(path)
    this.#files.delete(clean(path))
  }

  async exists(path: string): Promise<boolean> {
    this.#alive()
    return this.#files.has(clean(path)) || this.#under(path).length > 0
  }

  async info(path: string): Promise<FileInfo | undefined> {
    this.#alive()
    const file = this.#files.get(clean(path))
    return file === undefined ? undefined : { path, bytes: file.bytes.length, modified: file.modified }
  }

  async list(folder: string): Promise<FileInfo[]> {
    this.#alive()
    const depth = clean(folder) === '' ? 1 : clean(folder).split('/').length + 1
    return this.#under(folder).filter(each => each.path.split('/').length === depth)
  }

  async glob(pattern: string): Promise<FileInfo[]> {
    this.#alive()
    const plain = await this.info(pattern)
    if (plain !== undefined) return [plain]
    const below = this.#under(pattern).filter(each => isVisible(each.path.slice(clean(pattern).length)))
    if (below.length > 0 || !/[*?[{]/.test(pattern)) return below
    const shape = globShape(clean(pattern))
    return this.#under('').filter(each => shape.test(each.path))
  }

  async makeFolder(path: string): Promise<void> {
    this.#alive()
    if ([...this.denied].some(each => path.startsWith(each))) fail('DISK_DENIED', { path, reason: 'read-only' })
  }

  async lock(path: string): Promise<Lock> {
    this.#alive()
    const key = clean(path)
    if (this.#locks.has(key)) fail('LOCKED', { path, owner: 'another run of this process' })
    this.#locks.add(key)
    return { release: async () => void this.#locks.delete(key) }
  }

  #under(folder: string): FileInfo[] {
    const prefix = clean(folder) === '' ? '' : `${clean(folder)}/`
    return [...this.#files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, file]) => ({ path, bytes: file.bytes.length, modified: file.modified }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  #file(path: string): VirtualFile {
    return this.#files.get(clean(path)) ?? fail('DISK_MISSING', { path })
  }

  #grow(path: string, file: VirtualFile, bytes: Uint8Array): void {
    let used = 0
    for (const each of this.#files.values()) used += each.bytes.length
    if (used + bytes.length > this.capacity) fail('DISK_FULL', { path })
    const grown = new Uint8Array(file.bytes.length + bytes.length)
    grown.set(file.bytes)
    grown.set(bytes, file.bytes.length)
    file.bytes = grown
    file.modified = this.#now()
  }

  #alive(): void {
    if (this.#dead) throw new Crashed('the process is gone')
  }

  /** One step of the disk; `half` is what a crash in the middle of it leaves behind. */
  #step(path: string, half?: () => void): void {
    this.#alive()
    if ([...this.denied].some(each => path.startsWith(each))) fail('DISK_DENIED', { path, reason: 'read-only' })
    this.steps++
    if (this.steps !== this.#crashAt) return
    half?.()
    this.#dead = true
    throw new Crashed(`at step ${this.steps}: ${path}`)
  }
}

function survivors(file: VirtualFile, tail: Tail): Uint8Array | undefined {
  if (file.durable === file.bytes || tail === 'lost') return file.durable
  if (tail === 'kept') return file.bytes
  const synced = file.durable?.length ?? 0
  return file.bytes.slice(0, synced + ((file.bytes.length - synced) >>> 1))
}

function clean(path: string): string {
  return path
    .split('/')
    .filter((part, i) => part !== '.' && (part !== '' || i === 0))
    .join('/')
    .replace(/\/$/, '')
}

/** No component of a path begins with `.` or `_`. */
function isVisible(path: string): boolean {
  return !/(?:^|\/)[._]/.test(path)
}

function globShape(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replace(/\*\*\/|\*|\?|\{([^}]*)\}/g, (what, options?: string) => {
      if (what === '**/') return '(?:.*/)?'
      if (what === '*') return '[^/]*'
      return what === '?' ? '[^/]' : `(?:${(options ?? '').split(',').join('|')})`
    })
  return new RegExp(`^${body}$`)
}
