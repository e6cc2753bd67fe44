import { kindOf } from '../../src/data/index.ts'
import { replay, upsert } from '../../src/ops/index.ts'
import { replayTwin } from '../../src/ops/reference/replay.ts'
import { upsertTwin } from '../../src/ops/reference/upsert.ts'
import type { Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'
import { checkRounds } from './rounds-harness.ts'

const schema = schemaOf([field('k', t.string, true), field('n', t.int, true), field('s', t.string)])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const row = (rng: Rng) => ({
  k: rng.pick([null, 'A', 'B', 'C', 'a key of some length']),
  n: rng.pick([null, 1, 2]),
  s: rng.pick(['x', 'a text of some length']),
})
const twin = ([table = [], changes = []]: readonly (readonly Weighted[])[]): Weighted[] =>
  upsertTwin(table, changes, each => String(each['k']), ['k', 'n', 's'])

seeded('upsert: of each key the row that came with the changes, or else the own', rng => {
  checkTwin(rng, {
    build: context => upsert({ key: [0], kinds }, context),
    inputs: [schema, schema],
    outputs: [schema],
    row,
    twin: inputs => [twin(inputs)],
    retracts: true,
  })
})

seeded('upsert, within an iteration', rng => {
  checkRounds(rng, {
    build: (rounds, context) =>
      replay(
        {
          name: 'upsert',
          ports: [
            { key: [0], kinds },
            { key: [0], kinds },
          ],
          output: kinds,
          always: false,
          build: inner => upsert({ key: [0], kinds }, inner),
        },
        rounds,
        context,
      ),
    inputs: [schema, schema],
    output: schema,
    row,
    twin: (inputs, round) => replayTwin(inputs, twin, round),
  })
})
