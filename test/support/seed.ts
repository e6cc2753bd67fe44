// Randomised tests that can be replayed. `seeded('name', rng => …)` runs its body several times, each with a generator of
// its own seed; a failure names the seed, and MILLRACE_SEED replays exactly that run.
//
//   MILLRACE_RUNS=1000   how many runs each test makes (default: what the test asks for, or 25)
//   MILLRACE_LONG=1      the nightly form: as many runs as a test says there (`long`), or a hundred times the usual
//   MILLRACE_DEPTH=check an eighth of the usual runs (depth.ts)
//   MILLRACE_SEED=123    one run, with this seed; `random` starts from a new seed instead of the fixed one
//
// The default seed is a fixed function of the test's name, so that a run of `npm test` is the same everywhere; a found
// seed is kept for good by naming it in `regressions`.

import { type TestContext, test } from 'node:test'
import { depth } from './depth.ts'

/** Well-distributed 32-bit numbers from a seed, with the draws that tests need. */
export class Rng {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number) {
    this.a = 0
    this.b = seed >>> 0
    this.c = Math.floor(seed / 2 ** 32) >>> 0
    for (let round = 0; round < 12; round++) this.uint32()
  }

  /** sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state, one of them a counter, period at least 2^32. */
  uint32(): number {
    const result = (this.a + this.b + this.counter) >>> 0
    this.counter = (this.counter + 1) >>> 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) >>> 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) >>> 0
    return result
  }

  /** A double in [0, 1) with 53 random bits. */
  double(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53
  }

  /** All 64 bits, signed. */
  int64(): bigint {
    return BigInt.asIntN(64, (BigInt(this.uint32()) << 32n) | BigInt(this.uint32()))
  }

  /** An integer with `min` ≤ it ≤ `max`. */
  int(min: number, max: number): number {
    return min + Math.floor(this.double() * (max - min + 1))
  }

  /** True once in `times` on average. */
  oneIn(times: number): boolean {
    return this.int(1, times) === 1
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T
  }

  /** The items in another order (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items]
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.int(0, last)
      const held = result[last] as T
      result[last] = result[other] as T
      result[other] = held
    }
    return result
  }

  /** Consecutive parts of random sizes (empty ones too) that together are the items: a cut into batches or epochs. */
  cut<T>(items: readonly T[], parts: number): T[][] {
    const ends = Array.from({ length: parts - 1 }, () => this.int(0, items.length)).sort((x, y) => x - y)
    return [...ends, items.length].map((end, index) => items.slice(ends[index - 1] ?? 0, end))
  }

  /** A list of random length up to `max`. */
  list<T>(max: number, make: (rng: Rng, index: number) => T): T[] {
    return Array.from({ length: this.int(0, max) }, (_, index) => make(this, index))
  }
}

/** FNV-1a, 32 bits: a fixed seed for a name. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

export interface SeedOptions {
  /** Runs when the environment doesn't say. */
  readonly runs?: number
  /** Runs of the nightly form; a hundred times `runs` by default. */
  readonly long?: number
  /** Seeds that failed once: always run, first. */
  readonly regressions?: readonly number[]
}

/** The seeds of one test, from the environment (passed in, so that this can be tested). */
export function seedsFor(
  name: string,
  options: SeedOptions,
  env: Readonly<Record<string, string | undefined>>,
): number[] {
  const asked = env.MILLRACE_SEED
  if (asked !== undefined && asked !== '' && asked !== 'random') return [Number(asked)]
  const first = asked === 'random' ? Math.floor(Math.random() * 2 ** 32) : seedOf(name)
  const usual = options.runs ?? 25
  const runs = Number(
    env.MILLRACE_RUNS ?? (env.MILLRACE_LONG === '1' ? (options.long ?? usual * 100) : depth(usual, env)),
  )
  const drawn = Array.from({ length: runs }, (_, run) => (first + run) % 2 ** 32)
  return [...(options.regressions ?? []), ...drawn]
}

const replay = (seed: number, name: string): string =>
  `replay: MILLRACE_SEED=${seed} npm test -- --test-name-pattern='${name}' FILE`

/** Run `body` with one seed; what it throws says the seed first. */
async function runWith(seed: number, name: string, body: (rng: Rng, t: TestContext) => unknown, t: TestContext) {
  try {
    await body(new Rng(seed), t)
  } catch (error) {
    t.diagnostic(`seed ${seed} failed; ${replay(seed, name)}`)
    if (error instanceof Error) error.message = `[seed ${seed}] ${error.message}`
    throw error
  }
}

/** A test on random input: see the top of this file. */
export function seeded(name: string, body: (rng: Rng, t: TestContext) => unknown, options: SeedOptions = {}): void {
  test(name, async t => {
    for (const seed of seedsFor(name, options, process.env)) await runWith(seed, name, body, t)
  })
}
