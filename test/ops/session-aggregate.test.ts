// Sessions: any cut, inserts and deletes, restarts in the middle, late rows, final and changing results.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import {
  type AggregateColumn,
  type AggregateSpec,
  aggregate,
  type Emit,
  LATE_PORT,
  WATERMARK_MAX,
} from '../../src/ops/index.ts'
import { type AggregateTwinCall, aggregateTwin } from '../../src/ops/reference/aggregate.ts'
import { sessionTwin } from '../../src/ops/reference/session.ts'
import type { Row, Weighted } from '../../src/ops/reference/zset.ts'
import { field, type PlainKind, type ScalarType, scalars, schemaOf } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin, shown } from './harness.ts'

const input = schemaOf([
  field('k', scalars.string, true),
  field('start', scalars.timestamp),
  field('end', scalars.timestamp),
  field('n', scalars.bigint, true),
  field('x', scalars.double, true),
  field('s', scalars.string, true),
  field('yes', scalars.boolean, true),
  field('t', scalars.timestamp),
])
const late = schemaOf([
  ...input.fields,
  field('reason', scalars.string),
  field('lateness', scalars.bigint),
  field('watermark', scalars.timestamp),
])
const at = (name: string) => {
  const column = input.fields.findIndex(each => each.name === name)
  const { type, nullable } = input.fields[column] as (typeof input.fields)[0]
  return { column, type: type as ScalarType, nullable }
}

/** A call of the operator and of the twin. */
type Call = readonly [
  fn: string,
  arg: string | undefined,
  type: PlainKind,
  more?: { by?: string; distinct?: boolean; filter?: string },
]
const linear: readonly Call[] = [
  ['count', undefined, 'int'],
  ['sum', 'n', 'bigint'],
  ['var_samp', 'n', 'double'],
  ['sum', 'x', 'double'],
  ['stddev_pop', 'x', 'double'],
  ['bool_and', 'yes', 'boolean'],
  ['count', 'n', 'int', { filter: 'yes' }],
]
const ends: readonly Call[] = [
  ['min', 'x', 'double'],
  ['max', 's', 'string'],
  ['min', 's', 'string'],
  ['first', 's', 'string', { by: 't' }],
  ['last', 'n', 'bigint', { by: 't' }],
]
const sets: readonly Call[] = [
  ['count', 's', 'int', { distinct: true }],
  ['sum', 'n', 'bigint', { distinct: true }],
]
const nameOf = ([fn, arg, , more]: Call): string => [fn, arg, ...Object.values(more ?? {})].join('_')
const callOf = (call: Call): AggregateColumn => {
  const [fn, arg, type, more = {}] = call
  const args = [...(arg === undefined ? [] : [at(arg)]), ...(more.by === undefined ? [] : [at(more.by)])]
  const filter = more.filter === undefined ? undefined : at(more.filter).column
  return { name: nameOf(call), fn, args, type: scalars[type], distinct: more.distinct === true, filter }
}
const twinCall = (call: Call): AggregateTwinCall => {
  const [fn, arg, , more = {}] = call
  return { name: nameOf(call), fn, ...(arg === undefined ? {} : { arg }), ...more }
}

const keys = ['k', 'start', 'end']
const specOf = (
  calls: readonly Call[],
  emit: 'changes' | 'final',
  appendOnlyInput: boolean,
  accept = 0n,
): AggregateSpec => ({
  keys: keys.map(name => ({ ...at(name), name })),
  calls: calls.map(callOf),
  appendOnlyInput,
  window: {
    start: 1,
    end: 2,
    accept,
    merging: { kinds: input.fields.map(each => kindOf(each.type as ScalarType)), bucket: 3000n },
  },
  emit,
})
const outputOf = (calls: readonly Call[]) =>
  schemaOf([...input.fields.slice(0, 3), ...calls.map(call => field(nameOf(call), scalars[call[2]], true))])
const twin = (rows: readonly Weighted[], calls: readonly Call[]): Weighted[] =>
  aggregateTwin(sessionTwin(rows, { keys: ['k'], start: 'start', end: 'end' }), { keys, calls: calls.map(twinCall) })

const row = (rng: Rng, from = -60, to = 60): Row => {
  const start = rng.int(from, to)
  return {
    k: rng.pick(['a', 'b', null, 'a key that is longer than twelve bytes']),
    start: new Date(start),
    t: new Date(start),
    end: new Date(start + (rng.oneIn(3) ? rng.int(1, 12) : 4)),
    n: rng.oneIn(5) ? null : BigInt(rng.int(-3, 3)),
    x: rng.oneIn(5) ? null : rng.pick([0.1, 1e300, -1e300, 3, Number.NaN, 1e-300, -0.1]),
    s: rng.oneIn(5)
      ? null
      : rng.pick(['x', 'y', 'a long text that is kept elsewhere', 'another long text, kept elsewhere']),
    yes: rng.oneIn(5) ? null : rng.oneIn(2),
  }
}

for (const [name, calls, retracts] of [
  ['merged: linear parts', linear, false],
  ['merged: extremes and picks', [...linear, ...ends], false],
  ['rows kept: distinct values', [...linear, ...sets], false],
  ['rows kept: deletes', [...linear, ...ends, ...sets], true],
] as const)
  seeded(`sessions are their twin: ${name}`, rng => {
    checkTwin(rng, {
      build: context => aggregate(context, specOf(calls, 'changes', !retracts)),
      inputs: [input],
      outputs: [outputOf(calls), late],
      row: each => row(each),
      twin: ([rows = []]) => [twin(rows, calls), []],
      retracts,
      epochs: rng.int(1, 6),
    })
  })

/** The windows of a table of rows, closed and late as the watermark says, by the book. */
function judged(epoch: readonly Weighted[], open: Weighted[], limit: number): { taken: Weighted[]; late: Weighted[] } {
  const mine = (each: Weighted) => (each.row['end'] as Date).getTime()
  const taken = epoch.filter(each => mine(each) >= limit)
  let waiting = epoch.filter(each => mine(each) < limit)
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length
    const sessions = sessionTwin([...open, ...taken], { keys: ['k'], start: 'start', end: 'end' })
    const touches = ({ row }: Weighted) =>
      sessions.some(
        ({ row: other }) =>
          other['k'] === row['k'] &&
          (other['end'] as Date).getTime() >= limit &&
          (other['start'] as Date) <= (row['end'] as Date) &&
          (other['end'] as Date) >= (row['start'] as Date),
      )
    const come = waiting.filter(touches)
    taken.push(...come)
    waiting = waiting.filter(each => !come.includes(each))
  }
  return { taken, late: waiting }
}

for (const emit of ['changes', 'final'] as const)
  for (const calls of [linear, [...linear, ...sets]])
    seeded(`sessions close, and late rows are told: ${emit}, ${calls === linear ? 'merged' : 'rows kept'}`, rng => {
      const memory = new Memory()
      const arena = memory.arena()
      const accept = rng.int(0, 5)
      const context = { memory, arena, operator: 'test', durable: true }
      const spec = specOf(calls, emit, true, BigInt(accept) * 1000n)
      let operator = aggregate(context, spec)
      let watermark = Number.NEGATIVE_INFINITY
      let open: Weighted[] = []
      const closed: Weighted[] = []
      const lateWanted: Weighted[] = []
      const out: Weighted[] = []
      const lateSeen: Weighted[] = []
      const collect: Emit = (port, batch) => {
        if (port === LATE_PORT) lateSeen.push(...changesOf(batch, late, memory))
        else out.push(...changesOf(batch, outputOf(calls), memory))
      }
      const saved: [string, Uint8Array][] = []
      for (let epoch = 0; epoch < 10; epoch++) {
        const rows = rng.list(15, (): Weighted => ({ row: row(rng, (epoch - 4) * 6, (epoch + 1) * 6), weight: 1 }))
        const { taken, late: missed } = judged(rows, open, watermark - accept)
        lateWanted.push(...missed)
        for (const part of rng.oneIn(2) ? [rows] : [rows.slice(0, 7), rows.slice(7)]) {
          if (part.length === 0) continue
          operator.step(
            0,
            batchFromRows(
              part.map(each => each.row),
              input,
              arena,
            ),
            collect,
          )
          arena.reset()
        }
        watermark = Math.max(watermark, rng.int((epoch - 2) * 6, (epoch + 1) * 6))
        operator.advance(0, BigInt(watermark) * 1000n, collect)
        operator.flush(collect)
        arena.reset()
        const sessions = sessionTwin([...open, ...taken], { keys: ['k'], start: 'start', end: 'end' })
        const all = [...open, ...taken]
        const isOver = (each: Row) => {
          const own = sessions.find(
            ({ row: s }) =>
              s['k'] === each['k'] &&
              (s['start'] as Date) <= (each['start'] as Date) &&
              (s['end'] as Date) >= (each['end'] as Date),
          )
          return own !== undefined && (own.row['end'] as Date).getTime() + accept < watermark
        }
        closed.push(...all.filter(each => isOver(each.row)).map(each => ({ ...each, row: { ...each.row, epoch } })))
        open = all.filter(each => !isOver(each.row))
        // Sessions of different epochs do not meet again: those that are over are over.
        const over = [...new Set(closed.map(each => each.row['epoch']))].flatMap(each =>
          twin(
            closed.filter(({ row: one }) => one['epoch'] === each),
            calls,
          ),
        )
        const wanted = emit === 'final' ? over : [...over, ...twin(open, calls)]
        assert.deepEqual(shown(out), shown(wanted), `epoch ${epoch}, watermark ${watermark}`)
        assert.equal(lateSeen.length > 0 || lateWanted.length === 0, true)
        operator.save({ put: (store, block) => saved.push([store, block.slice()]) }, false)
        if (rng.oneIn(3)) {
          operator.close()
          operator = aggregate(context, spec)
          for (const [store, block] of saved) operator.load(store, block)
          operator.advance(0, BigInt(watermark) * 1000n, collect)
        }
      }
      operator.advance(0, WATERMARK_MAX, collect)
      operator.flush(collect)
      const plain = ({ row: each }: Weighted) => JSON.stringify([each['k'], each['start'], each['end'], each['s']])
      const times = (rows: readonly Weighted[]) =>
        rows.flatMap(each => Array.from({ length: each.weight }, () => plain(each))).sort()
      assert.deepEqual(times(lateSeen), times(lateWanted))
      assert.equal(operator.size().rows, 0, 'sessions left')
      operator.close()
      arena.free()
      assert.equal(memory.used, 0, 'bytes lost')
    })

test('two rows exactly the gap apart are one session, and it ends at its last row and the gap', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = aggregate(
    { memory, arena, operator: 'test' },
    specOf([['count', undefined, 'int']], 'changes', true),
  )
  const out: string[] = []
  const emit: Emit = (_port, batch) => {
    for (const { row: each, weight } of changesOf(batch, outputOf([['count', undefined, 'int']]), memory))
      out.push(`${weight} ${Number(each['start'])}-${Number(each['end'])} ${each['count_']}`)
  }
  const push = (...times: number[]) => {
    const rows = times.map(time => ({ k: 'a', start: new Date(time), end: new Date(time + 10), t: new Date(time) }))
    operator.step(0, batchFromRows(rows, input, arena), emit)
    operator.flush(emit)
    arena.reset()
    return out.splice(0)
  }
  assert.deepEqual(push(0, 10), ['1 0-20 2'])
  assert.deepEqual(push(31), ['1 31-41 1'])
  assert.deepEqual(push(21).sort(), ['-1 31-41 1', '1 21-41 2'])
  assert.deepEqual(push(20).sort(), ['-1 0-20 2', '-1 21-41 2', '1 0-41 5'])
  operator.close()
  arena.free()
})
