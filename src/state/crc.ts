// CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes at a time (Kounavis and Berry, "slicing-by-8", 2005).

const POLYNOMIAL = 0x82f63b78

const tables: Int32Array[] = makeTables()

function makeTables(): Int32Array[] {
  const all = Array.from({ length: 8 }, () => new Int32Array(256))
  const [first] = all as [Int32Array]
  for (let i = 0; i < 256; i++) {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    first[i] = value
  }
  for (let t = 1; t < 8; t++) {
    const before = all[t - 1] as Int32Array
    const table = all[t] as Int32Array
    for (let i = 0; i < 256; i++)
      table[i] = ((before[i] as number) >>> 8) ^ (first[(before[i] as number) & 255] as number)
  }
  return all
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

/** The checksum of `bytes`, unsigned; `before` continues one that was begun. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  const whole = bytes.length & ~7
  let i = 0
  for (; i < whole; i += 8) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
    crc =
      T7[low & 255]! ^
      T6[(low >>> 8) & 255]! ^
      T5[(low >>> 16) & 255]! ^
      T4[low >>> 24]! ^
      T3[bytes[i + 4]!]! ^
      T2[bytes[i + 5]!]! ^
      T1[bytes[i + 6]!]! ^
      T0[bytes[i + 7]!]!
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ T0[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}
