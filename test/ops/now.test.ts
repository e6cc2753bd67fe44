// The time of the epoch: against the twin, with restarts; one time for all rows where it is kept.
import assert from 'node:assert/strict'
import { type Batch, changesOf, Memory } from '../../src/data/index.ts'
import { now } from '../../src/ops/now.ts'
import { type Epoch, nowTwin } from '../../src/ops/reference/now.ts'
import type { Weighted } from '../../src/ops/reference/zset.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { noisyBatch, shown } from './harness.ts'

const schema = schemaOf([field('name', t.string, true), field('n', t.int)])
const output = schemaOf([...schema.fields, field('now', t.timestamp)])

seeded('now is its twin', rng => {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const once = rng.oneIn(2)
  const build = () => now({ once }, { memory, arena, operator: 'test', durable: true })
  let operator = build()
  const told: Weighted[] = []
  const emit = (_port: number, delta: Batch): void => void told.push(...changesOf(delta, output, memory))
  const epochs: Epoch[] = []
  const saved: Uint8Array[] = []
  let clock = rng.int(0, 2e12)
  for (let epoch = 1; epoch <= rng.int(1, 6); epoch++) {
    // Clocks go back, too.
    clock += rng.int(-5, 5000)
    operator.tick?.(clock)
    const rows = rng.list(20, (): Weighted => {
      const row = { name: rng.pick([null, 'a', 'some longer name']), n: rng.int(0, 3) }
      return { row, weight: once ? rng.pick([1, -1, 2]) : 1 }
    })
    epochs.push({ time: new Date(clock), rows })
    if (rows.length > 0) {
      const { batch, free } = noisyBatch(rng, rows, schema, memory)
      arena.use()
      operator.step(0, batch, emit)
      arena.reset()
      free()
    }
    operator.tick?.(clock + 1)
    operator.seal(epoch)
    operator.save({ put: (_store, block) => saved.push(block.slice()) }, false)
    assert.deepEqual(shown(told), shown(nowTwin(epochs, once)))
    if (rng.oneIn(2)) {
      operator.close()
      operator = build()
      for (const block of saved) operator.load('first', block)
    }
  }
  operator.close()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
})
