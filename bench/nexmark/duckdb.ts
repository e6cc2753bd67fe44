// The reference engine: DuckDB (C++), two threads, the same files, the result kept as a table. The texts are NEXMark's
// in DuckDB's dialect; orders that leave ties are completed, so that there is one right answer.
import { DuckDBInstance } from '@duckdb/node-api'
import { report } from '../support/measure.ts'
import { readers } from './duckdb-tables.ts'

const [name, person, auction, bid] = process.argv.slice(2) as [string, string, string, string]

const { person: persons, auction: auctions, bid: bids } = readers(person, auction, bid)
const window = (time: string): string => `time_bucket(INTERVAL '10 seconds', ${time})`

interface Query {
  readonly text: string
  /** A line of text for each row of the result; instants in milliseconds. */
  readonly line: string
}

const queries: Record<string, Query> = {
  q3: {
    text: `SELECT P.name, P.city, P.state, A.id FROM ${auctions} A JOIN ${persons} P ON A.seller = P.id
      WHERE A.category = 10 AND P.state IN ('OR', 'ID', 'CA')`,
    line: `concat_ws('|', name, city, state, id)`,
  },
  q4: {
    text: `SELECT category, avg(final) AS final FROM (
        SELECT max(B.price) AS final, A.category FROM ${auctions} A, ${bids} B
        WHERE A.id = B.auction AND B.dateTime BETWEEN A.dateTime AND A.expires GROUP BY A.id, A.category)
      GROUP BY category`,
    line: `concat_ws('|', category, round(final)::BIGINT)`,
  },
  q7: {
    text: `SELECT B.auction, B.price, B.bidder, B.dateTime, B.extra FROM ${bids} B JOIN (
        SELECT max(price) AS maxprice, ${window('dateTime')} AS w FROM ${bids} GROUP BY w) M
      ON B.price = M.maxprice AND ${window('B.dateTime')} = M.w`,
    line: `concat_ws('|', auction, price, bidder, epoch_ms(dateTime), extra)`,
  },
  q8: {
    text: `SELECT P.id, P.name, P.w FROM (SELECT id, name, ${window('dateTime')} AS w FROM ${persons} GROUP BY ALL) P
      JOIN (SELECT seller, ${window('dateTime')} AS w FROM ${auctions} GROUP BY ALL) A ON P.id = A.seller AND P.w = A.w`,
    line: `concat_ws('|', id, name, epoch_ms(w))`,
  },
  q9: {
    text: `SELECT id, category, price, time FROM (
        SELECT A.id, A.category, B.price, B.dateTime AS time,
          row_number() OVER (PARTITION BY A.id ORDER BY B.price DESC, B.dateTime) AS n
        FROM ${auctions} A, ${bids} B WHERE A.id = B.auction AND B.dateTime BETWEEN A.dateTime AND A.expires)
      WHERE n <= 1`,
    line: `concat_ws('|', id, category, price, epoch_ms(time))`,
  },
  q11: {
    text: `SELECT bidder, count(*) AS n, min(dateTime) AS first, max(dateTime) + INTERVAL '10 seconds' AS last FROM (
        SELECT bidder, dateTime,
          sum(fresh) OVER (PARTITION BY bidder ORDER BY dateTime ROWS UNBOUNDED PRECEDING) AS session
        FROM (SELECT bidder, dateTime, CASE WHEN dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime)
          > INTERVAL '10 seconds' THEN 1 ELSE 0 END AS fresh FROM ${bids}))
      GROUP BY bidder, session`,
    line: `concat_ws('|', bidder, n, epoch_ms(first), epoch_ms(last))`,
  },
  q18: {
    text: `SELECT auction, bidder, price, channel, url, dateTime, extra FROM (SELECT *, row_number() OVER (
        PARTITION BY bidder, auction ORDER BY dateTime DESC, price DESC, extra) AS n FROM ${bids}) WHERE n <= 1`,
    line: `concat_ws('|', auction, bidder, price, channel, url, epoch_ms(dateTime), extra)`,
  },
  q19: {
    text: `SELECT * FROM (SELECT *, row_number() OVER (
        PARTITION BY auction ORDER BY price DESC, dateTime, extra) AS n FROM ${bids}) WHERE n <= 10`,
    line: `concat_ws('|', auction, bidder, price, channel, url, epoch_ms(dateTime), extra, n)`,
  },
  q20: {
    text: `SELECT B.auction, bidder, price, channel, url, B.dateTime, B.extra, itemName, description, initialBid, reserve,
        A.dateTime AS opened, expires, seller, category, A.extra AS more
      FROM ${bids} B JOIN ${auctions} A ON B.auction = A.id WHERE A.category = 10`,
    line: `concat_ws('|', auction, bidder, price, channel, url, epoch_ms(dateTime), extra, itemName, description,
      initialBid, reserve, epoch_ms(opened), epoch_ms(expires), seller, category, more)`,
  },
}

const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const connection = await instance.connect()
await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
const { text, line } = queries[name] as Query
const started = performance.now()
await connection.run(`CREATE TEMP TABLE result AS ${text}`)
const seconds = (performance.now() - started) / 1000
const rows = await connection.runAndReadAll(`SELECT ${line} FROM result`)
report(seconds, () => rows.getRows().map(row => String(row[0])))
