import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kind, Memory } from '../../src/data/index.ts'
import { select, selectLong } from '../../src/ops/index.ts'
import { selectTwin } from '../../src/ops/reference/select.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { computed } from './evaluators.ts'
import { checkTwin } from './harness.ts'

const input = schemaOf([field('a', t.bigint), field('b', t.bigint), field('s', t.string, true)])
const output = schemaOf([field('s', t.string, true), field('sum', t.bigint), field('a', t.bigint)])

seeded('select is its twin', rng => {
  const made = rng.pick([select, selectLong])
  checkTwin(rng, {
    build: context => made([2, computed([0, 1], (a, b) => a + b), 0], context),
    inputs: [input],
    outputs: [output],
    row: rng => ({ a: BigInt(rng.int(0, 3)), b: BigInt(rng.int(0, 3)), s: rng.pick([null, 'x']) }),
    twin: ([rows = []]) => [
      selectTwin(rows, {
        s: row => row['s'],
        sum: row => (row['a'] as bigint) + (row['b'] as bigint),
        a: row => row['a'],
      }),
    ],
    retracts: true,
  })
})

test('values of a megabyte each are made row by row, and the first step leaves the others for later', () => {
  const memory = new Memory(1 << 26)
  const arena = memory.arena()
  const long = {
    ...computed([0], n => n),
    run: (batch: { rows: number }, work: { arena: typeof arena }) => {
      work.arena.alloc(1 << 20)
      return { kind: Kind.I64, values: work.arena.zeroed(batch.rows * 8), validity: 0 }
    },
  }
  const operator = selectLong([long as never], { memory, arena, operator: 'test' })
  const counts: number[] = []
  const emit = (_port: number, delta: { count: number }): void => void counts.push(delta.count)
  const column = { kind: Kind.I64, values: arena.zeroed(8 * 40), validity: 0 }
  operator.step(0, { columns: [column], rows: 40, sel: 0, count: 40, weights: 0 }, emit)
  assert.deepEqual(counts, [16])
  while (operator.busy?.() === true) operator.workOff?.(emit)
  assert.equal(
    counts.reduce((sum, each) => sum + each, 0),
    40,
  )
  operator.close()
})
