import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { type RankSpec, rank } from '../../src/ops/index.ts'
import { WATERMARK_MAX } from '../../src/ops/operator.ts'
import { rankTwin } from '../../src/ops/reference/rank.ts'
import type { Order, Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin, shown } from './harness.ts'

const schema = schemaOf([
  field('group', t.string, true),
  field('id', t.int),
  field('score', t.double, true),
  field('name', t.string, true),
])
const ranked = schemaOf([...schema.fields, field('rank', t.int)])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const columns = schema.fields.map(each => each.name)

const row = (rng: Rng) => ({
  group: rng.pick([null, 'a', 'b', 'a group of some length', 'a group of some other length']),
  id: rng.int(0, 6),
  score: rng.pick([null, 0, -0, 1, -1, 2.5, Number.NaN]),
  name: rng.pick([null, 'a', 'b', 'a string of some length']),
})

function randomOrders(rng: Rng): Order[] {
  const some = rng.shuffled(columns.slice(1)).slice(0, rng.int(0, 2))
  return some.map(column => ({ column, descending: rng.oneIn(2), nulls: rng.pick(['first', 'last']) }))
}

function randomSpec(rng: Rng, keys: readonly Order[], per: readonly string[]): RankSpec {
  return {
    per: per.map(name => ({
      by: columns.indexOf(name),
      type: name === 'group' ? t.string : t.int,
      nullable: name === 'group',
    })),
    order: keys.map(({ column, descending, nulls }) => ({ by: columns.indexOf(column), order: { descending, nulls } })),
    kinds,
    rank: rng.pick(['row_number', 'rank', 'dense_rank']),
    limit: rng.pick([undefined, 1, 1, 2, 3, 10]),
    shown: rng.oneIn(2),
    appendOnlyInput: rng.oneIn(2),
    emit: 'changes',
  }
}

seeded('rank is its twin', rng => {
  const keys = randomOrders(rng)
  const per = rng.pick([['group'], ['group', 'id'], []])
  const spec = randomSpec(rng, keys, per)
  const as = spec.shown ? 'rank' : undefined
  checkTwin(rng, {
    build: context => rank(spec, context),
    inputs: [schema],
    outputs: [spec.shown ? ranked : schema],
    row,
    twin: ([input = []]) => [
      rankTwin(input, { per, keys, columns, rank: spec.rank, limit: spec.limit ?? Number.POSITIVE_INFINITY, as }),
    ],
    retracts: !spec.appendOnlyInput,
  })
})

function changes(spec: Partial<RankSpec>, epochs: readonly Weighted[][]): string[][] {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = rank(
    {
      per: [{ by: 0, type: t.string, nullable: true }],
      order: [{ by: 2, order: { descending: true, nulls: 'last' } }],
      kinds,
      rank: 'row_number',
      limit: 2,
      shown: true,
      appendOnlyInput: false,
      emit: 'changes',
      ...spec,
    },
    { memory, arena, operator: 'rank' },
  )
  return epochs.map(epoch => {
    const out: string[] = []
    const rows = epoch.map(each => each.row)
    const weights = epoch.map(each => each.weight)
    if (epoch.length > 0) operator.step(0, batchFromRows(rows, schema, arena, weights), () => {})
    operator.flush((_port, delta) =>
      out.push(...changesOf(delta, ranked, memory).map(({ row, weight }) => `${weight} ${row['name']} ${row['rank']}`)),
    )
    return out
  })
}

const r = (name: string, score: number, weight = 1): Weighted => ({
  row: { group: 'g', id: 0, score, name },
  weight,
})

test('a row that comes in between moves those behind it', () => {
  assert.deepEqual(changes({}, [[r('a', 5), r('b', 3)], [r('c', 4)], [r('a', 5, -1)], []]), [
    ['1 a 1', '1 b 2'],
    ['-1 b 2', '1 c 2'],
    ['-1 a 1', '-1 c 2', '1 c 1', '1 b 2'],
    [],
  ])
})

test('rank shows all rows that tie, dense_rank those of n different keys', () => {
  const rows = [r('a', 5), r('b', 4), r('c', 4), r('d', 3)]
  assert.deepEqual(changes({ rank: 'rank' }, [rows]), [['1 a 1', '1 b 2', '1 c 2']])
  assert.deepEqual(changes({ rank: 'dense_rank' }, [rows]), [['1 a 1', '1 b 2', '1 c 2']])
  assert.deepEqual(changes({ rank: 'rank', limit: undefined }, [rows]), [['1 a 1', '1 b 2', '1 c 2', '1 d 4']])
  assert.deepEqual(changes({ rank: 'dense_rank', limit: undefined }, [rows]), [['1 a 1', '1 b 2', '1 c 2', '1 d 3']])
})

test('rows that come after what should have been the end are told all the same', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const spec: RankSpec = {
    per: [{ by: 0, type: t.string, nullable: true }],
    order: [{ by: 2, order: { descending: true, nulls: 'last' } }],
    kinds,
    rank: 'row_number',
    limit: 1,
    shown: true,
    appendOnlyInput: true,
    emit: 'changes',
  }
  const operator = rank(spec, { memory, arena, operator: 'rank', durable: false })
  operator.advance(0, WATERMARK_MAX, () => {})
  const told = [[r('a', 5), r('b', 7)], [], [r('c', 9)]].map(rows => {
    const out: Weighted[] = []
    const batch = batchFromRows(
      rows.map(each => each.row),
      schema,
      arena,
    )
    if (rows.length > 0) operator.step(0, batch, () => {})
    operator.flush((_port, delta) => out.push(...changesOf(delta, ranked, memory)))
    return out.map(({ row, weight }) => `${weight} ${row['name']}`)
  })
  assert.deepEqual(told, [['1 b'], [], ['-1 b', '1 c']])
  operator.close()
  arena.free()
  assert.equal(memory.used, 0, 'bytes lost')
})

test('an append-only ranking keeps n rows of each group', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const spec: RankSpec = {
    per: [{ by: 0, type: t.string, nullable: true }],
    order: [{ by: 1, order: { descending: true, nulls: 'last' } }],
    kinds,
    rank: 'row_number',
    limit: 3,
    shown: false,
    appendOnlyInput: true,
    emit: 'changes',
  }
  const operator = rank(spec, { memory, arena, operator: 'rank' })
  const out: Weighted[] = []
  for (let epoch = 0; epoch < 10; epoch++) {
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      group: `g${i % 2}`,
      id: epoch * 1000 + i,
      score: 0,
      name: 'x',
    }))
    operator.step(0, batchFromRows(rows, schema, arena), () => {})
    operator.flush((_port, delta) => out.push(...changesOf(delta, schema, memory)))
    assert.equal(operator.size().rows, 6)
    arena.reset()
  }
  assert.deepEqual(
    shown(out),
    shown(
      [9999, 9998, 9997, 9996, 9995, 9994].map(id => ({
        row: { group: `g${id % 2}`, id, score: 0, name: 'x' },
        weight: 1,
      })),
    ),
  )
})

test('a group of many rows is kept in chunks', () => {
  const all = Array.from({ length: 3000 }, (_, i) => r(`n${i}`, (i * 7919) % 3001))
  const added = changes({ limit: undefined }, [all])
  assert.equal(added[0]?.length, 3000)
  const half = all.filter((_, i) => i % 2 === 0)
  const [, gone] = changes({ limit: 1 }, [all, half.map(each => ({ ...each, weight: -1 })), []])
  assert.ok((gone?.length ?? 0) <= 2)
  const [, back] = changes({ limit: undefined }, [all, all.map(each => ({ ...each, weight: -1 }))])
  assert.equal(back?.length, 3000)
})
