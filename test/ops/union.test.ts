import { unionTwin } from '../../src/ops/reference/union.ts'
import { union } from '../../src/ops/union.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([field('n', t.int)])

seeded('union is its twin', rng => {
  checkTwin(rng, {
    build: () => union(),
    inputs: [schema, schema, schema],
    outputs: [schema],
    row: rng => ({ n: rng.int(0, 5) }),
    twin: inputs => [unionTwin(inputs)],
    retracts: true,
  })
})
