// The real disk. Law: every method that says durable has called fsync before it resolves, on the file and,
// when a name appeared or moved, on its folder; and every failure is a DISK_* error that names the path.
import { type FileHandle, glob, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { type Disk, type FileInfo, fail, type ReadHandle, type WriteHandle } from '../base/index.ts'
import { diskError, isMissing } from './disk-error.ts'
import { lockPath } from './lock.ts'
import { makeFolders } from './make-folder.ts'
import { mapLimited } from './map-limited.ts'

const STAT_CONCURRENCY = 16

/** The files of this machine; relative paths start at `root` (default: the working directory). */
export function realDisk(root = process.cwd()): Disk {
  const at = (path: string) => (isAbsolute(path) ? path : resolve(root, path))
  return {
    open: path => attempt('opening', path, () => openRead(path, at(path))),
    append: (path, bytes) => attempt('opening', path, () => openAppend(path, at(path), bytes)),
    readAll: path => attempt('reading', path, () => readFile(at(path))),
    writeAtomic: (path, bytes) => attempt('writing', path, () => writeAtomic(at(path), bytes)),
    rename: (from, to) => attempt('renaming', from, () => renameDurably(at(from), at(to))),
    remove: path => attempt('removing', path, () => rm(at(path), { force: true })),
    exists: async path => (await infoOf(path, at(path))) !== undefined,
    info: path => infoOf(path, at(path)),
    list: folder => attempt('listing', folder, () => list(folder, at(folder))),
    glob: pattern => attempt('listing', pattern, () => find(pattern, root)),
    makeFolder: path => attempt('making', path, () => makeFolder(at(path))),
    lock: path => attempt('locking', path, () => lockPath(path, at(path))),
  }
}

async function attempt<T>(doing: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    throw diskError(doing, path, cause)
  }
}

async function openRead(path: string, real: string): Promise<ReadHandle> {
  const file = await open(real, 'r')
  return {
    path,
    read: (target, position) =>
      attempt('reading', path, async () => (await file.read(target, 0, target.length, position)).bytesRead),
    size: () => attempt('reading', path, async () => (await file.stat()).size),
    close: () => attempt('closing', path, () => file.close()),
  }
}

async function openAppend(path: string, real: string, at: number): Promise<WriteHandle> {
  const file = await openOrCreate(real)
  try {
    const { size } = await file.stat()
    if (size < at) fail('DISK_SHORT', { path, bytes: size, wanted: at })
    if (size > at) await file.truncate(at)
  } catch (error) {
    await file.close()
    throw error
  }
  return writeHandle(path, file, at)
}

function writeHandle(path: string, file: FileHandle, start: number): WriteHandle {
  let position = start
  return {
    path,
    write: bytes =>
      attempt('writing', path, async () => {
        await writeFully(file, bytes, position)
        position += bytes.length
      }),
    sync: () => attempt('writing', path, () => file.datasync()),
    truncate: bytes =>
      attempt('cutting', path, async () => {
        await file.truncate(bytes)
        position = bytes
      }),
    close: () => attempt('closing', path, () => file.close()),
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

async function openOrCreate(real: string): Promise<FileHandle> {
  try {
    return await open(real, 'r+')
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await makeFolder(dirname(real))
  const file = await open(real, 'w+')
  await syncFolder(dirname(real))
  return file
}

// The temporary name is never the same twice: two writers of one path must not share a half-written file.
async function writeAtomic(real: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(real)
  const temporary = join(folder, `.${basename(real).slice(0, 100)}.${crypto.randomUUID()}.tmp`)
  await makeFolder(folder)
  try {
    const file = await open(temporary, 'wx')
    try {
      await writeFully(file, bytes, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, real)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(folder)
}

async function renameDurably(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await rename(from, to)
  await syncFolder(dirname(to))
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from))
}

async function makeFolder(real: string): Promise<void> {
  const first = await makeFolders(real)
  if (first === undefined) return
  for (let folder = real; folder.length >= first.length; folder = dirname(folder)) await syncFolder(dirname(folder))
}

// Windows can't sync a folder; there the rename itself is the promise.
async function syncFolder(real: string): Promise<void> {
  if (sep === '\\') return
  const folder = await open(real, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function infoOf(path: string, real: string): Promise<FileInfo | undefined> {
  try {
    const found = await stat(real)
    if (!found.isFile()) return undefined
    return { path, bytes: found.size, modified: found.mtimeMs, id: `${found.dev}:${found.ino}` }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw diskError('reading', path, error)
  }
}

async function list(folder: string, real: string): Promise<FileInfo[]> {
  const names = await readdir(real).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  return infos(names.sort().map(name => [slashed(join(folder, name)), join(real, name)]))
}

// A plain path wins over its reading as a pattern, so a file may be called 'a[1].json'.
async function find(pattern: string, root: string): Promise<FileInfo[]> {
  const real = isAbsolute(pattern) ? pattern : resolve(root, pattern)
  const plain = await stat(real).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (plain?.isFile() === true) return infos([[slashed(pattern), real]])
  const paths: [shown: string, real: string][] = []
  if (plain?.isDirectory() === true)
    for await (const path of below(real)) paths.push([join(pattern, path), join(real, path)])
  else {
    await checkReadable(real)
    for await (const path of glob(pattern, { cwd: root, exclude: hidden }))
      if (!hidden(path)) paths.push([path, isAbsolute(path) ? path : join(root, path)])
  }
  const found = await infos(paths.map(([shown, at]) => [slashed(shown), at]))
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** The visible files below a folder. One that may not be listed is an error: its files would be missing without a word. */
async function* below(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  for (const entry of entries) {
    if (hidden(entry.name)) continue
    if (!entry.isDirectory()) yield entry.name
    else for await (const path of below(join(folder, entry.name))) yield join(entry.name, path)
  }
}

// The glob of node leaves out what it may not list; the folder in which the pattern begins must be listed at least.
async function checkReadable(pattern: string): Promise<void> {
  const magic = pattern.search(/[*?[{]/)
  const folder = magic === -1 ? dirname(pattern) : dirname(`${pattern.slice(0, magic)}x`)
  await readdir(folder).catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
}

/** Work in progress and metadata by everyone's convention: `.x`, `_x`. */
function hidden(path: string): boolean {
  const name = basename(path)
  return (name.startsWith('.') && name !== '.' && name !== '..') || name.startsWith('_')
}

async function infos(paths: readonly (readonly [shown: string, real: string])[]): Promise<FileInfo[]> {
  const all = await mapLimited(paths, STAT_CONCURRENCY, ([shown, real]) => infoOf(shown, real))
  return all.filter(each => each !== undefined)
}

function slashed(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path
}
