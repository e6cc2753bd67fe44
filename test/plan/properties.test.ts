import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Node, properties } from '../../src/plan/index.ts'
import { tableOf } from '../../src/table/index.ts'
import { t } from '../../src/types/index.ts'
import { airports, flights, flightsOf, noSession, sourceSpec } from '../table/support.ts'

const windowed = flights
  .window({ tumbling: '1 hour', accept: '2 hours' })
  .groupBy('carrier')
  .agg(g => ({ n: g.count(), top: g.delay.max() }))
const perCarrier = flights.groupBy('carrier').agg(g => ({ n: g.count(), top: g.delay.max() }))
const bounded = flightsOf({ bounded: true })

// table, changes, key, event time, ends, window, class of its state, class of its size
type Row = readonly [string, { readonly node: Node }, string, string, string, string, string, string, string]
const rows: readonly Row[] = [
  ['source', flights, 'append', '-', 'at', 'no', '-', 'none', 'unbounded'],
  ['bounded source', airports, 'append', '-', '-', 'yes', '-', 'none', 'keys'],
  [
    'source with deletes',
    tableOf(sourceSpec('cdc', t.row({ id: t.int() }), { appendOnly: false }), noSession),
    'update',
    '-',
    '-',
    'no',
    '-',
    'none',
    'unbounded',
  ],
  ['where', flights.where(f => f.paid), 'append', '-', 'at', 'no', '-', 'none', 'unbounded'],
  ['select renames the time', flights.select(f => ({ t: f.at })), 'append', '-', 't', 'no', '-', 'none', 'unbounded'],
  [
    'select computes the time',
    flights.select(f => ({ at: f.at.coalesce(f.at) })),
    'append',
    '-',
    '-',
    'no',
    '-',
    'none',
    'unbounded',
  ],
  ['window', flights.window({ tumbling: '1 hour' }), 'append', '-', 'at', 'no', 'window', 'none', 'unbounded'],
  ['windowed', windowed, 'update', 'carrier, window', 'window.end', 'no', 'window', 'watermark', 'unbounded'],
  ['final', windowed.final(), 'append', 'carrier, window', 'window.end', 'no', 'window', 'watermark', 'unbounded'],
  ['late', windowed.late, 'append', '-', '-', 'no', '-', 'none', 'unbounded'],
  ['errors', flights.errors, 'append', '-', '-', 'no', '-', 'none', 'unbounded'],
  ['group', perCarrier, 'update', 'carrier', '-', 'no', '-', 'keys', 'keys'],
  ['one group', flights.agg(g => ({ n: g.count() })), 'update', '', '-', 'no', '-', 'keys', 'keys'],
  [
    'group by event time',
    flights.groupBy('at').agg(g => ({ n: g.count() })),
    'update',
    'at',
    '-',
    'no',
    '-',
    'unbounded',
    'unbounded',
  ],
  [
    'select keeps the key',
    perCarrier.select(r => ({ c: r.carrier, n: r.n })),
    'update',
    'c',
    '-',
    'no',
    '-',
    'none',
    'keys',
  ],
  ['select drops the key', perCarrier.select(r => ({ n: r.n })), 'update', '-', '-', 'no', '-', 'none', 'keys'],
  [
    'max over corrected windows',
    windowed.groupBy('carrier').agg(g => ({ top: g.n.max() })),
    'update',
    'carrier',
    '-',
    'no',
    '-',
    'unbounded',
    'keys',
  ],
  [
    'sum over corrected windows',
    windowed.groupBy('carrier').agg(g => ({ all: g.n.sum() })),
    'update',
    'carrier',
    '-',
    'no',
    '-',
    'keys',
    'keys',
  ],
  [
    'max over final windows',
    windowed
      .final()
      .groupBy('carrier')
      .agg(g => ({ top: g.n.max() })),
    'update',
    'carrier',
    '-',
    'no',
    '-',
    'keys',
    'keys',
  ],
  ['max over groups', perCarrier.agg(g => ({ top: g.n.max() })), 'update', '', '-', 'no', '-', 'keys', 'keys'],
  [
    'bounded group',
    bounded.groupBy('at').agg(g => ({ n: g.count() })),
    'update',
    'at',
    '-',
    'yes',
    '-',
    'keys',
    'keys',
  ],
  ['distinct', flights.select(f => ({ c: f.carrier })).distinct(), 'append', 'c', '-', 'no', '-', 'keys', 'keys'],
  [
    'distinct with time',
    flights.drop('extra').distinct(),
    'append',
    'at, carrier, delay, origin, price, paid',
    'at',
    'no',
    '-',
    'unbounded',
    'unbounded',
  ],
  ['union', flights.union(flights), 'append', '-', 'at', 'no', '-', 'none', 'unbounded'],
  ['top by order', flights.orderBy(f => f.delay).limit(3), 'update', '-', 'at', 'no', '-', 'keys', 'keys'],
  ['first by arrival', flights.limit(3), 'append', '-', 'at', 'no', '-', 'keys', 'keys'],
  ['top of groups', perCarrier.orderBy(r => r.n).limit(3), 'update', 'carrier', '-', 'no', '-', 'keys', 'keys'],
  [
    'top of corrected windows',
    windowed.orderBy(r => r.n).limit(3),
    'update',
    'carrier, window',
    'window.end',
    'no',
    'window',
    'unbounded',
    'keys',
  ],
  [
    'join',
    flights.join(airports, { on: (f, a) => f.origin.eq(a.iata) }),
    'append',
    '-',
    'at',
    'no',
    '-',
    'keys',
    'unbounded',
  ],
  ['filter', flights.filter(f => f.paid), 'append', '-', 'at', 'no', '-', 'none', 'unbounded'],
]

for (const [name, table, changes, key, time, ends, window, state, size] of rows)
  test(`properties: ${name}`, () => {
    const known = properties(table.node)
    const told = [
      known.appendOnly ? 'append' : 'update',
      known.keys?.join(', ') ?? '-',
      known.eventTime?.path.join('.') ?? '-',
      known.bounded ? 'yes' : 'no',
      known.window?.column ?? '-',
      known.state.class,
      known.size.class,
    ]
    assert.deepEqual(told, [changes, key, time, ends, window, state, size])
  })

test('properties are derived once per node', () => {
  assert.equal(properties(windowed.node), properties(windowed.node))
  assert.equal(properties(windowed.node).state.text, '≤ watermark + 3 hours')
})
