// where + arithmetic on batches of 4096 rows, in memory: kernels against a plain JavaScript loop over typed arrays that
// does the same (same checks for overflow left out: the loop is what one would write). Interleaved, best of many.
import { BATCH_ROWS, batchOf, type Column, Kind, Memory } from '../src/data/index.ts'
import { call, column, compileExpr, compilePredicate, type Expr, literal } from '../src/expr/index.ts'
import { field, scalars, schemaOf } from '../src/types/index.ts'

const memory = new Memory()
const home = memory.arena()
const work = memory.arena()
const schema = schemaOf([
  field('price', scalars.double),
  field('amount', scalars.int),
  field('carrier', scalars.string),
])

const prices = Float64Array.from({ length: BATCH_ROWS }, (_, i) => ((i * 7919) % 1000) / 10)
const amounts = BigInt64Array.from({ length: BATCH_ROWS }, (_, i) => BigInt((i * 104729) % 500))
const numbers = Float64Array.from(amounts, Number)
const carriers = Array.from(
  { length: BATCH_ROWS },
  (_, i) => ['AA', 'DL', 'UA', 'a carrier with a long name'][i % 4] as string,
)

const bytes = (array: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer as ArrayBuffer)
const views = new Uint8Array(16 * BATCH_ROWS)
const columns: Column[] = [
  { kind: Kind.F64, values: home.put(bytes(prices)), validity: 0 },
  { kind: Kind.I64, values: home.put(bytes(amounts)), validity: 0 },
  { kind: Kind.VIEW, values: home.put(views), validity: 0 },
]
for (const [row, text] of carriers.entries()) {
  const raw = new TextEncoder().encode(text)
  const at = (columns[2] as Column).values + 16 * row
  const far = raw.length > 12 ? home.put(raw) : 0
  memory.u32[at >>> 2] = raw.length
  memory.u8.set(raw.subarray(0, far === 0 ? 12 : 4), at + 4)
  if (far !== 0) memory.u32[(at >>> 2) + 3] = far
}
const batch = batchOf(columns, BATCH_ROWS)
const [price, amount, carrier] = ['price', 'amount', 'carrier'].map(name => column(name)) as [Expr, Expr, Expr]
const int = (value: number): Expr => literal(value, scalars.int)
const double = (value: number): Expr => literal(value, scalars.double)
const text = (value: string): Expr => literal(value, scalars.string)

let consumed = 0

function predicate(expr: Expr): () => void {
  const compiled = compilePredicate(expr, [schema], memory)
  return () => {
    consumed += compiled.run(batch, { memory, arena: work }).count
    work.reset()
  }
}

function value(expr: Expr): () => void {
  const compiled = compileExpr(expr, [schema], memory)
  return () => {
    consumed += compiled.run(batch, { memory, arena: work }).values
    work.reset()
  }
}

const selected = new Uint32Array(BATCH_ROWS)
const results = new Float64Array(BATCH_ROWS)
const wide = new BigInt64Array(BATCH_ROWS)

const cases: readonly (readonly [string, () => void, () => void])[] = [
  [
    'where price > 50',
    predicate(call('gt', price, double(50))),
    () => {
      let n = 0
      for (let i = 0; i < BATCH_ROWS; i++) if ((prices[i] as number) > 50) selected[n++] = i
      consumed += n
    },
  ],
  [
    'where amount > 250 (64-bit; the loop has it as double)',
    predicate(call('gt', amount, int(250))),
    () => {
      let n = 0
      for (let i = 0; i < BATCH_ROWS; i++) if ((numbers[i] as number) > 250) selected[n++] = i
      consumed += n
    },
  ],
  [
    'where price > 20 and price < 30 and amount > 100',
    predicate(call('and', call('gt', price, double(20)), call('lt', price, double(30)), call('gt', amount, int(100)))),
    () => {
      let n = 0
      for (let i = 0; i < BATCH_ROWS; i++) {
        const p = prices[i] as number
        if (p > 20 && p < 30 && (numbers[i] as number) > 100) selected[n++] = i
      }
      consumed += n
    },
  ],
  [
    'price * 1.1 + 2',
    value(call('add', call('mul', price, double(1.1)), double(2))),
    () => {
      for (let i = 0; i < BATCH_ROWS; i++) results[i] = (prices[i] as number) * 1.1 + 2
      consumed += results[7] as number
    },
  ],
  [
    'amount + amount (the loop on bigint)',
    value(call('add', amount, amount)),
    () => {
      for (let i = 0; i < BATCH_ROWS; i++) wide[i] = (amounts[i] as bigint) + (amounts[i] as bigint)
      consumed += Number(wide[7])
    },
  ],
  [
    'amount * 3 (the loop on bigint)',
    value(call('mul', amount, int(3))),
    () => {
      for (let i = 0; i < BATCH_ROWS; i++) wide[i] = (amounts[i] as bigint) * 3n
      consumed += Number(wide[7])
    },
  ],
  [
    "where carrier = 'DL' (the loop on an array of strings)",
    predicate(call('eq', carrier, text('DL'))),
    () => {
      let n = 0
      for (let i = 0; i < BATCH_ROWS; i++) if (carriers[i] === 'DL') selected[n++] = i
      consumed += n
    },
  ],
  [
    "where carrier like '%long%' (the loop: includes)",
    predicate(call('like', carrier, text('%long%'))),
    () => {
      let n = 0
      for (let i = 0; i < BATCH_ROWS; i++) if ((carriers[i] as string).includes('long')) selected[n++] = i
      consumed += n
    },
  ],
  [
    'upper(carrier) (the loop: toUpperCase, kept)',
    value(call('upper', carrier)),
    () => {
      const out: string[] = []
      for (let i = 0; i < BATCH_ROWS; i++) out.push((carriers[i] as string).toUpperCase())
      consumed += out.length
    },
  ],
]

/** Best nanoseconds a row over rounds of 200 batches. */
function measure(run: () => void): number {
  const start = process.hrtime.bigint()
  for (let i = 0; i < 200; i++) run()
  return Number(process.hrtime.bigint() - start) / 200 / BATCH_ROWS
}

process.stdout.write('ns/row, best of 15 interleaved rounds      kernels   plain loop   faster by\n')
for (const [name, ours, theirs] of cases) {
  let [best, other] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < 15; round++) {
    best = Math.min(best, measure(ours))
    other = Math.min(other, measure(theirs))
  }
  process.stdout.write(
    `${name.padEnd(58)} ${best.toFixed(2).padStart(6)} ${other.toFixed(2).padStart(8)} ${(other / best).toFixed(1).padStart(8)}x\n`,
  )
}
process.stdout.write(`(${consumed > 0 ? 'results consumed' : 'nothing'})\n`)
