// The group table by itself: many groups, memory that comes back, keys at the edges of views, saved blocks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_ROWS, batchFromRows, changesOf, Kind, Memory, rowsOf } from '../../src/data/index.ts'
import { aggregate, type Emit, type Operator } from '../../src/ops/index.ts'
import { field, type ScalarType, scalars, schemaOf } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'

const silent: Emit = () => {}
const count = { name: 'count', fn: 'count', args: [], type: scalars.int }
const x = { column: 1, type: scalars.double, nullable: false }

function counting(memory: Memory, arena: ReturnType<Memory['arena']>, type: ScalarType, durable = false): Operator {
  const keys = [{ name: 'k', column: 0, type, nullable: false }]
  const sum = { name: 'sum', fn: 'sum', args: [x], type: scalars.double }
  return aggregate(
    { memory, arena, operator: 'test', durable },
    { keys, calls: [count, sum], appendOnlyInput: false, emit: 'changes' },
  )
}

/** Add `weight` of each of the keys 0 .. groups-1, in steps of a batch. */
function addAll(memory: Memory, operator: Operator, groups: number, weight: bigint): void {
  const arena = memory.arena()
  const [keys, values, weights] = [
    arena.alloc(BATCH_ROWS * 8),
    arena.alloc(BATCH_ROWS * 8),
    arena.alloc(BATCH_ROWS * 8),
  ]
  memory.i64.fill(weight, weights >>> 3, (weights >>> 3) + BATCH_ROWS)
  memory.f64.fill(0.1, values >>> 3, (values >>> 3) + BATCH_ROWS)
  const columns = [
    { kind: Kind.I64, values: keys, validity: 0 },
    { kind: Kind.F64, values, validity: 0 },
  ]
  for (let from = 0; from < groups; from += BATCH_ROWS) {
    const n = Math.min(BATCH_ROWS, groups - from)
    for (let i = 0; i < n; i++) memory.i64[(keys >>> 3) + i] = BigInt((from + i) * 1_000_000)
    operator.step(0, { columns, rows: n, sel: 0, count: n, weights }, silent)
  }
  arena.free()
}

test('a million groups: under 100 bytes each, and all of it comes back when they are deleted', t => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = counting(memory, arena, scalars.bigint)
  operator.flush(silent)
  const start = memory.used
  const groups = 1_000_000
  addAll(memory, operator, groups, 1n)
  operator.flush(silent)
  assert.equal(operator.size().rows, groups)
  const each = (memory.used - start) / groups
  t.diagnostic(`${each.toFixed(1)} bytes a group (key 8, count, exact sum of doubles 40)`)
  assert.ok(each < 100, `${each} bytes a group`)
  addAll(memory, operator, groups, -1n)
  operator.flush(silent)
  assert.equal(operator.size().rows, 0)
  // A chunk of each arena is kept for the next epoch.
  assert.ok(memory.used - start < 650_000, `${memory.used - start} bytes stay`)
  operator.close()
  arena.free()
  assert.equal(memory.used, 0)
})

test('strings at the edges of inline and far are told apart, whatever lies behind them', () => {
  const texts = Array.from({ length: 40 }, (_, i) => 'abcdefghijklmnopqrstuvwxyzabcdefghijklmn'.slice(0, i))
  const all = [
    ...texts,
    ...texts.map(text => `${text}\0`),
    ...texts.map(text => `${text}é`),
    'thirteen byteA',
    'thirteen byteB',
  ]
  const wanted = new Map<string, number>()
  for (const text of [...all, ...all, ...texts]) wanted.set(text, (wanted.get(text) ?? 0) + 1)
  const memory = new Memory()
  const arena = memory.arena()
  const operator = counting(memory, arena, scalars.string)
  const schema = schemaOf([field('k', scalars.string), field('x', scalars.double)])
  for (const part of [all, all, texts])
    operator.step(
      0,
      batchFromRows(
        part.map(k => ({ k, x: 1 })),
        schema,
        arena,
      ),
      silent,
    )
  const got = new Map<string, number>()
  operator.flush((_, batch) => {
    const out = schemaOf([field('k', scalars.string), field('count', scalars.int), field('sum', scalars.double, true)])
    for (const row of rowsOf(batch, out, memory)) got.set(row['k'] as string, row['count'] as number)
  })
  assert.deepEqual(got, wanted)
})

seeded('saving only what changed is saving all', rng => {
  const memory = new Memory()
  const arena = memory.arena()
  const schema = schemaOf([field('k', scalars.string), field('x', scalars.double)])
  const out = schemaOf([field('k', scalars.string), field('count', scalars.int), field('sum', scalars.double, true)])
  const operator = counting(memory, arena, scalars.string, true)
  const parts: Uint8Array[] = []
  const keep = (to: Uint8Array[]) => ({ put: (_: string, block: Uint8Array) => void to.push(block.slice()) })
  for (let epoch = 0; epoch < 6; epoch++) {
    const rows = rng.list(30, () => ({ k: `${'k'.repeat(rng.int(0, 20))}${rng.int(0, 9)}`, x: rng.double() }))
    const weights = rows.map(() => (rng.oneIn(3) ? -1 : 1))
    if (rows.length > 0) operator.step(0, batchFromRows(rows, schema, arena, weights), silent)
    operator.flush(silent)
    operator.save(keep(parts), false)
  }
  const whole: Uint8Array[] = []
  operator.save(keep(whole), true)
  /** What is there, told by taking one more of a key that is in every state. */
  const told = (blocks: readonly Uint8Array[]): string[] => {
    const other = counting(memory, arena, scalars.string, true)
    for (const block of blocks) other.load('groups', block)
    const lines: string[] = [`${other.size().rows} groups`]
    const probe = Array.from({ length: 210 }, (_, i) => ({ k: `${'k'.repeat(i % 21)}${Math.floor(i / 21)}`, x: 0.5 }))
    other.step(0, batchFromRows(probe, schema, arena), silent)
    other.flush((_, batch) => {
      for (const { row, weight } of changesOf(batch, out, memory))
        lines.push(`${weight} ${row['k']} ${row['count']} ${row['sum']}`)
    })
    other.close()
    return lines.sort()
  }
  assert.deepEqual(told(parts), told(whole))
  const torn = (whole[0] ?? new Uint8Array(0)).slice(0, -1)
  if (torn.length > 8) assert.throws(() => told([torn]), /does not fit/)
  operator.close()
})
