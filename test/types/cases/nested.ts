// Structs and lists that expressions make: exact types, however deep.

import { list, lit, struct, type Table } from '../../../src/table/index.ts'
import type { List, Struct } from '../../../src/types/index.ts'
import { flights, holds, type Same } from './fixtures.ts'

type RowOf<T> = T extends Table<infer Row, infer _Kind> ? Row : never

const packed = flights.select(f => ({
  flight: struct({ at: f.at, late: f.delay, one: 1, where: struct({ city: f.place.city, price: f.price }) }),
  delays: list(f.delay, 0),
  prices: list(f.price, 2.5),
  deep: list(list(f.carrier)),
  parts: list(struct({ n: f.delay, text: f.carrier }), struct({ n: f.delay, text: 'x' })),
}))
interface Packed {
  flight: Struct<{
    at: Date
    late: number | null
    one: number
    where: Struct<{ city: string | null; price: number }>
  }>
  delays: List<number | null>
  prices: List<number>
  deep: List<List<string>>
  parts: List<Struct<{ n: number | null; text: string }>>
}
holds<Same<RowOf<typeof packed>, { [K in keyof Packed]: Packed[K] }>>()

// Fields are expressions of their types, on the spot and behind a select.
flights.where(f => struct({ a: f.price }).a.gt(1))
packed.where(p => p.flight.where.price.gt(1))
packed.where(p => p.delays.length().eq(2))
const first = packed.select(p => ({ n: p.delays.at(0), city: p.flight.where.city.coalesce('?') }))
holds<Same<RowOf<typeof first>, { n: number | null; city: string }>>()
flights.select(() => ({ none: list(lit(null, 'int')) }))

// error: not assignable
flights.select(f => ({ s: struct({ a: null, b: f.price }) }))
// error: known properties
flights.select(f => ({ s: struct({ a: { b: f.price } }) }))
// error: Expected at least 1 argument
flights.select(() => ({ l: list() }))
// error: does not exist
packed.where(p => p.flight.nope.gt(1))
