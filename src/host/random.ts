// Real randomness, from the operating system, a block at a time.
import { randomFillSync, randomUUID } from 'node:crypto'
import type { Random } from '../base/index.ts'

const block = new Uint32Array(256)
let used = block.length

export const realRandom: Random = {
  u32() {
    if (used === block.length) {
      randomFillSync(block)
      used = 0
    }
    return block[used++] as number
  },
  id: () => randomUUID(),
}
