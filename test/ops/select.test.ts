import { select } from '../../src/ops/index.ts'
import { selectTwin } from '../../src/ops/reference/select.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { computed } from './evaluators.ts'
import { checkTwin } from './harness.ts'

const input = schemaOf([field('a', t.bigint), field('b', t.bigint), field('s', t.string, true)])
const output = schemaOf([field('s', t.string, true), field('sum', t.bigint), field('a', t.bigint)])

seeded('select is its twin', rng => {
  checkTwin(rng, {
    build: context => select([2, computed([0, 1], (a, b) => a + b), 0], context),
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
