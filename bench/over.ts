// Window functions over bids, rows in memory: rows per second, best of three. One thread.
//   kept up to date: epochs of a few thousand rows, then a single row into a large group
//   by event time: each row once, as the watermark passes
// An argument picks the lines whose name contains it.
import { BATCH_ROWS, type Batch, batchFromRows, kindOf, Memory } from '../src/data/index.ts'
import {
  type Operator,
  type OperatorContext,
  type OverFunction,
  over,
  overTime,
  WATERMARK_MAX,
} from '../src/ops/index.ts'
import { field, leaves, schemaOf, scalars as t } from '../src/types/index.ts'

const BATCHES = 50
const memory = new Memory()
const schema = schemaOf([
  field('bidder', t.int),
  field('at', t.timestamp),
  field('price', t.int),
  field('url', t.string),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const inputs = memory.arena()
let seed = 1
const random = (below: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 2 ** 32) * below)
}
const bid = (number: number, bidder: number) => ({
  bidder,
  at: new Date(1.5e12 + number),
  price: random(10_000),
  url: `https://www.nexmark.com/${random(1e9).toString(36)}`,
})
const batchesOf = (bidders: number): Batch[] =>
  Array.from({ length: BATCHES }, (_, b) =>
    batchFromRows(
      Array.from({ length: BATCH_ROWS }, (_, i) => bid(b * BATCH_ROWS + i, random(bidders))),
      schema,
      inputs,
    ),
  )
const arena = memory.arena()
const context: OperatorContext = { memory, arena, operator: 'bench', durable: false }
const running = { mode: 'rows', from: undefined, to: 0 } as const
const functions: readonly OverFunction[] = [
  { fn: 'row_number' },
  { fn: 'sum', column: 2, frame: running, name: 'sum' },
  { fn: 'shift', column: 2, offset: -1 },
]
const common = {
  per: [{ by: 0, type: t.int, nullable: false }],
  order: [{ by: 1, order: { descending: false, nulls: 'last' as const } }],
  kinds,
  shown: 4,
  functions,
}

function epochs(name: string, batches: readonly Batch[], make: () => Operator, isTimely: boolean): void {
  if (!name.includes(process.argv[2] ?? '')) return
  let best = Number.POSITIVE_INFINITY
  let told = 0
  for (let round = 0; round < 3; round++) {
    const operator = make()
    told = 0
    const count = (_port: number, delta: Batch): void => {
      told += delta.count
    }
    const started = performance.now()
    for (const [b, batch] of batches.entries()) {
      operator.step(0, batch, count)
      arena.reset()
      const passed = 1.5e12 + (b + 1) * BATCH_ROWS - 2000
      if (isTimely) operator.advance(0, b === BATCHES - 1 ? WATERMARK_MAX : BigInt(passed) * 1000n, count)
      operator.flush(count)
    }
    best = Math.min(best, performance.now() - started)
    operator.close()
  }
  const speed = (BATCH_ROWS * batches.length) / best / 1000
  console.log(`${name.padEnd(56)} ${speed.toFixed(3).padStart(8)} M rows/s, ${told} told`)
}

/** One more row into a group of so many: at its end, or in its middle. */
function single(name: string, rows: number, at: number, make: () => Operator): void {
  if (!name.includes(process.argv[2] ?? '')) return
  const operator = make()
  for (let b = 0; b < rows / BATCH_ROWS; b++) {
    const some = Array.from({ length: BATCH_ROWS }, (_, i) => bid(10_000 * (b * BATCH_ROWS + i), 1))
    operator.step(0, batchFromRows(some, schema, arena), () => {})
    arena.reset()
  }
  operator.flush(() => {})
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i++) {
    const one = batchFromRows([bid(Math.floor(10_000 * at * rows) + 1 + i, 1)], schema, arena)
    const started = performance.now()
    operator.step(0, one, () => {})
    operator.flush(() => {})
    best = Math.min(best, performance.now() - started)
    arena.reset()
  }
  operator.close()
  console.log(`${name.padEnd(56)} ${best.toFixed(2).padStart(8)} ms`)
}

const [many, few] = [batchesOf(10_000), batchesOf(20)]
const kept = () => over({ ...common, emit: 'changes' }, context)
const timely = () => overTime({ ...common, time: { column: 1, shift: 0n }, ahead: 0 }, context)
epochs('by event time, 10,000 groups', many, timely, true)
epochs('by event time, 20 groups', few, timely, true)
/** Told when the range behind the row has passed. */
const aroundFrame = { mode: 'range', from: -1_000_000n, to: 1_000_000n } as const
const around = () =>
  overTime(
    {
      ...common,
      functions: [{ fn: 'sum', column: 2, frame: aroundFrame, name: 'sum' }],
      rangeKey: { column: 1, descending: false },
      time: { column: 1, shift: 0n },
      ahead: 0,
    },
    context,
  )
epochs('by event time, a second around, 10,000 groups', many, around, true)
epochs('by event time, a second around, 20 groups', few, around, true)
epochs('kept up to date, 10,000 groups', many, kept, false)
epochs('kept up to date, 20 groups', few, kept, false)
const framed = (from: number) =>
  over(
    {
      ...common,
      functions: [
        { fn: 'sum', column: 2, frame: { mode: 'rows', from, to: 0 }, name: 'sum' },
        { fn: 'shift', column: 2, offset: -1 },
      ],
      emit: 'changes',
    },
    context,
  )
single('one row at the end of a group of 102,400, running sums', 102_400, 1, kept)
single('one row in its middle, sums of 10 rows and lag', 102_400, 0.5, () => framed(-9))
single('one row at its end, sums of 10 rows and lag', 102_400, 1, () => framed(-9))
const hour = { mode: 'range', from: -3_600_000_000n, to: 0n } as const
const timed = () =>
  over(
    {
      ...common,
      functions: [{ fn: 'avg', column: 2, frame: hour, name: 'avg' }],
      rangeKey: { column: 1, descending: false },
      emit: 'changes',
    },
    context,
  )
single('one row in its middle, mean of an hour (361 rows)', 102_400, 0.5, timed)
