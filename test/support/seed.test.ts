// The generator draws what it promises, and a seed replays.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng, seeded, seedsFor } from './seed.ts'

test('the same seed draws the same numbers, another seed others', () => {
  const draw = (seed: number) =>
    Array.from(
      { length: 8 },
      function (this: Rng) {
        return this.uint32()
      },
      new Rng(seed),
    )
  assert.deepEqual(draw(1), draw(1))
  assert.notDeepEqual(draw(1), draw(2))
})

test('the generator is sfc32: its reference output', () => {
  // PractRand's sfc32 seeded with (0, seed low, seed high), counter 1, twelve rounds: computed with its C code's update.
  const reference = (seed: number): bigint => {
    let [a, b, c, counter, out] = [0n, BigInt(seed), 0n, 1n, 0n]
    const cut = (x: bigint) => BigInt.asUintN(32, x)
    for (let round = 0; round < 13; round++) {
      out = cut(a + b + counter++)
      a = b ^ (b >> 9n)
      b = cut(c + (c << 3n))
      c = cut((cut(c << 21n) | (c >> 11n)) + out)
    }
    return out
  }
  for (const seed of [0, 1, 42, 2 ** 32 - 1]) assert.equal(BigInt(new Rng(seed).uint32()), reference(seed))
})

seeded('draws stay in their ranges and reach both ends', rng => {
  const seen = new Set(Array.from({ length: 400 }, () => rng.int(-2, 3)))
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2, 3],
  )
  const double = rng.double()
  assert.ok(double >= 0 && double < 1)
})

seeded('a shuffle keeps the items, a cut keeps them in order', rng => {
  const items = rng.list(30, (_, index) => index)
  assert.deepEqual(
    rng.shuffled(items).sort((a, b) => a - b),
    items,
  )
  const parts = rng.cut(items, rng.int(1, 5))
  assert.deepEqual(parts.flat(), items)
})

test('the environment decides the seeds', () => {
  assert.deepEqual(seedsFor('x', { runs: 2, regressions: [7] }, { MILLRACE_SEED: '9' }), [9])
  assert.equal(seedsFor('x', { runs: 2 }, {}).length, 2)
  assert.equal(seedsFor('x', { runs: 16 }, { MILLRACE_DEPTH: 'check' }).length, 2)
  assert.deepEqual(seedsFor('x', { runs: 2 }, {}), seedsFor('x', { runs: 2 }, {}))
  assert.equal(seedsFor('x', { runs: 2, regressions: [7] }, { MILLRACE_RUNS: '5' }).length, 6)
  assert.equal(seedsFor('x', {}, { MILLRACE_SEED: 'random', MILLRACE_RUNS: '3' }).length, 3)
})
