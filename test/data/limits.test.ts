// Linear memory at its edges: sums of sizes beyond 32 bits, blocks beyond the allocator, sizes beyond a word, and a heap
// whose first gigabytes are taken, so that every address has its highest bit set.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Batch,
  batchFromRows,
  batchOf,
  changesOf,
  compact,
  createDecoder,
  createEncoder,
  EXACT,
  encodeKeys,
  encodeRows,
  Kind,
  Memory,
  utf8,
} from '../../src/data/index.ts'
import { aggregate } from '../../src/ops/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'

const GB = 2 ** 30
const LIMIT = { code: 'MEMORY_LIMIT' }

/** A batch whose rows share the bytes of one text of `bytes` bytes: 4096 of 1 MiB are 2^32 bytes when each has its own. */
function sharing(memory: Memory, bytes: number, rows: number): Batch {
  const arena = memory.arena()
  const text = arena.alloc(bytes)
  memory.u8.fill(97, text, text + bytes)
  const values = arena.alloc(rows * 16)
  const view = [bytes, memory.u32[text >>> 2] as number, 0, text]
  for (let row = 0; row < rows; row++) memory.u32.set(view, (values >>> 2) + row * 4)
  return batchOf([{ kind: Kind.VIEW, values, validity: 0 }], rows)
}

const copies: readonly (readonly [string, (batch: Batch, memory: Memory) => unknown])[] = [
  ['row bytes', (batch, memory) => encodeRows(batch, batch.columns, memory.arena())],
  ['key bytes', (batch, memory) => encodeKeys(batch, batch.columns, [EXACT], memory.arena())],
  ['owned rows', (batch, memory) => compact(batch, memory.arena(), true)],
]

for (const [what, copy] of copies)
  test(`rows that share a text, 2^32 bytes and a little if each had its own: ${what} are refused`, () => {
    const memory = new Memory(64 * 2 ** 20)
    assert.throws(() => copy(sharing(memory, 2 ** 20, 4096), memory), LIMIT)
  })

test('blocks beyond 1 GB and sizes beyond a word are MEMORY_LIMIT, and the memory lives on', () => {
  const memory = new Memory(3 * GB)
  const arena = memory.arena()
  for (const bytes of [1.5 * GB, 2 ** 32 - 8, 2 ** 32 + 16, 2 ** 40]) {
    assert.throws(() => memory.alloc(bytes), LIMIT, `${bytes}`)
    assert.throws(() => arena.alloc(bytes), LIMIT, `${bytes}`)
  }
  memory.free(memory.alloc(1000))
  arena.free()
  assert.equal(memory.used, 0)
})

const schema = schemaOf([
  field('key', scalars.string),
  field('n', scalars.int),
  field('x', scalars.double),
  field('text', scalars.string, true),
])

const lines = Array.from({ length: 3000 }, (_, i) =>
  JSON.stringify({
    key: `a key of group ${i % 97}`,
    n: i,
    x: i / 8,
    text: i % 5 === 0 ? null : `ä text ${i} ${'y'.repeat(i % 40)}`,
  }),
).join('\n')

/** Decode, group, save, load, encode: what comes out at each step, as text. */
function workload(memory: Memory): string {
  const arena = memory.arena()
  const badRow = (error: Error): never => {
    throw error
  }
  const decoder = createDecoder({ format: { kind: 'json' }, schema, memory, source: 'test', badRow })
  decoder.push(utf8(lines), true)
  const encoder = createEncoder({ format: { kind: 'csv' }, schema, memory })
  const column = (index: number) => {
    const { type, nullable } = schema.fields[index]!
    return { column: index, type: type as typeof scalars.string, nullable }
  }
  const call = (fn: string, index: number, type: typeof scalars.string) => ({
    name: fn,
    fn,
    args: [column(index)],
    type,
  })
  const build = () =>
    aggregate(
      { memory, arena, operator: 'test' },
      {
        keys: [{ name: 'key', ...column(0) }],
        calls: [
          call('sum', 2, scalars.double as never),
          call('min', 3, scalars.string),
          call('max', 3, scalars.string),
          { ...call('count', 3, scalars.int as never), distinct: true },
          { ...call('approx_quantile', 1, scalars.double as never), params: [0.5] },
        ],
        appendOnlyInput: false,
        emit: 'changes',
      },
    )
  let operator = build()
  const results = schemaOf([
    field('key', scalars.string),
    field('sum', scalars.double, true),
    field('min', scalars.string, true),
    field('max', scalars.string, true),
    field('count', scalars.int),
    field('median', scalars.double, true),
  ])
  const out: string[] = []
  const saved: [string, Uint8Array][] = []
  for (let batch = decoder.next(500); batch !== undefined; batch = decoder.next(500)) {
    out.push(Buffer.from(encoder.encode(batch)).toString())
    operator.step(0, batch, () => {})
    arena.reset()
    operator.flush((_, delta) => out.push(JSON.stringify(changesOf(delta, results, memory))))
    saved.length = 0
    operator.save({ put: (store, block) => void saved.push([store, block.slice()]) }, true)
    operator.close()
    operator = build()
    for (const [store, block] of saved) operator.load(store, block)
  }
  const taken = batchFromRows([{ key: 'a key of group 0', n: 0, x: 0, text: null }], schema, arena, [-1])
  operator.step(0, taken, () => {})
  operator.flush((_, delta) => out.push(JSON.stringify(changesOf(delta, results, memory))))
  for (const each of [operator, encoder, decoder]) each.close()
  arena.free()
  return out.join('\n')
}

test('above 2 GB everything is as below: addresses are unsigned everywhere', () => {
  const low = new Memory(64 * 2 ** 20)
  const high = new Memory(3 * GB)
  for (let i = 0; i < 3; i++) high.alloc(0.8 * GB) // never touched: it costs address space only
  const before = high.used
  const expected = workload(low)
  assert.ok(expected.length > 100_000)
  assert.equal(workload(high), expected)
  assert.ok(high.alloc(100) > 2 ** 31)
  assert.equal(low.used, 0)
  assert.ok(high.used - before < 200)
})
