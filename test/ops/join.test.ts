import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { join } from '../../src/ops/index.ts'
import { joinTwin } from '../../src/ops/reference/join.ts'
import type { Row } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const left = schemaOf([field('id', t.int), field('code', t.string, true), field('n', t.double, true)])
const right = schemaOf([field('iata', t.string, true), field('m', t.double, true), field('name', t.string, true)])
const rightKinds = leaves(right).map(leaf => kindOf(leaf.type))
const joined = schemaOf([...left.fields, ...right.fields.map(each => field(each.name, each.type, true))])
const CODES = [null, 'A', 'B', 'C', 'A\0', '', 'a code of some length']
const NUMBERS = [null, 0, -0, 1, Number.NaN]

const same = (a: unknown, b: unknown): boolean => a !== null && b !== null && (a === b || Object.is(a, b))

const keysOf = [
  { leftKeys: [1], rightKeys: [0], match: (a: Row, b: Row) => same(a['code'], b['iata']) },
  { leftKeys: [2], rightKeys: [1], match: (a: Row, b: Row) => same(a['n'], b['m']) },
  {
    leftKeys: [1, 2],
    rightKeys: [0, 1],
    match: (a: Row, b: Row) => same(a['code'], b['iata']) && same(a['n'], b['m']),
  },
]

seeded('join is its twin: inner and left, several keys, null keys, deletes on the left', rng => {
  const { leftKeys, rightKeys, match } = rng.pick(keysOf)
  const type = rng.pick(['inner', 'left'] as const)
  const missing = { iata: null, m: null, name: null }
  checkTwin(rng, {
    build: context => join({ type, leftKeys, rightKeys, rightKinds }, context),
    inputs: [left, right],
    outputs: [joined],
    first: [1],
    row: (rng, port) =>
      port === 0
        ? { id: rng.int(0, 5), code: rng.pick(CODES), n: rng.pick(NUMBERS) }
        : { iata: rng.pick(CODES), m: rng.pick(NUMBERS), name: rng.pick(['x', 'a name of some length', null]) },
    twin: ([stream = [], table = []]) => [joinTwin(stream, table, { type, match, missing })],
    retracts: true,
  })
})

function setUp(type: 'inner' | 'left') {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = join({ type, leftKeys: [1], rightKeys: [0], rightKinds }, { memory, arena, operator: 'join' })
  const step = (port: number, rows: object[]) => {
    const out: Row[] = []
    const batch = batchFromRows(rows, port === 0 ? left : right, arena, undefined, {
      source: port === 0 ? 'stream' : 'table',
    })
    operator.step(port, batch, (_port, delta) => out.push(...changesOf(delta, joined, memory).map(each => each.row)))
    return out
  }
  return { operator, step }
}

test('one row with more matches than a batch holds', () => {
  const { step } = setUp('inner')
  for (let part = 0; part < 3; part++)
    step(
      1,
      Array.from({ length: 4000 }, (_, i) => ({ iata: 'A', m: part * 4000 + i, name: 'n' })),
    )
  const out = step(0, [
    { id: 1, code: 'A', n: 0 },
    { id: 2, code: 'B', n: 0 },
    { id: 3, code: 'A', n: 0 },
  ])
  assert.equal(out.length, 24_000)
  assert.deepEqual(new Set(out.map(row => row['id'])), new Set([1, 3]))
  assert.equal(new Set(out.map(row => row['m'])).size, 12_000)
})

test('a table that changes after rows were joined is refused', () => {
  const { step } = setUp('left')
  step(1, [{ iata: 'A', m: 1, name: 'n' }])
  step(0, [{ id: 1, code: 'A', n: 0 }])
  assert.throws(() => step(1, [{ iata: 'B', m: 1, name: 'n' }]), /STATIC_CHANGED/)
})

test("the stream's watermark goes on, whatever the table's", () => {
  assert.equal(setUp('left').operator.watermark([5n, -(2n ** 63n)]), 5n)
})
