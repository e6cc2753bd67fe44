// Packed rows are the same rows when they are placed again, in another memory, from any row to any other.
import assert from 'node:assert/strict'
import {
  batchFromRows,
  changesOf,
  kindOf,
  Memory,
  packed,
  placed,
  rowsInBlocks,
  takenBack,
} from '../../src/data/index.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { noisyBatch } from '../ops/harness.ts'
import { seeded } from '../support/seed.ts'

const schema = schemaOf([
  field('n', t.bigint),
  field('s', t.string, true),
  field('d', t.double, true),
  field('b', t.boolean),
])
const kinds = leaves(schema).map(each => kindOf(each.type))

seeded('rows are packed and placed', rng => {
  const [from, to] = [new Memory(), new Memory()]
  const changes = rng.list(40, () => ({
    row: {
      n: BigInt(rng.int(-3, 3)),
      s: rng.pick([null, '', 'a', 'a text longer than twelve']),
      d: rng.pick([null, -0, 0, Number.NaN, 1.5]),
      b: rng.oneIn(2),
    },
    weight: rng.pick([1, 1, -1, 3]),
  }))
  const { batch, free } = noisyBatch(rng, changes, schema, from)
  const arena = from.arena()
  const block = packed(batch, batch.columns, arena)
  free()
  arena.free()
  batchFromRows([{ n: 9n, s: 'what lay there before', d: 9, b: true }], schema, from.arena())
  assert.equal(rowsInBlocks([block, takenBack(block)]), 0)
  const begin = rng.int(0, block.count)
  const end = rng.int(begin, block.count)
  const there = to.arena()
  const all = placed(block, begin, end, kinds, there)
  assert.deepEqual(changesOf(all.batch, schema, to), changes.slice(begin, end))
  const back = placed(takenBack(block), begin, end, kinds, there).batch
  assert.deepEqual(
    changesOf(back, schema, to).map(each => each.weight),
    changes.slice(begin, end).map(each => -each.weight),
  )
})
