// The tables that the cases are about. Nothing here runs.

import type { SinkSpec } from '../../../src/data/index.ts'
import type { Table, TimeOptions } from '../../../src/table/index.ts'
import { type RowFrom, type RowSchema, type TimeColumn, t } from '../../../src/types/index.ts'

export const Flight = t.row({
  at: t.timestamp(),
  carrier: t.string(),
  delay: t.int().nullable(),
  price: t.double(),
  paid: t.boolean(),
  cents: t.bigint(),
  day: t.date(),
  raw: t.binary(),
  clock: t.time(),
  span: t.interval().nullable(),
  id: t.uuid(),
  tags: t.list(t.string()),
  marks: t.list(t.int().nullable()).nullable(),
  prices: t.map(t.string(), t.double()),
  place: t.struct({ city: t.string(), geo: t.struct({ lat: t.double() }).nullable() }).nullable(),
  extra: t.json<{ seat: string; tags: string[] }>(),
})

export declare const flights: Table<RowFrom<typeof Flight>, 'append'>
export declare const airports: Table<{ iata: string; city: string | null }, 'append'>
export declare const appendSink: SinkSpec<'append'>
export declare const upsertSink: SinkSpec<'update'>
export declare const anySink: SinkSpec<'append' | 'update' | 'retract'>

/** How a reader is typed: the event time must be one of the timestamp columns. */
export declare function read<Row extends object>(
  schema: RowSchema<Row>,
  options?: TimeOptions<TimeColumn<NoInfer<Row>>>,
): Table<Row, 'append'>

export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { got: A; expected: B }
export declare function holds<_T extends true>(): void
