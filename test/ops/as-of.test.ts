// As-of joins: the twin, whatever comes first, and state that stays bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { type AsOfSpec, asOf } from '../../src/ops/index.ts'
import { asOfTwin } from '../../src/ops/reference/as-of.ts'
import type { Row } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const left = schemaOf([field('k', t.string, true), field('at', t.timestamp, true), field('n', t.int)])
const right = schemaOf([field('rk', t.string, true), field('since', t.timestamp, true), field('v', t.double, true)])
const both = schemaOf([...left.fields, ...right.fields.map(each => field(each.name, each.type, true))])
const kinds = (schema: typeof left) => leaves(schema).map(leaf => kindOf(leaf.type))

const specOf = (type: AsOfSpec['type'], direction: AsOfSpec['direction'], tolerance: number | undefined): AsOfSpec => ({
  type,
  direction,
  left: { keys: [0], time: 1, kinds: kinds(left) },
  right: { keys: [0], time: 1, kinds: kinds(right) },
  tolerance: tolerance === undefined ? undefined : BigInt(tolerance) * 1000n,
})

const ms = (value: unknown): number | null => (value instanceof Date ? value.getTime() : null)

seeded(
  'as-of is its twin, in every direction',
  rng => {
    const type = rng.pick(['inner', 'left'] as const)
    const direction = rng.pick(['backward', 'forward', 'nearest'] as const)
    const tolerance = rng.pick([undefined, 0, 3, 10])
    checkTwin(rng, {
      build: context => asOf(specOf(type, direction, tolerance), context),
      inputs: [left, right],
      outputs: [both],
      row: (rng, port) => {
        const key = rng.pick(['a', 'b', 'longer than twelve bytes', null])
        const at = rng.oneIn(8) ? null : new Date(rng.int(-10, 30))
        return port === 0 ? { k: key, at, n: rng.int(0, 3) } : { rk: key, since: at, v: rng.pick([null, 1.5, -0, 0]) }
      },
      twin: ([a = [], b = []]) => [
        asOfTwin(a, b, {
          type,
          direction,
          key: row => ('k' in row ? row['k'] : row['rk']),
          time: row => ms('at' in row ? row['at'] : row['since']),
          tolerance,
          columns: ['rk', 'since', 'v'],
          missing: { rk: null, since: null, v: null },
        }),
      ],
      retracts: true,
      matched: true,
      atEnd: true,
    })
  },
  { runs: 80 },
)

function driven(spec: AsOfSpec) {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = asOf(spec, { memory, arena, operator: 'test' })
  const emitted: Row[] = []
  const late: number[] = [0, 0]
  const emit = (port: number, delta: Parameters<typeof changesOf>[0]) => {
    if (port > 0) late[port - 1] = (late[port - 1] as number) + delta.count
    else for (const { row } of changesOf(delta, both, memory)) emitted.push(row)
  }
  return {
    emitted,
    late,
    size: () => operator.size().rows,
    push(port: number, rows: readonly Row[]) {
      const own = memory.arena()
      operator.step(port, batchFromRows(rows, port === 0 ? left : right, own), emit)
      own.free()
    },
    epoch(leftMark: number, rightMark: number) {
      operator.advance(0, BigInt(leftMark) * 1000n, emit)
      operator.advance(1, BigInt(rightMark) * 1000n, emit)
      operator.flush(emit)
      arena.reset()
      return emitted.splice(0).map(row => `${row['k']} ${ms(row['at'])} ${row['v']}`)
    },
  }
}

const at = (time: number) => new Date(time)

test('a row waits for the version that is valid at its time, and late rows leave', () => {
  const run = driven(specOf('left', 'backward', undefined))
  run.push(0, [{ k: 'a', at: at(10), n: 1 }])
  run.push(1, [{ rk: 'a', since: at(1), v: 1 }])
  assert.deepEqual(run.epoch(10, 5), [], 'a version of 7 may still come')
  run.push(1, [{ rk: 'a', since: at(7), v: 7 }])
  assert.deepEqual(run.epoch(10, 10), [], 'one of 10 may still come')
  assert.deepEqual(run.epoch(10, 11), ['a 10 7'])
  run.push(0, [{ k: 'a', at: at(9), n: 1 }])
  run.push(1, [{ rk: 'a', since: at(10), v: 10 }])
  assert.deepEqual(run.epoch(20, 20), [])
  assert.deepEqual(run.late, [1, 1])
})

test('versions go when no row can ask for them', () => {
  const run = driven(specOf('left', 'backward', undefined))
  let time = 0
  let most = 0
  for (let epoch = 0; epoch < 60; epoch++) {
    const versions = Array.from({ length: 500 }, () => ({ rk: `k${time % 50}`, since: at(++time), v: time }))
    run.push(1, versions)
    run.push(0, [{ k: 'k1', at: at(time), n: 0 }])
    run.epoch(time - 600, time - 600)
    most = Math.max(most, run.size())
  }
  assert.ok(most < 12_000, `${most} rows kept of 30,000`)
})
