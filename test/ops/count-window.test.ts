// Count windows: which windows a row's number lies in.
import { countWindow } from '../../src/ops/count-window.ts'
import { countWindowTwin } from '../../src/ops/reference/count-window.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const input = schemaOf([field('name', t.string, true), field('n', t.int), field('x', t.int, true)])
const output = schemaOf([
  field('name', t.string, true),
  field('x', t.int, true),
  field('start', t.int),
  field('end', t.int),
])

seeded('count windows are their twin: tumbling, sliding, with gaps, short ones', rng => {
  const [size, every] = rng.pick([
    [1, 1],
    [3, 3],
    [5, 2],
    [4, 1],
    [2, 5],
    [3, 4],
    [7, 3],
  ] as const)
  const spec = { size, every, hasShort: rng.oneIn(2) }
  checkTwin(rng, {
    build: context => countWindow({ ...spec, number: 1 }, context),
    inputs: [input],
    outputs: [output],
    row: each => ({ name: each.pick([null, 'a', 'a string of some length']), n: each.int(1, 25), x: each.int(0, 3) }),
    twin: ([rows = []]) => [countWindowTwin(rows, { ...spec, number: 'n' })],
    retracts: true,
  })
})
