// Full windows: each once, for good, and what is left at the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Batch, batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { fullWindows } from '../../src/ops/full-windows.ts'
import { WATERMARK_MAX } from '../../src/ops/operator.ts'
import { fullWindowsTwin } from '../../src/ops/reference/full-windows.ts'
import type { Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'

const schema = schemaOf([
  field('key', t.string, true),
  field('start', t.int),
  field('end', t.int),
  field('sum', t.double, true),
  field('rows', t.int),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const spec = { kinds, start: 1, end: 2, rows: 4 }

/** What an aggregation by windows of 3 rows tells, its rows in epochs. */
function aggregated(rows: readonly (readonly string[])[]): Weighted[][] {
  const groups = new Map<string, { start: number; rows: number }>()
  const rowOf = (key: string, { start, rows: count }: { start: number; rows: number }) => ({
    key,
    start,
    end: start + 3,
    sum: start / 3,
    rows: count,
  })
  return rows.map(keys => {
    const out: Weighted[] = []
    for (const key of keys) {
      const was = groups.get(key)
      const isNew = was === undefined || was.rows === 3
      const now = isNew ? { start: was === undefined ? 0 : was.start + 3, rows: 1 } : { ...was, rows: was.rows + 1 }
      if (!isNew) out.push({ row: rowOf(key, was), weight: -1 })
      out.push({ row: rowOf(key, now), weight: 1 })
      groups.set(key, now)
    }
    return out
  })
}

seeded('full windows are their twin, with restarts, and each is forgotten', rng => {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const forgotten: Weighted[] = []
  const forget = (groups: Batch): void => void forgotten.push(...changesOf(groups, schema, memory))
  const build = () => fullWindows({ ...spec, forget }, { memory, arena, operator: 'test' })
  const epochs = aggregated(Array.from({ length: rng.int(1, 6) }, () => rng.list(20, () => rng.pick(['a', 'b', 'c']))))
  const [given, told]: [Weighted[], Weighted[]] = [[], []]
  const saved: Uint8Array[] = []
  let operator = build()
  for (const [i, changes] of epochs.entries()) {
    const isEnd = i === epochs.length - 1
    given.push(...changes)
    const emit = (_port: number, delta: Batch): void => void told.push(...changesOf(delta, schema, memory))
    const rows = changes.map(each => each.row)
    const weights = changes.map(each => each.weight)
    if (rows.length > 0) operator.step(0, batchFromRows(rows, schema, arena, weights), emit)
    if (isEnd) operator.advance(0, WATERMARK_MAX, emit)
    operator.flush(emit)
    arena.reset()
    operator.save({ put: (_store, block) => void saved.push(block.slice()) }, false)
    const expected = fullWindowsTwin(given, isEnd)
    const shown = (all: readonly Weighted[]) => all.map(each => JSON.stringify(each)).sort()
    assert.deepEqual(shown(told), shown(expected))
    assert.deepEqual(shown(forgotten), shown(fullWindowsTwin(given, false)))
    if (!isEnd && rng.oneIn(2)) {
      operator.close()
      operator = build()
      for (const block of saved) operator.load('open', block)
    }
  }
  operator.close()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
})

test('what is kept are the windows that are open', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = fullWindows({ ...spec, forget: () => {} }, { memory, arena, operator: 'test' })
  for (const changes of aggregated(Array.from({ length: 100 }, () => ['a', 'b', 'a', 'a']))) {
    const rows = changes.map(each => each.row)
    operator.step(
      0,
      batchFromRows(
        rows,
        schema,
        arena,
        changes.map(each => each.weight),
      ),
      () => {},
    )
    operator.flush(() => {})
    arena.reset()
  }
  assert.ok(operator.size().rows <= 2)
  operator.close()
})
