// What sessions cost by themselves: rows are in memory as columns, nothing is decoded or written.
//   npm run bench -- sessions
// Bids as in NEXMark: three of four come from one of a hundred busy bidders of the moment, the others from anybody. A
// session ends after ten seconds of silence; an epoch is a second of event time and some 10,000 rows.
import { type Batch, Kind, Memory } from '../src/data/index.ts'
import { type AggregateColumn, type AggregateSpec, aggregate, type Emit } from '../src/ops/index.ts'
import { scalars } from '../src/types/index.ts'

const ROWS = 4096
const BATCHES = 450
const GAP = 10_000_000n
const memory = new Memory(3 * 2 ** 30)
const arena = memory.arena()
const silent: Emit = () => {}

let seed = 2463534242
const random = (): number => {
  seed ^= seed << 13
  seed ^= seed >>> 17
  seed ^= seed << 5
  return seed >>> 0
}

const i64 = (n: number, make: (row: number) => bigint, to = memory.arena()): number => {
  const ptr = to.alloc(n * 8)
  for (let i = 0; i < n; i++) memory.i64[(ptr >>> 3) + i] = make(i)
  return ptr
}
const column = (values: number) => ({ kind: Kind.I64, values, validity: 0 })

/** Columns: bidder, start and end of the row's own window, price. `shuffled`: rows come up to five seconds out of order. */
function bids(shuffled: boolean): Batch[] {
  return Array.from({ length: BATCHES }, (_, n) => {
    const time = (i: number) => BigInt(n * ROWS + i) * 100n + (shuffled ? BigInt(random() % 5_000_000) : 0n)
    const times = Array.from({ length: ROWS }, (_, i) => time(i))
    const busy = Math.floor((n * ROWS) / 20_000) * 100
    const bidder = () => BigInt(random() % 4 > 0 ? busy + (random() % 100) : random() % 1_000_000)
    return {
      columns: [
        column(i64(ROWS, bidder)),
        column(i64(ROWS, i => times[i] as bigint)),
        column(i64(ROWS, i => (times[i] as bigint) + GAP)),
        column(i64(ROWS, () => BigInt(random() % 1000))),
      ],
      rows: ROWS,
      sel: 0,
      count: ROWS,
      weights: 0,
    }
  })
}

const bigint = (column: number) => ({ column, type: scalars.bigint, nullable: false })
const count: AggregateColumn = { name: 'n', fn: 'count', args: [], type: scalars.int }
const sum: AggregateColumn = { name: 'sum', fn: 'sum', args: [bigint(3)], type: scalars.bigint }
const max: AggregateColumn = { name: 'max', fn: 'max', args: [bigint(3)], type: scalars.bigint }
const kinds: AggregateColumn = { name: 'kinds', fn: 'count', args: [bigint(3)], distinct: true, type: scalars.int }

const specOf = (
  calls: readonly AggregateColumn[],
  emit: 'changes' | 'final',
  appendOnlyInput = true,
): AggregateSpec => ({
  keys: [
    { ...bigint(0), name: 'bidder' },
    { ...bigint(1), type: scalars.timestamp, name: 'start' },
    { ...bigint(2), type: scalars.timestamp, name: 'end' },
  ],
  calls,
  appendOnlyInput,
  window: {
    start: 1,
    end: 2,
    accept: 0n,
    merging: { kinds: [Kind.I64, Kind.I64, Kind.I64, Kind.I64], bucket: 1_000_000n },
  },
  emit,
})

const context = { memory, arena, operator: 'bench', durable: false }
const tell = (name: string, text: string): void =>
  void process.stdout.write(`${name.padEnd(66)} ${text.padStart(12)}\n`)

function throughput(name: string, spec: AggregateSpec, batches: readonly Batch[]): void {
  let best = 0
  for (let run = 0; run < 3; run++) {
    const operator = aggregate(context, spec)
    const began = performance.now()
    for (const [n, batch] of batches.entries()) {
      operator.step(0, batch, silent)
      arena.reset()
      if (n % 3 < 2) continue
      operator.advance(0, BigInt(n * ROWS) * 100n - 5_000_000n, silent)
      operator.flush(silent)
      arena.reset()
    }
    best = Math.max(best, (BATCHES * ROWS) / (performance.now() - began) / 1000)
    operator.close()
  }
  tell(name, `${best.toFixed(1)} M rows/s`)
}

const [inOrder, shuffled] = [bids(false), bids(true)]
throughput('count, final, rows in order', specOf([count], 'final'), inOrder)
throughput('count, changes, rows in order', specOf([count], 'changes'), inOrder)
throughput('count, sum, max, final, rows in order', specOf([count, sum, max], 'final'), inOrder)
throughput('count, sum, max, final, rows 5 s out of order', specOf([count, sum, max], 'final'), shuffled)
throughput('count distinct, final, rows kept', specOf([kinds], 'final'), inOrder)
throughput('count, final, input that may retract, rows kept', specOf([count], 'final', false), inOrder)

/** One row more, or less, of a session that has a million. */
function onLong(name: string, spec: AggregateSpec, weight: bigint): void {
  const operator = aggregate(context, spec)
  const long = (from: number, n: number, w: bigint): Batch => {
    const times = i64(n, i => BigInt(from + i) * 1000n, arena)
    const ends = i64(n, i => BigInt(from + i) * 1000n + GAP, arena)
    const columns = [i64(n, () => 1n, arena), times, ends, i64(n, i => BigInt((from + i) % 10), arena)].map(column)
    return { columns, rows: n, sel: 0, count: n, weights: w === 1n ? 0 : i64(n, () => w, arena) }
  }
  for (let at = 0; at < 1_000_000; at += ROWS) {
    operator.step(0, long(at, ROWS, 1n), silent)
    operator.flush(silent)
    arena.reset()
  }
  const times = weight === 1n ? 1000 : 10
  const began = performance.now()
  for (let i = 0; i < times; i++) {
    operator.step(0, long(weight === 1n ? 1_003_520 + i : 5000 + i * 10, 1, weight), silent)
    operator.flush(silent)
    arena.reset()
  }
  tell(name, `${(((performance.now() - began) / times) * 1000).toFixed(0)} µs`)
  operator.close()
}
onLong('an epoch of one row more in a session of 1,000,000', specOf([count, max], 'changes'), 1n)
onLong('the same, rows kept', specOf([count, kinds], 'changes'), 1n)
onLong('an epoch of one row less in a session of 1,000,000', specOf([count], 'changes', false), -1n)
