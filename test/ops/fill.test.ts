import { kindOf } from '../../src/data/index.ts'
import { fill } from '../../src/ops/index.ts'
import { fillTwin } from '../../src/ops/reference/fill.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([
  field('group', t.string, true),
  field('at', t.timestamp, true),
  field('score', t.double, true),
  field('name', t.string, true),
  field('n', t.int, true),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const columns = schema.fields.map(each => each.name)

seeded('fill is its twin', rng => {
  const every = rng.pick([1, 3, 10])
  const [from, to] = [rng.pick([undefined, -35, 2]), rng.pick([undefined, 41, -2])]
  const group = { by: 0, type: t.string, nullable: true }
  const per = rng.pick([['group'], []])
  const micros = (ms: number | undefined) => (ms === undefined ? undefined : BigInt(ms) * 1000n)
  checkTwin(rng, {
    build: context =>
      fill(
        {
          per: per.map(() => group),
          kinds,
          time: 1,
          every: BigInt(every) * 1000n,
          from: micros(from),
          to: micros(to),
          columns: [
            { how: per.length > 0 ? 'group' : 'null' },
            { how: 'time' },
            { how: 'linear' },
            { how: 'last' },
            { how: 'null' },
          ],
        },
        context,
      ),
    inputs: [schema],
    outputs: [schema],
    row: each => ({
      group: each.pick([null, 'a', 'a group of some length']),
      at: each.oneIn(8) ? null : new Date(each.int(-30, 30)),
      score: each.pick([null, 0, 1, 2.5, -4]),
      name: each.pick([null, 'x', 'a text longer than twelve']),
      n: each.int(0, 3),
    }),
    twin: ([input = []]) => [
      fillTwin(input, {
        per,
        columns,
        time: 'at',
        every,
        from,
        to,
        fill: { score: 'linear', name: 'last', n: { value: null } },
      }),
    ],
    retracts: true,
  })
})
