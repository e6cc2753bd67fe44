import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, EXACT, encodeKeys, kindOf, Memory } from '../../src/data/index.ts'
import { RoundTrees } from '../../src/ops/index.ts'
import { lastRound, type Outcome, stoppedRound } from '../../src/runtime/iterate-outcome.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'

const schema = schemaOf([field('n', t.int)])
const kinds = [kindOf(t.int)]

function setUp(make: typeof stoppedRound) {
  const memory = new Memory()
  const [arena, pending] = [memory.arena(), new RoundTrees(memory.arena())]
  const made = make(kinds, [{ kinds, pending }], { memory, arena, operator: 'iterate-1' })
  const rows = (n: number, weight = 1) => batchFromRows([{ n }], schema, arena, [weight])
  const emitted = (outcome: Outcome): string[] => {
    const found: string[] = []
    for (const _ of outcome.emit((_port, delta) =>
      found.push(...changesOf(delta, schema, memory).map(each => `${each.weight} ${JSON.stringify(each.row)}`)),
    ));
    return found
  }
  return { arena, pending, made, rows, emitted }
}

test('without a termination set all rounds count', () => {
  const { arena, made, rows, emitted } = setUp((all, _waiting, context) => lastRound(all, context))
  made.add(0, rows(1), arena, 1n)
  made.add(1, rows(1), arena, -1n)
  made.add(7, rows(2), arena, 1n)
  assert.equal(made.stop(9), undefined)
  assert.deepEqual(emitted(made), ['1 {"n":2}'])
})

test('the round at which it stops moves in both directions, and the result with it', () => {
  const { arena, made, rows, emitted } = setUp(stoppedRound)
  made.resume()
  for (const round of [0, 1, 2, 3]) made.add(round, rows(round), arena, 1n)
  made.note(0, rows(0), arena)
  made.note(1, rows(0, -1), arena)
  assert.equal(made.stop(1), undefined)
  assert.equal(made.stop(2), 1)
  made.pause()
  assert.deepEqual(emitted(made), ['1 {"n":0}', '1 {"n":1}', '1 {"n":2}'])
  made.resume()
  made.note(0, rows(0, -1), arena)
  made.pause()
  assert.deepEqual(emitted(made), ['-1 {"n":2}'])
  made.resume()
  made.note(0, rows(0, 2), arena)
  made.pause()
  assert.deepEqual(emitted(made), ['1 {"n":2}', '1 {"n":3}'])
})

test('what waits for a round that is not reached goes on after a restart', () => {
  const { arena, pending, made, rows } = setUp(stoppedRound)
  const again = setUp(stoppedRound)
  made.resume()
  const batch = rows(9)
  pending.add(5, encodeKeys(batch, batch.columns, [EXACT], arena))
  made.pause()
  assert.equal(pending.least(), undefined)
  for (const [store, tree] of made.stores) tree.save(block => again.made.stores.get(store)?.load(block), true)
  again.made.resume()
  assert.equal(again.pending.least(), 5)
})
