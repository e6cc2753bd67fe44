// LZ4 as Parquet files have it: a block (LZ4_RAW), or the older LZ4, blocks behind two sizes as Hadoop writes them, or bare
// as others did. Law: the result has the size that was told, or the bytes are refused; nothing outside of either is touched.
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md, https://github.com/apache/parquet-format/blob/master/Compression.md

const LEAST_MATCH = 4
/** A byte of a length stands for 255 bytes at most. */
const MOST_TIMES = 255

/** Undefined: damaged. */
export function lz4Block(bytes: Uint8Array, size: number): Uint8Array | undefined {
  if (size > bytes.length * MOST_TIMES) return undefined
  const out = new Uint8Array(size)
  return inflate(bytes, out, 0) === size ? out : undefined
}

/** [size u32][compressed size u32], big endian, then the block, again and again; if that is not what it is, a block. */
export function lz4(bytes: Uint8Array, size: number): Uint8Array | undefined {
  if (size > bytes.length * MOST_TIMES) return undefined
  const out = new Uint8Array(size)
  return framed(bytes, out) ? out : lz4Block(bytes, size)
}

function framed(bytes: Uint8Array, out: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let filled = 0
  while (at < bytes.length) {
    if (bytes.length - at < 8) return false
    const [size, packed] = [view.getUint32(at), view.getUint32(at + 4)]
    at += 8
    if (packed > bytes.length - at || size > out.length - filled) return false
    const end = filled + size
    if (inflate(bytes.subarray(at, at + packed), out.subarray(0, end), filled) !== end) return false
    at += packed
    filled = end
  }
  return filled === out.length
}

/** A block's sequences (literals, then bytes that were there before) to `out` from `to` on; where they end, -1: damaged. */
function inflate(bytes: Uint8Array, out: Uint8Array, to: number): number {
  const start = to
  let at = 0
  const lengthOf = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    // Where the bytes end, no length fits.
    for (let more = 255; more === 255; length += more) more = bytes[at++] ?? Number.POSITIVE_INFINITY
    return length
  }
  while (at < bytes.length) {
    const token = bytes[at++] as number
    const literals = lengthOf(token >>> 4)
    if (literals > bytes.length - at || literals > out.length - to) return -1
    copy(bytes, at, out, to, literals)
    at += literals
    to += literals
    // The last sequence has no match.
    if (at === bytes.length) return to
    if (bytes.length - at < 2) return -1
    const back = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    at += 2
    const length = lengthOf(token & 15) + LEAST_MATCH
    if (back === 0 || back > to - start || length > out.length - to) return -1
    // It may reach into what it makes: then it repeats.
    if (back >= length) copy(out, to - back, out, to, length)
    else for (let i = 0; i < length; i++) out[to + i] = out[to + i - back] as number
    to += length
  }
  return -1
}

const SHORT = 24

function copy(from: Uint8Array, at: number, out: Uint8Array, to: number, length: number): void {
  if (length > SHORT) out.set(from.subarray(at, at + length), to)
  else for (let i = 0; i < length; i++) out[to + i] = from[at + i] as number
}
