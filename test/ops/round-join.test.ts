import { kindOf } from '../../src/data/index.ts'
import { roundJoinTwin } from '../../src/ops/reference/round-join.ts'
import { roundJoin } from '../../src/ops/round-join.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkRounds } from './rounds-harness.ts'

const left = schemaOf([field('id', t.int), field('code', t.string, true)])
const right = schemaOf([field('iata', t.string, true), field('name', t.string, true)])
const kindsOf = (schema: typeof left) => leaves(schema).map(leaf => kindOf(leaf.type))
const CODES = [null, 'A', 'B', 'C', 'a code of some length']

seeded('round join: in every round the join of what both sides hold then', rng => {
  checkRounds(rng, {
    build: (rounds, context) =>
      roundJoin({ keys: [[1], [0]], kinds: [kindsOf(left), kindsOf(right)] }, rounds, context),
    inputs: [left, right],
    output: schemaOf([...left.fields, ...right.fields]),
    row: (rng, port) =>
      port === 0
        ? { id: rng.int(0, 5), code: rng.pick(CODES) }
        : { iata: rng.pick(CODES), name: rng.pick(['x', 'a name of some length', null]) },
    twin: ([a = [], b = []], round) =>
      roundJoinTwin(a, b, (x, y) => x['code'] !== null && x['code'] === y['iata'], round),
  })
})
