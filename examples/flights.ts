// The main job (`npm start`): three million US flights of 2001, replayed as a stream in event-time order. Kill it at
// any moment and start it again: it goes on where it was, and the files hold every hour exactly once.
import { fileURLToPath } from 'node:url'
import { millrace, read, t, write } from 'millrace'
import { screen } from './support/screen.ts'

const data = (name: string) => fileURLToPath(new URL(`../node_modules/vega-datasets/data/${name}`, import.meta.url))

const airports = read.csv(data('airports.csv'), { schema: t.row({ iata: t.string(), name: t.string() }) })

const flights = read
  .parquet(data('flights-3m.parquet'), {
    schema: t.row({ date: t.timestamp(), delay: t.int(), origin: t.string() }),
    time: 'date',
    lateBy: '5 minutes',
  })
  .join(airports, { type: 'left', on: (flight, airport) => flight.origin.eq(airport.iata) })

/** Per airport and hour: flights, mean and 95th percentile of the delay, the share that was late; each hour when it is final. */
const hours = flights
  .window({ tumbling: '1 hour' })
  .groupBy('origin', 'name')
  .agg(g => ({
    flights: g.count(),
    mean: g.delay.avg(),
    p95: g.delay.approxQuantile(0.95),
    late: g
      .count()
      .filter(flight => flight.delay.gt(15))
      .cast('double')
      .div(g.count().cast('double')),
  }))
export const hourly = hours.final().to(write.json('flights-out/hours'))

/** The ten busiest airports of the latest day, kept up to date. */
const top = flights
  .window({ tumbling: '1 day' })
  .groupBy('origin', 'name')
  .agg(g => ({ flights: g.count(), mean: g.delay.avg() }))
  .orderBy(row => [row.window.start.desc(), row.flights.desc(), row.origin.asc()])
  .limit(10)
export const busiest = top.to(write.json('flights-out/busiest', { mode: 'complete' }))

if (import.meta.main) {
  await using m = await millrace({ dir: 'flights-out/.millrace', signals: true })
  const run = await m.run('flights', [hourly, busiest], { until: 'now', epochRows: 50_000 })
  await screen(run, {
    from: new Date('2001-01-01'),
    to: new Date('2001-07-01'),
    source: data('flights-3m.parquet'),
    board: 'flights-out/busiest/result.jsonl',
  })
}
