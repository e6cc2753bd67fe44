// Expressions, windows, orders, joins: the rows are DuckDB's, whether the table is collected or run epoch by epoch.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { coalesce, concat, lit, type Table, when, write } from 'millrace'
import { folder, runOnce } from '../integration/support.ts'
import { seeded } from '../support/seed.ts'
import { type Db, formats, near, openDb, type Rows, randomRow, table, tableOf } from './support.ts'

let db: Db
before(async () => {
  db = await openDb()
})
after(() => db.close())

/** where: the condition and its SQL. */
const conditions: Record<string, (r: any) => any> = {
  'i > 0': r => r.i.gt(0),
  'i <> 1 AND b': r => r.i.ne(1).and(r.b),
  'b OR i < 0': r => r.b.or(r.i.lt(0)),
  'NOT (b AND i > 1)': r => r.b.and(r.i.gt(1)).not(),
  'NOT (b OR i > 1 OR s IS NULL)': r => r.b.or(r.i.gt(1), r.s.isNull()).not(),
  'i IS NULL': r => r.i.isNull(),
  's IS DISTINCT FROM NULL': r => r.s.isDistinctFrom(null),
  "s IS DISTINCT FROM 'a'": r => r.s.isDistinctFrom('a'),
  'i IN (1, 2, -3)': r => r.i.in([1, 2, -3]),
  "s NOT IN ('a', '', 'b')": r => r.s.in(['a', '', 'b']).not(),
  'i BETWEEN -1 AND 2': r => r.i.between(-1, 2),
  'd > f': r => r.d.gt(r.f),
  'd = f': r => r.d.eq(r.f),
  'i >= d': r => r.i.gte(r.d),
  'n <= i': r => r.n.lte(r.i.cast('bigint')),
  "s LIKE '%a%'": r => r.s.like('%a%'),
  "s LIKE 'a\\_b' ESCAPE '\\'": r => r.s.like('a\\_b'),
  "s ILIKE 'A%'": r => r.s.ilike('A%'),
  "s LIKE '_'": r => r.s.like('_'),
  "s > 'a'": r => r.s.gt('a'),
  'at < make_timestamp(0)': r => r.at.lt(new Date(0)),
  "day >= DATE '1970-01-01'": r => r.day.gte(new Date(0)),
  'coalesce(b, i > 0, true)': r => coalesce(r.b, r.i.gt(0), true),
  'nullif(i, 0) IS NULL': r => r.i.nullIf(0).isNull(),
  'CASE WHEN i > 0 THEN b WHEN i = 0 THEN true END': r =>
    when(r.i.gt(0), r.b).when(r.i.eq(0), lit(true)).otherwise(null),
  'd = d': r => r.d.eq(r.d),
  "d > 'Infinity'::DOUBLE": r => r.d.gt(Number.POSITIVE_INFINITY),
}

/** select: the expression and its SQL. */
const expressions: Record<string, (r: any) => any> = {
  'i % 3': r => r.i.mod(3),
  'i // 2': r => r.i.div(2),
  'abs(i)': r => r.i.abs(),
  '-n': r => r.n.neg(),
  'i + 1': r => r.i.add(1),
  'd * 2.5::DOUBLE': r => r.d.mul(2.5),
  'i::DOUBLE / 4::DOUBLE': r => r.i.cast('double').div(4),
  'floor(f::DOUBLE)': r => r.f.cast('double').floor(),
  'ceil(f::DOUBLE)': r => r.f.cast('double').ceil(),
  'sqrt(abs(f::DOUBLE))': r => r.f.cast('double').abs().sqrt(),
  'sign(i)::BIGINT': r => r.i.sign(),
  'greatest(i, 0)': r => r.i.greatest(0),
  'least(n, i)': r => r.n.least(r.i.cast('bigint')),
  'i::VARCHAR': r => r.i.cast('string'),
  'b::VARCHAR': r => r.b.cast('string'),
  'day::VARCHAR': r => r.day.cast('string'),
  'i::BOOLEAN': r => r.i.cast('boolean'),
  'b::BIGINT': r => r.b.cast('int'),
  'try_cast(s AS BIGINT)': r => r.s.tryCast('int'),
  '(i::VARCHAR)::DOUBLE': r => r.i.cast('string').cast('double'),
  'at::DATE': r => r.at.cast('date'),
  'day::TIMESTAMP': r => r.day.cast('timestamp'),
  'length(s)': r => r.s.length(),
  'upper(s)': r => r.s.upper(),
  'lower(s)': r => r.s.lower(),
  'trim(s)': r => r.s.trim(),
  'ltrim(s)': r => r.s.trimStart(),
  'rtrim(s)': r => r.s.trimEnd(),
  'substring(s, 2, 1)': r => r.s.substring(2, 1),
  'substring(s, 2)': r => r.s.substring(2),
  "s || '-' || i": r => concat(r.s, '-', r.i.cast('string')),
  "replace(s, 'a', 'xy')": r => r.s.replace('a', 'xy'),
  "split_part(s, ',', 2)": r => r.s.splitPart(',', 2),
  "starts_with(s, 'a')": r => r.s.startsWith('a'),
  "ends_with(s, 'b')": r => r.s.endsWith('b'),
  "contains(s, ',')": r => r.s.contains(','),
  "strpos(s, 'b')": r => r.s.indexOf('b'),
  'strlen(s)': r => r.s.byteLength(),
  'left(s, 2)': r => r.s.left(2),
  'left(s, -1)': r => r.s.left(-1),
  'right(s, 1)': r => r.s.right(1),
  "lpad(s, 4, '*')": r => r.s.padStart(4, '*'),
  "rpad(s, 4, '*')": r => r.s.padEnd(4, '*'),
  'repeat(s, 2)': r => r.s.repeat(2),
  "date_trunc('hour', at)": r => r.at.truncate('hour'),
  "date_trunc('day', at)::TIMESTAMP": r => r.at.truncate('day'),
  "date_trunc('week', at)::TIMESTAMP": r => r.at.truncate('week'),
  "date_trunc('month', at)::TIMESTAMP": r => r.at.truncate('month'),
  "date_trunc('quarter', at)::TIMESTAMP": r => r.at.truncate('quarter'),
  "date_trunc('year', at)::TIMESTAMP": r => r.at.truncate('year'),
  'year(at)': r => r.at.extract('year'),
  'quarter(day)': r => r.day.extract('quarter'),
  'month(at)': r => r.at.extract('month'),
  'week(day)': r => r.day.extract('week'),
  'day(at)': r => r.at.extract('day'),
  'dayofweek(day)': r => r.day.extract('dow'),
  'isodow(day)': r => r.day.extract('isodow'),
  'dayofyear(day)': r => r.day.extract('doy'),
  'hour(at)': r => r.at.extract('hour'),
  'minute(at)': r => r.at.extract('minute'),
  'at + INTERVAL 10 MINUTE': r => r.at.plus('10 minutes'),
  'at - INTERVAL 1 DAY': r => r.at.minus('1 day'),
  "epoch_us(at) - epoch_us(TIMESTAMP '2001-01-01')": r => r.at.since(new Date('2001-01-01T00:00:00Z')),
  'day + 3': r => r.day.addDays(3),
  "day - DATE '1999-12-31'": r => r.day.daysSince(new Date('1999-12-31')),
}

const grouped = (start: string) => `SELECT ${start} AS start, count(*) AS rows, sum(i % 100) AS sum`

/** Whole queries: the table, its SQL over {t} and {u}, whether the order counts. */
interface Query {
  readonly make: (rows: Rows, other: Rows) => unknown
  readonly sql: string
  readonly ordered?: boolean
}
const perWindow = (rows: any) =>
  rows
    .agg((g: any) => ({ rows: g.count(), sum: g.of((r: any) => r.i.mod(100)).sum() }))
    .select((r: any) => ({ start: r.window.start, rows: r.rows, sum: r.sum }))

const bucket = (us: number, offset = 0) =>
  `make_timestamp((floor((epoch_us("at") - ${offset}) / ${us}.0)::BIGINT * ${us} + ${offset})::BIGINT)`
const minutes = 60_000_000
const sliding = (size: number, every: number) =>
  `SELECT make_timestamp(w) AS start, count(*) AS rows, sum(i % 100) AS sum
   FROM (SELECT i, unnest(range(0, ${Math.ceil(size / every)})) AS k, epoch_us("at") AS us FROM {t} WHERE "at" IS NOT NULL),
     LATERAL (SELECT (floor(us / ${every}.0)::BIGINT - k) * ${every} AS w) WHERE us < w + ${size} GROUP BY w`

const queries: Record<string, Query> = {
  'tumbling windows': {
    make: rows => perWindow(rows.window({ tumbling: '10 minutes' })),
    sql: `${grouped(bucket(10 * minutes))} FROM {t} WHERE "at" IS NOT NULL GROUP BY 1`,
  },
  'tumbling windows with an offset': {
    make: rows => perWindow(rows.window({ tumbling: '7 minutes', offset: '2 minutes' })),
    sql: `${grouped(bucket(7 * minutes, 2 * minutes))} FROM {t} WHERE "at" IS NOT NULL GROUP BY 1`,
  },
  'sliding windows': {
    make: rows => perWindow(rows.window({ sliding: '10 minutes', every: '5 minutes' })),
    sql: sliding(10 * minutes, 5 * minutes),
  },
  'sliding windows that do not divide evenly': {
    make: rows => perWindow(rows.window({ sliding: '10 minutes', every: '3 minutes' })),
    sql: sliding(10 * minutes, 3 * minutes),
  },
  distinct: {
    make: rows => rows.select(r => ({ b: r.b, s: r.s, d: r.d })).distinct(),
    sql: 'SELECT DISTINCT b, s, d FROM {t}',
  },
  'union of all rows': {
    make: (rows, other) => rows.select(r => ({ i: r.i, s: r.s })).union(other.select(r => ({ s: r.s, i: r.i }))),
    sql: 'SELECT i, s FROM {t} UNION ALL SELECT i, s FROM {u}',
  },
  'order by, nulls first, ties by id': {
    make: rows => rows.orderBy(r => [r.s.asc({ nulls: 'first' }), r.id]).select(r => ({ id: r.id, s: r.s })),
    sql: 'SELECT id, s FROM {t} ORDER BY s ASC NULLS FIRST, id',
    ordered: true,
  },
  'order by descending, the default of nulls': {
    make: rows => rows.orderBy(r => [r.d.desc(), r.id.desc()]).select(r => ({ id: r.id })),
    sql: 'SELECT id FROM {t} ORDER BY d DESC NULLS FIRST, id DESC',
    ordered: true,
  },
  'first rows with an offset': {
    make: rows =>
      rows
        .orderBy(r => [r.at, r.f.desc({ nulls: 'last' }), r.id])
        .limit(7, { offset: 3 })
        .select(r => ({ id: r.id })),
    sql: 'SELECT id FROM {t} ORDER BY "at" ASC NULLS LAST, f DESC NULLS LAST, id LIMIT 7 OFFSET 3',
    ordered: true,
  },
  'inner join, duplicate and null keys': {
    make: (rows, other) =>
      rows
        .select(r => ({ id: r.id, s: r.s }))
        .join(
          other.select(r => ({ s: r.s, other: r.id })),
          { on: (a, b) => a.s.eq(b.s) },
        ),
    sql: 'SELECT a.id, a.s, b.id AS other FROM {t} a JOIN {u} b ON a.s = b.s',
  },
  'left join on two keys': {
    make: (rows, other) =>
      rows.join(other, {
        type: 'left',
        on: (a, b) => a.i.eq(b.i).and(b.b.eq(a.b)),
        select: (a, b) => ({ id: a.id, other: b.id, s: b.s }),
      }),
    sql: 'SELECT a.id, b.id AS other, b.s FROM {t} a LEFT JOIN {u} b ON a.i = b.i AND a.b = b.b',
  },
  'left join, then a group by': {
    make: (rows, other) =>
      rows
        .join(other, { type: 'left', on: (a, b) => a.d.eq(b.d), select: (a, b) => ({ b: a.b, other: b.id }) })
        .groupBy('b')
        .agg(g => ({ rows: g.count(), found: g.other.count() })),
    sql: 'SELECT a.b, count(*) AS rows, count(b.id) AS found FROM {t} a LEFT JOIN {u} b ON a.d = b.d GROUP BY a.b',
  },
  'a group by over a group by': {
    make: rows =>
      rows
        .groupBy('s')
        .agg(g => ({ rows: g.count() }))
        .groupBy('rows')
        .agg(g => ({ groups: g.count(), least: g.s.min() })),
    sql: 'SELECT rows, count(*) AS groups, min(s) AS least FROM (SELECT s, count(*) AS rows FROM {t} GROUP BY s) GROUP BY rows',
  },
  having: {
    make: rows =>
      rows
        .groupBy(r => ({ k: r.i.mod(3) }))
        .agg(g => ({ rows: g.count(), mean: g.f.avg() }))
        .where(r => r.rows.gt(1)),
    sql: 'SELECT i % 3 AS k, count(*) AS rows, avg(f::DOUBLE) AS mean FROM {t} GROUP BY 1 HAVING count(*) > 1',
  },
}
for (const [sql, make] of Object.entries(conditions))
  queries[`where ${sql}`] = {
    make: rows => rows.where(make).select(r => ({ id: r.id })),
    sql: `SELECT id FROM {t} WHERE ${sql.replace(/\bat\b/, '"at"')}`,
  }

const lines = (rows: readonly unknown[][]) => rows.map(row => JSON.stringify(row)).sort()

function same(actual: unknown[][], expected: unknown[][], what: string): void {
  assert.equal(actual.length, expected.length, what)
  for (const [i, row] of actual.entries()) {
    const wanted = expected[i] as unknown[]
    assert.ok(
      row.every((value, j) => near(value, wanted[j])),
      `${what}: ${JSON.stringify(row)} where DuckDB has ${JSON.stringify(wanted)}`,
    )
  }
}

seeded(
  'expressions',
  async (rng, t) => {
    const rows = Array.from({ length: 300 }, (_, id) => {
      const row = randomRow(rng, id, true)
      return { ...row, i: row.i === null ? null : row.i % 1_000_000 }
    })
    await db.load('e', rows)
    const input = await tableOf('csv', rows, `${folder(t)}/rows.csv`, db, 'e')
    const names = Object.keys(expressions)
    const made = input.select(r => ({
      id: r.id,
      ...Object.fromEntries(names.map((name, i) => [`c${i}`, expressions[name]?.(r)])),
    }))
    const sql = names.map((name, i) => `${name.replace(/\bat\b/, '"at"')} AS c${i}`)
    const columns = ['id', ...names.map((_, i) => `c${i}`)]
    const actual = table(await made.collect(), columns)
    const expected = table(await db.rows(`SELECT id, ${sql.join(', ')} FROM e ORDER BY id`), columns)
    for (const [i, row] of actual.entries())
      for (const [j, value] of row.entries())
        assert.ok(
          near(value, expected[i]?.[j]),
          `${names[j - 1]} of ${JSON.stringify(rows[i], (_, v) => (typeof v === 'bigint' ? `${v}` : v))}: ${value} where DuckDB has ${expected[i]?.[j]}`,
        )
  },
  { runs: 3 },
)

seeded(
  'queries, collected and run',
  async (rng, t) => {
    const dir = folder(t)
    const format = rng.pick(formats)
    const [many, few] = [rng.pick([0, 1, 40, 400]), rng.pick([0, 1, 20])]
    const rows = Array.from({ length: many }, (_, id) => randomRow(rng, id, format !== 'json'))
    const others = Array.from({ length: few }, (_, id) => randomRow(rng, id, format !== 'json'))
    await db.load('t', rows)
    await db.load('u', others)
    const input = await tableOf(format, rows, `${dir}/t.${format}`, db, 't')
    const other = await tableOf(format, others, `${dir}/u.${format}`, db, 'u')
    for (const [name, { make, sql, ordered }] of Object.entries(queries)) {
      const made = make(input, other) as Table<{ id: number }>
      const columns = made.schema.fields.map(each => each.name)
      const found = table(await db.rows(sql.replaceAll('{t}', 't').replaceAll('{u}', 'u')), columns)
      const arranged = (of: unknown[][]) =>
        ordered === true ? of : lines(of).map(line => JSON.parse(line) as unknown[])
      const expected = arranged(found)
      same(arranged(table(await made.collect(), columns)), expected, `${name} (${format}, ${many} rows, collected)`)
      if (!rng.oneIn(3)) continue
      const result = write.memory()
      const mode = ordered === true ? 'complete' : 'retract'
      await runOnce(`${dir}/m`, made.to(result, { mode }), {
        id: name,
        epochRows: rng.pick([1, 7, 1000]) * 7,
        unbounded: true,
      })
      same(arranged(table(result.rows(), columns)), expected, `${name} (${format}, ${many} rows, run)`)
    }
  },
  { runs: 3 },
)
