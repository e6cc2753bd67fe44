// A small durable file: [magic 8][kind 4][version u32][payload bytes u32][CRC-32C of the payload u32][payload],
// little endian, the payload being JSON. Written whole or not at all; read back it is what was written, or it is
// refused by name: torn, altered, of another kind, of another program, of a later version.

import type { Disk } from '../base/index.ts'
import { fail, MillraceError } from '../base/index.ts'
import type { Json } from '../data/index.ts'
import { crc32c } from './crc.ts'

const MAGIC = 'millrace'
const FORMAT = 1
export const HEADER = 24

/** `meta`: what the query is; `plan`: offsets/N; `done`: commits/N; `runs`: state files. */
export type FileKind = 'meta' | 'plan' | 'done' | 'runs'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true })

export function header(kind: FileKind, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER)
  const view = new DataView(bytes.buffer)
  bytes.set(ENCODER.encode(MAGIC + kind))
  view.setUint32(12, FORMAT, true)
  view.setUint32(16, payload.length, true)
  view.setUint32(20, crc32c(payload), true)
  return bytes
}

/** Refuse a file that is not one of ours, of this kind, of a version we read. */
export function checkHeader(bytes: Uint8Array, kind: FileKind, file: string, fix: string): void {
  if (bytes.length < HEADER) {
    if (startsLikeOurs(bytes)) corrupt(file, `it is cut off after ${bytes.length} bytes`, fix)
    fail('CHECKPOINT_FOREIGN', { file, reason: 'no millrace header' })
  }
  const magic = latin(bytes.subarray(0, 8))
  if (magic !== MAGIC) fail('CHECKPOINT_FOREIGN', { file, reason: 'no millrace header' })
  const found = latin(bytes.subarray(8, 12))
  if (found !== kind) fail('CHECKPOINT_FOREIGN', { file, reason: `'${found}' where '${kind}' is expected` })
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true)
  if (version > FORMAT) fail('CHECKPOINT_VERSION', { file, version, known: FORMAT })
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

function startsLikeOurs(bytes: Uint8Array): boolean {
  return MAGIC.startsWith(latin(bytes.subarray(0, 8)))
}

export function corrupt(file: string, reason: string, fix: string): never {
  return fail('CHECKPOINT_CORRUPT', { file, reason, fix })
}

export async function writeRecord(disk: Disk, file: string, kind: FileKind, value: Json): Promise<void> {
  const payload = ENCODER.encode(JSON.stringify(value))
  const bytes = new Uint8Array(HEADER + payload.length)
  bytes.set(header(kind, payload))
  bytes.set(payload, HEADER)
  await disk.writeAtomic(file, bytes)
}

/** `fix`: what to do about a damaged one. */
export async function readRecord(disk: Disk, file: string, kind: FileKind, fix: string): Promise<Json> {
  const bytes = await readWhole(disk, file)
  checkHeader(bytes, kind, file, fix)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const length = view.getUint32(16, true)
  if (bytes.length !== HEADER + length) {
    corrupt(file, `it has ${bytes.length - HEADER} bytes after its header, ${length} were written`, fix)
  }
  const payload = bytes.subarray(HEADER)
  if (crc32c(payload) !== view.getUint32(20, true)) corrupt(file, 'its checksum does not match', fix)
  try {
    return JSON.parse(DECODER.decode(payload)) as Json
  } catch {
    return corrupt(file, 'it holds no JSON', fix)
  }
}

function readWhole(disk: Disk, file: string): Promise<Uint8Array> {
  return disk.readAll(file).catch(missing(file))
}

/** A file of ours that is not there is told as such. */
export function missing(file: string): (error: unknown) => never {
  return error => {
    if (!(error instanceof MillraceError) || error.code !== 'DISK_MISSING') throw error
    fail('CHECKPOINT_MISSING', { file, reason: 'it is referred to and not there' }, {}, error)
  }
}
