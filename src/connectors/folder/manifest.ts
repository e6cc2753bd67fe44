// The manifest of a folder says, per epoch, which files are being written and how long they were when the epoch
// was prepared, and which ones its commit makes visible. It is written whole and atomically, with a checksum.
import { type Disk, fail } from '../../base/index.ts'
import { utf8 } from '../../data/index.ts'
import { builtin } from '../../host/index.ts'

/** A file in the making: its rows lie under `.millrace/open/` until it is full, old or the run ends. */
export interface OpenFile {
  /** Number of the file, unique in the folder. */
  readonly n: number
  /** Folder of its partition, '' or 'a=1/b=2'. */
  readonly partition: string
  readonly bytes: number
  /** When it was begun, milliseconds since 1970. */
  readonly since: number
}

export interface Manifest {
  readonly version: 1
  readonly epoch: number
  /** The epoch of the manifest before; 0: none. */
  readonly previous: number
  /** Number of the next file. */
  readonly next: number
  readonly open: readonly OpenFile[]
  /** Files that the commit of this epoch makes visible. */
  readonly roll: readonly OpenFile[]
  /** Files that were made visible by the epoch before, whose spooled form may go now. */
  readonly spent: readonly number[]
}

export const EMPTY_MANIFEST: Manifest = { version: 1, epoch: 0, previous: 0, next: 1, open: [], roll: [], spent: [] }

/** Manifests kept: the last committed one, one that is prepared, and one for a look back. */
const KEPT = 3

export class Manifests {
  readonly #disk: Disk
  readonly #folder: string
  #written: number[] = []

  /** @param folder the output folder; manifests lie in `.millrace/epochs/` below it. */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk
    this.#folder = `${folder}/.millrace/epochs`
  }

  /**
   * The manifest as of the end of `epoch`; later ones are removed. Epoch 0 is a new start.
   * SINK_ALTERED when that manifest is gone.
   * @param known the epoch of a manifest that there was
   */
  async goBackTo(epoch: number, known = 0): Promise<Manifest> {
    const epochs = await this.#epochs()
    const last = epochs.findLast(each => each <= epoch)
    const first = epochs[0]
    if (last === undefined && first !== undefined && epoch > 0) {
      const { previous } = await this.#read(first)
      const reason = `the manifest of epoch ${previous} is gone, and the query goes back to epoch ${epoch}`
      if (previous > 0) fail('SINK_ALTERED', { path: this.#folder, reason })
    }
    if (known > (last ?? 0))
      fail('SINK_ALTERED', { path: this.#folder, reason: `the manifest of epoch ${known} is gone` })
    const manifest = last === undefined ? EMPTY_MANIFEST : await this.#read(last)
    for (const each of epochs.filter(other => other > epoch).reverse()) await this.#remove(each)
    return manifest
  }

  async #epochs(): Promise<readonly number[]> {
    const names = (await this.#disk.list(this.#folder)).map(each => each.path.split('/').at(-1) as string)
    this.#written = names.flatMap(name => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number)
    return this.#written.sort((a, b) => a - b)
  }

  async #read(epoch: number): Promise<Manifest> {
    const path = this.#pathOf(epoch)
    const [sum, json = ''] = new TextDecoder().decode(await this.#disk.readAll(path)).split('\n')
    if (sum !== checksum(json)) fail('SINK_ALTERED', { path: this.#folder, reason: `${path} fails its checksum` })
    const manifest = JSON.parse(json) as Manifest
    if (manifest.version !== 1)
      fail('SINK_ALTERED', { path: this.#folder, reason: `${path} has version ${manifest.version}; known is 1` })
    return manifest
  }

  async write(manifest: Manifest): Promise<void> {
    const json = JSON.stringify(manifest)
    await this.#disk.writeAtomic(this.#pathOf(manifest.epoch), utf8(`${checksum(json)}\n${json}\n`))
    if (this.#written.at(-1) !== manifest.epoch) this.#written.push(manifest.epoch)
  }

  async #remove(epoch: number): Promise<void> {
    await this.#disk.remove(this.#pathOf(epoch))
    this.#written = this.#written.filter(each => each !== epoch)
  }

  /** Forget what is too old to go back to. */
  async trim(): Promise<void> {
    for (const epoch of this.#written.slice(0, -KEPT)) await this.#remove(epoch)
  }

  #pathOf(epoch: number): string {
    return `${this.#folder}/${String(epoch).padStart(12, '0')}.json`
  }
}

function checksum(json: string): string {
  const { crc32 } = builtin('node:zlib')
  return (crc32(json) >>> 0).toString(16).padStart(8, '0')
}
