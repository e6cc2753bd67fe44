// Functions and sums of decimals over batches of 4096 rows, in memory, beside the same of doubles: million rows a second,
// the best of many.
import { BATCH_ROWS, batchFromRows, kindOf, Memory } from '../src/data/index.ts'
import { call, cast, column, compileExpr, type Expr, literal, typeOfDecimal } from '../src/expr/index.ts'
import { aggregate } from '../src/ops/index.ts'
import { decimalOf, field, type ScalarType, scalars, schemaOf } from '../src/types/index.ts'

const memory = new Memory()
const home = memory.arena()
const work = memory.arena()
const money = decimalOf(12, 2)
const schema = schemaOf([
  field('price', money),
  field('rate', scalars.decimal),
  field('n', scalars.int),
  field('x', scalars.double),
])
const rows = Array.from({ length: BATCH_ROWS }, (_, i) => ({
  price: `${(i * 7919) % 1000}.${10 + (i % 90)}`,
  rate: i % 2 === 0 ? '1.5' : '0.25',
  n: i % 100,
  x: ((i * 7919) % 1000) / 8,
}))
const batch = batchFromRows(rows, schema, home)
const dec = (text: string): Expr => literal(text, typeOfDecimal(text))

function measure(name: string, run: () => void): void {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 300; round++) {
    const started = performance.now()
    run()
    best = Math.min(best, performance.now() - started)
    work.reset()
  }
  console.log(name.padEnd(28), `${(BATCH_ROWS / best / 1000).toFixed(1)} M rows/s`)
}

function expression(name: string, expr: Expr): void {
  const compiled = compileExpr(expr, [schema], memory)
  measure(name, () => void compiled.run(batch, { memory, arena: work }))
}

function sum(name: string, at: number, type: ScalarType, result: ScalarType): void {
  const args = [{ column: at, type, nullable: false }]
  const spec = {
    keys: [],
    calls: [{ name: 's', fn: 'sum', args, type: result }],
    appendOnlyInput: true,
    emit: 'changes',
  }
  const operator = aggregate({ memory, arena: work, operator: 'bench', durable: false }, spec as never)
  measure(name, () => operator.step(0, batch, () => {}))
}

const [price, rate, n, x] = ['price', 'rate', 'n', 'x'].map(name => column(name)) as [Expr, Expr, Expr, Expr]
expression('0.908 * x (doubles)', call('mul', x, literal(0.908, scalars.double)))
expression('0.908 * price', call('mul', price, dec('0.908')))
expression('price * rate', call('mul', price, rate))
expression('price + rate', call('add', price, rate))
expression('price > 500.5', call('gt', price, dec('500.5')))
expression('price = rate', call('eq', price, rate))
expression('price / 3', call('div', price, literal(3, scalars.int)))
expression('price / rate', call('div', price, rate))
expression('round(price, 1)', call('round', price, literal(1, scalars.int)))
expression('n as decimal', cast(n, scalars.decimal))
expression('price as double', cast(price, scalars.double))
sum('sum(x) (doubles)', 3, scalars.double, scalars.double)
sum('sum(price)', 0, money, decimalOf(36, 2))
sum('sum(rate)', 1, scalars.decimal, scalars.decimal)
if (kindOf(money) === kindOf(scalars.decimal)) throw new Error('a scale is part of the kind')
