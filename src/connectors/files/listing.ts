// Which files there are, in the order in which they are read. Law: the order is a function of the folder: by path,
// or newest first and then by path.
import { type Clock, type Disk, type FileInfo, fail } from '../../base/index.ts'
import type { FileSettings } from './options.ts'

export class Listing {
  readonly #settings: FileSettings
  readonly #disk: Disk
  readonly #clock: Clock
  #files: readonly FileInfo[] | undefined
  #listedAt = 0

  constructor(settings: FileSettings, disk: Disk, clock: Clock) {
    this.#settings = settings
    this.#disk = disk
    this.#clock = clock
  }

  /** A bounded input looks once; the others when the last look is older than the poll interval. */
  async files(): Promise<readonly FileInfo[]> {
    const { forever, pollMs, pattern } = this.#settings
    const now = this.#clock.now()
    if (this.#files !== undefined && (!forever || now - this.#listedAt < pollMs)) return this.#files
    const found = await this.#disk.glob(pattern)
    if (found.length === 0 && !forever) fail('NO_INPUT', { pattern })
    const base = baseOf(pattern)
    this.#files = ordered(
      found.filter(each => isVisible(each.path, base)),
      this.#settings,
    )
    this.#listedAt = now
    return this.#files
  }

  /** Milliseconds until looking again makes sense. */
  get waitMs(): number {
    return Math.max(1, this.#listedAt + this.#settings.pollMs - this.#clock.now())
  }
}

/** The part of a pattern that is no pattern, up to a slash. */
function baseOf(pattern: string): string {
  const plain = pattern.replace(/^(\.\/)+/, '')
  const magic = plain.search(/[*?[{]/)
  if (magic === -1) return plain.endsWith('/') ? plain : `${plain}/`
  return plain.slice(0, plain.lastIndexOf('/', magic) + 1)
}

/** Below `base` no name begins with `.` or `_`: those are work in progress and metadata, by everyone's convention. */
function isVisible(path: string, base: string): boolean {
  if (`${path}/` === base) return true
  const below = path.startsWith(base) ? path.slice(base.length) : path.slice(path.lastIndexOf('/') + 1)
  return !below.split('/').some(name => name.startsWith('.') || name.startsWith('_'))
}

/** The files of a listing that are young enough, in reading order. */
function ordered(
  files: readonly FileInfo[],
  { newestFirst, maxAgeMs }: Pick<FileSettings, 'newestFirst' | 'maxAgeMs'>,
): readonly FileInfo[] {
  const newest = files.reduce((most, each) => Math.max(most, each.modified), 0)
  const young = files.filter(each => newest - each.modified <= maxAgeMs)
  const byPath = (a: FileInfo, b: FileInfo) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
  return young.sort((a, b) => (newestFirst ? b.modified - a.modified : 0) || byPath(a, b))
}
