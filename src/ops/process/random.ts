// Numbers that look random and are the same again: the n-th number of a seed is a function of both. No secret.

/** FNV-1a over UTF-16 units, 32 bits. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** The finaliser of MurmurHash3: every bit of the input changes half of the output. */
function mixed(word: number): number {
  let hash = word
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The n-th number of a seed, at least 0 and below 1, of 53 bits. */
export function randomAt(seed: number, n: number): number {
  const a = mixed(seed ^ Math.imul(n + 1, 0x9e3779b9))
  const b = mixed(a ^ Math.imul(seed + n + 1, 0x7feb352d))
  return ((a >>> 5) * 0x4000000 + (b >>> 6)) / 2 ** 53
}
