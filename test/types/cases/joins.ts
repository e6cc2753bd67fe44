// The row types of joins: which side may be null, what a column of both sides is, what a half join gives.

import type { Table } from '../../../src/table/index.ts'
import { airports, flights, holds, type Same } from './fixtures.ts'

type RowOf<T> = T extends Table<infer Row, infer _Kind> ? Row : never
type KindOf<T> = T extends Table<infer _Row, infer Kind> ? Kind : never

const some = flights.select(f => ({ carrier: f.carrier, price: f.price, at: f.at }))
const places = airports.select(a => ({ iata: a.iata, city: a.city }))

const left = some.join(places, { type: 'left', on: (f, a) => f.carrier.eq(a.iata) })
holds<
  Same<RowOf<typeof left>, { carrier: string; price: number; at: Date; iata: string | null; city: string | null }>
>()

const right = some.join(places, { type: 'right', on: (f, a) => f.carrier.eq(a.iata) })
holds<
  Same<
    RowOf<typeof right>,
    { carrier: string | null; price: number | null; at: Date | null; iata: string; city: string | null }
  >
>()

const full = some.join(places, { type: 'full', on: (f, a) => f.carrier.eq(a.iata) })
holds<
  Same<
    RowOf<typeof full>,
    { carrier: string | null; price: number | null; at: Date | null; iata: string | null; city: string | null }
  >
>()

const semi = some.join(places, { type: 'semi', on: (f, a) => f.carrier.eq(a.iata) })
holds<Same<RowOf<typeof semi>, { carrier: string; price: number; at: Date }>>()

const anti = some.join(places, {
  type: 'anti',
  on: (f, a) => f.carrier.eq(a.iata).and(f.price.gt(5)),
  select: f => ({ price: f.price }),
})
holds<Same<RowOf<typeof anti>, { price: number }>>()

const cross = some.join(places, { type: 'cross' })
holds<Same<RowOf<typeof cross>, { carrier: string; price: number; at: Date; iata: string; city: string | null }>>()

// A column of both sides is there once, of the side that has a row.
const codes = places.rename({ iata: 'carrier' })
const shared = some.join(codes, { type: 'right', on: (f, a) => f.carrier.eq(a.carrier) })
holds<Same<RowOf<typeof shared>, { price: number | null; at: Date | null; carrier: string; city: string | null }>>()
const either = some.join(codes, { type: 'full', on: (f, a) => f.carrier.eq(a.carrier) })
holds<
  Same<RowOf<typeof either>, { carrier: string | null; price: number | null; at: Date | null; city: string | null }>
>()

const chosen = some.join(places, {
  type: 'full',
  on: (f, a) => f.carrier.eq(a.iata),
  within: { before: '-5 minutes', after: { hours: 1 } },
  select: (f, a) => ({ price: f.price, iata: a.iata }),
})
holds<Same<RowOf<typeof chosen>, { price: number | null; iata: string | null }>>()

// Right and full joins keep rows of both sides; windows compare as a whole.
const counts = places.groupBy('iata').agg(g => ({ n: g.count() }))
const kept = some.join(counts, { type: 'right', on: (f, a) => f.carrier.eq(a.iata) })
holds<Same<KindOf<typeof kept>, 'update'>>()
const followed = some.join(counts, { on: (f, a) => f.carrier.eq(a.iata) })
holds<Same<KindOf<typeof followed>, 'append'>>()
const hours = flights.window({ tumbling: '1 hour' })
hours.join(hours, { on: (a, b) => a.window.eq(b.window).and(a.id.eq(b.id)), select: a => ({ id: a.id }) })

// error: is not assignable
some.join(places, { type: 'sideways', on: (f, a) => f.carrier.eq(a.iata) })
// error: Property 'iata' does not exist
some.join(places, { type: 'semi', on: (f, a) => f.carrier.eq(a.iata), select: (_f, a) => ({ iata: a.iata }) })
