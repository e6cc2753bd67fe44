// Windows of time in SQL: as table functions and as keys of GROUP BY. PostgreSQL has none, so the rows stand here.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { MillraceError, millrace, read, t } from '../../src/index.ts'

const Bid = t.row({ item: t.string(), price: t.int(), at: t.timestamp() })
const at = (text: string): Date => new Date(`2026-01-01T00:${text}Z`)
const m = await millrace({ dir: false })
after(() => m[Symbol.asyncDispose]())
m.register(
  'bids',
  read.from(
    [
      { item: 'a', price: 1, at: at('00:01') },
      { item: 'a', price: 2, at: at('00:09') },
      { item: 'b', price: 4, at: at('00:09') },
      { item: 'a', price: 8, at: at('00:12') },
      { item: 'b', price: 16, at: at('01:00') },
    ],
    { schema: Bid, time: 'at' },
  ),
)
m.register('live', read.memory(Bid, { time: 'at', lateBy: '5 seconds' }).table)

const text = (value: unknown): string =>
  value instanceof Date ? value.toISOString().slice(14, 19) : value === null ? '∅' : String(value)

async function rows(query: string): Promise<readonly string[]> {
  const found = await (await m.sql(query)).collect()
  return found.map(row => Object.values(row).map(text).join(' ')).sort()
}

const cases: readonly { query: string; rows: readonly string[] }[] = [
  {
    query:
      "SELECT window_start, window_end, sum(price) FROM tumble(bids, at, '10 seconds') GROUP BY window_start, window_end",
    rows: ['00:00 00:10 7', '00:10 00:20 8', '01:00 01:10 16'],
  },
  {
    query: "SELECT window_start, count(*) FROM bids GROUP BY tumble(at, '10 seconds')",
    rows: ['00:00 3', '00:10 1', '01:00 1'],
  },
  {
    query:
      "SELECT item, window_end, count(*) FROM bids b GROUP BY tumble(b.at, INTERVAL '10' SECOND), item HAVING count(*) > 1",
    rows: ['a 00:10 2'],
  },
  {
    query: "SELECT window_start, sum(price) FROM tumble(bids, at, '10 seconds', '5 seconds') GROUP BY window_start",
    rows: ['00:55 16', '00:05 14', '59:55 1'].sort(),
  },
  {
    query:
      "SELECT window_start, window_end, sum(price) FROM hop(bids, at, '5 seconds', '10 seconds') WHERE item = 'a' GROUP BY 1, 2",
    rows: ['59:55 00:05 1', '00:00 00:10 3', '00:05 00:15 10', '00:10 00:20 8'].sort(),
  },
  {
    query: "SELECT window_end, sum(price) FROM bids WHERE item = 'b' GROUP BY hop(at, '5 seconds', '10 seconds')",
    rows: ['00:10 4', '00:15 4', '01:05 16', '01:10 16'],
  },
  {
    query:
      "SELECT window_start, window_end, sum(price) FROM cumulate(bids, at, '5 seconds', '20 seconds') GROUP BY window_start, window_end",
    rows: [
      '00:00 00:05 1',
      '00:00 00:10 7',
      '00:00 00:15 15',
      '00:00 00:20 15',
      '01:00 01:05 16',
      '01:00 01:10 16',
      '01:00 01:15 16',
      '01:00 01:20 16',
    ],
  },
  {
    query:
      "SELECT item, window_start, window_end, sum(price) FROM session(bids, at, '5 seconds', item) GROUP BY item, window_start, window_end",
    rows: ['a 00:01 00:06 1', 'a 00:09 00:17 10', 'b 00:09 00:14 4', 'b 01:00 01:05 16'],
  },
  {
    query: "SELECT item, window_start, sum(price) FROM bids GROUP BY item, session(at, '10 seconds')",
    rows: ['a 00:01 11', 'b 00:09 4', 'b 01:00 16'],
  },
  {
    query: "SELECT window_start, sum(price) FROM session(bids, at, '10 seconds') GROUP BY window_start, window_end",
    rows: ['00:01 15', '01:00 16'],
  },
  {
    query: "SELECT * FROM tumble(bids, at, '10 seconds') WHERE price = 16",
    rows: ['b 16 01:00 01:00 01:10'],
  },
  {
    query: "SELECT w.item, w.window_start FROM tumble(bids, at, '10 seconds') AS w WHERE w.price = 4",
    rows: ['b 00:00'],
  },
  {
    query:
      "SELECT a.item, b.item FROM tumble(bids, at, '10 seconds') a JOIN tumble(bids, at, '10 seconds') b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.price < b.price",
    rows: ['a a', 'a b', 'a b'],
  },
  {
    query:
      "SELECT window_start, item FROM (SELECT window_start, item, row_number() OVER (PARTITION BY window_start, window_end ORDER BY price DESC) AS n FROM tumble(bids, at, '10 seconds')) q WHERE n = 1",
    rows: ['00:00 b', '00:10 a', '01:00 b'],
  },
  { query: "SELECT max(n) FROM (SELECT count(*) AS n FROM bids GROUP BY tumble(at, '10 seconds')) q", rows: ['3'] },
  {
    query: "SELECT date_trunc('minute', at) AS m, count(*) FROM bids GROUP BY m",
    rows: ['00:00 4', '01:00 1'],
  },
]

for (const { query, rows: expected } of cases)
  test(query, async () => assert.deepEqual(await rows(query), [...expected].sort()))

const refusals: readonly { query: string; like: RegExp }[] = [
  { query: "SELECT * FROM session(bids, at, '5 seconds', item)", like: /a session whose rows are not grouped by it/ },
  {
    query: "SELECT window_start FROM session(bids, at, '5 seconds', item) GROUP BY window_start, window_end",
    like: /a session whose rows are not grouped/,
  },
  { query: "SELECT * FROM tumble(bids, price, '5 seconds')", like: /price is not the event time/ },
  { query: "SELECT * FROM tumble(bids, at, '1 month')", like: /not a duration/ },
  { query: 'SELECT * FROM tumble(bids, at)', like: /write tumble\(table, time, size/ },
  { query: "SELECT * FROM tumble('x', at, '5 seconds')", like: /tumble needs a table first/ },
  { query: "SELECT * FROM nope(bids, at, '5 seconds')", like: /no table function nope/ },
  { query: "SELECT * FROM cumulate(bids, at, '3 seconds', '10 seconds')", like: /steps do not add up/ },
  { query: "SELECT count(*) FROM bids GROUP BY tumble('x', '10 seconds')", like: /needs the event time first/ },
]

for (const { query, like } of refusals)
  test(`refused: ${query}`, async () => {
    await assert.rejects(m.sql(query), (error: unknown) => {
      assert.ok(error instanceof MillraceError)
      assert.match(error.message, like)
      return true
    })
  })

const bounds: readonly { query: string; like: RegExp }[] = [
  {
    query:
      "SELECT item, window_end, count(*) FROM tumble(live, at, '10 seconds') GROUP BY item, window_start, window_end",
    like: /watermark \+ 10 s/,
  },
  {
    query: "SELECT item, window_end, count(*) FROM live GROUP BY item, tumble(at, '10 seconds')",
    like: /watermark \+ 10 s/,
  },
  {
    query:
      "SELECT item, row_number() OVER (PARTITION BY window_start, window_end ORDER BY price) FROM tumble(live, at, '10 seconds')",
    like: /watermark \+ 10 s/,
  },
]

for (const { query, like } of bounds)
  test(`bounded: ${query}`, async () => assert.match((await m.sql(query)).explain().toString(), like))
