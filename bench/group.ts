// What the group step costs by itself: rows are in memory as columns, nothing is decoded or written.
//   npm run bench -- group
// Method: each case runs 5 times over the same batches of 4096 rows; the best time counts, the machine being shared.
import { type Batch, Kind, Memory, type Ptr } from '../src/data/index.ts'
import { type AggregateColumn, type AggregateSpec, aggregate, type Emit, type InputColumn } from '../src/ops/index.ts'
import { type PlainKind, scalars } from '../src/types/index.ts'

const ROWS = 4096
const BATCHES = 500
const memory = new Memory(3 * 2 ** 30)
const arena = memory.arena()
const keep = memory.arena(1 << 22)

// A generator of 32 random bits (xorshift; Marsaglia 2003), the same on every run.
let seed = 2463534242
const random = (): number => {
  seed ^= seed << 13
  seed ^= seed >>> 17
  seed ^= seed << 5
  return seed >>> 0
}

const longs = (make: (row: number) => bigint): Ptr => {
  const ptr = keep.alloc(ROWS * 8)
  for (let i = 0; i < ROWS; i++) memory.i64[(ptr >>> 3) + i] = make(i)
  return ptr
}
const doubles = (make: () => number): Ptr => {
  const ptr = keep.alloc(ROWS * 8)
  for (let i = 0; i < ROWS; i++) memory.f64[(ptr >>> 3) + i] = make()
  return ptr
}
const texts = (make: () => string): Ptr => {
  const ptr = keep.alloc(ROWS * 16)
  for (let i = 0; i < ROWS; i++) {
    const bytes = new TextEncoder().encode(make())
    const at = ptr + i * 16
    memory.u8.fill(0, at, at + 16)
    memory.u32[at >>> 2] = bytes.length
    if (bytes.length <= 12) memory.u8.set(bytes, at + 4)
    else {
      const far = keep.put(bytes)
      memory.u8.copyWithin(at + 4, far, far + 4)
      memory.u32[(at >>> 2) + 3] = far
    }
  }
  return ptr
}

// Column 0 id (50,000 of them), 1 window start (10 of them), 2 price, 3 short text, 4 long text, 5 id (1,000,000 of them), 6 integer
const batches: Batch[] = Array.from({ length: BATCHES }, (_, n) => ({
  columns: [
    { kind: Kind.I64, values: longs(() => BigInt(1000 + (random() % 5000))), validity: 0 },
    { kind: Kind.I64, values: longs(() => BigInt(1_700_000_000 + 10 * Math.floor(n / 50)) * 1_000_000n), validity: 0 },
    { kind: Kind.F64, values: doubles(() => (random() % 10_000_000) / 100), validity: 0 },
    { kind: Kind.VIEW, values: texts(() => `user${random() % 50_000}`), validity: 0 },
    { kind: Kind.VIEW, values: texts(() => `https://example.com/page/${random() % 50_000}`), validity: 0 },
    { kind: Kind.I64, values: longs(() => BigInt(random() % 1_000_000)), validity: 0 },
    { kind: Kind.I64, values: longs(() => BigInt(random())), validity: 0 },
  ],
  rows: ROWS,
  sel: 0,
  count: ROWS,
  weights: 0,
}))

const at = (column: number, type: PlainKind): InputColumn => ({ column, type: scalars[type], nullable: false })
const key = (column: number, type: PlainKind) => ({ ...at(column, type), name: `c${column}` })
const call = (fn: string, type: PlainKind, ...args: InputColumn[]): AggregateColumn => ({
  name: fn,
  fn,
  args,
  type: scalars[type],
  params: [0.95],
})
const count = call('count', 'int')
const idWindow = [key(0, 'bigint'), key(1, 'timestamp')]

type Case = Pick<AggregateSpec, 'keys' | 'calls'> & { readonly appendOnlyInput?: boolean }

const cases: Record<string, Case> = {
  'count by (id, window)': { keys: idWindow, calls: [count] },
  'count by id': { keys: [key(0, 'bigint')], calls: [count] },
  'count by 1M ids': { keys: [key(5, 'bigint')], calls: [count] },
  'count by short text': { keys: [key(3, 'string')], calls: [count] },
  'count by long text': { keys: [key(4, 'string')], calls: [count] },
  'sum(int) by id': { keys: [key(0, 'bigint')], calls: [call('sum', 'int', at(6, 'int'))] },
  'sum(double) by id': { keys: [key(0, 'bigint')], calls: [call('sum', 'double', at(2, 'double'))] },
  'sum(double), no key': { keys: [], calls: [call('sum', 'double', at(2, 'double'))] },
  'min, max by id': {
    keys: [key(0, 'bigint')],
    calls: [call('min', 'double', at(2, 'double')), call('max', 'double', at(2, 'double'))],
  },
  'variance by id': { keys: [key(0, 'bigint')], calls: [call('var_samp', 'double', at(2, 'double'))] },
  'count distinct by id': {
    keys: [key(0, 'bigint')],
    calls: [{ ...call('count', 'int', at(3, 'string')), distinct: true }],
  },
  'min by id, retractable': {
    keys: [key(0, 'bigint')],
    calls: [call('min', 'double', at(2, 'double'))],
    appendOnlyInput: false,
  },
  'quantile by id': { keys: [key(0, 'bigint')], calls: [call('approx_quantile', 'double', at(2, 'double'))] },
}

const silent: Emit = () => {}

function run(spec: Case): { seconds: number; flush: number; groups: number } {
  const operator = aggregate(
    { memory, arena, operator: 'bench', durable: false },
    { appendOnlyInput: true, ...spec, emit: 'changes' },
  )
  const started = performance.now()
  for (const batch of batches) {
    operator.step(0, batch, silent)
    arena.reset()
  }
  const stepped = performance.now()
  operator.flush(silent)
  const done = performance.now()
  const groups = operator.size().rows
  operator.close()
  return { seconds: (stepped - started) / 1000, flush: done - stepped, groups }
}

for (const [name, spec] of Object.entries(cases)) {
  const runs = Array.from({ length: 5 }, () => run(spec))
  const best = Math.min(...runs.map(each => each.seconds))
  const flush = Math.min(...runs.map(each => each.flush))
  const rate = (BATCHES * ROWS) / best / 1e6
  console.log(
    `${name.padEnd(24)} ${rate.toFixed(1).padStart(7)} M rows/s, flush of ${runs[0]?.groups} groups ${flush.toFixed(1)} ms`,
  )
}

// Steady state: an epoch that touches 10 groups, however many there are.
for (const groups of [1e4, 1e5, 1e6]) {
  const operator = aggregate(
    { memory, arena, operator: 'bench', durable: false },
    {
      keys: [key(0, 'bigint')],
      calls: [count, call('sum', 'double', at(2, 'double'))],
      appendOnlyInput: true,
      emit: 'changes',
    },
  )
  const ids = memory.alloc(ROWS * 8)
  const [first] = batches as [Batch]
  const used = memory.used
  for (let from = 0; from < groups; from += ROWS) {
    const n = Math.min(ROWS, groups - from)
    for (let i = 0; i < n; i++) memory.i64[(ids >>> 3) + i] = BigInt(from + i)
    operator.step(
      0,
      {
        ...first,
        columns: [{ kind: Kind.I64, values: ids, validity: 0 }, ...first.columns.slice(1)],
        rows: n,
        count: n,
      },
      silent,
    )
    arena.reset()
  }
  operator.flush(silent)
  const bytes = (memory.used - used) / groups
  const times: number[] = []
  for (let epoch = 0; epoch < 200; epoch++) {
    for (let i = 0; i < 10; i++) memory.i64[(ids >>> 3) + i] = BigInt(random() % groups)
    const started = performance.now()
    operator.step(
      0,
      {
        ...first,
        columns: [{ kind: Kind.I64, values: ids, validity: 0 }, ...first.columns.slice(1)],
        rows: 10,
        count: 10,
      },
      silent,
    )
    operator.flush(silent)
    times.push(performance.now() - started)
    arena.reset()
  }
  times.sort((a, b) => a - b)
  console.log(
    `${groups} groups: epoch of 10 rows median ${times[100]?.toFixed(3)} ms, max ${times[199]?.toFixed(3)} ms; ${bytes.toFixed(0)} bytes a group`,
  )
  memory.free(ids)
  operator.close()
}
