import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Memory, Sorter, utf8 } from '../../src/data/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

/** Prefix-free keys of some shape: text and an end that no text has inside. */
const shapes: Readonly<Record<string, (rng: Rng) => string>> = {
  'few different': rng => rng.pick(['a', 'b', 'ab', '']),
  'one letter, many lengths': rng => 'a'.repeat(rng.int(0, 60)),
  'a long beginning shared': rng => `${'same '.repeat(9)}${rng.int(0, 500)}`,
  'random bytes': rng => Array.from({ length: rng.int(0, 20) }, () => String.fromCharCode(rng.int(1, 127))).join(''),
  'all equal': () => 'equal, and longer than one prefix of eight bytes',
}

const keyOf = (text: string): Buffer => Buffer.concat([utf8(text), Buffer.from([0])])

interface Weighted {
  readonly key: Buffer
  readonly weight: bigint
}

function add(sorter: Sorter, memory: Memory, rows: readonly Weighted[], weighted: boolean): void {
  const arena = memory.arena()
  const offsets = [0]
  for (const { key } of rows) offsets.push((offsets.at(-1) as number) + key.length)
  const keys = {
    blob: arena.put(Buffer.concat([...rows.map(each => each.key), Buffer.alloc(16)])),
    offsets: arena.put(new Uint8Array(Uint32Array.from(offsets).buffer)),
    count: rows.length,
  }
  const weights = arena.put(new Uint8Array(BigInt64Array.from(rows, each => each.weight).buffer))
  sorter.add(keys, { sel: 0, count: rows.length }, weighted ? weights : 0)
  arena.free()
}

/** Everything in order, as `weight × key`. */
function read(sorter: Sorter, memory: Memory, skip: number, most: number): string[] {
  const out: string[] = []
  const [keys, weights] = [memory.alloc(most * 4), memory.alloc(most * 8)]
  sorter.sort()
  while (true) {
    const { count, weighted } = sorter.next(skip, most, keys, weights)
    if (count === 0) break
    for (let i = 0; i < count; i++) {
      const at = memory.u32[(keys >>> 2) + i] as number
      const key = Buffer.from(memory.u8.subarray(at, memory.u8.indexOf(0, at))).toString()
      const times = weighted ? (memory.i64[(weights >>> 3) + i] as bigint) : 1n
      for (let n = 0n; n < times; n++) out.push(key)
    }
  }
  memory.free(keys)
  memory.free(weights)
  return out
}

/** What a sort of the rows is: by bytes, deleted rows away. */
function expected(rows: readonly Weighted[], skip: number): string[] {
  const sums = new Map<string, bigint>()
  for (const { key, weight } of rows)
    sums.set(key.toString('latin1'), (sums.get(key.toString('latin1')) ?? 0n) + weight)
  const sorted = [...sums].sort(([a], [b]) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')))
  return sorted.flatMap(([key, weight]) => Array(Math.max(0, Number(weight))).fill(key.slice(0, -1))).slice(skip)
}

for (const [name, shape] of Object.entries(shapes))
  seeded(`keys come in the order of their bytes: ${name}`, rng => {
    const memory = new Memory()
    const weighted = rng.oneIn(2)
    const rows = Array.from({ length: rng.pick([0, 1, 2, 24, 25, 700]) }, () => ({
      key: keyOf(shape(rng)),
      weight: weighted ? rng.pick([1n, 1n, 2n, -1n]) : 1n,
    }))
    const skip = rng.pick([0, 0, 1, 30])
    const sorter = new Sorter(memory)
    for (let first = 0; first < rows.length; first += 100)
      add(sorter, memory, rows.slice(first, first + 100), weighted && rng.oneIn(2) ? true : weighted)
    const restored = new Sorter(memory)
    const cut = rng.int(0, 1) === 0
    sorter.save(block => restored.load(block.slice()), cut)
    const wanted = expected(rows, skip)
    assert.deepEqual(read(sorter, memory, skip, rng.pick([1, 7, 4096])), wanted)
    assert.deepEqual(read(restored, memory, skip, 4096), wanted)
    sorter.free()
    restored.free()
    assert.equal(memory.used, new Memory().used)
  })

test('a save hands over what came since the last one, a full one everything; a torn block is refused', () => {
  const memory = new Memory()
  const sorter = new Sorter(memory)
  const sizes = (full: boolean): number => {
    let bytes = 0
    sorter.save(block => {
      bytes += block.length
    }, full)
    return bytes
  }
  const one = [{ key: keyOf('abc'), weight: 1n }]
  add(sorter, memory, one, false)
  add(sorter, memory, [{ key: keyOf('x'.repeat(300_000)), weight: 1n }], false)
  assert.deepEqual([sizes(false), sizes(false), sizes(true)], [300_045, 0, 300_045])
  add(sorter, memory, one, false)
  assert.deepEqual([sizes(false), sizes(false)], [24, 0])
  assert.throws(() => new Sorter(memory).load(new Uint8Array(10)), { code: 'ASSERTION' })
})

test('a hundred thousand keys of every first byte, and of few', () => {
  const memory = new Memory()
  for (const spread of [2 ** 31, 10]) {
    const sorter = new Sorter(memory)
    const rows = Array.from({ length: 100_000 }, (_, i) => ({
      key: keyOf(String((Math.imul(i, 2654435761) >>> 0) % spread)),
      weight: 1n,
    }))
    add(sorter, memory, rows, false)
    assert.deepEqual(read(sorter, memory, 0, 4096), expected(rows, 0))
    sorter.free()
  }
})
