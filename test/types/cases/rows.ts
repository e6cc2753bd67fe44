// The row types that come out: flat, with nullability carried, without any.

import { coalesce, concat, lit, split, type Table, when } from '../../../src/table/index.ts'
import type {
  Day,
  GlobalSpan,
  Interval,
  List,
  RowFrom,
  Struct,
  TimeOfDay,
  Uuid,
  WindowSpan,
} from '../../../src/types/index.ts'
import { airports, type Flight, flights, holds, type Same } from './fixtures.ts'

type RowOf<T> = T extends Table<infer Row, infer _Kind> ? Row : never
type KindOf<T> = T extends Table<infer _Row, infer Kind> ? Kind : never

holds<
  Same<
    RowFrom<typeof Flight>,
    {
      at: Date
      carrier: string
      delay: number | null
      price: number
      paid: boolean
      cents: bigint
      day: Day
      raw: Uint8Array
      clock: TimeOfDay
      span: Interval | null
      id: Uuid
      tags: List<string>
      marks: List<number | null> | null
      prices: Map<string, number>
      place: Struct<{ city: string; geo: Struct<{ lat: number }> | null }> | null
      extra: { seat: string; tags: string[] }
    }
  >
>()

const selected = flights.select(f => ({
  carrier: f.carrier,
  delay: f.delay,
  filled: f.delay.coalesce(0),
  both: f.price.add(f.delay),
  cost: f.price.mul(2).round(),
  late: f.delay.gt(15),
  dear: f.price.gt(15),
  missing: f.delay.isNull(),
  money: f.cents.add(1n),
  hour: f.at.truncate('hour'),
  year: f.day.extract('year'),
  text: f.price.cast('string'),
  maybe: f.carrier.tryCast('int'),
  seat: f.extra.text('seat'),
  tags: f.extra.get('tags'),
  later: f.at.plus({ months: 1 }),
  shifted: f.at.plus(f.span),
  clock: f.clock.plus('1 hour'),
  twice: f.span.mul(2),
  mine: f.id.eq('9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10'),
  id: f.id.coalesce(f.id),
  age: f.at.age(f.at),
  firstTag: f.tags.at(0),
  allTags: f.tags.concat(['x']).sort(),
  best: f.marks.max(),
  total: f.marks.sum(),
  tagged: f.tags.contains('a'),
  words: split(f.carrier, ' '),
  cheapest: f.prices.get('a'),
  names: f.prices.keys(),
  city: f.place.city,
  lat: f.place.geo.lat,
  place: f.place,
  label: when(f.price.gt(5), 'dear').when(f.paid, 'paid').otherwise(null),
  first: coalesce(f.delay, f.price),
  name: concat(f.carrier, '!'),
  one: 1,
  nothing: lit(null, 'int'),
}))
holds<
  Same<
    RowOf<typeof selected>,
    {
      carrier: string
      delay: number | null
      filled: number
      both: number | null
      cost: number
      late: boolean | null
      dear: boolean
      missing: boolean
      money: bigint
      hour: Date
      year: number
      text: string
      maybe: number | null
      seat: string | null
      tags: string[] | null
      later: Date
      shifted: Date | null
      clock: TimeOfDay
      twice: Interval | null
      mine: boolean
      id: Uuid
      age: Interval
      firstTag: string | null
      allTags: List<string>
      best: number | null
      total: number | null
      tagged: boolean
      words: List<string>
      cheapest: number | null
      names: List<string>
      city: string | null
      lat: number | null
      place: Struct<{ city: string; geo: Struct<{ lat: number }> | null }> | null
      label: string | null
      first: number
      name: string
      one: number
      nothing: number | null
    }
  >
>()
holds<Same<KindOf<typeof selected>, 'append'>>()

const delays = flights
  .where(f => f.delay.gt(15))
  .window({ tumbling: '1 hour', accept: { hours: 2 } })
  .groupBy('carrier')
  .agg(g => ({
    late: g.count(),
    mean: g.delay.avg(),
    dear: g.price.max().filter(f => f.paid),
    days: g.day.countDistinct(),
    share: g.delay.count().mul(100).div(g.count()),
    worth: g.of(f => f.price.mul(2)).sum(),
    spread: g.price.stddev(),
    p95: g.price.approxQuantile(0.95),
  }))
interface Delays {
  carrier: string
  window: WindowSpan
  late: number
  mean: number | null
  dear: number | null
  days: number
  share: number
  worth: number
  spread: number | null
  p95: number
}
holds<Same<RowOf<typeof delays>, { [K in keyof Delays]: Delays[K] }>>()
holds<Same<KindOf<typeof delays>, 'update'>>()

const final = delays.final()
holds<Same<RowOf<typeof final>, { [K in keyof Delays]: Delays[K] }>>()
holds<Same<KindOf<typeof final>, 'append'>>()

const sifted = delays.where(d => d.late.gt(5)).final()
holds<Same<KindOf<typeof sifted>, 'append'>>()

const late = delays.late
holds<Same<KindOf<typeof late>, 'append'>>()
holds<Same<RowOf<typeof late>['lateness'], number>>()
holds<Same<RowOf<typeof late>['delay'], number | null>>()

// Rows whose event time is null are late for everything, and in no window.
declare const seen: Table<{ page: string; at: Date | null; day: Day }, 'append'>
const untimed = seen
  .window({ tumbling: '1 hour' })
  .groupBy('page')
  .agg(g => ({ n: g.count() })).late
type Untimed = RowOf<typeof untimed>
holds<Same<[Untimed['lateness'], Untimed['watermark'], Untimed['reason']], [number | null, Date | null, string]>>()
holds<Same<Untimed['window'], WindowSpan | null>>()
const again = seen.dedup({ by: 'page', within: '1 hour' }).late
holds<Same<RowOf<typeof again>['lateness'], number | null>>()
const met = seen.join(seen, {
  on: (a, b) => a.page.eq(b.page),
  within: { before: '1 hour' },
  select: a => ({ page: a.page }),
})
const { left: missed } = met.late
holds<Same<RowOf<typeof missed>['lateness'], number>>()

const all = flights.agg(g => ({ n: g.count(), top: g.price.max() }))
holds<Same<RowOf<typeof all>, { n: number; top: number | null }>>()

const keyed = flights.groupBy('carrier', f => ({ hour: f.at.truncate('hour') })).agg(g => ({ n: g.count() }))
holds<Same<RowOf<typeof keyed>, { carrier: string; hour: Date; n: number }>>()

const perWindow = flights.window({ sliding: '10 minutes', every: '5 minutes' }).agg(g => ({ n: g.count() }))
holds<Same<RowOf<typeof perWindow>, { window: WindowSpan; n: number }>>()

const perDay = perWindow
  .rename({ window: 'inner' })
  .window({ cumulating: '1 day', every: '1 hour' })
  .agg(g => ({ most: g.n.max(), first: g.of(r => r.inner.start).first() }))
holds<Same<RowOf<typeof perDay>, { window: WindowSpan; most: number | null; first: Date | null }>>()
holds<Same<KindOf<typeof perDay>, 'update'>>()

const sessions = flights
  .window({ session: f => f.at.plus('30 minutes') })
  .groupBy('carrier')
  .agg(g => ({ n: g.count() }))
holds<Same<RowOf<typeof sessions>, { carrier: string; window: WindowSpan; n: number }>>()
const paned = flights
  .window({ tumbling: '1 hour' })
  .groupBy('carrier')
  .agg(g => ({ n: g.count() }))
  .emit({ early: { any: [{ rows: 100 }, { after: '1 minute' }] }, accumulate: 'accumulating' })
holds<Same<KindOf<typeof paned>, 'append'>>()
holds<Same<RowOf<typeof paned>['paneIndex'], number>>()
const taken = flights
  .window({ session: '1 hour' })
  .agg(g => ({ n: g.count() }))
  .emit({ when: { repeatedly: { rows: 1 }, orFinally: { watermark: true } }, accumulate: 'retracting' })
holds<Same<KindOf<typeof taken>, 'update'>>()

const always = flights
  .window({ global: true })
  .groupBy('carrier')
  .agg(g => ({ n: g.count() }))
holds<Same<RowOf<typeof always>, { carrier: string; window: GlobalSpan; n: number }>>()

const finalSessions = flights
  .window({ session: '1 hour' })
  .groupBy('carrier')
  .agg(g => ({ n: g.count() }))
  .final()
holds<Same<KindOf<typeof finalSessions>, 'append'>>()

const joined = flights
  .select(f => ({ carrier: f.carrier }))
  .join(airports, { type: 'left', on: (f, a) => f.carrier.eq(a.iata) })
holds<Same<RowOf<typeof joined>, { carrier: string; iata: string | null; city: string | null }>>()

const inner = flights.join(airports, {
  on: (f, a) => f.carrier.eq(a.iata),
  select: (f, a) => ({ c: f.carrier, i: a.iata, city: a.city }),
})
holds<Same<RowOf<typeof inner>, { c: string; i: string; city: string | null }>>()

const outer = flights.join(airports, {
  type: 'left',
  on: (f, a) => f.carrier.eq(a.iata),
  select: (f, a) => ({ c: f.carrier, i: a.iata }),
})
holds<Same<RowOf<typeof outer>, { c: string; i: string | null }>>()

const shaped = flights
  .drop('raw', 'extra', 'day', 'cents', 'paid', 'clock', 'span', 'id', 'tags', 'marks', 'prices', 'place')
  .rename({ at: 'when' })
  .withColumn('cheap', f => f.price.lt(9))
holds<
  Same<RowOf<typeof shaped>, { when: Date; carrier: string; delay: number | null; price: number; cheap: boolean }>
>()

const mapped = flights.map(f => ({ code: f.carrier.slice(0, 2), at: f.at }))
holds<Same<RowOf<typeof mapped>, { code: string; at: Date }>>()

const top = flights.orderBy(f => [f.price.desc({ nulls: 'last' }), f.carrier]).limit(3)
holds<Same<KindOf<typeof top>, 'update'>>()
const some = flights.limit(3)
holds<Same<KindOf<typeof some>, 'append'>>()
const placed = flights.topN(3, { per: 'carrier', by: f => f.price.desc(), as: 'podium' })
holds<Same<KindOf<typeof placed>, 'update'>>()
holds<Same<RowOf<typeof placed>['podium'], number>>()
const latest = flights.lastBy({ by: ['carrier', 'day'] })
holds<Same<RowOf<typeof latest>, RowOf<typeof flights>>>()
const running = flights.over({ per: 'carrier', by: f => f.at, range: { preceding: '1 hour' } }, w => ({
  sum: w.price.sum(),
  before: w.carrier.lag(),
  number: w.rowNumber(),
}))
holds<
  Same<
    Pick<RowOf<typeof running>, 'sum' | 'before' | 'number'>,
    { sum: number | null; before: string | null; number: number }
  >
>()
const levels = flights.rollup('carrier').agg(g => ({ n: g.count(), top: g.price.max() }), { grouping: 'level' })
holds<Same<RowOf<typeof levels>, { carrier: string | null; n: number; top: number | null; level: number }>>()
const turned = flights.groupBy('carrier').pivot('delay', [1, 2], g => ({ n: g.count(), top: g.price.max() }))
holds<
  Same<
    RowOf<typeof turned>,
    { carrier: string; '1_n': number; '2_n': number; '1_top': number | null; '2_top': number | null }
  >
>()
const filled = flights
  .select(f => ({ carrier: f.carrier, at: f.at, n: f.delay, price: f.price, paid: f.paid }))
  .fillGaps({ every: '1 hour', per: 'carrier', fill: { n: { value: 0 }, price: 'linear' } })
holds<
  Same<
    RowOf<typeof filled>,
    { carrier: string; at: Date; n: number | null; price: number | null; paid: boolean | null }
  >
>()
const once = flights.dedup({ by: ['carrier', 'at'], within: '1 hour' })
holds<Same<KindOf<typeof once>, 'append'>>()
const both = flights.intersect(once)
holds<Same<KindOf<typeof both>, 'append'>>()
const rest = flights.exceptAll(once)
holds<Same<KindOf<typeof rest>, 'update'>>()
const mixed = keyed.union(keyed.distinct())
holds<Same<KindOf<typeof mixed>, 'update'>>()

export const rows: Promise<{ n: number; top: number | null }[]> = all.collect()
export const changes: AsyncIterable<{ row: { n: number }; weight: number; epoch: number }> = all.changes()
