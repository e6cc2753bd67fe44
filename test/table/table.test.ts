import assert from 'node:assert/strict'
import { test } from 'node:test'
import { show } from '../../src/expr/index.ts'
import { inputsOf, type Node, planText, properties, schema } from '../../src/plan/index.ts'
import { showType } from '../../src/types/index.ts'
import { airports, flights } from './support.ts'

const columns = (table: { readonly schema: import('../../src/types/index.ts').Schema }) =>
  table.schema.fields.map(each => `${each.name} ${showType(each.type)}${each.nullable ? '?' : ''}`).join(', ')

test('the schema of each verb', () => {
  const windowed = flights.where(f => f.delay.gt(15)).window({ tumbling: '1 hour', accept: '2 hours' })
  const delays = windowed.groupBy('carrier').agg(g => ({ late: g.count(), mean: g.delay.avg() }))
  const window = 'window struct<start timestamp, end timestamp>'
  const all = 'at timestamp, carrier string, delay int?, origin string, price double, paid boolean, extra json'
  const cases: [{ readonly schema: import('../../src/types/index.ts').Schema }, string][] = [
    [flights, all],
    [flights.select(f => ({ carrier: f.carrier, d: f.delay, one: 1 })), 'carrier string, d int?, one int'],
    [windowed, `${all}, ${window}`],
    [delays, `carrier string, ${window}, late int, mean double?`],
    [delays.final(), `carrier string, ${window}, late int, mean double?`],
    [delays.late, `${all}, ${window}, reason string, lateness int, watermark timestamp`],
    [flights.drop('extra', 'paid', 'price'), 'at timestamp, carrier string, delay int?, origin string'],
    [flights.select(f => ({ a: f.at })).rename({ a: 'b' }), 'b timestamp'],
    [flights.select(f => ({ a: f.at })).withColumn('late', () => true), 'a timestamp, late boolean'],
    [flights.select(f => ({ a: f.at })).withColumns(f => ({ a: f.a.isNull() })), 'a boolean'],
    [flights.agg(g => ({ n: g.count(), m: g.delay.max() })), 'n int, m int?'],
    [
      flights.groupBy('carrier').agg(g => ({ share: g.delay.count().mul(100).div(g.count()) })),
      'carrier string, share int',
    ],
    [
      flights.groupBy(f => ({ late: f.delay.gt(15) })).agg(g => ({ n: g.count().filter(f => f.paid) })),
      'late boolean?, n int',
    ],
    [
      flights.select(f => ({ origin: f.origin })).join(airports, { type: 'left', on: (f, a) => f.origin.eq(a.iata) }),
      'origin string, iata string?, name string?, city string?',
    ],
    [
      flights.join(airports, { on: (f, a) => f.origin.eq(a.iata), select: (f, a) => ({ d: f.delay, name: a.name }) }),
      'd int?, name string',
    ],
    [
      flights
        .orderBy(f => [f.carrier, f.delay.desc()])
        .limit(3)
        .select(f => ({ c: f.carrier })),
      'c string',
    ],
  ]
  for (const [table, expected] of cases) assert.equal(columns(table), expected)
})

test('a verb builds the node and nothing else', () => {
  const late = flights.where(f => f.delay.gt(15).and(f.paid))
  assert.equal(late.node.kind, 'where')
  assert.equal(late.node.kind === 'where' && show(late.node.predicate), 'delay > 15 AND paid')
  assert.ok(Object.isFrozen(late.node))
  assert.equal(schema(late.node), schema(flights.node))
  assert.deepEqual(properties(late.node).eventTime, { path: ['at'], shift: 0n })
})

test('aggregates in expressions are computed once, beside the columns that are aggregates', () => {
  const table = flights.groupBy('carrier').agg(g => ({
    n: g.count(),
    share: g.paid.count().mul(100).div(g.count()),
    kept: g
      .count()
      .filter(f => f.paid)
      .sub(g.count()),
  }))
  assert.equal(
    planText(table.node)
      .split('\n')
      .slice(1, 3)
      .map(line => line.replace(/ {2,}.*/, ''))
      .join('\n'),
    `select carrier, n, share = "#2" * 100 / n, kept = "#3" - n
└─ aggregate by carrier: n = count(), #2 = count(paid), #3 = count() filter (paid)`,
  )
})

test('final and late reach through select and where to the windowed aggregate', () => {
  const delays = flights
    .window({ tumbling: '1 hour' })
    .groupBy('carrier')
    .agg(g => ({ n: g.count(), half: g.count().div(2) }))
    .where(r => r.n.gt(1))
  const kinds = (node: Node): string[] => [node.kind, ...inputsOf(node).flatMap(kinds)]
  assert.deepEqual(kinds(delays.final().node), ['where', 'select', 'final', 'aggregate', 'window', 'source'])
  assert.deepEqual(kinds(delays.late.node), ['late', 'aggregate', 'window', 'source'])
  assert.equal(properties(delays.final().node).appendOnly, true)
})
