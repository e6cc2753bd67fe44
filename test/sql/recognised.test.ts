// What streams need is found in plain SQL: joins by time, the best rows of a group, versions as of a time. Each query over live
// tables has bounded state, and over tables that end PostgreSQL's rows.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { millrace, read, t } from '../../src/index.ts'
import { postgres, shown } from './support/postgres.ts'

const Trade = t.row({ id: t.int(), sym: t.string().nullable(), at: t.timestamp() })
const Quote = t.row({ sym: t.string().nullable(), price: t.int().nullable(), at: t.timestamp() })
const trades = [
  { id: 1, sym: 'a', at: '2026-01-01T00:00:10Z' },
  { id: 2, sym: 'a', at: '2026-01-01T00:00:30Z' },
  { id: 3, sym: 'b', at: '2026-01-01T00:00:05Z' },
  { id: 4, sym: null, at: '2026-01-01T00:00:40Z' },
  { id: 5, sym: 'b', at: '2026-01-01T00:01:00Z' },
]
const quotes = [
  { sym: 'a', price: 1, at: '2026-01-01T00:00:00Z' },
  { sym: 'a', price: 2, at: '2026-01-01T00:00:10Z' },
  { sym: 'a', price: null, at: '2026-01-01T00:00:29Z' },
  { sym: 'b', price: 4, at: '2026-01-01T00:00:06Z' },
  { sym: null, price: 5, at: '2026-01-01T00:00:01Z' },
  { sym: 'b', price: 6, at: '2026-01-01T00:00:50Z' },
]
const dated = <Row extends { readonly at: string }>(rows: readonly Row[]) =>
  rows.map(row => ({ ...row, at: new Date(row.at) }))
const value = (each: unknown): string =>
  each === null ? 'NULL' : typeof each === 'number' ? String(each) : `'${each}'`
const insert = (name: string, rows: readonly object[]): string =>
  `INSERT INTO ${name} VALUES ${rows.map(row => `(${Object.values(row).map(value).join(', ')})`).join(', ')};`

const oracle = await postgres()
after(() => oracle.close())
await oracle.setUp(`CREATE TABLE trades (id bigint NOT NULL, sym text, at timestamptz NOT NULL); ${insert('trades', trades)}
CREATE TABLE quotes (sym text, price bigint, at timestamptz NOT NULL); ${insert('quotes', quotes)}`)

const m = await millrace({ dir: false })
const live = await millrace({ dir: false })
after(() => Promise.all([m.close(), live.close()]))
m.register('trades', read.from(dated(trades), { schema: Trade, time: 'at' }))
m.register('quotes', read.from(dated(quotes), { schema: Quote, time: 'at' }))
live.register('trades', read.memory(Trade, { time: 'at', lateBy: '5 seconds' }).table)
live.register('quotes', read.memory(Quote, { time: 'at', lateBy: '5 seconds' }).table)

const near = /within .* before and .* after/
const top = /row_number up to|rank up to/
const asOf = /join as of, backward/

const cases: readonly { readonly query: string; readonly plan: RegExp | undefined }[] = [
  {
    query:
      "select t.id, q.price from trades t join quotes q on t.sym = q.sym and q.at between t.at - interval '10 seconds' and t.at",
    plan: near,
  },
  {
    query:
      "select t.id, q.price from trades t, quotes q where t.sym = q.sym and t.at >= q.at and t.at <= q.at + interval '20 seconds'",
    plan: near,
  },
  {
    query:
      "select t.id, q.price from trades t, quotes q where t.sym = q.sym and q.at > t.at - interval '1 minute' and q.at - interval '5 seconds' < t.at",
    plan: near,
  },
  {
    query:
      "select t.id, q.price from trades t left join quotes q on t.sym = q.sym and q.at between t.at - interval '10 seconds' and t.at",
    plan: near,
  },
  { query: 'select t.id, q.price from trades t join quotes q on t.sym = q.sym and t.at = q.at', plan: near },
  { query: 'select t.id, q.price from trades t join quotes q on t.sym = q.sym and t.at >= q.at', plan: undefined },
  {
    query:
      "select t.id, q.price from trades t join quotes q on t.sym = q.sym and q.at between t.at - interval '1 month' and t.at",
    plan: undefined,
  },
  {
    query:
      'select sym, price from (select sym, price, row_number() over (partition by sym order by at desc) as n from quotes) q where n = 1',
    plan: top,
  },
  {
    query:
      'select sym, price, n from (select sym, price, row_number() over (partition by sym order by at desc) as n from quotes) q where n <= 2 and price > 1',
    plan: top,
  },
  {
    query:
      'with r as (select *, rank() over (partition by sym order by price) as n from quotes) select sym, price from r where 3 > n',
    plan: top,
  },
  {
    query:
      'select q.sym, t.id from trades t join (select sym, row_number() over (partition by sym order by at) as n from quotes) q on q.sym = t.sym where q.n between 1 and 2',
    plan: top,
  },
  {
    query:
      'select sym, price from (select sym, price, row_number() over (partition by sym order by at desc) as n from quotes) q where n > 1',
    plan: /row_number per/,
  },
  {
    query:
      'select t.id, v.price from trades t, lateral (select q.price from quotes q where q.sym = t.sym and q.at <= t.at order by q.at desc limit 1) v',
    plan: asOf,
  },
  {
    query:
      'select t.id, v.price from trades t left join lateral (select q.price from quotes q where q.sym = t.sym and q.at <= t.at order by q.at desc limit 1) v on true',
    plan: asOf,
  },
  {
    query:
      'select id, price, since from trades t cross join lateral (select coalesce(price, 0) as price, q.at as since from quotes q where t.at >= q.at and t.sym = q.sym and price is not null order by at desc limit 1) v',
    plan: asOf,
  },
  {
    query:
      'select t.id, v.p, v.at from trades t left join lateral (select coalesce(q.price, -1), q.at from quotes q where q.sym = t.sym and q.at <= t.at order by q.at desc limit 1) v(p) on true where t.id > 1',
    plan: asOf,
  },
  {
    query:
      'select t.id, v.price from trades t, lateral (select q.price from quotes q where q.at <= t.at order by q.at desc limit 1) v',
    plan: asOf,
  },
  {
    query:
      'select t.id, v.price from trades t, lateral (select q.price from quotes q where q.sym = t.sym and q.at < t.at order by q.at desc limit 1) v',
    plan: undefined,
  },
  {
    query:
      'select t.id, v.price from trades t, lateral (select q.price + t.id as price from quotes q where q.sym = t.sym and q.at <= t.at order by q.at desc limit 1) v',
    plan: undefined,
  },
  {
    query:
      'select t.id, v.price from trades t, lateral (select max(q.price) as price from quotes q where q.sym = t.sym and q.at <= t.at) v',
    plan: undefined,
  },
  {
    query: 'select id from trades t where exists (select 1 from quotes q where q.sym = t.sym and q.at = t.at)',
    plan: /semi join on .* within/,
  },
  {
    query:
      "select id from trades t where not exists (select * from quotes q where q.sym = t.sym and q.at between t.at - interval '10 seconds' and t.at)",
    plan: /anti join on .* within/,
  },
  {
    query:
      "select id from trades t where (sym, at) in (select sym, at + interval '4 seconds' from quotes where price > 1)",
    plan: /semi join on/,
  },
]

for (const { query, plan } of cases) {
  test(query, async () => {
    const explained = (await live.sql(query)).explain().toString()
    if (plan === undefined) assert.doesNotMatch(explained, / before and |join as of/)
    else assert.match(explained, plan)
    const theirs = await oracle.ask(query)
    assert.ok('rows' in theirs, JSON.stringify(theirs))
    const ours = (await (await m.sql(query)).collect()).map(row => Object.values(row).map(shown).join('|'))
    assert.deepEqual([...ours].sort(), [...theirs.rows].sort())
  })
}
