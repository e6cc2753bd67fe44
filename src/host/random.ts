// Real randomness, from the operating system, a block at a time. (The global `crypto` loads a fraction of what node:crypto does.)
import type { Random } from '../base/index.ts'

const block = new Uint32Array(256)
let used = block.length

export const realRandom: Random = {
  u32() {
    if (used === block.length) {
      crypto.getRandomValues(block)
      used = 0
    }
    return block[used++] as number
  },
  id: () => crypto.randomUUID(),
}
