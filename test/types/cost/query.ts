// One query of each verb, as in the README: what a person pays for a file of queries.

import { type RowFrom, type SinkSpec, type Table, t } from 'millrace'

const Flight = t.row({ at: t.timestamp(), carrier: t.string(), delay: t.int().nullable(), origin: t.string() })
const Airport = t.row({ iata: t.string(), name: t.string() })
declare const flights: Table<RowFrom<typeof Flight>, 'append'>
declare const airports: Table<RowFrom<typeof Airport>, 'append'>
declare const sink: SinkSpec<'append' | 'update'>

const delays = flights
  .where(f => f.delay.gt(15))
  .window({ tumbling: '1 hour', accept: '2 hours' })
  .groupBy('carrier')
  .agg(g => ({ late: g.count(), mean: g.delay.avg(), p95: g.delay.approxQuantile(0.95) }))

export const outputs = [
  delays.final().to(sink),
  flights
    .join(airports, { type: 'left', on: (f, a) => f.origin.eq(a.iata) })
    .withColumns(f => ({ hour: f.at.truncate('hour'), late: f.delay.coalesce(0).gt(15) }))
    .drop('at')
    .orderBy(f => [f.late.desc(), f.name])
    .limit(10)
    .to(sink),
]
