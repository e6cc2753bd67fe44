// Entries as a test writes them: text keys and values, undefined = deleted.
import { DELETED } from '../../src/state/index.ts'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

export type Entries = readonly (readonly [key: string, value: string | undefined])[]

export function blockOf(entries: Entries): Uint8Array {
  const parts: number[] = []
  for (const [key, value] of entries) {
    const k = ENCODER.encode(key)
    const v = ENCODER.encode(value ?? '')
    const head = new DataView(new ArrayBuffer(8))
    head.setUint32(0, k.length, true)
    head.setUint32(4, value === undefined ? DELETED : v.length, true)
    parts.push(...new Uint8Array(head.buffer), ...k, ...v)
  }
  return Uint8Array.from(parts)
}

export function entriesOf(block: Uint8Array): [string, string | undefined][] {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const found: [string, string | undefined][] = []
  for (let at = 0; at < block.length; ) {
    const keyBytes = view.getUint32(at, true)
    const valueBytes = view.getUint32(at + 4, true)
    const key = DECODER.decode(block.subarray(at + 8, at + 8 + keyBytes))
    at += 8 + keyBytes
    if (valueBytes === DELETED) {
      found.push([key, undefined])
      continue
    }
    found.push([key, DECODER.decode(block.subarray(at, at + valueBytes))])
    at += valueBytes
  }
  return found
}
