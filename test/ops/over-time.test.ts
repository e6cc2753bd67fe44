// Window functions in the order of event time, told once: against the twin after every epoch, with watermarks, late rows,
// rows without a time, restarts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Batch, batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { WATERMARK_MAX } from '../../src/ops/operator.ts'
import type { OverFunction } from '../../src/ops/over.ts'
import { type OverTimeSpec, overTime } from '../../src/ops/over-time.ts'
import type { FunctionTwin } from '../../src/ops/reference/over.ts'
import { overTimeTwin } from '../../src/ops/reference/over-time.ts'
import type { Order, Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, type ScalarType, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { noisyBatch, shown } from './harness.ts'

const schema = schemaOf([
  field('group', t.string, true),
  field('at', t.timestamp, true),
  field('n', t.int, true),
  field('score', t.double, true),
  field('name', t.string, true),
])
const late = schemaOf([
  ...schema.fields,
  field('reason', t.string),
  field('lateness', t.int, true),
  field('watermark', t.timestamp, true),
])
const columns = schema.fields.map(each => each.name)
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const typeOf = (name: string): ScalarType => schema.fields[columns.indexOf(name)]?.type as ScalarType

interface Made {
  readonly spec: OverFunction
  readonly twin: FunctionTwin
  readonly type: ScalarType
}

type TwinFrame = NonNullable<FunctionTwin['frame']>

const frameOf = ({ mode, from, to, exclude }: TwinFrame) => {
  const offset = (edge: number | undefined) =>
    edge === undefined ? undefined : mode === 'range' ? BigInt(edge) * 1000n : edge
  return { mode, from: offset(from), to: offset(to), exclude }
}

function randomFunction(rng: Rng, twinFrame: TwinFrame): Made {
  const frame = frameOf(twinFrame)
  const name = rng.pick(columns)
  const column = columns.indexOf(name)
  const fn = rng.pick([
    'row_number',
    'rank',
    'dense_rank',
    'shift',
    'nth',
    'count',
    'min',
    'max',
    'sum',
    'avg',
    'var_samp',
    'stddev_pop',
  ] as const)
  switch (fn) {
    case 'shift': {
      const offset = rng.pick([-3, -1, -1, 0, 1, 2])
      return { spec: { fn, column, offset }, twin: { fn, column: name, n: offset }, type: typeOf(name) }
    }
    case 'nth': {
      const n = rng.pick([1, 2, 3, -1])
      return { spec: { fn, column, n, frame }, twin: { fn, column: name, n, frame: twinFrame }, type: typeOf(name) }
    }
    case 'count':
      return rng.oneIn(2)
        ? { spec: { fn, column: undefined, frame }, twin: { fn, frame: twinFrame }, type: t.int }
        : { spec: { fn, column, frame }, twin: { fn, column: name, frame: twinFrame }, type: t.int }
    case 'min':
    case 'max':
      return { spec: { fn, column, frame }, twin: { fn, column: name, frame: twinFrame }, type: typeOf(name) }
    case 'sum':
    case 'avg': {
      const number = rng.pick(['n', 'score'])
      const spec = { fn, column: columns.indexOf(number), frame, name: 'f' }
      const type = fn === 'sum' && number === 'n' ? t.int : t.double
      return { spec, twin: { fn, column: number, frame: twinFrame }, type }
    }
    case 'var_samp':
    case 'stddev_pop': {
      const spec = { fn, column: columns.indexOf('score'), frame, name: 'f' }
      return { spec, twin: { fn, column: 'score', frame: twinFrame }, type: t.double }
    }
    default:
      return { spec: { fn }, twin: { fn }, type: t.int }
  }
}

function randomFrame(rng: Rng, ranged: boolean): TwinFrame {
  const mode = rng.pick<TwinFrame['mode']>(['rows', 'range', 'groups'])
  const plain = mode === 'range' && !ranged
  const to = plain ? 0 : rng.pick([-3, -1, 0, 0, 0, 1, 2])
  const back = plain ? [undefined, 0] : [undefined, undefined, to, to - 1, to - 3]
  return { mode, from: rng.pick(back), to, exclude: rng.pick([undefined, undefined, 'row', 'group', 'ties']) }
}

const row = (rng: Rng, from: number) => ({
  group: rng.pick([null, 'a', 'a', 'a group of some length']),
  at: rng.oneIn(12) ? null : new Date(from + rng.int(-1, 12)),
  n: rng.pick([null, 1, 2, -7, 2 ** 44]),
  score: rng.pick([null, 0, -0, 0.1, -1, 2.5, 1e16, 1]),
  name: rng.pick([null, 'a', 'b', 'a string of some length', 'a string of some other length']),
})

seeded('over by event time is its twin', rng => {
  const ranged = rng.oneIn(2)
  const frame = randomFrame(rng, ranged)
  const made = Array.from({ length: rng.int(1, 4) }, () => randomFunction(rng, frame))
  const more = ranged ? [] : rng.shuffled(['n', 'name']).slice(0, rng.int(0, 2))
  const keys: readonly Order[] = [
    { column: 'at', descending: false, nulls: 'last' },
    ...more.map((column): Order => ({ column, descending: rng.oneIn(2), nulls: rng.pick(['first', 'last']) })),
  ]
  const per = rng.pick([['group'], ['group', 'name'], []])
  const aheads = made.map(({ spec }) => {
    if (spec.fn === 'shift') return spec.offset
    return 'frame' in spec && spec.frame.mode === 'rows' ? Number(spec.frame.to) : 0
  })
  const ahead = Math.max(0, ...aheads)
  const spec: OverTimeSpec = {
    per: per.map(name => ({ by: columns.indexOf(name), type: typeOf(name), nullable: true })),
    order: keys.map(({ column, descending, nulls }) => ({
      by: columns.indexOf(column),
      order: { descending, nulls },
    })),
    kinds,
    shown: columns.length,
    functions: made.map(each => each.spec),
    rangeKey: frame.mode === 'range' && ranged ? { column: 1, descending: false } : undefined,
    time: { column: 1, shift: 0n },
    ahead,
  }
  const twin = {
    per,
    keys,
    columns,
    functions: Object.fromEntries(made.map(({ twin: each }, i) => [`f${i}`, each])),
    time: 'at',
    ahead,
  }
  const output = schemaOf([...schema.fields, ...made.map(({ type }, i) => field(`f${i}`, type, true))])
  checkTimely(rng, spec, output, (given, passed) => overTimeTwin(given, twin, passed))
})

/** Epochs with a watermark each; what was told is compared after each. */
function checkTimely(
  rng: Rng,
  spec: OverTimeSpec,
  output: typeof schema,
  twin: (given: readonly Weighted[], passed: Date | undefined) => readonly Weighted[],
): void {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const build = () => overTime(spec, { memory, arena, operator: 'test', durable: true })
  const [given, told, left, expectedLeft]: Weighted[][] = [[], [], [], []] as never
  const saved = new Map<string, Uint8Array[]>()
  let operator = build()
  const emit = (port: number, delta: Batch): void => {
    assert.ok(delta.count > 0, 'an empty delta')
    const of = port === 0 ? told : left
    of?.push(...changesOf(delta, port === 0 ? output : late, memory))
  }
  let watermark = 0
  const epochs = rng.int(1, 6)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const changes = rng.list(25, (): Weighted => ({ row: row(rng, watermark), weight: rng.oneIn(8) ? 2 : 1 }))
    for (const each of changes) {
      const at = each.row['at'] as Date | null
      const isLate = at === null || (epoch > 1 && Number(at) < watermark)
      if (isLate) expectedLeft?.push(each)
      else given?.push(each)
    }
    if (changes.length > 0) {
      const { batch, free } = noisyBatch(rng, changes, schema, memory)
      arena.use()
      operator.step(0, batch, emit)
      arena.reset()
      free()
    }
    const isEnd = epoch === epochs
    watermark += rng.int(0, 6)
    operator.advance(0, isEnd ? WATERMARK_MAX : BigInt(watermark) * 1000n, emit)
    arena.use()
    operator.flush(emit)
    arena.reset()
    operator.seal(epoch)
    assert.deepEqual(shown(told ?? []), shown(twin(given ?? [], isEnd ? undefined : new Date(watermark))))
    assert.ok(told?.every(each => each.weight > 0))
    const full = rng.oneIn(3) || epoch === 1
    if (full) saved.clear()
    operator.save({ put: (store, block) => saved.set(store, [...(saved.get(store) ?? []), block.slice()]) }, full)
    if (rng.oneIn(2) && !isEnd) {
      operator.close()
      operator = build()
      for (const [store, blocks] of saved) for (const block of blocks) operator.load(store, block)
      operator.advance(0, BigInt(watermark) * 1000n, emit)
    }
  }
  const without = (all: readonly Weighted[]) =>
    shown(all.map(({ row: { reason: _, lateness: _l, watermark: _w, ...rest }, weight }) => ({ row: rest, weight })))
  assert.deepEqual(without(left ?? []), without(expectedLeft ?? []))
  operator.close()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
}

test('what is kept of a running sum is a row for each group, and what the watermark has not passed', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const frame = { mode: 'range', from: undefined, to: 0n } as const
  const spec: OverTimeSpec = {
    per: [{ by: 0, type: t.string, nullable: true }],
    order: [{ by: 1, order: { descending: false, nulls: 'last' } }],
    kinds,
    shown: columns.length,
    functions: [{ fn: 'sum', column: 3, frame, name: 'sum' }, { fn: 'row_number' }],
    time: { column: 1, shift: 0n },
    ahead: 0,
  }
  const operator = overTime(spec, { memory, arena, operator: 'test' })
  let last: Weighted | undefined
  const output = schemaOf([...schema.fields, field('sum', t.double, true), field('number', t.int)])
  for (let epoch = 1; epoch <= 50; epoch++) {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      group: `g${i % 10}`,
      at: new Date(epoch * 100 + i),
      n: 1,
      score: 0.1,
      name: null,
    }))
    operator.step(0, batchFromRows(rows, schema, arena), () => {})
    operator.advance(0, BigInt(epoch * 100 + 90) * 1000n, () => {})
    operator.flush((_port, delta) => {
      last = changesOf(delta, output, memory).at(-1)
    })
    arena.reset()
    operator.seal(epoch)
    assert.ok(operator.size().rows <= 20, `${operator.size().rows} rows`)
  }
  assert.deepEqual([last?.row['number'], last?.row['sum']], [499, 499 * 0.1])
  operator.close()
})

test('ranges around rows keep what is within them: keys that come no more are forgotten', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const frame = { mode: 'range', from: -50_000n, to: 20_000n } as const
  const spec: OverTimeSpec = {
    per: [{ by: 0, type: t.string, nullable: true }],
    order: [{ by: 1, order: { descending: false, nulls: 'last' } }],
    kinds,
    shown: columns.length,
    functions: [{ fn: 'sum', column: 3, frame, name: 'sum' }],
    rangeKey: { column: 1, descending: false },
    time: { column: 1, shift: 0n },
    ahead: 0,
  }
  const operator = overTime(spec, { memory, arena, operator: 'test' })
  let told = 0
  for (let epoch = 1; epoch <= 100; epoch++) {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      group: `g${epoch} ${i % 10}`,
      at: new Date(epoch * 100 + i),
      n: 1,
      score: 1,
      name: null,
    }))
    operator.step(0, batchFromRows(rows, schema, arena), () => {})
    operator.advance(0, BigInt(epoch * 100 + 90) * 1000n, () => {})
    operator.flush((_port, delta) => {
      told += delta.count
    })
    arena.reset()
    operator.seal(epoch)
    // The rows of 70 ms and those that the watermark has not passed; ten groups, each due once or twice.
    assert.ok(operator.size().rows <= 80 + 20, `${operator.size().rows} rows`)
  }
  assert.equal(told, 100 * 100 - 30)
  assert.equal(operator.watermark([10_000_000n]), 9_980_000n)
  operator.close()
})
