// What is remembered of a window whose results are told in panes, and how it is saved.
import { fail } from '../../base/index.ts'
import { utf8 } from '../../data/index.ts'
import { DELETED } from '../../state/index.ts'
import type { FiringState } from '../../time/index.ts'

export type Timing = 'early' | 'on time' | 'late'

/** A pane that was told: the bytes of its row, and what was said of it. */
export interface Told {
  readonly row: string
  readonly index: number
  readonly timing: Timing
  readonly first: boolean
  readonly last: boolean
}

export interface Pane {
  /** The key without the window, as text of its bytes. */
  readonly group: string
  readonly start: bigint
  readonly end: bigint
  /** The bytes of the result as it is now (text, a character a byte); undefined: there is none. */
  row: string | undefined
  /** How many rows it is of, and how many of them the trigger has seen. */
  rows: number
  seen: number
  firing: FiringState
  /** Something changed since the last pane. */
  isPending: boolean
  index: number
  /** What comes now is late: the pane on time was told, or never will be. */
  isLate: boolean
  /** Panes that stand and are to be taken back by the next (retracting). */
  told: Told[]
}

export const keyOfPane = ({ group, start, end }: Pick<Pane, 'group' | 'start' | 'end'>): string =>
  `${start} ${end} ${group}`

/** Bytes as text, a character each, and back. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
export const bytesOfText = (text: string): Uint8Array => Uint8Array.from(text, each => each.charCodeAt(0))

/** A state entry; undefined: the window is gone. */
export function entryOf(key: string, pane: Pane | undefined): Uint8Array {
  const name = utf8(key)
  const value = pane === undefined ? new Uint8Array(0) : utf8(JSON.stringify(pane, bigints))
  const entry = new Uint8Array(8 + name.length + value.length)
  const head = new DataView(entry.buffer)
  head.setUint32(0, name.length, true)
  head.setUint32(4, pane === undefined ? DELETED : value.length, true)
  entry.set(name, 8)
  entry.set(value, 8 + name.length)
  return entry
}

const bigints = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

const TEXT = new TextDecoder()

/** The entries of a block. */
export function* entriesOf(block: Uint8Array): Generator<readonly [key: string, pane: Pane | undefined]> {
  const head = new DataView(block.buffer, block.byteOffset, block.byteLength)
  for (let at = 0; at < block.length; ) {
    if (block.length - at < 8) fail('ASSERTION', { reason: 'a block of state entries is torn' })
    const [keyBytes, told] = [head.getUint32(at, true), head.getUint32(at + 4, true)]
    const valueBytes = told === DELETED ? 0 : told
    const value = at + 8 + keyBytes
    if (value + valueBytes > block.length) fail('ASSERTION', { reason: 'a block of state entries is torn' })
    const key = TEXT.decode(block.subarray(at + 8, value))
    yield [key, told === DELETED ? undefined : paneFrom(TEXT.decode(block.subarray(value, value + valueBytes)))]
    at = value + valueBytes
  }
}

function paneFrom(text: string): Pane {
  const read = JSON.parse(text) as Pane & { start: string; end: string }
  return { ...read, start: BigInt(read.start), end: BigInt(read.end) }
}
