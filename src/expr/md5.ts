// MD5 (RFC 1321): a checksum, not a protection.

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const
const CONSTANTS = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32))

/** The hash of bytes as 32 hexadecimal digits. */
export function md5(bytes: Uint8Array): string {
  const words = padded(bytes)
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  for (let at = 0; at < words.length; at += 16) round(state, words.subarray(at, at + 16))
  return [...new Uint8Array(state.buffer)].map(each => each.toString(16).padStart(2, '0')).join('')
}

/** The bytes, a one, zeros, and their number in bits: whole blocks of 16 words. */
function padded(bytes: Uint8Array): Int32Array {
  const blocks = (bytes.length + 8) >>> 6
  const all = new Uint8Array((blocks + 1) * 64)
  all.set(bytes)
  all[bytes.length] = 0x80
  new DataView(all.buffer).setBigUint64(all.length - 8, BigInt(bytes.length) * 8n, true)
  return new Int32Array(all.buffer)
}

function round(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const phase = i >>> 4
    const [mixed, index] = step(phase, i, b, c, d)
    const sum = (a + mixed + (CONSTANTS[i] as number) + (words[index] as number)) | 0
    const by = SHIFTS[phase * 4 + (i & 3)] as number
    ;[a, d, c, b] = [d, c, b, (b + ((sum << by) | (sum >>> (32 - by)))) | 0]
  }
  for (const [i, each] of [a, b, c, d].entries()) state[i] = ((state[i] as number) + each) | 0
}

function step(phase: number, i: number, b: number, c: number, d: number): readonly [number, number] {
  switch (phase) {
    case 0:
      return [(b & c) | (~b & d), i]
    case 1:
      return [(d & b) | (~d & c), (5 * i + 1) & 15]
    case 2:
      return [b ^ c ^ d, (3 * i + 5) & 15]
    default:
      return [c ^ (b | ~d), (7 * i) & 15]
  }
}
