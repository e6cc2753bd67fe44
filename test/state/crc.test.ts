// CRC-32C against the vectors of RFC 3720, B.4, and against the bitwise definition.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from '../../src/state/index.ts'
import { seeded } from '../support/seed.ts'

const vectors: readonly (readonly [string, Uint8Array, number])[] = [
  ['nothing', new Uint8Array(0), 0],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
]
for (const [name, bytes, expected] of vectors) {
  test(`crc32c of ${name}`, () => assert.equal(crc32c(bytes), expected))
}

function bitwise(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

seeded('any bytes, whole or in two parts', rng => {
  const bytes = Uint8Array.from(rng.list(rng.int(0, 100), () => rng.int(0, 255)))
  const middle = rng.int(0, bytes.length)
  assert.equal(crc32c(bytes), bitwise(bytes))
  assert.equal(crc32c(bytes.subarray(middle), crc32c(bytes.subarray(0, middle))), bitwise(bytes))
})
