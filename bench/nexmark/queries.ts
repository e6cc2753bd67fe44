// NEXMark's queries in SQL: q0 to q5, q7 to q9, q11 to q22 (the Flink suite's numbers; q6 is not among them there either).
// `sql` is PostgreSQL's grammar with millrace's windows of time; `duckdb` is the same question where DuckDB needs other words.
// Orders that leave ties are completed, so that there is one right answer. q12 counts by event time: by the clock there is none.
// q13 joins a bounded table of 10,000 rows, `side`.

export interface Query {
  readonly sql: string
  readonly duckdb?: string
}

const bucket = (time: string): string => `time_bucket(INTERVAL '10 seconds', ${time})`
const BID = 'auction, bidder, price, channel, url, dateTime, extra'

/** Counts by their price, and of whom: q15 to q17. */
const ranks = (counted: string, name: string): string =>
  [
    `count(${counted}) AS total_${name}`,
    `count(${counted}) FILTER (WHERE price < 10000) AS rank1_${name}`,
    `count(${counted}) FILTER (WHERE price >= 10000 AND price < 1000000) AS rank2_${name}`,
    `count(${counted}) FILTER (WHERE price >= 1000000) AS rank3_${name}`,
  ].join(', ')

const hot = (windows: string): string => `
  SELECT ab.auction, ab.num, ab.window_start
  FROM (SELECT auction, count(*) AS num, window_start, window_end FROM ${windows} GROUP BY auction, window_start, window_end) ab
  JOIN (SELECT max(num) AS most, window_start, window_end FROM (
      SELECT auction, count(*) AS num, window_start, window_end FROM ${windows} GROUP BY auction, window_start, window_end) c
    GROUP BY window_start, window_end) m
  ON ab.window_start = m.window_start AND ab.window_end = m.window_end AND ab.num >= m.most`

const hops = `(SELECT auction, time_bucket(INTERVAL '2 seconds', dateTime) - i * INTERVAL '2 seconds' AS window_start,
    time_bucket(INTERVAL '2 seconds', dateTime) - i * INTERVAL '2 seconds' + INTERVAL '10 seconds' AS window_end
  FROM bid, (SELECT unnest([0, 1, 2, 3, 4]) AS i))`

const highest = (ends: string): string => `
  SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra
  FROM bid b JOIN (${ends}) m
  ON b.price = m.most AND b.dateTime BETWEEN m.window_end - INTERVAL '10 seconds' AND m.window_end`

const newcomers = (windows: (table: string) => string): string => `
  SELECT p.id, p.name, p.window_start
  FROM (SELECT id, name, window_start, window_end FROM ${windows('person')} GROUP BY id, name, window_start, window_end) p
  JOIN (SELECT seller, window_start, window_end FROM ${windows('auction')} GROUP BY seller, window_start, window_end) a
  ON p.id = a.seller AND p.window_start = a.window_start AND p.window_end = a.window_end`

const bucketed = (table: string): string =>
  `(SELECT *, ${bucket('dateTime')} AS window_start, ${bucket('dateTime')} + INTERVAL '10 seconds' AS window_end FROM ${table})`

const channels = (id: string): string => `
  SELECT auction, bidder, price, channel, CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1'
    WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3' ELSE ${id} END AS channel_id
  FROM bid WHERE ${id} IS NOT NULL OR lower(channel) IN ('apple', 'google', 'facebook', 'baidu')`

export const queries: Readonly<Record<string, Query>> = {
  q0: { sql: 'SELECT auction, bidder, price, dateTime, extra FROM bid' },
  q1: { sql: 'SELECT auction, bidder, 0.908 * price AS price, dateTime, extra FROM bid' },
  q2: { sql: 'SELECT auction, price FROM bid WHERE auction % 123 = 0' },
  q3: {
    sql: `SELECT p.name, p.city, p.state, a.id FROM auction a JOIN person p ON a.seller = p.id
      WHERE a.category = 10 AND (p.state = 'OR' OR p.state = 'ID' OR p.state = 'CA')`,
  },
  q4: {
    sql: `SELECT category, round(avg(final))::bigint AS final FROM (
        SELECT max(b.price) AS final, a.category FROM auction a, bid b
        WHERE a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires GROUP BY a.id, a.category) q
      GROUP BY category`,
  },
  q5: { sql: hot("hop(bid, dateTime, '2 seconds', '10 seconds')"), duckdb: hot(hops) },
  q7: {
    sql: highest(
      "SELECT max(price) AS most, window_end FROM tumble(bid, dateTime, '10 seconds') GROUP BY window_start, window_end",
    ),
    duckdb: highest(`SELECT max(price) AS most, ${bucket('dateTime')} + INTERVAL '10 seconds' AS window_end FROM bid GROUP BY 2`), // biome-ignore format: a line
  },
  q8: { sql: newcomers(table => `tumble(${table}, dateTime, '10 seconds')`), duckdb: newcomers(bucketed) },
  q9: {
    sql: `SELECT id, itemName, description, initialBid, reserve, opened, expires, seller, category, auction, bidder, price, bid_time
      FROM (SELECT a.id, a.itemName, a.description, a.initialBid, a.reserve, a.dateTime AS opened, a.expires, a.seller,
          a.category, b.auction, b.bidder, b.price, b.dateTime AS bid_time,
          row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.dateTime, b.bidder) AS n
        FROM auction a, bid b WHERE a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires) q
      WHERE n <= 1`,
  },
  q11: {
    sql: `SELECT bidder, count(*) AS n, window_start, window_end FROM session(bid, dateTime, '10 seconds', bidder)
      GROUP BY bidder, window_start, window_end`,
    duckdb: `SELECT bidder, count(*) AS n, min(dateTime) AS window_start, max(dateTime) + INTERVAL '10 seconds' AS window_end
      FROM (SELECT bidder, dateTime,
          sum(fresh) OVER (PARTITION BY bidder ORDER BY dateTime ROWS UNBOUNDED PRECEDING) AS session
        FROM (SELECT bidder, dateTime, CASE WHEN dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime)
          > INTERVAL '10 seconds' THEN 1 ELSE 0 END AS fresh FROM bid))
      GROUP BY bidder, session`,
  },
  q12: {
    sql: `SELECT bidder, count(*) AS n, window_start, window_end FROM tumble(bid, dateTime, '10 seconds')
      GROUP BY bidder, window_start, window_end`,
    duckdb: `SELECT bidder, count(*) AS n, window_start, window_end FROM ${bucketed('bid')} GROUP BY ALL`,
  },
  q13: {
    sql: `SELECT b.auction, b.bidder, b.price, b.dateTime, s.value FROM bid b JOIN side s ON b.auction % 10000 = s.key`,
  },
  q14: {
    sql: `SELECT auction, bidder, 0.908 * price AS price, CASE
        WHEN extract(hour FROM dateTime) >= 8 AND extract(hour FROM dateTime) <= 18 THEN 'dayTime'
        WHEN extract(hour FROM dateTime) <= 6 OR extract(hour FROM dateTime) >= 20 THEN 'nightTime'
        ELSE 'otherTime' END AS bidTimeType, dateTime, extra, length(extra) - length(replace(extra, 'c', '')) AS c_counts
      FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000`,
  },
  q15: {
    sql: `SELECT dateTime::date AS day, ${ranks('*', 'bids')}, ${ranks('DISTINCT bidder', 'bidders')},
        ${ranks('DISTINCT auction', 'auctions')}
      FROM bid GROUP BY dateTime::date`,
  },
  q16: {
    sql: `SELECT channel, dateTime::date AS day, max(date_trunc('minute', dateTime)) AS minute, ${ranks('*', 'bids')},
        ${ranks('DISTINCT bidder', 'bidders')}, ${ranks('DISTINCT auction', 'auctions')}
      FROM bid GROUP BY channel, dateTime::date`,
  },
  q17: {
    sql: `SELECT auction, dateTime::date AS day, ${ranks('*', 'bids')}, min(price) AS min_price, max(price) AS max_price,
        round(avg(price))::bigint AS avg_price, sum(price) AS sum_price
      FROM bid GROUP BY auction, dateTime::date`,
  },
  q18: {
    sql: `SELECT ${BID} FROM (SELECT *, row_number() OVER (
        PARTITION BY bidder, auction ORDER BY dateTime DESC, price DESC, extra) AS n FROM bid) q WHERE n <= 1`,
  },
  q19: {
    sql: `SELECT * FROM (SELECT *, row_number() OVER (
        PARTITION BY auction ORDER BY price DESC, dateTime, extra) AS n FROM bid) q WHERE n <= 10`,
  },
  q20: {
    sql: `SELECT b.auction, bidder, price, channel, url, b.dateTime, b.extra, itemName, description, initialBid, reserve,
        a.dateTime AS opened, expires, seller, category, a.extra AS more
      FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10`,
  },
  q21: {
    sql: channels("regexp_substr(url, '(&|^)channel_id=([^&]*)', 1, 1, '', 2)"),
    duckdb: channels("nullif(regexp_extract(url, '(&|^)channel_id=([^&]*)', 2), '')"),
  },
  q22: {
    sql: `SELECT auction, bidder, price, channel, split_part(url, '/', 4) AS dir1, split_part(url, '/', 5) AS dir2,
        split_part(url, '/', 6) AS dir3 FROM bid`,
  },
}
