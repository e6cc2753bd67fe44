// The operators beside aggregation, over 50 batches: rows per second, best of five. One thread.
// An argument picks the lines whose name contains it.
import {
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  compact,
  EXACT,
  encodeKeys,
  encodeRows,
  Kind,
  kindOf,
  Memory,
  Tree,
  withSelection,
} from '../src/data/index.ts'
import { apply, explode, groupState, join, keyedProcess, type Operator, top, view, window } from '../src/ops/index.ts'
import { field, leaves, listOf, schemaOf, scalars as t } from '../src/types/index.ts'

const memory = new Memory()
const schema = schemaOf([
  field('id', t.int),
  field('at', t.timestamp),
  field('carrier', t.string),
  field('delay', t.double, true),
])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const inputs = memory.arena()
let seed = 1
const random = (): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return seed / 2 ** 32
}
const BATCHES = 50
const batches = Array.from({ length: BATCHES }, (_, b) =>
  batchFromRows(
    Array.from({ length: BATCH_ROWS }, (_, i) => ({
      id: b * BATCH_ROWS + i,
      at: new Date(1e12 + Math.floor(random() * 1e9)),
      carrier: `C${Math.floor(random() * 300)}`,
      delay: i % 7 === 0 ? null : random() * 1000,
    })),
    schema,
    inputs,
  ),
)
const arena = memory.arena()
const context = { memory, arena, operator: 'bench', durable: false, large: Number.POSITIVE_INFINITY }

function measure(name: string, prepare: () => { each: (batch: Batch) => void; done?: () => void }): void {
  if (!name.includes(process.argv[2] ?? '')) return
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const { each, done } = prepare()
    const started = performance.now()
    for (const batch of batches) {
      each(batch)
      arena.reset()
    }
    done?.()
    best = Math.min(best, performance.now() - started)
  }
  console.log(`${name.padEnd(44)} ${((BATCH_ROWS * BATCHES) / best / 1000).toFixed(2).padStart(8)} M rows/s`)
}

function operator(name: string, make: () => Operator, flushEach = false): void {
  measure(name, () => {
    const op = make()
    return {
      each(batch) {
        op.step(0, batch, () => {})
        if (flushEach) op.flush(() => {})
      },
      done() {
        op.advance(0, 2n ** 63n - 1n, () => {})
        op.flush(() => {})
        op.close()
      },
    }
  })
}

const half = Uint32Array.from({ length: BATCH_ROWS / 2 }, (_, i) => i * 2)
const sel = inputs.put(new Uint8Array(half.buffer))
measure('compact half of 4 columns', () => ({
  each: batch => void compact(withSelection(batch, sel, half.length), arena),
}))
measure('compact and own the strings', () => ({ each: batch => void compact(batch, arena, true) }))
measure('key bytes of 4 columns', () => ({
  each: batch =>
    void encodeKeys(
      batch,
      batch.columns,
      kinds.map(() => EXACT),
      arena,
    ),
}))
measure('row bytes of 4 columns', () => ({ each: batch => void encodeRows(batch, batch.columns, arena) }))
for (const [name, column] of [
  ['ascending ids', 0],
  ['random times', 1],
  ['300 strings', 2],
] as const)
  measure(`tree: add 204,800 keys, ${name}`, () => {
    const tree = new Tree(memory, false)
    return {
      each(batch) {
        const keys = encodeKeys(batch, [batch.columns[column] as never], [EXACT], arena)
        tree.addAll(keys, undefined, batch, 0)
      },
      done: () => tree.free(),
    }
  })
const byDelay = [{ by: 3, order: { descending: true, nulls: 'last' as const } }]
operator(
  'top 10, append-only, a flush per batch',
  () => top({ keys: byDelay, kinds, limit: 10, offset: 0, appendOnlyInput: true }, context),
  true,
)
operator(
  'top 10, retracting input, a flush per batch',
  () => top({ keys: byDelay, kinds, limit: 10, offset: 0, appendOnlyInput: false }, context),
  true,
)
for (const [name, by] of [
  ['random doubles, a seventh null', 3],
  ['300 strings', 2],
  ['ascending ids', 0],
] as const) {
  const keys = [{ by, order: { descending: by === 3, nulls: 'last' as const } }]
  operator(`sort all 204,800 rows, ${name}`, () =>
    top({ keys, kinds, limit: undefined, offset: 0, appendOnlyInput: true }, context),
  )
}
const minute = 60_000_000n
operator('window, tumbling', () => window({ time: 1, form: { kind: 'tumbling', size: minute, offset: 0n } }, context))
const tags = listOf(t.string)
const tagged = batchFromRows(
  Array.from({ length: BATCH_ROWS }, (_, id) => ({ id, tags: [`a${id % 7}`, 'b', 'a longer one of them'] })),
  schemaOf([field('id', t.int), field('tags', tags)]),
  inputs,
)
measure('explode, three texts a row (input rows)', () => {
  const op = explode({ column: 1, type: tags, ordinal: false, outer: false }, context)
  return { each: () => op.step(0, tagged, () => {}) }
})
operator('window, sliding, two a row (input rows)', () =>
  window({ time: 1, form: { kind: 'sliding', size: 2n * minute, slide: minute, offset: 0n } }, context),
)
operator('window, cumulating, twelve steps (input rows)', () =>
  window({ time: 1, form: { kind: 'cumulating', size: 12n * minute, step: minute, offset: 0n } }, context),
)
const right = schemaOf([field('code', t.string), field('name', t.string)])
const table = batchFromRows(
  Array.from({ length: 300 }, (_, i) => ({ code: `C${i}`, name: `carrier number ${i}` })),
  right,
  inputs,
)
operator('join with a table of 300 rows, by string', () => {
  const op = join(
    { type: 'left', left: { keys: [2], kinds }, right: { keys: [0], kinds: [Kind.VIEW, Kind.VIEW] }, awaits: true },
    context,
  )
  op.step(1, table, () => {})
  op.advance(1, 2n ** 63n - 1n, () => {})
  return op
})
const counts = schemaOf([field('carrier', t.string), field('n', t.double)])
const counter = {
  input: schema,
  keys: ['carrier'],
  time: { column: 1, shift: 0n },
  timers: ['quiet'],
  versions: { version: 1, migrate: {} },
  outputs: [{ name: 'rows', schema: counts }],
  onError: 'fail' as const,
  state: () => ({ n: 0 }),
}
interface Quiet {
  setTimer(name: string, at: string): void
}
operator('process by arrival: count per string, every 100th out', () =>
  keyedProcess(
    {
      ...counter,
      order: 'arrival',
      *on(row: { carrier: string }, state: { n: number }) {
        if (++state.n % 100 === 0) yield { carrier: row.carrier, n: state.n }
      },
    },
    context,
  ),
)
operator('process by arrival: count per id (all different)', () =>
  keyedProcess(
    {
      ...counter,
      keys: ['id'],
      order: 'arrival',
      on: (_row: object, state: { n: number }) => void state.n++,
    },
    context,
  ),
)
for (const order of ['arrival', 'event time'] as const)
  operator(`process by ${order}: count, a timer per row, all out`, () =>
    keyedProcess(
      {
        ...counter,
        order,
        *on(row: { carrier: string }, state: { n: number }, ctx: Quiet) {
          ctx.setTimer('quiet', '10 minutes')
          yield { carrier: row.carrier, n: ++state.n }
        },
        onTimer: () => [],
      },
      context,
    ),
  )
operator(
  'mapGroupsWithState: count per string, a flush per batch',
  () =>
    groupState(
      {
        ...counter,
        verb: 'mapGroupsWithState',
        timeout: 'none',
        outputMode: 'update',
        fn: (carrier: string, rows: readonly object[], state: { getOption(): number; update(n: number): void }) => {
          const n = (state.getOption() ?? 0) + rows.length
          state.update(n)
          return { carrier, n }
        },
      },
      context,
    ),
  true,
)
const MILLION = 1_000_000
const ids = schemaOf([field('id', t.int), field('name', t.string)])
function tableOfIds(rows: number): Batch[] {
  const scattered = (i: number): number => (i * 7919) % rows
  return Array.from({ length: Math.ceil(rows / BATCH_ROWS) }, (_, b) =>
    batchFromRows(
      Array.from({ length: Math.min(BATCH_ROWS, rows - b * BATCH_ROWS) }, (_, i) => {
        const id = scattered(b * BATCH_ROWS + i)
        return { id, name: `number ${id}` }
      }),
      ids,
      inputs,
    ),
  )
}
function joinWith(table: readonly Batch[]): Operator {
  const side = { keys: [0], kinds: [Kind.I64, Kind.VIEW] }
  const op = join({ type: 'inner', left: side, right: side, awaits: true }, context)
  for (const each of table) {
    op.step(1, each, () => {})
    arena.reset()
  }
  op.advance(1, 2n ** 63n - 1n, () => {})
  return op
}
function randomIds(below: number): Batch {
  const rows = Array.from({ length: BATCH_ROWS }, () => ({ id: Math.floor(random() * below), name: '' }))
  return batchFromRows(rows, ids, inputs)
}
for (const rows of [10_000, MILLION]) {
  const name = `join with a table of ${rows} rows, by int`
  if (!name.includes(process.argv[2] ?? '')) continue
  const table = tableOfIds(rows)
  const started = performance.now()
  const op = joinWith(table)
  console.log(
    `${`${name}: build`.padEnd(44)} ${(rows / (performance.now() - started) / 1000).toFixed(2).padStart(8)} M rows/s`,
  )
  const probes = batches.slice(0, 10).map(() => randomIds(rows))
  let next = 0
  measure(`${name}: probe at random`, () => ({ each: () => op.step(0, probes[next++ % 10] as Batch, () => {}) }))
  op.close()
}
/** Both sides change: each batch comes on the left, then on the right; every two batches the watermarks rise by as much. */
function bothSides(name: string, bounds: { before: bigint; after: bigint } | undefined): void {
  measure(name, () => {
    const side = { keys: [0], kinds, time: { column: 1, shift: 0n } }
    const op = join({ type: 'left', left: side, right: side, bounds, hold: bounds !== undefined }, context)
    let port = 0
    let epoch = 0
    return {
      each(batch) {
        op.step(port, batch, () => {})
        port = 1 - port
        if (port === 1) return
        // The times of a batch are scattered over a quarter of an hour: nothing is late before the last.
        const reached = bounds === undefined ? 0n : BigInt(epoch++) * 1000n
        for (const each of [0, 1]) op.advance(each, reached, () => {})
        op.flush(() => {})
      },
      done: () => op.close(),
    }
  })
}
bothSides('left join of tables, by int, both sides kept', undefined)
bothSides('left join of streams within 10 seconds, by int', { before: 0n, after: 10_000_000n })
operator('filter: a function of one number', () =>
  apply({ verb: 'filter', fn: (row: { delay: number }) => row.delay > 500, input: schema, output: schema }, context),
)
operator('map: { ...row, hot }', () =>
  apply(
    {
      verb: 'map',
      fn: (row: { delay: number }) => ({ ...row, hot: row.delay > 500 }),
      input: schema,
      output: schemaOf([...schema.fields, field('hot', t.boolean)]),
    },
    context,
  ),
)
for (const mode of ['retract', 'update', 'complete'] as const)
  operator(`view: ${mode}, once at the end`, () => view({ mode, kinds, key: [0] }, context))
