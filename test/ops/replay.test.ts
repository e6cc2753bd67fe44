import { kindOf } from '../../src/data/index.ts'
import { type AggregateSpec, aggregate, type JoinType, join, top } from '../../src/ops/index.ts'
import { aggregateTwin } from '../../src/ops/reference/aggregate.ts'
import { distinctTwin } from '../../src/ops/reference/distinct.ts'
import { joinTwin } from '../../src/ops/reference/join.ts'
import { replayTwin } from '../../src/ops/reference/replay.ts'
import { topTwin } from '../../src/ops/reference/top.ts'
import { replay } from '../../src/ops/replay.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkRounds } from './rounds-harness.ts'

const input = schemaOf([field('k', t.string, true), field('n', t.int), field('x', t.double)])
const kindsOf = (schema: typeof input) => leaves(schema).map(leaf => kindOf(leaf.type))
const kinds = kindsOf(input)
const row = (rng: Rng) => ({
  k: rng.pick([null, 'A', 'B', 'a key of some length']),
  n: rng.int(0, 4),
  x: rng.pick([0, -0, 1.5, Number.NaN]),
})

const aggregates = (keys: number): AggregateSpec => ({
  keys: [{ name: 'k', column: 0, type: t.string, nullable: true }].slice(0, keys),
  calls: [
    { name: 'rows', fn: 'count', args: [], type: t.int },
    { name: 'least', fn: 'min', args: [{ column: 1, type: t.int, nullable: false }], type: t.int },
    { name: 'sum', fn: 'sum', args: [{ column: 2, type: t.double, nullable: false }], type: t.double },
  ],
  appendOnlyInput: false,
  emit: 'changes',
})

const results = [field('rows', t.int), field('least', t.int, true), field('sum', t.double, true)]
const calls = [
  { name: 'rows', fn: 'count' },
  { name: 'least', fn: 'min', arg: 'n' },
  { name: 'sum', fn: 'sum', arg: 'x' },
]

seeded('replay: an aggregate by key, in every round that of the rows there are then', rng => {
  const output = schemaOf([field('k', t.string, true), ...results])
  checkRounds(rng, {
    build: (rounds, context) =>
      replay(
        {
          name: 'aggregate',
          ports: [{ key: [0], kinds }],
          output: kindsOf(output),
          always: false,
          build: inner => aggregate(inner, aggregates(1)),
        },
        rounds,
        context,
      ),
    inputs: [input],
    output,
    row,
    twin: (inputs, round) => replayTwin(inputs, ([rows = []]) => aggregateTwin(rows, { keys: ['k'], calls }), round),
  })
})

seeded('replay: an aggregate without keys has a result before there is a row', rng => {
  const output = schemaOf(results)
  checkRounds(rng, {
    build: (rounds, context) =>
      replay(
        {
          name: 'aggregate',
          ports: [{ key: [], kinds }],
          output: kindsOf(output),
          always: true,
          build: inner => aggregate(inner, aggregates(0)),
        },
        rounds,
        context,
      ),
    inputs: [input],
    output,
    row,
    twin: (inputs, round) => replayTwin(inputs, ([rows = []]) => aggregateTwin(rows, { keys: [], calls }), round),
  })
})

const distinctSpec: AggregateSpec = {
  keys: [
    { name: 'k', column: 0, type: t.string, nullable: true },
    { name: 'n', column: 1, type: t.int, nullable: false },
  ],
  calls: [],
  appendOnlyInput: false,
  emit: 'changes',
}

seeded('replay: distinct, whose rows come in the first round that has them', rng => {
  const pairs = schemaOf([field('k', t.string, true), field('n', t.int)])
  checkRounds(rng, {
    build: (rounds, context) =>
      replay(
        {
          name: 'distinct',
          ports: [{ key: [0, 1], kinds: kindsOf(pairs) }],
          output: kindsOf(pairs),
          always: false,
          build: inner => aggregate(inner, distinctSpec),
        },
        rounds,
        context,
      ),
    inputs: [pairs],
    output: pairs,
    row: rng => ({ k: rng.pick([null, 'A', 'B']), n: rng.int(0, 2) }),
    twin: (inputs, round) => replayTwin(inputs, ([rows = []]) => distinctTwin(rows), round),
  })
})

seeded('replay: the first rows of an order, of the whole table', rng => {
  const keys = [{ column: 'n', descending: true, nulls: 'last' as const }]
  checkRounds(rng, {
    build: (rounds, context) =>
      replay(
        {
          name: 'top',
          ports: [{ key: [], kinds }],
          output: kinds,
          always: false,
          build: inner =>
            top(
              {
                keys: [{ by: 1, order: { descending: true, nulls: 'last' } }],
                kinds,
                limit: 3,
                offset: 0,
                appendOnlyInput: false,
              },
              inner,
            ),
        },
        rounds,
        context,
      ),
    inputs: [input],
    output: input,
    row: rng => ({ ...row(rng), x: rng.pick([0, 1.5]) }),
    twin: (inputs, round) =>
      replayTwin(
        inputs,
        ([rows = []]) => topTwin(rows, { keys, columns: ['k', 'n', 'x'], offset: 0, limit: 3 }),
        round,
      ),
  })
})

seeded('replay: outer, semi and anti joins, in every round of what both sides hold then', rng => {
  const left = schemaOf([field('id', t.int), field('code', t.string, true)])
  const right = schemaOf([field('iata', t.string, true), field('name', t.string, true)])
  const type = rng.pick<JoinType>(['left', 'right', 'full', 'semi', 'anti'])
  const orNull = (of: typeof left) => of.fields.map(each => field(each.name, each.type, true))
  const isHalf = type === 'semi' || type === 'anti'
  const output = isHalf ? left : schemaOf([...orNull(left), ...orNull(right)])
  const codes = [null, 'A', 'B', 'a code of some length']
  checkRounds(rng, {
    build: (rounds, context) =>
      replay(
        {
          name: 'join',
          ports: [
            { key: [1], kinds: kindsOf(left) },
            { key: [0], kinds: kindsOf(right) },
          ],
          output: kindsOf(output),
          always: false,
          build: inner =>
            join(
              { type, left: { keys: [1], kinds: kindsOf(left) }, right: { keys: [0], kinds: kindsOf(right) } },
              inner,
            ),
        },
        rounds,
        context,
      ),
    inputs: [left, right],
    output,
    row: (each, port) =>
      port === 0
        ? { id: each.int(0, 3), code: each.pick(codes) }
        : { iata: each.pick(codes), name: each.pick(['x', null]) },
    twin: (inputs, round) =>
      replayTwin(
        inputs,
        ([a = [], b = []]) =>
          joinTwin(a, b, {
            type,
            match: (x, y) => x['code'] !== null && x['code'] === y['iata'],
            missingLeft: { id: null, code: null },
            missingRight: { iata: null, name: null },
          }),
        round,
      ),
  })
})
