// Rows pushed from code. Replayable within the process: the log keeps its rows (all of them, or until committed).
import { fail, numberFor } from '../../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type EpochLimit,
  type EpochRange,
  type Json,
  type Piece,
  type RowBlock,
  type Source,
  type SourceContext,
  type SourceSpec,
} from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'
import { project } from '../project.ts'
import { MemoryLog, type Reader } from './log.ts'
import { blockRows, objectRows, type Rows } from './rows.ts'

export interface MemoryOptions {
  /** What the input is called in messages. */
  readonly name?: string
  /** Rows a reader may be behind before push waits; 16,384 by default. */
  readonly highWater?: number
  /** 'all' (default): a query that starts later sees all rows. 'uncommitted': rows are dropped when every open query has committed them. */
  readonly keep?: 'all' | 'uncommitted'
  /** Rows come with weights: pushWeighted is allowed, and the table may retract. */
  readonly weights?: boolean
  /** For iterables: it never ends, so the table is unbounded. */
  readonly endless?: boolean
}

/** A row that comes (weight > 0) or goes (weight < 0). */
export interface Weighted<Row> {
  readonly row: Row
  readonly weight: number
}

export interface MemoryInput<Row extends object = object> {
  readonly spec: SourceSpec
  /** Resolves when there is room for more. Rows are taken as they are: don't change them afterwards. */
  push(rows: Row | readonly Row[], options?: { readonly partition?: string }): Promise<void>
  pushWeighted(rows: readonly Weighted<Row>[], options?: { readonly partition?: string }): Promise<void>
  /** No more rows: queries over the input end. */
  close(): void
}

/** An input of packed rows. */
export interface BlockInput {
  readonly spec: SourceSpec
  /** Rows of all columns; what they sum up to is what the input holds. */
  push(blocks: readonly RowBlock[]): void
  /** Resolves when every open query has committed all rows that were pushed. */
  settled(): Promise<void>
  /** Keep these in the place of the rows that were pushed: what they sum up to. */
  compact(blocks: readonly RowBlock[]): void
}

const HIGH_WATER = 16_384

/**
 * An input that takes rows from code.
 *
 * @param rows with them the input is bounded: these rows and no more; with `weights`, { row, weight }.
 * Throws INPUT_CLOSED when rows are pushed after close().
 */
export function memoryInput<Row extends object = object>(
  schema: Schema,
  options: MemoryOptions = {},
  rows?: readonly Row[] | readonly Weighted<Row>[],
): MemoryInput<Row> {
  const name = options.name ?? 'memory'
  const log = new MemoryLog(
    name,
    numberFor('read.memory', 'highWater', options.highWater ?? HIGH_WATER, 'pass a number of rows'),
    options.keep ?? 'all',
  )
  const weighted = options.weights === true
  const pushAll = (pushed: readonly Weighted<Row>[], partition: string): Promise<void> => {
    const some = pushed.filter(nonZero)
    const weights = some.map(each => each.weight)
    return log.push(
      objectRows(
        some.map(each => each.row),
        weights,
      ),
      partition,
    )
  }
  if (rows !== undefined) {
    void (weighted ? pushAll(rows as readonly Weighted<Row>[], '') : log.push(objectRows(rows), ''))
    log.close()
  }
  return {
    spec: memorySpec(name, schema, log, rows !== undefined, !weighted),
    push: async (pushed, at = {}) => log.push(objectRows(isList(pushed) ? pushed : [pushed]), at.partition ?? ''),
    async pushWeighted(pushed, at = {}) {
      if (!weighted) fail('BAD_OPTION', WEIGHTS_NEEDED)
      await pushAll(pushed, at.partition ?? '')
    },
    close: () => log.close(),
  }
}

/** An input of packed rows that come and go; with `blocks` it is bounded: these and no more. */
export function blockInput(name: string, schema: Schema, blocks?: readonly RowBlock[]): BlockInput {
  const log = new MemoryLog(name, Number.POSITIVE_INFINITY, 'all')
  const rowsOf = (block: RowBlock): Rows => blockRows(block, schema)
  const push = (some: readonly RowBlock[]): void => {
    for (const each of some) void log.push(rowsOf(each), '')
  }
  if (blocks !== undefined) {
    push(blocks)
    log.close()
  }
  return {
    spec: memorySpec(name, schema, log, blocks !== undefined, blocks !== undefined),
    push,
    settled: () => log.settled(),
    compact: some => log.compact(some.map(rowsOf)),
  }
}

/**
 * An input that pulls rows from an iterable, as fast as the query takes them. It is consumed once, from the
 * first time that a query opens it.
 */
export function iterableInput(
  schema: Schema,
  rows: AsyncIterable<object> | Iterable<object>,
  options: MemoryOptions = {},
): SourceSpec {
  const keep = options.keep ?? (options.endless === true ? 'uncommitted' : 'all')
  const input = memoryInput(schema, { ...options, keep })
  let pumping = false
  let failure: unknown
  const pump = async () => {
    try {
      for await (const row of rows)
        await (options.weights === true ? input.pushWeighted([row as Weighted<object>]) : input.push(row))
    } catch (error) {
      failure = error
    }
    input.close()
  }
  const rethrow = () => {
    if (failure !== undefined) fail('INPUT_FAILED', { name: input.spec.name, reason: String(failure) }, {}, failure)
  }
  return {
    ...input.spec,
    kind: 'iterable',
    bounded: options.endless !== true,
    async open(context) {
      const source = await input.spec.open(context)
      if (!pumping) void pump()
      pumping = true
      return {
        ...source,
        async plan(from, limit) {
          const range = await source.plan(from, limit)
          if (range === undefined) rethrow()
          return range
        },
        ended: from => failure === undefined && source.ended(from),
      }
    },
  }
}

const WEIGHTS_NEEDED = {
  option: 'weights',
  of: 'read.memory',
  reason: 'rows with weights were pushed into an input of plain rows',
  fix: 'make the input with { weights: true }',
}

function isList<Row>(rows: Row | readonly Row[]): rows is readonly Row[] {
  return Array.isArray(rows)
}

function nonZero(each: Weighted<unknown>): boolean {
  return each.weight !== 0
}

function memorySpec(name: string, schema: Schema, log: MemoryLog, bounded: boolean, appendOnly: boolean): SourceSpec {
  return {
    kind: 'memory',
    name,
    fingerprint: { name },
    schema,
    bounded,
    replayable: true,
    appendOnly,
    open: async context => openMemory(name, schema, log, context),
  }
}

function openMemory(name: string, schema: Schema, log: MemoryLog, context: SourceContext): Source {
  const arena = context.memory.arena()
  const asked = project(schema, context.columns)
  const reader: Reader = { planned: 0, committed: 0, wake: context.wake }
  log.attach(reader)
  const rowOf = (offset: Json): number => {
    if (offset === null) return 0
    if (typeof offset === 'number' && offset >= 0 && offset <= log.end) return offset
    return fail('BAD_OFFSET', { source: name, reason: 'a memory input forgets its rows when the process ends' })
  }
  return {
    async plan(from, limit: EpochLimit): Promise<EpochRange | undefined> {
      const start = from === null ? log.first : rowOf(from)
      const end = Math.min(log.end, start + limit.rows, limit.until === undefined ? log.end : rowOf(limit.until))
      reader.planned = end
      log.moved()
      return end > start ? { from: start, to: end } : undefined
    },
    read: range => pieces(name, asked, log, arena, rowOf(range.from), rowOf(range.to)),
    async committed(to) {
      reader.committed = rowOf(to)
      log.moved()
    },
    ended: from => log.closed && rowOf(from) === log.end,
    async history() {
      return log.first > 0 ? `its first ${log.first} rows are no longer kept (keep: 'uncommitted')` : undefined
    },
    async close() {
      log.detach(reader)
      arena.free()
    },
  }
}

async function* pieces(
  name: string,
  schema: Schema,
  log: MemoryLog,
  arena: Arena,
  from: number,
  to: number,
): AsyncGenerator<Piece> {
  for (const { partition, start, rows, ...part } of log.slices(from, to, BATCH_ROWS)) {
    arena.reset()
    yield { partition, batch: rows.batch(part.from, part.to, schema, arena, { source: name, first: start + 1 }) }
  }
}
