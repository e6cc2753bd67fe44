// Keys chosen against a hash that everybody knows: 2^13 texts that a multiplicative hash without a secret (the finishers of
// many tables: multiply, xor the high half onto the low one, word after word) takes for one. The flip of a word's top bit
// becomes a difference of two bits, which the next word takes back, whatever the multiplier.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_ROWS, batchOf, Kind, Memory } from '../../src/data/index.ts'
import { aggregate } from '../../src/ops/index.ts'
import { scalars } from '../../src/types/index.ts'

const PAIRS = 13
const LENGTH = PAIRS * 16
const TOP = 1n << 63n
const BACK = TOP | (1n << 31n)

/** Text number i: bit k of i flips the k-th pair of words. */
function colliding(i: number): BigUint64Array {
  const words = new BigUint64Array(PAIRS * 2).fill(0x6162636465666768n)
  for (let k = 0; k < PAIRS; k++)
    if ((i >> k) & 1) {
      words[2 * k] = (words[2 * k] as bigint) ^ TOP
      words[2 * k + 1] = (words[2 * k + 1] as bigint) ^ BACK
    }
  return words
}

function scattered(i: number): BigUint64Array {
  return new BigUint64Array(PAIRS * 2).fill((BigInt(i + 1) * 0x9e3779b97f4a7c15n) & (2n ** 64n - 1n))
}

/** Milliseconds to group 2^13 texts, all different, the best of three; and the order in which groups come out. */
function grouping(text: (i: number) => BigUint64Array, seed: bigint): { ms: number; order: string } {
  let ms = Number.POSITIVE_INFINITY
  let order = ''
  for (let round = 0; round < 3; round++) {
    const memory = new Memory(1 << 28, seed)
    const arena = memory.arena()
    const key = { name: 'k', column: 0, type: scalars.binary, nullable: false }
    const operator = aggregate(
      { memory, arena, operator: 'test' },
      { keys: [key], calls: [], appendOnlyInput: true, emit: 'changes' },
    )
    const batches = [0, BATCH_ROWS].map(first => {
      const values = arena.alloc(BATCH_ROWS * 16)
      for (let i = 0; i < BATCH_ROWS; i++) {
        const at = arena.put(new Uint8Array(text(first + i).buffer))
        memory.u32.set([LENGTH, memory.u32[at >>> 2] as number, 0, at], (values >>> 2) + i * 4)
      }
      return batchOf([{ kind: Kind.VIEW, values, validity: 0 }], BATCH_ROWS)
    })
    const started = performance.now()
    for (const batch of batches) operator.step(0, batch, () => {})
    ms = Math.min(ms, performance.now() - started)
    const out: string[] = []
    operator.flush((_, { columns: [keys], count, sel }) => {
      for (let i = 0; i < count; i++) {
        const row = sel === 0 ? i : (memory.u32[(sel >>> 2) + i] as number)
        const at = memory.u32[((keys?.values ?? 0) >>> 2) + row * 4 + 3] as number
        out.push(Buffer.from(memory.bytes(at, LENGTH)).toString('base64'))
      }
    })
    order = out.join()
    assert.equal(out.length, 2 * BATCH_ROWS)
  }
  return { ms, order }
}

test('texts that collide without a secret cost what others cost', () => {
  const attack = grouping(colliding, 1n).ms
  const plain = grouping(scattered, 1n).ms
  assert.ok(attack < plain * 10 + 5, `${attack.toFixed(1)} ms, other texts ${plain.toFixed(1)} ms`)
})

test('the seed of the hash changes no output, and not its order', () => {
  assert.equal(grouping(colliding, 1n).order, grouping(colliding, 0xfeed_beef_1234_5678n).order)
})
