// Grouping as a table: rows in, changes out, flush by flush.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_ROWS, type Batch, batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import {
  type AggregateColumn,
  type AggregateSpec,
  aggregate,
  type Emit,
  type InputColumn,
  LATE_PORT,
  type Operator,
  WATERMARK_MAX,
} from '../../src/ops/index.ts'
import { field, type PlainKind, type Schema, scalars, schemaOf } from '../../src/types/index.ts'

const input = schemaOf([
  field('k', scalars.string, true),
  field('x', scalars.double, true),
  field('n', scalars.bigint, true),
  field('end', scalars.timestamp, true),
])
const column = (name: string): InputColumn => {
  const at = input.fields.findIndex(each => each.name === name)
  return { column: at, type: input.fields[at]?.type as InputColumn['type'], nullable: true }
}
const call = (fn: string, name: string | undefined, type: PlainKind): AggregateColumn => ({
  name: name === undefined ? fn : `${fn}_${name}`,
  fn,
  args: name === undefined ? [] : [column(name)],
  type: scalars[type],
})

interface Bench {
  readonly memory: Memory
  readonly operator: Operator
  step(rows: readonly object[], weights?: readonly number[]): void
  flush(): string[]
  late: string[]
  close(): void
}

const shown = (batch: Batch, schema: Schema, memory: Memory): string[] =>
  changesOf(batch, schema, memory).map(({ row, weight }) => `${weight > 0 ? '+' : ''}${weight} ${values(row)}`)
const values = (row: object): string =>
  Object.values(row)
    .map(value => (value instanceof Date ? String(value.getTime()) : String(value)))
    .join(' ')

function bench(spec: Omit<AggregateSpec, 'appendOnlyInput'>): Bench {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = aggregate({ memory, arena, operator: 'test' }, { ...spec, appendOnlyInput: true })
  const results = schemaOf([
    ...spec.keys.map(key => field(key.name, key.type, true)),
    ...spec.calls.map(each => field(each.name, each.type, true)),
  ])
  const lateRows = schemaOf([
    ...input.fields,
    field('reason', scalars.string),
    field('by', scalars.bigint),
    field('watermark', scalars.timestamp),
  ])
  let out: string[] = []
  const late: string[] = []
  const emit: Emit = (port, batch) => {
    if (port === LATE_PORT) late.push(...shown(batch, lateRows, memory))
    else out.push(...shown(batch, results, memory))
  }
  return {
    memory,
    operator,
    late,
    step(rows, weights) {
      operator.step(0, batchFromRows(rows, input, arena, weights), emit)
      arena.reset()
    },
    flush() {
      out = []
      operator.flush(emit)
      return out
    },
    close() {
      operator.close()
      arena.free()
      assert.equal(memory.used, 0, 'bytes lost')
    },
  }
}

const byK = { keys: [{ name: 'k', ...column('k') }], emit: 'changes' as const }

test('changes: -old +new for what was touched, nothing for what stayed', () => {
  const t = bench({ ...byK, calls: [call('count', undefined, 'int'), call('sum', 'x', 'double')] })
  t.step([
    { k: 'a', x: 1.5 },
    { k: 'b', x: 2 },
    { k: null, x: null },
  ])
  t.step([{ k: 'a', x: 0.25 }])
  assert.deepEqual(t.flush(), ['+1 a 2 1.75', '+1 b 1 2', '+1 null 1 null'])
  t.step([
    { k: 'a', x: 1 },
    { k: 'a longer key than twelve', x: 3 },
  ])
  assert.deepEqual(t.flush(), ['-1 a 2 1.75', '+1 a 3 2.75', '+1 a longer key than twelve 1 3'])
  t.step(
    [
      { k: 'b', x: 2 },
      { k: 'b', x: 2 },
    ],
    [1, -1],
  )
  assert.deepEqual(t.flush(), [])
  t.step(
    [
      { k: 'b', x: 2 },
      { k: 'a longer key than twelve', x: 3 },
    ],
    [-1, -1],
  )
  assert.deepEqual(t.flush(), ['-1 b 1 2', '-1 a longer key than twelve 1 3'])
  assert.equal(t.operator.size().rows, 2)
  t.close()
})

test('a flush holds what one batch of groups tells, however many groups there are', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const calls = [call('count', undefined, 'int'), call('sum', 'n', 'bigint')]
  const operator = aggregate({ memory, arena, operator: 'test' }, { ...byK, calls, appendOnlyInput: true })
  const batches = 20
  for (let batch = 0; batch < batches; batch++) {
    const rows = Array.from({ length: BATCH_ROWS }, (_, i) => ({ k: `k${batch}-${i}`, n: i }))
    operator.step(0, batchFromRows(rows, input, arena), () => {})
    arena.reset()
  }
  const held: number[] = []
  operator.flush(() => held.push(memory.used))
  assert.equal(held.length, batches)
  assert.equal(Math.max(...held), Math.min(...held))
  operator.close()
  arena.free()
  assert.equal(memory.used, 0, 'bytes lost')
})

test('without keys there is one group, with or without rows', () => {
  const t = bench({ keys: [], emit: 'changes', calls: [call('count', undefined, 'int'), call('max', 'k', 'string')] })
  assert.deepEqual(t.flush(), ['+1 0 null'])
  assert.deepEqual(t.flush(), [])
  t.step([{ k: 'a' }, { k: 'quite a long string' }])
  assert.deepEqual(t.flush(), ['-1 0 null', '+1 2 quite a long string'])
  t.close()
})

test('a sum beyond 64 bits is an error that names the sum and the group', () => {
  const t = bench({ ...byK, calls: [call('sum', 'n', 'bigint')] })
  t.step([{ k: 'a', n: 2n ** 63n - 1n }])
  t.flush()
  t.step([{ k: 'a', n: 1n }])
  assert.throws(() => t.flush(), /INTEGER_OVERFLOW.*sum_n.*k = "a"/)
})

const windowed = {
  keys: [
    { name: 'end', ...column('end') },
    { name: 'k', ...column('k') },
  ],
  window: { start: 0, end: 0, accept: 5_000n },
  calls: [call('count', undefined, 'int')],
}
const at = (ms: number): Date => new Date(ms)

test('final: a window once, when the watermark has reached its end and the allowed lateness', () => {
  const t = bench({ ...windowed, emit: 'final' })
  t.step([
    { k: 'a', end: at(10) },
    { k: 'a', end: at(10) },
    { k: 'b', end: at(20) },
    { k: 'c', end: null },
  ])
  const table: [watermarkMs: number, expected: string[]][] = [
    [14, []],
    [15, ['+1 10 a 2']],
    [24, []],
    [25, ['+1 20 b 1']],
  ]
  for (const [mark, expected] of table) {
    t.operator.advance(0, BigInt(mark) * 1000n, () => {})
    assert.deepEqual(t.flush(), expected, `watermark ${mark}`)
  }
  assert.equal(t.operator.size().rows, 1)
  t.operator.advance(0, WATERMARK_MAX, () => {})
  assert.deepEqual(t.flush(), ['+1 null c 1'])
  assert.equal(t.operator.size().rows, 0)
  t.close()
})

test('late is judged by the watermark known before the epoch, and late rows leave with reason, lateness, watermark', () => {
  const t = bench({ ...windowed, emit: 'changes' })
  t.step([{ k: 'a', end: at(10) }])
  t.operator.advance(0, 15_000n, () => {})
  assert.deepEqual(t.flush(), ['+1 10 a 1'])
  t.step([
    { k: 'a', end: at(10) },
    { k: 'a', end: at(11) },
    { k: 'long enough to be far away', end: at(8) },
  ])
  assert.deepEqual(t.flush(), ['+1 11 a 1'])
  assert.deepEqual(t.late, [
    '+1 a null null 10 window closed 0 15',
    '+1 long enough to be far away null null 8 window closed 2000 15',
  ])
  t.close()
})
