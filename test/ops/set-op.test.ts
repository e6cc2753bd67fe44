import { type SetOpKind, setOp } from '../../src/ops/index.ts'
import { setOpTwin } from '../../src/ops/reference/set-op.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([field('a', t.string, true), field('b', t.double, true)])

seeded('set operations are their twin', rng => {
  const op = rng.pick<SetOpKind>(['intersect', 'intersect all', 'except', 'except all'])
  checkTwin(rng, {
    build: context => setOp({ op, columns: [t.string, t.double].map(type => ({ type, nullable: true })) }, context),
    inputs: [schema, schema],
    outputs: [schema],
    row: each => ({
      a: each.pick([null, 'x', 'a text longer than twelve']),
      b: each.pick([null, 0, -0, 1, Number.NaN]),
    }),
    twin: ([left = [], right = []]) => [setOpTwin(op, left, right)],
    retracts: true,
  })
})
