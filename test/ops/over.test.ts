import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { type Frame, type OverFunction, over } from '../../src/ops/index.ts'
import { affectedBy, type Reach, reachOf } from '../../src/ops/over/affected.ts'
import { type FunctionTwin, overTwin } from '../../src/ops/reference/over.ts'
import type { Order, Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, type ScalarType, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([
  field('group', t.string, true),
  field('at', t.int, true),
  field('score', t.double, true),
  field('name', t.string, true),
  field('yes', t.boolean, true),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const columns = schema.fields.map(each => each.name)
const typeOf = (name: string): ScalarType => schema.fields[columns.indexOf(name)]?.type as ScalarType

const row = (rng: Rng) => ({
  group: rng.pick([null, 'a', 'a group of some length']),
  at: rng.oneIn(6) ? null : rng.int(-3, 9),
  score: rng.pick([null, 0, -0, 0.1, -1, 2.5, 1e16, 1]),
  name: rng.pick([null, 'a', 'b', 'a string of some length', 'a string of some other length']),
  yes: rng.pick([null, true, false]),
})

function randomFrame(rng: Rng, ranged: boolean): NonNullable<FunctionTwin['frame']> {
  const edge = () => rng.pick([undefined, -3, -1, 0, 0, 1, 2])
  const [from, to] = [edge(), edge()]
  const ordered = from !== undefined && to !== undefined && from > to
  const frame = {
    mode: rng.pick<'rows' | 'range' | 'groups'>(['rows', 'range', 'groups']),
    from: ordered ? to : from,
    to: ordered ? from : to,
    exclude: rng.pick([undefined, undefined, 'row', 'group', 'ties'] as const),
  }
  const isRange = frame.mode === 'range' && !ranged
  return isRange ? { ...frame, from: rng.pick([undefined, 0]), to: rng.pick([undefined, 0]) } : frame
}

/** A function with its twin and the type of its result. */
function randomFunction(rng: Rng, ranged: boolean): { spec: OverFunction; twin: FunctionTwin; type: ScalarType } {
  const frame = randomFrame(rng, ranged)
  const name = rng.pick(columns)
  const column = columns.indexOf(name)
  const n = rng.int(1, 3)
  const fn = rng.pick([
    'row_number',
    'rank',
    'dense_rank',
    'percent_rank',
    'cume_dist',
    'ntile',
    'shift',
    'nth',
    'count',
    'min',
    'max',
    'sum',
    'avg',
    'var_samp',
    'var_pop',
    'stddev_samp',
    'stddev_pop',
  ] as const)
  switch (fn) {
    case 'ntile':
      return { spec: { fn, n }, twin: { fn, n }, type: t.int }
    case 'shift':
      return { spec: { fn, column, offset: n - 2 }, twin: { fn, column: name, n: n - 2 }, type: typeOf(name) }
    case 'nth': {
      const nth = rng.pick([1, 2, -1])
      return { spec: { fn, column, n: nth, frame }, twin: { fn, column: name, n: nth, frame }, type: typeOf(name) }
    }
    case 'count':
      return rng.oneIn(2)
        ? { spec: { fn, column: undefined, frame }, twin: { fn, frame }, type: t.int }
        : { spec: { fn, column, frame }, twin: { fn, column: name, frame }, type: t.int }
    case 'min':
    case 'max':
      return { spec: { fn, column, frame }, twin: { fn, column: name, frame }, type: typeOf(name) }
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return {
        spec: { fn, column: columns.indexOf('score'), frame, name: 'f' },
        twin: { fn, column: 'score', frame },
        type: t.double,
      }
    case 'sum':
    case 'avg': {
      const number = rng.pick(['at', 'score'])
      const spec = { fn, column: columns.indexOf(number), frame, name: 'f' }
      return { spec, twin: { fn, column: number, frame }, type: fn === 'sum' && number === 'at' ? t.int : t.double }
    }
    default:
      return { spec: { fn }, twin: { fn }, type: fn === 'percent_rank' || fn === 'cume_dist' ? t.double : t.int }
  }
}

seeded('over is its twin', rng => {
  const ranged = rng.oneIn(2)
  const order = (column: string): Order => ({ column, descending: rng.oneIn(2), nulls: rng.pick(['first', 'last']) })
  const keys = ranged ? [order('at')] : rng.shuffled(['at', 'score', 'name']).slice(0, rng.int(0, 2)).map(order)
  const per = rng.pick([['group'], ['group', 'yes'], []])
  const made = Array.from({ length: rng.int(1, 3) }, () => randomFunction(rng, ranged))
  const functions = Object.fromEntries(made.map(({ twin }, i) => [`f${i}`, twin]))
  const output = schemaOf([...schema.fields, ...made.map(({ type }, i) => field(`f${i}`, type, true))])
  checkTwin(rng, {
    build: context =>
      over(
        {
          per: per.map(name => ({ by: columns.indexOf(name), type: typeOf(name), nullable: true })),
          order: keys.map(({ column, descending, nulls }) => ({
            by: columns.indexOf(column),
            order: { descending, nulls },
          })),
          kinds,
          shown: columns.length,
          functions: made.map(each => each.spec),
          rangeKey: ranged ? { column: 1, descending: keys[0]?.descending === true } : undefined,
          emit: 'changes',
        },
        context,
      ),
    inputs: [schema],
    outputs: [output],
    row,
    twin: ([input = []]) => [overTwin(input, { per, keys, columns, functions })],
    retracts: true,
  })
})

test('only rows whose result changed are told, and groups of thousands of rows too', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const functions: OverFunction[] = [{ fn: 'sum', column: 1, frame: { mode: 'rows', from: -1, to: 0 }, name: 'f' }]
  const order = [{ by: 1, order: { descending: false, nulls: 'last' as const } }]
  const operator = over(
    { per: [], order, kinds, shown: columns.length, functions, emit: 'changes' },
    { memory, arena, operator: 'over' },
  )
  const output = schemaOf([...schema.fields, field('f', t.int, true)])
  const add = (rows: readonly Weighted[]): Weighted[] => {
    const out: Weighted[] = []
    for (let from = 0; from < rows.length; from += 4000) {
      const some = rows.slice(from, from + 4000)
      const weights = some.map(each => each.weight)
      operator.step(
        0,
        batchFromRows(
          some.map(each => each.row),
          schema,
          arena,
          weights,
        ),
        () => {},
      )
    }
    operator.flush((_port, delta) => out.push(...changesOf(delta, output, memory)))
    return out
  }
  const r = (at: number, weight = 1): Weighted => ({ row: { group: 'g', at, score: 0, name: 'x', yes: true }, weight })
  const all = add(Array.from({ length: 10_000 }, (_, i) => r(2 * ((i * 7919) % 10_000))))
  assert.equal(all.length, 10_000)
  assert.deepEqual(
    add([r(101)]).map(({ row: each, weight }) => `${weight} ${each['at']} ${each['f']}`),
    ['-1 102 202', '1 101 201', '1 102 203'],
  )
  operator.close()
})

test('what is computed is what frames reach from what changed', () => {
  const rows = 1000
  const changing = (changed: readonly number[]) => {
    const [before, now] = [new BigInt64Array(rows).fill(1n), new BigInt64Array(rows).fill(1n)]
    for (const e of changed) before[e] = 0n
    const marks = new Uint8Array(rows).fill(2)
    marks[0] = marks[500] = 1
    return { entries: rows, before, now, marks, key: (e: number) => e % 500 }
  }
  const spans = (of: Uint8Array): string => {
    const found: string[] = []
    for (let i = 0; i < of.length; i++)
      if (of[i] === 1 && of[i - 1] !== 1) {
        const end = of.indexOf(0, i)
        found.push(`${i}-${end < 0 ? of.length : end}`)
      }
    return found.join(' ')
  }
  const reach = (functions: readonly OverFunction[], changed: readonly number[]): string[] => {
    const found = affectedBy(reachOf(functions) as Reach, changing(changed))
    return found === undefined ? [] : [spans(found.told), spans(found.needed)]
  }
  const sum = (frame: Frame): OverFunction => ({ fn: 'sum', column: 1, frame, name: 's' })
  const lag: OverFunction = { fn: 'shift', column: 1, offset: -2 }
  assert.deepEqual(reach([sum({ mode: 'rows', from: -3, to: 1 })], [100]), ['99-104', '96-105'])
  assert.deepEqual(reach([lag], [1, 498, 700]), ['1-4 498-500 700-703', '0-4 496-500 698-703'])
  assert.deepEqual(reach([sum({ mode: 'range', from: -10, to: 5 })], [600]), ['595-611', '585-616'])
  assert.deepEqual(reach([sum({ mode: 'rows', from: undefined, to: 0 }), lag], [600, 620]), ['600-1000', '500-1000'])
  assert.deepEqual(reach([{ fn: 'row_number' }], [10]), ['10-500', '0-500'])
  assert.equal(reachOf([{ fn: 'ntile', n: 2 }]), undefined)
  assert.equal(reachOf([sum({ mode: 'rows', from: 0, to: undefined })]), undefined)
  assert.equal(reachOf([sum({ mode: 'groups', from: -1, to: 0 })]), undefined)
})
