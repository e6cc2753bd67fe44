// Rows at the edge: batches to plain objects and back, and functions on row views. Rows per second, best of five.
import { BATCH_ROWS, batchFromRows, Memory, rowsOf, rowViews } from '../src/data/index.ts'
import { field, schemaOf, scalars as t } from '../src/types/index.ts'

const memory = new Memory()
const schema = schemaOf([
  field('id', t.int),
  field('at', t.timestamp),
  field('carrier', t.string),
  field('delay', t.double, true),
])
const rows = Array.from({ length: BATCH_ROWS }, (_, i) => ({
  id: i * 1000,
  at: new Date(1e12 + i * 1000),
  carrier: `C${i % 300}`,
  delay: i % 7 === 0 ? null : i / 3,
}))
const arena = memory.arena()
const batch = batchFromRows(rows, schema, arena)
const ROUNDS = 200

function measure(name: string, round: () => unknown): void {
  let best = Number.POSITIVE_INFINITY
  let sink: unknown
  for (let i = 0; i < 5; i++) {
    const started = performance.now()
    for (let r = 0; r < ROUNDS; r++) sink = round()
    best = Math.min(best, performance.now() - started)
  }
  const rate = (BATCH_ROWS * ROUNDS) / best / 1000
  console.log(`${name.padEnd(28)} ${rate.toFixed(1).padStart(8)} M rows/s${sink === undefined ? '!' : ''}`)
}

measure('rowsOf, 4 columns', () => rowsOf(batch, schema, memory))
const scratch = memory.arena()
measure('batchFromRows, 4 columns', () => {
  const built = batchFromRows(rows, schema, scratch)
  scratch.reset()
  return built
})
const views = rowViews(schema, memory)
function each<T>(fn: (row: Record<string, unknown>) => T): T[] {
  const out: T[] = []
  views.bind(batch)
  for (let row = 0; row < batch.rows; row++) out.push(fn(views.at(row, row)))
  views.release()
  return out
}
measure('view: one number', () => each(row => (row['delay'] as number) > 100))
measure('view: number and string', () =>
  each(row => (row['id'] as number) > 5 && (row['carrier'] as string).startsWith('C1')),
)
measure('view: { ...row, hot }', () => each(row => ({ ...row, hot: (row['delay'] as number) > 60 })))
