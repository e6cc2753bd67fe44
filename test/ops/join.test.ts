import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { column, compilePredicate, type Expr } from '../../src/expr/index.ts'
import { type JoinSpec, type JoinType, join } from '../../src/ops/index.ts'
import { joinTwin } from '../../src/ops/reference/join.ts'
import type { Row } from '../../src/ops/reference/zset.ts'
import { field, leaves, type Schema, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const left = schemaOf([
  field('id', t.int),
  field('code', t.string, true),
  field('n', t.double, true),
  field('at', t.timestamp, true),
])
const right = schemaOf([
  field('iata', t.string, true),
  field('m', t.double, true),
  field('name', t.string, true),
  field('from', t.timestamp, true),
])
const kinds = (of: Schema) => leaves(of).map(leaf => kindOf(leaf.type))
const nullable = (of: Schema): Schema => schemaOf(of.fields.map(each => field(each.name, each.type, true)))
const joined = schemaOf([...nullable(left).fields, ...nullable(right).fields])
const outputOf = (type: JoinType): Schema => (type === 'semi' || type === 'anti' ? left : joined)
const missingLeft = { id: null, code: null, n: null, at: null }
const missingRight = { iata: null, m: null, name: null, from: null }
const TYPES = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const
const CODES = [null, 'A', 'B', 'C', 'A\0', '', 'a code of some length']
const NUMBERS = [null, 0, -0, 1, Number.NaN]
const MIN = -(2n ** 63n)
const MAX = 2n ** 63n - 1n
const second = (n: number): Date => new Date(n * 1000)

const same = (a: unknown, b: unknown): boolean => a !== null && b !== null && (a === b || Object.is(a, b))
const less = (a: unknown, b: unknown): boolean => a !== null && b !== null && (a as number) < (b as number)

const keysOf = [
  { leftKeys: [1], rightKeys: [0], match: (a: Row, b: Row) => same(a['code'], b['iata']) },
  { leftKeys: [2], rightKeys: [1], match: (a: Row, b: Row) => same(a['n'], b['m']) },
  {
    leftKeys: [1, 2],
    rightKeys: [0, 1],
    match: (a: Row, b: Row) => same(a['code'], b['iata']) && same(a['n'], b['m']),
  },
  { leftKeys: [], rightKeys: [], match: () => true },
]

const call = (fn: string, ...args: Expr[]): Expr => ({ kind: 'call', fn, args })
const shorter = call('lt', column('code'), { ...column('name'), input: 1 })

const leftRow = (rng: Rng): Row => ({
  id: rng.int(0, 5),
  code: rng.pick(CODES),
  n: rng.pick(NUMBERS),
  at: rng.oneIn(12) ? null : second(rng.int(-5, 20)),
})
const rightRow = (rng: Rng): Row => ({
  iata: rng.pick(CODES),
  m: rng.pick(NUMBERS),
  name: rng.pick(['x', 'a name of some length', 'B', null]),
  from: rng.oneIn(12) ? null : second(rng.int(-5, 20)),
})

interface Case {
  readonly spec: Omit<JoinSpec, 'residual'>
  readonly residual: boolean
  /** Only rows of the left whose id is above 1, and rows of the right that have a name, meet anybody. */
  readonly able: boolean
  readonly match: (a: Row, b: Row) => boolean
}

function anyCase(rng: Rng): Case {
  const { leftKeys, rightKeys, match } = rng.pick(keysOf)
  const type = rng.pick(TYPES)
  const residual = rng.oneIn(3)
  const able = rng.oneIn(3)
  const timed = rng.oneIn(3)
  const [before, after] = [rng.int(-2, 4), rng.int(-2, 4)]
  const within = (a: Row, b: Row): boolean => {
    if (a['at'] === null || b['from'] === null) return false
    const apart = ((b['from'] as Date).getTime() - (a['at'] as Date).getTime()) / 1000
    return -before <= apart && apart <= after
  }
  return {
    spec: {
      type,
      left: { keys: leftKeys, kinds: kinds(left), time: timed ? { column: 3, shift: -1n } : undefined },
      right: { keys: rightKeys, kinds: kinds(right), time: timed ? { column: 3, shift: -1n } : undefined },
      bounds: timed ? { before: BigInt(before) * 1_000_000n, after: BigInt(after) * 1_000_000n } : undefined,
    },
    residual,
    able,
    match: (a, b) =>
      match(a, b) &&
      (!residual || less(a['code'], b['name'])) &&
      (!able || ((a['id'] as number) > 1 && b['name'] !== null)) &&
      (!timed || within(a, b)),
  }
}

const one: Expr = { kind: 'literal', value: 1, type: t.int }

function twinOf({ spec, residual, able, match }: Case, over: Partial<JoinSpec>) {
  const only = (expr: Expr, of: Schema, { memory }: Parameters<typeof join>[1]) =>
    able ? compilePredicate(expr, [of], memory) : undefined
  return {
    build: (context: Parameters<typeof join>[1]) =>
      join(
        {
          ...spec,
          ...over,
          left: { ...spec.left, able: only(call('gt', column('id'), one), left, context) },
          right: { ...spec.right, able: only(call('is_not_null', column('name')), right, context) },
          residual: residual ? compilePredicate(shorter, [left, right], context.memory) : undefined,
        },
        context,
      ),
    inputs: [left, right],
    outputs: [outputOf(spec.type)],
    row: (rng: Rng, port: number) => (port === 0 ? leftRow(rng) : rightRow(rng)),
    twin: ([ls = [], rs = []]: Parameters<Parameters<typeof checkTwin>[1]['twin']>[0]) => [
      joinTwin(ls, rs, { type: spec.type, match, missingLeft, missingRight }),
    ],
    retracts: true,
  }
}

seeded('join is its twin: every kind, both sides changing, with and without residual conditions and bounds', rng => {
  checkTwin(rng, twinOf(anyCase(rng), {}))
})

seeded('join is its twin when rows by themselves wait for the end', rng => {
  checkTwin(rng, { ...twinOf(anyCase(rng), { hold: true }), atEnd: true })
})

const canAwait = (type: JoinType): boolean => type !== 'right' && type !== 'full'

seeded('join is its twin when the left awaits the end of the right', rng => {
  const found = anyCase(rng)
  if (canAwait(found.spec.type)) checkTwin(rng, { ...twinOf(found, { awaits: true }), atEnd: true })
})

seeded('join is its twin with a right side that has ended', rng => {
  const found = anyCase(rng)
  if (!canAwait(found.spec.type)) return
  const subject = twinOf(found, { awaits: true })
  const build = (context: Parameters<typeof join>[1]) => {
    const made = subject.build(context)
    const step: typeof made.step = (port, delta, emit) => {
      if (port === 0) made.advance(1, MAX, emit)
      made.step(port, delta, emit)
    }
    return { ...made, step }
  }
  checkTwin(rng, { ...subject, build, first: [1] })
})

function setUp(over: Partial<JoinSpec> = {}) {
  const memory = new Memory()
  const arena = memory.arena()
  const spec: JoinSpec = {
    type: 'inner',
    left: { keys: [1], kinds: kinds(left) },
    right: { keys: [0], kinds: kinds(right) },
    ...over,
  }
  const operator = join(spec, { memory, arena, operator: 'join' })
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
const leftOf = (id: number, code: string) => ({ id, code, n: 0, at: null })
const rightOf = (iata: string, m: number) => ({ iata, m, name: 'n', from: null })

test('one row with more matches than a batch holds', () => {
  const { step } = setUp()
  for (let part = 0; part < 3; part++)
    step(
      1,
      Array.from({ length: 4000 }, (_, i) => rightOf('A', part * 4000 + i)),
    )
  const out = step(0, [leftOf(1, 'A'), leftOf(2, 'B'), leftOf(3, 'A')])
  assert.equal(out.length, 24_000)
  assert.deepEqual(new Set(out.map(row => row['id'])), new Set([1, 3]))
  assert.equal(new Set(out.map(row => row['m'])).size, 12_000)
})

test('without bounds old rows may meet new ones until the other side has ended', () => {
  const { operator } = setUp()
  assert.equal(operator.watermark([5n, 7n]), MIN)
  assert.equal(operator.watermark([5n, MAX]), 5n)
})

test('with bounds the output is behind by the time a partner may still take', () => {
  const bounds = { before: 10n, after: 3n }
  const { operator } = setUp({ bounds })
  assert.equal(operator.watermark([100n, 100n]), 97n)
  assert.equal(operator.watermark([50n, 100n]), 50n)
  assert.equal(setUp({ bounds, time: 'right' }).operator.watermark([100n, 100n]), 90n)
  assert.equal(operator.watermark([MAX, MAX]), MAX)
  assert.equal(operator.watermark([5n, MIN]), MIN)
})
