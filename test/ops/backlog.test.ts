// What is put off is worked off in the order in which it came, in slices, in its round, and from a copy.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Batch, batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { Backlog } from '../../src/ops/backlog.ts'
import type { Emit } from '../../src/ops/operator.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'

const schema = schemaOf([field('s', scalars.string)])

function setUp() {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const rounds = { now: 0 }
  const told: string[] = []
  const backlog = new Backlog(
    { memory, arena, operator: 'test', rounds, large: 2 },
    function* (port, delta, _work, emit) {
      for (let row = 0; row < delta.count; row++) {
        emit(port, delta)
        yield
      }
    },
  )
  const emit: Emit = (port, delta) => {
    const rows = changesOf(delta, schema, memory).map(({ row, weight }) => `${weight}×${(row as { s: string }).s}`)
    told.push(`port ${port}, round ${rounds.now}: ${rows.join(' ')}`)
  }
  const batch = (rows: readonly string[], weights?: readonly number[]): Batch =>
    batchFromRows(
      rows.map(s => ({ s })),
      schema,
      arena,
      weights,
    )
  return { memory, before, arena, rounds, told, backlog, emit, batch }
}

test('one after the other, a slice at a time, each in the round in which it came', () => {
  const { memory, before, arena, rounds, told, backlog, emit, batch } = setUp()
  assert.deepEqual([backlog.isLarge(2), backlog.isLarge(3), backlog.isBusy], [false, true, false])
  backlog.put(1, batch(['a text that is not inline', 'b']))
  rounds.now = 3
  backlog.put(0, batch(['c'], [-2]))
  // What came may be overwritten.
  arena.reset()
  batch(['another text that lies there', 'x'])
  rounds.now = 1
  assert.equal(backlog.isBusy, true)
  backlog.workOff(emit)
  assert.deepEqual(told, ['port 1, round 0: 1×a text that is not inline 1×b'])
  while (backlog.isBusy) backlog.workOff(emit)
  assert.deepEqual(told.slice(1), ['port 1, round 0: 1×a text that is not inline 1×b', 'port 0, round 3: -2×c'])
  assert.equal(rounds.now, 1)
  arena.free()
  assert.equal(memory.used, before)
})

test('what was begun is freed too', () => {
  const { memory, before, arena, backlog, emit, batch } = setUp()
  for (const _ of [1, 2]) backlog.put(0, batch(['a', 'b', 'c']))
  backlog.workOff(emit)
  backlog.free()
  assert.equal(backlog.isBusy, false)
  arena.free()
  assert.equal(memory.used, before)
})
