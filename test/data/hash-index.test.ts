// An index of rows is a map from key to rows with weights: through adds, deletes, saves and restarts, and for keys with few
// rows as for keys with many.
import assert from 'node:assert/strict'
import {
  ASCENDING,
  batchFromRows,
  changesOf,
  decodeRows,
  encodeKeys,
  encodeRows,
  HashIndex,
  hashed,
  kindOf,
  Memory,
} from '../../src/data/index.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const schema = schemaOf([field('k', t.string), field('n', t.int)])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))

interface Row {
  readonly k: string
  readonly n: number
}

seeded('an index of rows is a map', rng => {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const expected = new Map<string, number>()
  const blocks: Uint8Array[] = []
  let index = new HashIndex(memory)
  for (let round = 0; round < 8; round++) {
    const rows = rng.list(40, () => anyRow(rng))
    const weights = rows.map(() => rng.pick([1, 1, 2, -1]))
    for (const [i, row] of rows.entries()) add(expected, row, weights[i] as number)
    put(index, rows, weights, memory)
    assert.deepEqual(contents(index, memory), sorted(expected))
    assert.equal(index.count, expected.size)
    assert.equal(
      index.missing,
      [...expected.values()].reduce((sum, each) => sum - Math.min(each, 0), 0),
    )
    for (const _ of index.saving(block => blocks.push(block.slice()), false));
    if (!rng.oneIn(3)) continue
    index.free()
    index = new HashIndex(memory)
    for (const block of blocks) index.load(block)
    assert.deepEqual(contents(index, memory), sorted(expected))
  }
  index.free()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
})

const anyRow = (rng: Rng): Row => ({ k: rng.pick(['a', 'b', 'a longer key than fits']), n: rng.int(0, 14) })

function add(map: Map<string, number>, row: Row, weight: number): void {
  const text = JSON.stringify(row)
  const sum = (map.get(text) ?? 0) + weight
  if (sum === 0) map.delete(text)
  else map.set(text, sum)
}

const sorted = (map: ReadonlyMap<string, number>): string[] =>
  [...map].map(([row, weight]) => `${weight} ${row}`).sort()

function put(index: HashIndex, rows: readonly Row[], weights: readonly number[], memory: Memory): void {
  const arena = memory.arena()
  const batch = batchFromRows(rows, schema, arena, weights)
  const keys = hashed(encodeKeys(batch, batch.columns.slice(0, 1), [ASCENDING], arena), arena)
  const { blob, offsets } = encodeRows(batch, batch.columns, arena)
  const groups = index.find(keys, arena)
  memory.kernels.indexAdd(
    index.ptr,
    rows.length,
    0,
    keys.blob,
    keys.offsets,
    keys.hashes,
    groups,
    blob,
    offsets,
    batch.weights,
    0,
    0n,
    0,
    0,
  )
  arena.free()
}

/** Every row of the three keys. */
function contents(index: HashIndex, memory: Memory): string[] {
  const arena = memory.arena()
  const probes = batchFromRows(
    ['a', 'b', 'a longer key than fits', 'none'].map(k => ({ k, n: 0 })),
    schema,
    arena,
  )
  const keys = hashed(encodeKeys(probes, probes.columns.slice(0, 1), [ASCENDING], arena), arena)
  const groups = index.find(keys, arena)
  const [numbers, entries, at, weights] = [400, 400, 400, 800].map(bytes => arena.alloc(bytes)) as [
    number,
    number,
    number,
    number,
  ]
  const cursor = arena.zeroed(16)
  const found: string[] = []
  for (;;) {
    const n = memory.kernels.indexProbe(cursor, 4, 0, groups, 0, 0n, 0n, 0n, 100, numbers, entries) >>> 0
    if (n === 0) break
    memory.kernels.indexRows(n, entries, at)
    memory.kernels.indexPairWeights(n, numbers, 0, entries, weights)
    const batch = { columns: decodeRows(at, n, kinds, arena), rows: n, sel: 0, count: n, weights }
    found.push(...changesOf(batch, schema, memory).map(({ row, weight }) => `${weight} ${JSON.stringify(row)}`))
  }
  arena.free()
  return found.sort()
}
