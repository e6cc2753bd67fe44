// The change kind is in the type: an append-only sink refuses a table whose rows also change and go.

import type { Table } from '../../../src/table/index.ts'
import type { CountSpan } from '../../../src/types/index.ts'
import { airports, anySink, appendSink, flights, upsertSink } from './fixtures.ts'

const counts = flights
  .window({ tumbling: '1 hour' })
  .groupBy('carrier')
  .agg(g => ({ n: g.count() }))

flights.to(appendSink)
flights.to(anySink, { mode: 'update' })
counts.final().to(appendSink)
counts.to(upsertSink)
counts.to(anySink)
counts.to(anySink, { mode: 'retract' })

// error: AppendOnlySinkCannotTakeUpdates<"call .final() on the windowed table, or use an upsert sink">
counts.to(appendSink)

// error: AppendOnlySinkCannotTakeUpdates<"call .final() on the windowed table, or use an upsert sink">
flights.agg(g => ({ n: g.count() })).to(appendSink)

const top = flights.orderBy(f => f.price).limit(3)
// error: AppendOnlySinkCannotTakeUpdates<
top.to(appendSink)

// error: Type '"append"' is not assignable to type '"retract" | "update" | undefined'
counts.to(anySink, { mode: 'append' })

// error: Type '"complete"' is not assignable to type
flights.to(anySink, { mode: 'complete' })

// error: '"update"' is not assignable to type '"append"'
export const wrong: Table<{ n: number }, 'append'> = flights.agg(g => ({ n: g.count() }))

/** A function over tables of either kind. */
export const either = <K extends 'append' | 'update'>(table: Table<{ n: number }, K>): Table<{ n: number }, K> =>
  table.where(r => r.n.gt(0))

// Windows by count are kept up to date; `.final()` tells each once.
const tens = flights
  .groupBy('carrier')
  .countWindow(10, { every: 5, by: f => f.price })
  .agg(g => ({ total: g.price.sum() }))
tens.to(upsertSink)
tens.final().to(appendSink)
// error: AppendOnlySinkCannotTakeUpdates<
tens.to(appendSink)
export const ten: Table<{ carrier: string; window: CountSpan; total: number }, 'append'> = tens.final()
// error: '"all"' is not assignable to type
flights.countWindow(10, { partial: 'all' })

// Late rows have the columns of the side they are of.
const near = flights.join(airports, { on: (f, a) => f.carrier.eq(a.iata) })
export const lateLeft: Table<{ price: number; reason: string }, 'append'> = near.late.left.select(f => ({
  price: f.price,
  reason: f.reason,
}))
export const lateRight: Table<{ city: string | null }, 'append'> = near.late.right.select(a => ({ city: a.city }))
flights.dedup({ by: 'carrier' }).late.to(appendSink)
// error: Property 'late' does not exist
flights.late

// Lengths of windows come from intervals and numbers, bounds from timestamps.
flights.window({ tumbling: f => f.cents, offset: '1 hour' })
flights.window({ start: f => f.at, end: f => f.at.plus('1 day') })
// error: NullableIntervalExpr' is not assignable
flights.window({ tumbling: f => f.span })
