import { filter } from '../../src/ops/filter.ts'
import { filterTwin } from '../../src/ops/reference/filter.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { predicate } from './evaluators.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([field('n', t.bigint), field('s', t.string, true)])

seeded('filter is its twin', rng => {
  checkTwin(rng, {
    build: context =>
      filter(
        predicate(0, n => n > 3n),
        context,
      ),
    inputs: [schema],
    outputs: [schema],
    row: rng => ({ n: BigInt(rng.int(0, 9)), s: rng.pick([null, 'short', 'a string of some length']) }),
    twin: ([input = []]) => [filterTwin(input, row => (row['n'] as bigint) > 3n)],
    retracts: true,
  })
})
