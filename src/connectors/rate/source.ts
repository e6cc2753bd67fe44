// Rows at a steady rate, for tests and demonstrations. Law: row i carries the value i and the timestamp
// start + i / rate; the start is part of every offset, so a replay gives the very same rows.
import { fail, optionsFor } from '../../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  batchOf,
  type Column,
  columnBytes,
  type EpochRange,
  type Json,
  Kind,
  type Piece,
  type Source,
  type SourceContext,
  type SourceSpec,
} from '../../data/index.ts'
import { field, scalars, schemaOf } from '../../types/index.ts'

export interface RateOptions {
  readonly rowsPerSecond: number
  /** Stop after so many rows: the input is bounded then. */
  readonly rows?: number
}

/** What read.rate delivers: when the row was due, and its number from 0. */
const rateSchema = schemaOf([field('timestamp', scalars.timestamp), field('value', scalars.int)])

interface Offset {
  /** Milliseconds since 1970 when row 0 was due. */
  readonly start: number
  readonly row: number
}

/** An input of `rowsPerSecond` rows { timestamp, value }. BAD_OPTION unless the rate is positive. */
export function rateSpec(options: RateOptions): SourceSpec {
  const { rowsPerSecond, rows } = optionsFor('read.rate', options, BAD_RATE.fix)
  if (!(rowsPerSecond > 0 && Number.isFinite(rowsPerSecond))) fail('BAD_OPTION', BAD_RATE)
  const name = `${rowsPerSecond} rows/s`
  return {
    kind: 'rate',
    name,
    fingerprint: { rowsPerSecond, rows: rows ?? null },
    schema: rateSchema,
    bounded: rows !== undefined,
    replayable: true,
    appendOnly: true,
    open: async context => openRate(name, rowsPerSecond, rows ?? Number.POSITIVE_INFINITY, context),
  }
}

const BAD_RATE = {
  option: 'rowsPerSecond',
  of: 'read.rate',
  reason: 'it is no positive number',
  fix: 'pass for example { rowsPerSecond: 100 }',
}

/** How often an idle rate input is asked again, at most. */
const LONGEST_WAIT_MS = 1000
const SHORTEST_WAIT_MS = 5

function openRate(name: string, rate: number, rows: number, context: SourceContext): Source {
  const { clock } = context.world
  const arena = context.memory.arena()
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, context.signal])
  const opened = clock.now()
  let sleeping = false
  const wakeLater = async () => {
    if (sleeping) return
    sleeping = true
    await clock.sleep(Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, 1000 / rate)), signal)
    sleeping = false
    if (!signal.aborted) context.wake()
  }
  const offsetOf = (offset: Json): Offset => (offset === null ? { start: opened, row: 0 } : parse(name, offset))
  return {
    async plan(from, limit): Promise<EpochRange | undefined> {
      const { start, row } = offsetOf(from)
      const due = Math.min(rows, Math.floor(((clock.now() - start) * rate) / 1000))
      const until = limit.until === undefined ? due : offsetOf(limit.until).row
      const end = Math.min(due, row + limit.rows, until)
      if (end <= row) {
        if (row < rows) void wakeLater()
        return undefined
      }
      return { from: { start, row }, to: { start, row: end } }
    },
    read: range => pieces(name, offsetOf(range.from).row, offsetOf(range.to), rate, context.columns, arena),
    async committed() {},
    ended: from => offsetOf(from).row >= rows,
    async close() {
      stop.abort()
      arena.free()
    },
  }
}

function parse(name: string, offset: Json): Offset {
  const { start, row } = offset as { start?: unknown; row?: unknown }
  if (typeof start === 'number' && typeof row === 'number') return { start, row }
  return fail('BAD_OFFSET', { source: name, reason: JSON.stringify(offset) })
}

async function* pieces(
  name: string,
  from: number,
  to: Offset,
  rate: number,
  columns: readonly string[],
  arena: Arena,
): AsyncGenerator<Piece> {
  for (let row = from; row < to.row; row += BATCH_ROWS) {
    arena.reset()
    const batch = rateBatch(name, row, Math.min(BATCH_ROWS, to.row - row), to.start, rate, columns, arena)
    yield { partition: '', batch }
  }
}

function rateBatch(
  name: string,
  first: number,
  rows: number,
  start: number,
  rate: number,
  columns: readonly string[],
  arena: Arena,
): Batch {
  const timeAt = (i: number) => BigInt(Math.round(start * 1000 + (i * 1e6) / rate))
  const fill: Record<string, (i: number) => bigint> = { timestamp: timeAt, value: i => BigInt(i) }
  const asked = rateSchema.fields.filter(each => columns.includes(each.name))
  const filled = asked.map(each => int64s(arena, rows, first, fill[each.name] as (i: number) => bigint))
  return batchOf(filled, rows, { position: row => ({ source: name, row: first + row + 1 }) })
}

function int64s(arena: Arena, rows: number, first: number, valueAt: (i: number) => bigint): Column {
  const values = arena.alloc(columnBytes(Kind.I64, rows))
  const i64 = arena.memory.i64
  for (let row = 0; row < rows; row++) i64[(values >>> 3) + row] = valueAt(first + row)
  return { kind: Kind.I64, values, validity: 0 }
}
