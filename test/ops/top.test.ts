import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { top } from '../../src/ops/index.ts'
import { arrivalTwin } from '../../src/ops/reference/arrival.ts'
import { sortTwin } from '../../src/ops/reference/sort.ts'
import { topTwin } from '../../src/ops/reference/top.ts'
import type { Order, Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { computed } from './evaluators.ts'
import { checkTwin, shown } from './harness.ts'

const schema = schemaOf([field('id', t.int), field('score', t.double, true), field('name', t.string, true)])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const columns = schema.fields.map(each => each.name)

const row = (rng: Rng) => ({
  id: rng.int(0, 20),
  score: rng.pick([null, 0, -0, 1, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]),
  name: rng.pick([null, 'a', 'b', 'a string of some length', 'a string of some other length']),
})

function randomOrders(rng: Rng): Order[] {
  const some = rng.shuffled(columns).slice(0, rng.int(1, 3))
  return some.map(column => ({ column, descending: rng.oneIn(2), nulls: rng.pick(['first', 'last']) }))
}

const sortColumns = (orders: readonly Order[]) =>
  orders.map(({ column, descending, nulls }) => ({ by: columns.indexOf(column), order: { descending, nulls } }))

seeded('top is its twin, over inserts and deletes', rng => {
  const keys = randomOrders(rng)
  const [offset, limit] = [rng.pick([0, 0, 1, 3, 20]), rng.pick([0, 1, 2, 5, 100])]
  checkTwin(rng, {
    build: context => top({ keys: sortColumns(keys), kinds, limit, offset, appendOnlyInput: false }, context),
    inputs: [schema],
    outputs: [schema],
    row,
    twin: ([input = []]) => [topTwin(input, { keys, columns, offset, limit })],
    retracts: true,
  })
})

seeded('top is its twin where nothing is deleted', rng => {
  const keys = randomOrders(rng)
  const [offset, limit] = [rng.pick([0, 2]), rng.pick([1, 3, 10])]
  checkTwin(rng, {
    build: context => top({ keys: sortColumns(keys), kinds, limit, offset, appendOnlyInput: true }, context),
    inputs: [schema],
    outputs: [schema],
    row,
    twin: ([input = []]) => [topTwin(input, { keys, columns, offset, limit })],
  })
})

seeded('a full sort is its twin at the end', rng => {
  const keys = randomOrders(rng)
  const offset = rng.pick([0, 0, 4])
  checkTwin(rng, {
    build: context =>
      top({ keys: sortColumns(keys), kinds, limit: undefined, offset, appendOnlyInput: false }, context),
    inputs: [schema],
    outputs: [schema],
    row,
    twin: ([input = []]) => [sortTwin(input, keys, columns, offset).map(row => ({ row, weight: 1 }))],
    retracts: true,
    atEnd: true,
  })
})

seeded('a limit without keys takes rows as they come', rng => {
  const [offset, limit] = [rng.int(0, 20), rng.pick([0, 1, 5, 50, undefined])]
  checkTwin(rng, {
    build: context => top({ keys: [], kinds, limit, offset, appendOnlyInput: true }, context),
    inputs: [schema],
    outputs: [schema],
    row,
    twin: ([input = []]) => [arrivalTwin(input, offset, limit)],
  })
})

function run(batches: readonly (readonly [object, number][])[], limit: number | undefined, appendOnlyInput = false) {
  const memory = new Memory()
  const arena = memory.arena()
  const keys = [{ by: 1, order: { descending: true, nulls: 'last' as const } }]
  const operator = top({ keys, kinds, limit, offset: 0, appendOnlyInput }, { memory, arena, operator: 'top' })
  return batches.map(changes => {
    const out: string[] = []
    const batch = batchFromRows(
      changes.map(([row]) => row),
      schema,
      arena,
      changes.map(([, weight]) => weight),
    )
    operator.step(0, batch, () => {})
    operator.advance(0, 2n ** 63n - 1n, () => {})
    operator.flush((_port, delta) =>
      out.push(...changesOf(delta, schema, memory).map(({ row, weight }) => `${weight} ${row['name']}`)),
    )
    operator.seal(1)
    return out
  })
}

const r = (name: string, score: number | null, id = 0) => ({ name, score, id })

test('a flush tells the old rows before the new ones, each in order', () => {
  const steps = run(
    [
      [
        [r('c', 3), 1],
        [r('b', 2), 1],
        [r('a', 1), 1],
      ],
      [
        [r('e', 5), 1],
        [r('d', 4), 1],
      ],
      [[r('e', 5), -1]],
    ],
    2,
  )
  assert.deepEqual(steps, [
    ['1 c', '1 b'],
    ['-1 c', '-1 b', '1 e', '1 d'],
    ['-1 e', '1 c'],
  ])
})

test('ties go by all columns, and equal rows count as often as they came', () => {
  assert.deepEqual(
    run(
      [
        [
          [r('b', 1), 1],
          [r('a', 1), 2],
          [r('z', 1, -1), 1],
        ],
      ],
      3,
    ),
    [['1 z', '2 a']],
  )
})

test('a delete that came before its insert shows nothing, then cancels', () => {
  assert.deepEqual(
    run(
      [
        [[r('a', 1), -1]],
        [
          [r('a', 1), 1],
          [r('b', 0), 1],
        ],
      ],
      2,
    ),
    [[], ['1 b']],
  )
})

test('a sort is emitted in order', () => {
  const rows = Array.from({ length: 5000 }, (_, i): [object, number] => [r(`n${i}`, (i * 7919) % 5000), 1])
  const [sorted = []] = run([rows.slice(0, 4000)], undefined)
  const expected = rows
    .slice(0, 4000)
    .sort(([a], [b]) => (b as { score: number }).score - (a as { score: number }).score)
  assert.deepEqual(
    sorted,
    expected.map(([row]) => `1 ${(row as { name: string }).name}`),
  )
})

test('an append-only top keeps only what it needs', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const keys = [{ by: computed([0], id => -id), order: { descending: false, nulls: 'last' as const } }]
  const operator = top({ keys, kinds, limit: 3, offset: 0, appendOnlyInput: true }, { memory, arena, operator: 'top' })
  const out: Weighted[] = []
  for (let epoch = 0; epoch < 20; epoch++) {
    const rows = Array.from({ length: 1000 }, (_, i) => r('x', 0, epoch * 1000 + i))
    operator.step(0, batchFromRows(rows, schema, arena), () => {})
    operator.flush((_port, delta) => out.push(...changesOf(delta, schema, memory)))
    operator.seal(epoch)
    assert.ok(operator.size().rows <= 6)
    arena.reset()
  }
  assert.deepEqual(
    shown(out),
    shown(
      [19_999, 19_998, 19_997]
        .map(id => ({ row: r('x', 0, id), weight: 1 }))
        .map(({ row: { id, score, name }, weight }) => ({ row: { id, score, name }, weight })),
    ),
  )
})

test('a sort is restored from its log, and its state goes when the rows have come out', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const keys = [{ by: 0, order: { descending: false, nulls: 'last' as const } }]
  const make = () =>
    top({ keys, kinds, limit: undefined, offset: 0, appendOnlyInput: false }, { memory, arena, operator: 'sort' })
  const store = new Map<string, Buffer>()
  const put = (_store: string, block: Uint8Array): void => {
    const bytes = Buffer.from(block)
    for (let at = 0; at < bytes.length; ) {
      const [key, value] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)]
      const size = 8 + key + (value === 0xffffffff ? 0 : value)
      const name = bytes.toString('hex', at + 8, at + 8 + key)
      if (value === 0xffffffff) store.delete(name)
      else store.set(name, bytes.subarray(at, at + size))
      at += size
    }
  }
  const first = make()
  for (const ids of [[3, 1], [2], [1]]) {
    first.step(
      0,
      batchFromRows(
        ids.map(id => r('x', 0, id)),
        schema,
        arena,
        ids.map((_, i) => (i === 0 && ids.length === 1 && ids[0] === 1 ? -1 : 1)),
      ),
      () => {},
    )
    first.save({ put }, false)
  }
  assert.equal(store.size, 4)
  const second = make()
  for (const block of store.values()) second.load('rows', block)
  second.step(0, batchFromRows([r('x', 0, 0)], schema, arena), () => {})
  const ids: unknown[] = []
  second.advance(0, 2n ** 63n - 1n, () => {})
  second.flush((_port, delta) => ids.push(...changesOf(delta, schema, memory).map(({ row }) => row['id'])))
  assert.deepEqual(ids, [0, 2, 3])
  second.save({ put }, false)
  assert.equal(store.size, 0)
})
