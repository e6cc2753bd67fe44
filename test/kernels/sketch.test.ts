// Quantiles are within 1% of the value at the rank, in any order, with rows taken back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, Memory, rowsOf } from '../../src/data/index.ts'
import { aggregate } from '../../src/ops/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const input = schemaOf([field('x', scalars.double)])
const quantiles = [0, 0.01, 0.25, 0.5, 0.95, 0.999, 1]

function engine(values: readonly number[], weights: readonly number[]): (number | null)[] {
  const memory = new Memory()
  const arena = memory.arena()
  const calls = quantiles.map(p => ({
    name: `p${p}`,
    fn: 'approx_quantile',
    args: [{ column: 0, type: scalars.double, nullable: false }],
    type: scalars.double,
    params: [p],
  }))
  const operator = aggregate(
    { memory, arena, operator: 'test' },
    { keys: [], calls, appendOnlyInput: false, emit: 'changes' },
  )
  const out = schemaOf(calls.map(call => field(call.name, scalars.double, true)))
  operator.step(
    0,
    batchFromRows(
      values.map(value => ({ x: value })),
      input,
      arena,
      weights,
    ),
    () => {},
  )
  let row: Record<string, unknown> = {}
  operator.flush((_, batch) => {
    row = rowsOf(batch, out, memory)[0] as Record<string, unknown>
  })
  operator.close()
  arena.free()
  assert.equal(memory.used, 0)
  return Object.values(row) as (number | null)[]
}

const shapes: Record<string, (rng: Rng) => number> = {
  delays: rng => rng.int(-60, 600),
  'wide range': rng => (rng.oneIn(2) ? 1 : -1) * 10 ** rng.int(-300, 300) * (1 + rng.double()),
  prices: rng => rng.int(1, 1_000_000) / 100,
}

for (const [name, draw] of Object.entries(shapes))
  seeded(`within 1% of the value at the rank: ${name}`, rng => {
    const values = [...rng.list(300, () => draw(rng)), draw(rng)]
    const gone = rng.list(50, () => draw(rng))
    const all = [...values, ...gone, ...gone]
    const weights = [...values.map(() => 1), ...gone.map(() => 1), ...gone.map(() => -1)]
    const order = rng.shuffled(all.map((_, i) => i))
    const actual = engine(
      order.map(i => all[i] as number),
      order.map(i => weights[i] as number),
    )
    const sorted = values.toSorted((a, b) => a - b)
    for (const [i, p] of quantiles.entries()) {
      const exact = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] as number
      const error = Math.abs((actual[i] as number) - exact)
      assert.ok(error <= Math.abs(exact) * 0.01 * (1 + 1e-9), `p${p}: ${actual[i]} for ${exact}`)
    }
  })

test('no value, zeros, infinities, NaN last', () => {
  assert.deepEqual(
    engine([1], [-1]),
    quantiles.map(() => null),
  )
  assert.deepEqual(
    engine([0, -0], [1, 1]),
    quantiles.map(() => 0),
  )
  const [least, , , , , , greatest] = engine([Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY], [1, 1, 1])
  assert.deepEqual([least, greatest], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  assert.ok(Number.isNaN(engine([1, Number.NaN], [1, 1])[6]))
})
