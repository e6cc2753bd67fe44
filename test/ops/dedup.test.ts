import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { dedup } from '../../src/ops/index.ts'
import { dedupTwin } from '../../src/ops/reference/dedup.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([field('id', t.string, true), field('n', t.double), field('at', t.timestamp, true)])
const columns = schema.fields.map(each => each.name)
const row = (rng: Rng) => ({
  id: rng.pick([null, 'a', 'a text longer than twelve', 'a text longer than twelve!']),
  n: rng.pick([0, -0, 1, Number.NaN]),
  at: rng.oneIn(9) ? null : new Date(rng.int(-60, 60)),
})

seeded('dedup is its twin', rng => {
  const by = rng.pick([['id'], ['id', 'n'], ['n']])
  const within = rng.pick([undefined, 0, 1, 7, 100])
  const time = within === undefined ? undefined : { column: 2, shift: 0n, within: BigInt(within) * 1000n }
  checkTwin(rng, {
    build: context =>
      dedup(
        {
          by: by.map(name => ({
            by: columns.indexOf(name),
            type: name === 'id' ? t.string : t.double,
            nullable: name === 'id',
          })),
          time,
        },
        context,
      ),
    inputs: [schema],
    outputs: [schema],
    row,
    twin: ([input = []]) => [dedupTwin(input, within === undefined ? { by } : { by, time: 'at', within })],
  })
})

test('keys are forgotten when every row near to them is late, and not before', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const by = [{ by: 0, type: t.string, nullable: true }]
  const operator = dedup({ by, time: { column: 2, shift: 0n, within: 10_000n } }, { memory, arena, operator: 'dedup' })
  const epoch = (times: readonly number[], watermark: number) => {
    const out: string[] = []
    const rows = times.map(at => ({ id: 'a', n: 1, at: new Date(at) }))
    operator.step(0, batchFromRows(rows, schema, arena), (port, delta) => {
      const late = schemaOf([
        ...schema.fields,
        field('reason', t.string),
        field('by', t.int),
        field('mark', t.timestamp),
      ])
      for (const { row: each } of changesOf(delta, port === 0 ? schema : late, memory))
        out.push(port === 0 ? `${Number(each['at'])}` : `late by ${each['by']}: ${each['reason']}`)
    })
    operator.advance(0, BigInt(watermark) * 1000n, () => {})
    operator.flush(() => {})
    return [out, operator.size().rows]
  }
  assert.deepEqual(epoch([100, 105, 110, 111], 100), [['100', '111'], 2])
  assert.deepEqual(epoch([99, 90, 101], 121), [
    ['late by 1000: behind the watermark', 'late by 10000: behind the watermark'],
    1,
  ])
  assert.deepEqual(epoch([121, 122], 140), [['122'], 1])
  assert.deepEqual(epoch([], 10_000), [[], 0])
})
