import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { ownWindowTwin, windowTwin } from '../../src/ops/reference/window.ts'
import { NULL_EVENT_TIME, type WindowForm, window } from '../../src/ops/window.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const schema = schemaOf([field('at', t.timestamp, true), field('s', t.string, true)])
const windowed = schemaOf([...schema.fields, field('start', t.timestamp), field('end', t.timestamp)])
const untimed = schemaOf([
  ...schema.fields,
  field('reason', t.string),
  field('lateness', t.bigint, true),
  field('watermark', t.timestamp, true),
])
const shapes = [
  { size: 10, slide: 10, offset: 0 },
  { size: 10, slide: 10, offset: 3 },
  { size: 10, slide: 5, offset: -7 },
  { size: 10, slide: 3, offset: 23 },
  { size: 3, slide: 10, offset: 1 },
  { size: 1, slide: 1, offset: 0 },
  { size: 12, slide: 12, offset: 5, step: 3 },
  { size: 12, slide: 12, offset: -40, step: 12 },
]

const micros = (ms: number): bigint => BigInt(ms) * 1000n
const formOf = ({ size, slide, offset, step }: (typeof shapes)[number] & { step?: number }): WindowForm => {
  const common = { size: micros(size), offset: micros(offset) }
  if (step !== undefined) return { kind: 'cumulating', ...common, step: micros(step) }
  return size === slide ? { kind: 'tumbling', ...common } : { kind: 'sliding', ...common, slide: micros(slide) }
}

seeded('window is its twin: tumbling, sliding, cumulating, gaps, offsets, before 1970', rng => {
  const shape = rng.pick(shapes)
  checkTwin(rng, {
    build: context => window({ time: 0, form: formOf(shape) }, context),
    inputs: [schema],
    outputs: [windowed, untimed],
    row: rng => ({
      at: rng.oneIn(7) ? null : new Date(rng.int(-40, 40)),
      s: rng.pick([null, 'a string of some length']),
    }),
    twin: ([input = []]) => [
      windowTwin(input, { time: 'at', ...shape }),
      input
        .filter(({ row }) => row['at'] === null)
        .map(({ row, weight }) => ({
          row: { ...row, reason: NULL_EVENT_TIME, lateness: null, watermark: null },
          weight,
        })),
    ],
    retracts: true,
  })
})

seeded('windows that rows say are their twin', rng => {
  const own = schemaOf([field('at', t.timestamp, true), field('from', t.timestamp), field('to', t.timestamp, true)])
  const extra = [field('start', t.timestamp), field('end', t.timestamp)]
  const late = untimed.fields.slice(schema.fields.length)
  checkTwin(rng, {
    build: context => window({ time: 0, form: { kind: 'own', start: 1, end: 2 } }, context),
    inputs: [own],
    outputs: [schemaOf([...own.fields, ...extra]), schemaOf([...own.fields, ...late])],
    row: each => {
      const at = each.int(-40, 40)
      return {
        at: each.oneIn(7) ? null : new Date(at),
        from: new Date(at - each.int(0, 9)),
        to: new Date(at + each.int(1, 9)),
      }
    },
    twin: ([input = []]) => [
      ownWindowTwin(input),
      input
        .filter(({ row }) => row['at'] === null)
        .map(({ row, weight }) => ({
          row: { ...row, reason: NULL_EVENT_TIME, lateness: null, watermark: null },
          weight,
        })),
    ],
    retracts: true,
  })
})

test('the event time may be a column moved, and columns may be left out', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const form = { kind: 'tumbling', size: 10n, offset: 0n } as const
  const operator = window({ time: 1, form, shift: -1n, kept: [0] }, { memory, arena, operator: 'window' })
  const input = schemaOf([field('n', t.bigint), field('end', t.bigint)])
  const out = schemaOf([field('n', t.bigint), field('start', t.bigint), field('end', t.bigint)])
  const rows: unknown[] = []
  const batch = batchFromRows(
    [
      { n: 1n, end: 10n },
      { n: 2n, end: 11n },
    ],
    input,
    arena,
  )
  operator.step(0, batch, (_port, delta) => rows.push(...changesOf(delta, out, memory).map(each => each.row)))
  assert.deepEqual(rows, [
    { n: 1n, start: 0n, end: 10n },
    { n: 2n, start: 10n, end: 20n },
  ])
  const least = batchFromRows([{ n: 1n, end: -(2n ** 63n) }], input, arena)
  assert.throws(() => operator.step(0, least, () => {}), /BAD_VALUE.*beyond 64 bits/s)
})

function windowsOf(at: bigint, size: bigint, slide: bigint) {
  const memory = new Memory()
  const arena = memory.arena()
  const times = schemaOf([field('at', t.bigint)])
  const out = schemaOf([field('at', t.bigint), field('start', t.bigint), field('end', t.bigint)])
  const rows: unknown[] = []
  const form =
    size === slide
      ? ({ kind: 'tumbling', size, offset: 0n } as const)
      : ({ kind: 'sliding', size, slide, offset: 0n } as const)
  const operator = window({ time: 0, form }, { memory, arena, operator: 'window' })
  const batch = batchFromRows([{ at }], times, arena, undefined, { source: 'push' })
  operator.step(0, batch, (_port, delta) => rows.push(...changesOf(delta, out, memory).map(each => each.row)))
  return rows
}

test('a row in more windows than a batch has rows', () => {
  const rows = windowsOf(0n, 10_000n, 1n)
  assert.equal(rows.length, 10_000)
  assert.deepEqual(rows[0], { at: 0n, start: -9999n, end: 1n })
  assert.deepEqual(rows.at(-1), { at: 0n, start: 0n, end: 10_000n })
})

test('a window beyond 64 bits is told with the row', () => {
  for (const at of [2n ** 63n - 1n, -(2n ** 63n)])
    for (const slide of [10n, 3n])
      assert.throws(() => windowsOf(at, 10n, slide), /BAD_VALUE.*beyond 64 bits.*push, row 1/s)
})

test('a row opens a session of its own, until what it says; one that says nothing is told', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const input = schemaOf([field('at', t.timestamp), field('until', t.timestamp, true)])
  const out = schemaOf([...input.fields, field('start', t.timestamp), field('end', t.timestamp)])
  const shownBy = (until: bigint | number, rows: readonly object[]): unknown[] => {
    const operator = window({ time: 0, form: { kind: 'session', until } }, { memory, arena, operator: 'window' })
    const seen: unknown[] = []
    const batch = batchFromRows(rows, input, arena, undefined, { source: 'push' })
    operator.step(0, batch, (_port, delta) =>
      seen.push(...changesOf(delta, out, memory).map(({ row }) => [Number(row['start']), Number(row['end'])])),
    )
    operator.close()
    return seen
  }
  assert.deepEqual(shownBy(3000n, [{ at: new Date(-5) }, { at: new Date(7) }]), [
    [-5, -2],
    [7, 10],
  ])
  assert.deepEqual(shownBy(1, [{ at: new Date(1), until: new Date(9) }]), [[1, 9]])
  assert.throws(
    () => shownBy(1, [{ at: new Date(1), until: new Date(1) }]),
    /BAD_VALUE.*not after its time.*push, row 1/s,
  )
  assert.throws(() => shownBy(1, [{ at: new Date(1), until: new Date(2) }, { at: new Date(1) }]), /null.*push, row 2/s)
})
