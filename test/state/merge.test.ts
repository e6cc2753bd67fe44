// Sorted runs and their merge against a Map: the newest value of every key, in key order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { merge } from '../../src/state/merge.ts'
import { openRuns, RunWriter } from '../../src/state/run-file.ts'
import { cut, sortEntries } from '../../src/state/sort.ts'
import { VirtualDisk } from '../../src/testing/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { blockOf, type Entries, entriesOf } from './support.ts'

test('entries are sorted by bytes, a prefix before what it begins, the last of equal keys stays', () => {
  const sorted = sortEntries(
    blockOf([
      ['b', '1'],
      ['ab', '2'],
      ['a', '3'],
      ['é', '4'],
      ['b', undefined],
      ['', '5'],
      ['a', '6'],
    ]),
  )
  assert.deepEqual(entriesOf(sorted), [
    ['', '5'],
    ['a', '6'],
    ['ab', '2'],
    ['b', undefined],
    ['é', '4'],
  ])
})

test('a block is cut between entries', () => {
  const block = blockOf([
    ['a', '1'],
    ['b', 'x'.repeat(100)],
    ['c', '3'],
  ])
  assert.deepEqual(
    [...cut(block, 20)].map(each => entriesOf(each).map(([key]) => key)),
    [['a'], ['b'], ['c']],
  )
  assert.deepEqual([...cut(block, 1000)].length, 1)
  assert.deepEqual([...cut(new Uint8Array(0), 10)], [])
})

const draw = (rng: Rng): Entries =>
  rng.list(rng.int(0, 40), () => {
    const key = 'k'.repeat(rng.int(0, 2)) + String(rng.int(0, 30))
    return [key, rng.int(0, 3) === 0 ? undefined : 'v'.repeat(rng.int(0, 3)) + String(rng.int(0, 999))] as const
  })

seeded('the merge of runs is the map of their entries', async rng => {
  const disk = new VirtualDisk()
  const model = new Map<string, string | undefined>()
  const files = []
  for (let f = 0; f < rng.int(1, 5); f++) {
    const writer = await RunWriter.open(disk, `f${f}`)
    for (let r = 0; r < rng.int(0, 4); r++) {
      const entries = draw(rng)
      for (const [key, value] of entries) model.set(key, value)
      writer.begin('s')
      for (const part of cut(sortEntries(blockOf(entries)), rng.int(10, 200))) await writer.block(part)
      writer.begin('other')
      await writer.block(blockOf([['x', 'y']]))
    }
    files.push(await openRuns(disk, `f${f}`, await writer.finish()))
  }
  const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const keepDeleted of [true, false]) {
    const found = []
    for await (const block of merge(files, 's', keepDeleted)) found.push(...entriesOf(block))
    assert.deepEqual(found, keepDeleted ? expected : expected.filter(([, value]) => value !== undefined))
  }
})
