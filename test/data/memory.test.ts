import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bitmapBytes, columnBytes, Kind, Memory, Tree } from '../../src/data/index.ts'

test('an arena gives aligned memory and gives it all back: no leak over 10,000 epochs', () => {
  const memory = new Memory(1 << 20)
  const before = memory.used
  const arena = memory.arena(1 << 14)
  let after = 0
  for (let epoch = 0; epoch < 10_000; epoch++) {
    for (let i = 0; i < 20; i++) {
      const ptr = arena.alloc(1 + ((epoch * 7919 + i * 104_729) % 9000))
      assert.equal(ptr % 16, 0)
      memory.u8[ptr] = 1
    }
    arena.reset()
    if (epoch === 10) after = memory.used
    if (epoch > 10) assert.equal(memory.used, after)
  }
  arena.free()
  assert.equal(memory.used, before)
})

test('an arena block larger than a chunk is released with the rest', () => {
  const memory = new Memory(1 << 22)
  const arena = memory.arena(4096)
  arena.alloc(100)
  arena.reset()
  const small = memory.used
  arena.alloc(1 << 20)
  assert.ok(memory.used > small + (1 << 20))
  arena.reset()
  assert.equal(memory.used, small)
})

test('blocks of one arena never overlap', () => {
  const memory = new Memory()
  const arena = memory.arena(1024)
  const blocks = Array.from({ length: 500 }, (_, i) => ({ size: (i * 37) % 700, ptr: arena.alloc((i * 37) % 700) }))
  for (const [i, { ptr, size }] of blocks.entries()) memory.u8.fill(i & 255, ptr, ptr + size)
  for (const [i, { ptr, size }] of blocks.entries()) {
    assert.ok(memory.bytes(ptr, size).every(byte => byte === (i & 255)))
  }
})

test('reaching the ceiling is a clear error, and the memory is usable afterwards', () => {
  const memory = new Memory(1 << 20)
  const arena = memory.arena()
  assert.throws(() => arena.alloc(2 << 20), { code: 'MEMORY_LIMIT', message: /ceiling of 1048576/ })
  assert.ok(arena.alloc(1000) > 0)
})

test('a freed block is reused', () => {
  const memory = new Memory()
  const used = memory.used
  const ptrs = Array.from({ length: 100 }, () => memory.alloc(5000))
  for (const ptr of ptrs) memory.free(ptr)
  assert.equal(memory.used, used)
  memory.free(0)
})

test('text of any length and script', () => {
  const memory = new Memory()
  const arena = memory.arena()
  for (const text of ['', 'a', 'Zürich', '🚀'.repeat(30), 'x'.repeat(100)]) {
    const bytes = new TextEncoder().encode(text)
    assert.equal(memory.text(arena.put(bytes), bytes.length), text)
  }
})

test('views are renewed when the memory has grown', () => {
  const memory = new Memory()
  const ptr = memory.alloc(8)
  memory.u8[ptr] = 42
  const old = memory.u8
  memory.alloc(64 << 20)
  assert.equal(old.length, 0)
  assert.equal(memory.u8[ptr], 42)
})

test('the kinds of the kernels are the kinds of TypeScript', () => {
  const source = readFileSync(new URL('../../src/kernels/assembly/layout.ts', import.meta.url), 'utf8')
  for (const [name, number] of Object.entries(Kind))
    assert.match(source, new RegExp(`export const ${name}: u32 = ${number};`))
})

test('columns are rounded up to whole vectors', () => {
  assert.deepEqual([0, 1, 127, 128, 129].map(bitmapBytes), [0, 16, 16, 16, 32])
  assert.deepEqual([columnBytes(Kind.I64, 3), columnBytes(Kind.VIEW, 2), columnBytes(Kind.BOOL, 3)], [32, 32, 16])
})

test('what was released serves the next one as if it were new, and nobody else', () => {
  const first = new Memory(1 << 20)
  const ptr = first.alloc(1000)
  first.free(ptr)
  const { kernels } = first
  first.release()
  first.release()
  const second = new Memory(1 << 21)
  assert.equal(second.kernels, kernels)
  assert.equal(second.alloc(1000), ptr)
  assert.throws(() => second.alloc(1 << 21), { code: 'MEMORY_LIMIT', message: /ceiling of 2097152/ })
  assert.throws(() => first.alloc(8), { code: 'ASSERTION', message: /alloc was called for a memory that was released/ })
  assert.equal(first.u8.length, 0)
})

test('what a large memory holds goes at once, what a small one holds part by part', () => {
  const part = (memory: Memory): void => {
    const tree = new Tree(memory)
    const before = memory.used
    memory.abandon()
    tree.free()
    assert.equal(memory.used < before, before < 1 << 20)
  }
  part(new Memory())
  const large = new Memory()
  large.alloc(16 << 20)
  part(large)
})

test('a memory that is not as it was is not used again', () => {
  const lost = new Memory()
  lost.alloc(1000)
  const grown = new Memory()
  grown.free(grown.alloc(16 << 20))
  for (const each of [lost, grown]) {
    const { kernels } = each
    each.release()
    assert.notEqual(new Memory().kernels, kernels)
  }
})
