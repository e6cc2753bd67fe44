// Law 6: append, update, retract and complete of the same deltas integrate to the same table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Batch, batchFromRows, changesOf, kindOf, Memory, type Mode } from '../../src/data/index.ts'
import { type Operator, view } from '../../src/ops/index.ts'
import { completeTwin, retractTwin, upserted } from '../../src/ops/reference/view.ts'
import { identity, type Row, rowsIn, type Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { noisyBatch, shown } from './harness.ts'

const schema = schemaOf([field('key', t.string, true), field('n', t.double, true), field('key2', t.int)])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const KEY = [0, 2]
const keyColumns = (row: Row) => [row['key'], row['key2']]
const keyOf = (row: Row): string => identity(keyColumns(row))
const asTable = (rows: readonly Row[]): string[] => shown(rows.map(row => ({ row, weight: 1 })))

/** A table with a key, as its deltas: at most one row a key at the end of each epoch. */
function keyedEpochs(rng: Rng): Weighted[][] {
  const table = new Map<string, Row>()
  return Array.from({ length: rng.int(1, 6) }, () =>
    rng
      .list(20, (): Weighted[] => {
        const row = {
          key: rng.pick([null, 'a', 'b', 'a longer key than twelve']),
          n: rng.pick([null, 0, -0, 1, 2.5]),
          key2: rng.int(0, 2),
        }
        const old = table.get(keyOf(row))
        const gone: Weighted[] = old === undefined ? [] : [{ row: old, weight: -1 }]
        if (old !== undefined && rng.oneIn(3)) {
          table.delete(keyOf(row))
          return gone
        }
        table.set(keyOf(row), row)
        return [...gone, { row, weight: 1 }]
      })
      .flat(),
  )
}

interface Run {
  readonly memory: Memory
  readonly operator: Operator
  /** What one epoch told. */
  epoch(changes: readonly Weighted[]): Weighted[]
  close(): void
}

function start(rng: Rng, mode: Mode): Run {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const operator = view({ mode, kinds, key: KEY }, { memory, arena, operator: 'view' })
  return {
    memory,
    operator,
    epoch(changes) {
      const out: Weighted[] = []
      const emit = (_port: number, delta: Batch) => out.push(...changesOf(delta, schema, memory))
      for (const part of rng.cut(changes, rng.int(1, 3))) {
        const { batch, free } = noisyBatch(rng, part, schema, memory)
        operator.step(0, batch, emit)
        arena.reset()
        free()
      }
      operator.flush(emit)
      operator.seal(1)
      return out
    },
    close() {
      operator.close()
      arena.free()
      assert.equal(memory.used, before, 'bytes lost')
    },
  }
}

seeded('retract: the net change of each epoch, old before new', rng => {
  const run = start(rng, 'retract')
  for (const changes of keyedEpochs(rng)) {
    const told = run.epoch(changes)
    assert.deepEqual(shown(told), shown(retractTwin(changes)))
    assert.equal(told.length, retractTwin(changes).length, 'consolidated')
    assert.deepEqual(
      told.map(each => each.weight),
      told.map(each => each.weight).sort((a, b) => a - b),
    )
  }
  run.close()
})

seeded('update: upserts by key give the table', rng => {
  const run = start(rng, 'update')
  const told: Weighted[] = []
  const epochs: Weighted[][] = []
  for (const changes of keyedEpochs(rng)) {
    epochs.push(changes)
    const updates = run.epoch(changes)
    assert.equal(new Set(updates.map(each => keyOf(each.row))).size, updates.length, 'one change a key')
    const before = upserted(told, keyColumns).map(keyOf)
    for (const { row, weight } of updates) assert.ok(weight === 1 || before.includes(keyOf(row)), 'a delete of no key')
    told.push(...updates)
    assert.deepEqual(asTable(upserted(told, keyColumns)), asTable(completeTwin(epochs)))
  }
  run.close()
})

seeded('complete: the whole table after each epoch, changed or not', rng => {
  const run = start(rng, 'complete')
  const epochs: Weighted[][] = []
  for (const changes of keyedEpochs(rng)) {
    epochs.push(changes)
    const told = run.epoch(changes)
    assert.ok(told.every(each => each.weight === 1))
    assert.deepEqual(asTable(told.map(each => each.row)), asTable(completeTwin(epochs)))
  }
  run.close()
})

seeded('append: every row as often as it came', rng => {
  const run = start(rng, 'append')
  const most = rng.pick([1, 3])
  const inserts = rng.list(40, () => ({ row: { key: rng.pick(['a', null]), n: 1, key2: 1 }, weight: rng.int(1, most) }))
  const told = run.epoch(inserts)
  assert.ok(told.every(each => each.weight === 1))
  assert.deepEqual(shown(told), shown(inserts))
  run.close()
})

test('append: a delete is refused', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = view({ mode: 'append', kinds, key: [] }, { memory, arena, operator: 'view' })
  const batch = batchFromRows([{ key: 'a', n: 1, key2: 1 }], schema, arena, [-1])
  assert.throws(() => operator.step(0, batch, () => {}), /append-only/)
})

seeded('complete goes on after a restart', rng => {
  const [first, second] = [start(rng, 'complete'), start(rng, 'complete')]
  const all: Weighted[] = []
  for (const changes of keyedEpochs(rng)) {
    all.push(...changes)
    first.epoch(changes)
    first.operator.save({ put: (store, block) => second.operator.load(store, block) }, false)
  }
  const row = { key: 'new', n: 1, key2: 9 }
  const told = second.epoch([{ row, weight: 1 }])
  assert.deepEqual(asTable(told.map(each => each.row)), asTable(rowsIn([...all, { row, weight: 1 }])))
  first.close()
  second.close()
})
