// SHA-2 (FIPS 180-4): sha224, sha256, sha384 and sha512 of bytes. Its constants are the first bits of roots of primes, and are
// computed as such.

const MASK = 2n ** 64n - 1n

function primes(count: number): readonly bigint[] {
  const found: bigint[] = []
  for (let at = 2n; found.length < count; at++) if (found.every(each => at % each !== 0n)) found.push(at)
  return found
}

/** The greatest integer whose power is at most a number. */
function root(of: bigint, power: bigint): bigint {
  let [low, high] = [0n, 2n ** 80n]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (middle ** power <= of) low = middle
    else high = middle - 1n
  }
  return low
}

/** 64 bits behind the point of the roots of the first primes, of which it is asked when a digest is: that takes milliseconds. */
const fractions = (count: number, power: bigint) => {
  let made: readonly bigint[] | undefined
  return (): readonly bigint[] => {
    made ??= primes(count).map(each => root(each << (64n * power), power) & MASK)
    return made
  }
}

const cubeRoots = fractions(80, 3n)
const squareRoots = fractions(16, 2n)

interface Kind {
  /** Bits of a word. */
  readonly bits: bigint
  readonly rounds: number
  start(): readonly bigint[]
  readonly bytes: number
  /** By how much words are turned: the four sums, the last of the small ones shifted. */
  readonly turns: readonly (readonly [bigint, bigint, bigint])[]
}

const SMALL = {
  bits: 32n,
  rounds: 64,
  turns: [
    [2n, 13n, 22n],
    [6n, 11n, 25n],
    [7n, 18n, 3n],
    [17n, 19n, 10n],
  ],
} as const
const LARGE = {
  bits: 64n,
  rounds: 80,
  turns: [
    [28n, 34n, 39n],
    [14n, 18n, 41n],
    [1n, 8n, 7n],
    [19n, 61n, 6n],
  ],
} as const

const KINDS = {
  sha224: {
    ...SMALL,
    start: () =>
      squareRoots()
        .slice(8)
        .map(each => each & 0xffffffffn),
    bytes: 28,
  },
  sha256: {
    ...SMALL,
    start: () =>
      squareRoots()
        .slice(0, 8)
        .map(each => each >> 32n),
    bytes: 32,
  },
  sha384: { ...LARGE, start: () => squareRoots().slice(8), bytes: 48 },
  sha512: { ...LARGE, start: () => squareRoots().slice(0, 8), bytes: 64 },
} satisfies Record<string, Kind>

export function sha2(name: keyof typeof KINDS, bytes: Uint8Array): Uint8Array {
  const kind: Kind = KINDS[name]
  const words = wordsOf(bytes, kind)
  let state = kind.start()
  for (let at = 0; at < words.length; at += 16) state = block(state, words.slice(at, at + 16), kind)
  const out = new DataView(new ArrayBuffer(64))
  for (const [i, each] of state.entries())
    if (kind.bits === 64n) out.setBigUint64(i * 8, each)
    else out.setUint32(i * 4, Number(each))
  return new Uint8Array(out.buffer, 0, kind.bytes)
}

/** The bytes, a one, zeros, and their number in bits: whole blocks of 16 words. */
function wordsOf(bytes: Uint8Array, { bits }: Kind): bigint[] {
  const word = Number(bits) / 8
  const size = Math.ceil((bytes.length + 1 + 2 * word) / (16 * word)) * 16 * word
  const all = new Uint8Array(size)
  all.set(bytes)
  all[bytes.length] = 0x80
  const view = new DataView(all.buffer)
  view.setBigUint64(size - 8, BigInt(bytes.length) * 8n)
  return Array.from({ length: size / word }, (_, i) =>
    word === 8 ? view.getBigUint64(i * 8) : BigInt(view.getUint32(i * 4)),
  )
}

function block(state: readonly bigint[], words: bigint[], { bits, rounds, turns }: Kind): readonly bigint[] {
  const mask = (1n << bits) - 1n
  const turned = (x: bigint, by: bigint): bigint => ((x >> by) | (x << (bits - by))) & mask
  const sum = (i: number, x: bigint): bigint => {
    const [a, b, c] = turns[i] as readonly [bigint, bigint, bigint]
    return turned(x, a) ^ turned(x, b) ^ (i < 2 ? turned(x, c) : x >> c)
  }
  const at = (i: number): bigint => words[i] as bigint
  for (let i = 16; i < rounds; i++) words.push((sum(3, at(i - 2)) + at(i - 7) + sum(2, at(i - 15)) + at(i - 16)) & mask)
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
  for (let i = 0; i < rounds; i++) {
    const constant = (cubeRoots()[i] as bigint) >> (64n - bits)
    const first = h + sum(1, e) + ((e & f) ^ (~e & mask & g)) + constant + at(i)
    const second = sum(0, a) + ((a & b) ^ (a & c) ^ (b & c))
    ;[a, b, c, d, e, f, g, h] = [(first + second) & mask, a, b, c, (d + first) & mask, e, f, g]
  }
  return [a, b, c, d, e, f, g, h].map((each, i) => (each + (state[i] as bigint)) & mask)
}
