// Sums of doubles are exact: equal to big integers, whatever the values, their order, and what came and went.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kind, Memory } from '../../src/data/index.ts'
import { aggregate, type Emit, type InputColumn } from '../../src/ops/index.ts'
import { round, units } from '../../src/ops/reference/aggregate.ts'
import { scalars } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

interface Sums {
  readonly sum: number
  readonly mean: number
  readonly variance: number
}

/** The sum, mean and variance that the engine gives for one group, added in batches of `cut` rows. */
function engine(values: readonly number[], weights: readonly number[], cut: number): Sums {
  const memory = new Memory()
  const arena = memory.arena()
  const x: InputColumn = { column: 0, type: scalars.double, nullable: false }
  const call = (fn: string) => ({ name: fn, fn, args: [x], type: scalars.double })
  const operator = aggregate(
    { memory, arena, operator: 'test' },
    { keys: [], calls: ['sum', 'avg', 'var_pop'].map(call), appendOnlyInput: false, emit: 'changes' },
  )
  for (let from = 0; from < values.length; from += cut) {
    const part = values.slice(from, from + cut)
    const column = arena.alloc(part.length * 8)
    memory.f64.set(part, column >>> 3)
    const weight = arena.alloc(part.length * 8)
    memory.i64.set(
      weights.slice(from, from + cut).map(each => BigInt(each)),
      weight >>> 3,
    )
    const columns = [{ kind: Kind.F64, values: column, validity: 0 }]
    operator.step(0, { columns, rows: part.length, sel: 0, count: part.length, weights: weight }, () => {})
    arena.reset()
  }
  let sums: Sums | undefined
  const emit: Emit = (_, { columns }) => {
    const [sum, mean, variance] = columns.map(column => memory.f64[column.values >>> 3] as number)
    sums = { sum: sum as number, mean: mean as number, variance: variance as number }
  }
  operator.flush(emit)
  operator.close()
  arena.free()
  assert.equal(memory.used, 0, 'bytes lost')
  return sums as Sums
}

function exactly(values: readonly number[], weights: readonly number[]): Sums {
  const w = weights.map(BigInt)
  const n = w.reduce((a, b) => a + b, 0n)
  const whole = values.reduce((sum, value, i) => sum + units(value) * (w[i] as bigint), 0n)
  const squares = values.reduce((sum, value, i) => sum + units(value) ** 2n * (w[i] as bigint), 0n)
  const sum = round(whole, 1074n)
  const spread = n * squares - whole ** 2n
  return { sum, mean: sum / Number(n), variance: round(spread, 2148n) / (Number(n) * Number(n)) }
}

const anyDouble = (rng: Rng): number => {
  const bits = BigUint64Array.of((BigInt(rng.uint32()) << 32n) | BigInt(rng.uint32()))
  const value = new Float64Array(bits.buffer)[0] as number
  return Number.isFinite(value) ? value : 1
}
const near = (rng: Rng): number => (rng.double() - 0.5) * 2 ** rng.int(-30, 30)

const kinds: Record<string, (rng: Rng) => number> = {
  'prices in cents': rng => rng.int(0, 100_000_000) / 100,
  'values of like size': near,
  'any doubles': anyDouble,
  'small numbers below the normal ones': rng => rng.int(-1000, 1000) * 5e-324,
  'the greatest numbers': rng => (rng.oneIn(2) ? 1 : -1) * Number.MAX_VALUE * rng.double(),
  'huge and tiny in turn': rng => rng.pick([1e300, -1e300, 1, 1e-300, -1e-300, 0.1, -0, 0]),
}

for (const [name, draw] of Object.entries(kinds))
  seeded(`sums are exact: ${name}`, rng => {
    const values = rng.list(60, () => draw(rng))
    values.push(draw(rng))
    const weights = values.map(() => (rng.oneIn(4) ? rng.int(1, 5) : 1))
    const expected = exactly(values, weights)
    const actual = engine(values, weights, rng.int(1, values.length))
    assert.equal(actual.sum, expected.sum)
    assert.equal(actual.mean, expected.mean)
    // Within the range of doubles the reference has no scaling of its own; beyond it only the engine is right.
    if (Number.isFinite(expected.variance) && expected.variance > 1e-280)
      assert.equal(actual.variance, expected.variance)
  })

seeded('a sum does not know what came and went, nor in which order', rng => {
  const stay = rng.list(20, () => near(rng)).concat(1.5)
  const go = rng.list(20, () => anyDouble(rng)).concat(Number.NaN, Number.POSITIVE_INFINITY)
  const rows = rng.shuffled([
    ...stay.map(value => ({ value, weight: 1 })),
    ...go.map(value => ({ value, weight: 3 })),
    ...go.map(value => ({ value, weight: -3 })),
  ])
  const actual = engine(
    rows.map(row => row.value),
    rows.map(row => row.weight),
    rng.int(1, rows.length),
  )
  assert.deepEqual(
    actual,
    exactly(
      stay,
      stay.map(() => 1),
    ),
  )
})

test('variance does not cancel: a large mean, a small spread', () => {
  const values = [1e15, 1e15 + 1, 1e15 + 2]
  assert.equal(engine(values, [1, 1, 1], 3).variance, 2 / 3)
  assert.equal(engine([1e200, 3e200], [1, 1], 2).variance, Infinity)
  for (const size of [2 ** 500, 2 ** -500, 2 ** -530])
    assert.equal(engine([size, 3 * size], [1, 1], 2).variance, size * size)
})
