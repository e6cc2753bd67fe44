// A tree against a sorted array: the same entries in the same order after every step, and no byte lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bytes, keyOf, Memory, NOTHING, payloadOf, Tree, utf8, weightOf } from '../../src/data/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const memory = new Memory()
const text = (bytes: Bytes): string => memory.text(bytes.ptr, bytes.length)

class Model {
  entries = new Map<string, { payload: string; weight: bigint }>()
  add(key: string, payload: string, weight: bigint): bigint {
    const old = this.entries.get(key)
    const sum = (old?.weight ?? 0n) + weight
    if (sum === 0n) this.entries.delete(key)
    else this.entries.set(key, { payload: old?.payload ?? payload, weight: sum })
    return sum
  }
  sorted(): [string, string, bigint][] {
    return [...this.entries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { payload, weight }]) => [key, payload, weight])
  }
}

function read(entry: number): [string, string, bigint] {
  return [text(keyOf(entry, memory)), text(payloadOf(entry, memory)), weightOf(entry, memory)]
}

/** Bytes of a text, for the time of a call. */
function lend<T>(value: string, use: (bytes: Bytes) => T): T {
  const bytes = utf8(value)
  const ptr = memory.alloc(Math.max(8, bytes.length))
  memory.u8.set(bytes, ptr)
  const result = use({ ptr, length: bytes.length })
  memory.free(ptr)
  return result
}

function add(tree: Tree, key: string, payload: string, weight: bigint): bigint {
  return lend(key, k => lend(payload, p => tree.add(k, p, weight)))
}

function entries(tree: Tree, back: boolean, from = '', past = false, most = 100_000): [string, string, bigint][] {
  const out = memory.alloc(most * 4)
  const n = lend(from, key => (back ? tree.scanBack(key, past, most, out) : tree.scan(key, past, most, out)))
  const found = [...memory.u32.slice(out >>> 2, (out >>> 2) + n)].map(read)
  memory.free(out)
  return found
}

const randomKey = (rng: Rng, range: number): string => {
  const n = rng.int(0, range)
  return rng.pick([`${n}`, `${n}`.padStart(12, '0'), `group ${n % 7} value ${n}`, 'x'.repeat(n % 20)])
}

function check(tree: Tree, model: Model): void {
  const sorted = model.sorted()
  assert.equal(tree.count, sorted.length)
  assert.deepEqual(entries(tree, false), sorted)
  assert.deepEqual(entries(tree, true, '', true), sorted.toReversed())
}

seeded('adds and removals, scans and prefixes', rng => {
  const before = memory.used
  const tree = new Tree(memory, false)
  const model = new Model()
  const range = rng.pick([5, 60, 2000])
  for (let step = 0; step < 600; step++) {
    const key = rng.oneIn(3) && model.entries.size > 0 ? rng.pick([...model.entries.keys()]) : randomKey(rng, range)
    const present = model.entries.get(key)?.weight
    const weight = present !== undefined && rng.oneIn(2) ? -present : BigInt(rng.int(-2, 3))
    assert.equal(add(tree, key, `payload of ${step}`, weight), model.add(key, `payload of ${step}`, weight))
    if (step % 100 === 0) check(tree, model)
  }
  check(tree, model)
  const sorted = model.sorted()
  for (let i = 0; i < 50; i++) {
    const key = randomKey(rng, range)
    const prefix = key.slice(0, rng.int(0, key.length))
    const at = sorted.filter(([k]) => k >= prefix)
    const begins = sorted.filter(([k]) => k.startsWith(prefix))
    const [first, last] = lend(prefix, p => [tree.first(p), tree.last(p)])
    assert.deepEqual(first ? read(first) : undefined, begins[0])
    assert.deepEqual(last ? read(last) : undefined, begins.at(-1))
    assert.deepEqual(entries(tree, false, prefix, false, 5), at.slice(0, 5))
    assert.deepEqual(
      entries(tree, false, prefix, true, 5),
      sorted.filter(([k]) => k >= prefix && !k.startsWith(prefix)).slice(0, 5),
    )
    assert.deepEqual(
      entries(tree, true, prefix, false, 5),
      sorted
        .filter(([k]) => k < prefix)
        .toReversed()
        .slice(0, 5),
    )
    const found = lend(key, k => tree.find(k))
    assert.equal(found !== 0, model.entries.has(key))
  }
  for (const [key, , weight] of rng.shuffled(sorted)) add(tree, key, '', -weight)
  assert.equal(tree.count, 0)
  tree.free()
  assert.equal(memory.used, before, 'bytes lost')
})

seeded('saves are what changed; loading them in order gives the tree', rng => {
  const before = memory.used
  const tree = new Tree(memory)
  const model = new Model()
  const log: Uint8Array[] = []
  for (let epoch = 0; epoch < 8; epoch++) {
    for (let step = 0; step < 60; step++) {
      const key = randomKey(rng, 40)
      const weight = BigInt(rng.int(-2, 2))
      add(tree, key, 'p', weight)
      model.add(key, 'p', weight)
    }
    if (rng.oneIn(4)) log.length = 0
    tree.save(block => log.push(block.slice()), log.length === 0)
    const copy = new Tree(memory)
    for (const block of log) copy.load(block)
    check(copy, model)
    copy.save(() => assert.fail('a loaded tree has nothing to save'), false)
    copy.free()
  }
  const again: number[] = []
  tree.save(block => again.push(block.length), false)
  assert.deepEqual(again, [], 'nothing changed since the last save')
  tree.free()
  assert.equal(memory.used, before, 'bytes lost')
})

test('ascending and descending keys, ten thousand of them', () => {
  for (const order of [1, -1]) {
    const tree = new Tree(memory, false)
    const keys = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(6, '0'))
    for (const key of order === 1 ? keys : keys.toReversed()) add(tree, key, '', 1n)
    assert.deepEqual(
      entries(tree, false).map(([key]) => key),
      keys,
    )
    tree.free()
  }
})

test('put replaces payload and weight', () => {
  const tree = new Tree(memory)
  lend('k', k => lend('one', p => tree.put(k, p)))
  lend('k', k => lend('two', p => tree.put(k, p, 5n)))
  assert.deepEqual(entries(tree, false), [['k', 'two', 5n]])
  lend('k', k => lend('', p => tree.put(k, p, 0n)))
  assert.equal(tree.count, 0)
  tree.free()
})

test('a torn block is refused', () => {
  const tree = new Tree(memory)
  add(tree, 'key', 'payload', 1n)
  const blocks: Uint8Array[] = []
  tree.save(block => blocks.push(block.slice()), true)
  const block = blocks[0] as Uint8Array
  for (let cut = 1; cut < block.length; cut++) assert.throws(() => tree.load(block.subarray(0, cut)), /torn/)
  tree.free()
})

test('a tree is cleared in slices', () => {
  const before = memory.used
  const tree = new Tree(memory, false)
  const arena = memory.arena()
  for (let i = 0; i < 50_000; i++) {
    const key = arena.put(utf8(`key ${(i * 7919) % 50_000}`.padEnd(12)))
    tree.add({ ptr: key, length: 12 }, NOTHING, 1n)
    if (i % 1000 === 0) arena.reset()
  }
  const left: number[] = []
  for (const _ of tree.clearing()) left.push(tree.count)
  assert.ok(left.length >= 3 && left.every((each, i) => i === 0 || each < (left[i - 1] as number)), `${left}`)
  assert.equal(tree.count, 0)
  assert.equal(tree.bytes, 0)
  tree.add({ ptr: arena.put(utf8('again')), length: 5 }, NOTHING, 1n)
  assert.equal(tree.count, 1)
  tree.free()
  arena.free()
  assert.equal(memory.used, before)
})

seeded('keys that have much in common, until one comes that has not', rng => {
  const before = memory.used
  const tree = new Tree(memory, false)
  const model = new Model()
  const beginnings = ['one and the same beginning ', 'one and the same ', 'one ', '', 'p', 'n']
  for (let step = 0; step < 400; step++) {
    const begin = beginnings[Math.min(Math.floor(step / rng.int(60, 100)), beginnings.length - 1)] as string
    const key = `${begin}${String(rng.int(0, 300)).padStart(rng.pick([0, 9]), '0')}!`
    add(tree, key, '', 1n)
    model.add(key, '', 1n)
    const from = `${rng.pick(beginnings)}${rng.pick(['', '0', '00012', '2!'])}`
    const past = rng.oneIn(2)
    const order = ([at]: [string, string, bigint]): boolean => (past ? at.slice(0, from.length) > from : at >= from)
    assert.deepEqual(entries(tree, false, from, past, 3), model.sorted().filter(order).slice(0, 3))
  }
  check(tree, model)
  tree.free()
  assert.equal(memory.used, before)
})

seeded('many entries are removed at once, side by side or not', rng => {
  const before = memory.used
  const tree = new Tree(memory, rng.oneIn(2))
  const model = new Model()
  for (let i = 0; i < 900; i++) {
    const [key, weight] = [randomKey(rng, 2000), rng.pick([1n, 2n, -1n])]
    add(tree, key, '', weight)
    model.add(key, '', weight)
  }
  while (tree.count > 0) {
    const out = memory.alloc(1000 * 4)
    const n = tree.scan(NOTHING, false, 1000, out)
    const share = rng.int(1, 4)
    const some = [...memory.u32.slice(out >>> 2, (out >>> 2) + n)].filter(() => rng.oneIn(share))
    for (const entry of some) model.entries.delete(text(keyOf(entry, memory)))
    memory.u32.set(some, out >>> 2)
    tree.remove(out, some.length)
    memory.free(out)
    check(tree, model)
  }
  assert.equal(tree.missing, 0)
  tree.free()
  assert.equal(memory.used, before)
})

test('what came and went between two saves leaves no trace in a save', () => {
  const tree = new Tree(memory)
  const saved = (): number => {
    let bytes = 0
    const count = (block: Uint8Array): void => {
      bytes += block.length
    }
    tree.save(count, false)
    return bytes
  }
  for (let i = 0; i < 100; i++) add(tree, `${i}`, '', 1n)
  for (let i = 0; i < 100; i++) add(tree, `${i}`, '', -1n)
  assert.equal(saved(), 0)
  add(tree, 'stays', '', 1n)
  assert.ok(saved() > 0)
  add(tree, 'stays', '', -1n)
  assert.ok(saved() > 0, 'that it is gone')
  assert.equal(saved(), 0)
  tree.free()
})

test('a tree for which there is no memory is as it was, and gives back all of it', () => {
  const floor = new Memory().used
  for (let room = 1_000; room < 60_000; room += 389) {
    const tight = new Memory(floor + room)
    const key = tight.alloc(16)
    const tree = new Tree(tight)
    let added = 0
    assert.throws(
      () => {
        for (; ; added++) {
          tight.u32[key >>> 2] = Math.imul(added, 0x9e3779b1)
          tree.add({ ptr: key, length: 16 }, NOTHING, 1n)
        }
      },
      { code: 'MEMORY_LIMIT' },
    )
    // The list of changes may be what could not grow: then the last one is there.
    assert.ok(tree.count === added || tree.count === added + 1)
    tree.free()
    tight.free(key)
    assert.equal(tight.used, floor, `${room} bytes of room`)
  }
})
