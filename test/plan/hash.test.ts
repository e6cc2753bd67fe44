import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fnv1a128 } from '../../src/plan/hash.ts'
import { canonicalPlan, type Node, optimise, planHash } from '../../src/plan/index.ts'
import { tableOf } from '../../src/table/index.ts'
import { t } from '../../src/types/index.ts'
import { flights, flightsOf, noSession, sourceSpec } from '../table/support.ts'

type Plan = { readonly node: Node }
const counts = (table = flights): Plan =>
  table
    .where(f => f.delay.gt(5))
    .groupBy('carrier')
    .agg(g => ({ n: g.count() }))

test('FNV-1a, 128 bits: the vectors of the specification', () => {
  assert.equal(fnv1a128(''), '6c62272e07bb014262b821756295c58d')
  assert.equal(fnv1a128('a'), 'd228cb696f1a8caf78912b704e4a8964')
  assert.equal(fnv1a128('foobar'), '343e1662793c64bf6f0d3597ba446f18')
})

const same: readonly (readonly [string, Plan, Plan])[] = [
  ['the same plan built twice', counts(), counts(flightsOf())],
  ['which columns are decoded', flights, { node: optimise(flights.node).node }],
  [
    'how long a silent input is waited for',
    flightsOf({}, { time: 'at', idleAfter: 'never' }),
    flightsOf({}, { time: 'at' }),
  ],
  ['functions of the same text', flights.filter(f => f.paid), flights.filter(f => f.paid)],
  ['options of the connector in another order', source({ a: 1, b: 2 }), source({ b: 2, a: 1 })],
]
for (const [name, a, b] of same) test(`equal: ${name}`, () => assert.equal(planHash(a.node), planHash(b.node)))

const different: readonly (readonly [string, Plan, Plan])[] = [
  [
    'another constant',
    counts(),
    flights
      .where(f => f.delay.gt(6))
      .groupBy('carrier')
      .agg(g => ({ n: g.count() })),
  ],
  [
    'another name of a result',
    counts(),
    flights
      .where(f => f.delay.gt(5))
      .groupBy('carrier')
      .agg(g => ({ m: g.count() })),
  ],
  ['another file', source({ name: 'a' }), source({ name: 'b' })],
  [
    'another schema',
    tableOf(sourceSpec('x', t.row({ a: t.int() })), noSession),
    tableOf(sourceSpec('x', t.row({ a: t.bigint() })), noSession),
  ],
  [
    'another lateness',
    flightsOf({}, { time: 'at', lateBy: '1 minute' }),
    flightsOf({}, { time: 'at', lateBy: '2 minutes' }),
  ],
  ['another function', flights.filter(f => f.paid), flights.filter(f => !f.paid)],
  ['another window', flights.window({ tumbling: '1 hour' }), flights.window({ tumbling: '2 hours' })],
  [
    'another kind of window',
    flights.window({ tumbling: '1 hour' }),
    flights.window({ sliding: '1 hour', every: '1 hour' }),
  ],
  ['another order', flights.orderBy(f => f.at).limit(3), flights.orderBy(f => f.at.desc()).limit(3)],
  [
    'another filter of an aggregate',
    flights.agg(g => ({ n: g.count() })),
    flights.agg(g => ({ n: g.count().filter(f => f.paid) })),
  ],
  ['names that run together', named('a","b'), named('a', 'b')],
]
for (const [name, a, b] of different)
  test(`different: ${name}`, () => assert.notEqual(planHash(a.node), planHash(b.node)))

test('a changed part keeps the names of the parts below it', () => {
  const below = flights
    .window({ tumbling: '1 hour' })
    .groupBy('carrier')
    .agg(g => ({ n: g.count() }))
  const above = below.where(r => r.n.gt(1)).node
  assert.ok(canonicalPlan(above).includes(planHash(below.node)))
})

test('the name of a plan does not change from release to release', () => {
  assert.equal(planHash(counts().node), '2201365260a3212c8845ec1bb6421989')
})

function source(fingerprint: Record<string, string | number>): Plan {
  return tableOf(sourceSpec('x', t.row({ a: t.int() }), { fingerprint }), noSession)
}

function named(...names: string[]): Plan {
  const table = tableOf<{ a: number }>(sourceSpec('x', t.row({ a: t.int() })), noSession)
  return table.select(r => Object.fromEntries(names.map(name => [name, r.a])))
}
