// `millrace/arrow`: tables to and from Apache Arrow, in memory or as IPC bytes. Needs @uwdata/flechette installed.
import { type Duration, fail } from '../base/index.ts'
import { type ArrowTable, fromArrow as dataOf, type ExtractOptions, tableFrom } from '../data/arrow.ts'
import { realWorld } from '../host/index.ts'
import { deliver, sessionOf } from '../runtime/index.ts'
import { type Table, tableOf } from '../table/index.ts'
import { arrowSink } from './sink.ts'
import { arrowSource } from './source.ts'

const world = realWorld()
const session = sessionOf(world)

/** A table of any row and change kind. */
export interface AnyTable {
  readonly node: Table<object>['node']
}

export interface ToArrowOptions {
  readonly signal?: AbortSignal
  /** What the engine may hold: the result and what it takes to make it; '1 GB' by default. */
  readonly memory?: string | number
}

export interface ToArrowTableOptions extends ToArrowOptions {
  /** What the Arrow library makes of values: `{ useDate: true, useBigInt: true, useProxy: true }`. */
  readonly extract?: ExtractOptions
}

export interface ToIPCOptions extends ToArrowOptions {
  /** 'stream' (default) or 'file' (Feather V2). */
  readonly format?: 'stream' | 'file'
}

export interface FromArrowOptions {
  /** What the input is called in messages and in a kept run's plan; 'arrow' by default. */
  readonly name?: string
  /** The timestamp column that says when a row happened. */
  readonly time?: string
  /** How long after a later row a row may still come; default: not at all. */
  readonly lateBy?: Duration
}

/**
 * What is in the table now, as Arrow IPC bytes; rows in order for an ordered table. Values are exact: timestamps in
 * microseconds, 64-bit integers, nulls, structs.
 * Throws MEMORY_LIMIT where the result does not fit.
 *
 * @example
 * import { read, t } from 'millrace'
 * import { toIPC } from 'millrace/arrow'
 * const bytes = await toIPC(read.from([{ n: 1 }, { n: 2 }], { schema: t.row({ n: t.int() }) }), { format: 'file' })
 * if (new TextDecoder().decode(bytes.subarray(0, 6)) !== 'ARROW1') throw new Error('no Arrow file')
 */
export async function toIPC(table: AnyTable, options: ToIPCOptions = {}): Promise<Uint8Array> {
  const sink = arrowSink(options.format ?? 'stream')
  await deliver(world, table.node, sink.spec, options)
  return sink.bytes() ?? fail('ASSERTION', { reason: 'a run ended without an epoch' })
}

/**
 * What is in the table now, as a table of @uwdata/flechette.
 *
 * @example
 * import { read, t } from 'millrace'
 * import { toArrow } from 'millrace/arrow'
 * const table = await toArrow(read.from([{ n: 1 }, { n: 2 }], { schema: t.row({ n: t.int() }) }))
 * if (table.numRows !== 2) throw new Error('two rows')
 */
export async function toArrow(table: AnyTable, options: ToArrowTableOptions = {}): Promise<ArrowTable> {
  return tableFrom(await toIPC(table, options), options.extract)
}

/**
 * A table of Arrow data: IPC bytes of either format, or a table of @uwdata/flechette. Columns are copied as a whole where
 * the layouts are the same (docs/arrow.md). The data must not be changed afterwards.
 * Throws BAD_ARROW for bytes that are no Arrow data, BAD_SCHEMA for a type that has no column type.
 *
 * @example
 * import { read, t } from 'millrace'
 * import { fromArrow, toIPC } from 'millrace/arrow'
 * const bytes = await toIPC(read.from([{ n: 1 }, { n: 2 }], { schema: t.row({ n: t.int() }) }))
 * const rows = await fromArrow<{ n: number }>(bytes).where(r => r.n.gt(1)).collect()
 * if (rows.length !== 1) throw new Error('one row')
 */
export function fromArrow<Row extends object>(
  data: Uint8Array | ArrowTable,
  options: FromArrowOptions = {},
): Table<Row, 'append'> {
  const { name = 'arrow', ...time } = options
  return tableOf<Row>(arrowSource(dataOf(data), name), session, time)
}
