// Group by 0 to 3 keys of any type, every aggregate, over three file formats: the answer is DuckDB's.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { folder } from '../integration/support.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { type Db, formats, near, openDb, type Rows, randomRow, table, tableOf } from './support.ts'

let db: Db
before(async () => {
  db = await openDb()
})
after(() => db.close())

const columns = ['b', 'i', 'n', 'f', 'd', 's', 'at', 'day'] as const
type Any = any

/** name: [what millrace computes, the same in SQL, whether it is floating point] */
const aggregates: Record<string, readonly [(g: Any) => unknown, string]> = {
  rows: [g => g.count(), 'count(*)'],
  count_s: [g => g.s.count(), 'count(s)'],
  distinct_s: [g => g.s.countDistinct(), 'count(DISTINCT s)'],
  distinct_d: [g => g.d.countDistinct(), 'count(DISTINCT d)'],
  sum_n: [g => g.of((r: Any) => r.n.cast('double')).sum(), 'sum(n)::DOUBLE'],
  sum_i: [g => g.of((r: Any) => r.i.mod(1000)).sum(), 'sum(i % 1000)'],
  avg_i: [g => g.i.avg(), 'sum(i)::DOUBLE / count(i)'],
  avg_f: [g => g.f.avg(), 'avg(f::DOUBLE)'],
  min_n: [g => g.n.min(), 'min(n)'],
  max_i: [g => g.i.max(), 'max(i)'],
  min_d: [g => g.d.min(), 'min(d)'],
  max_d: [g => g.d.max(), 'max(d)'],
  min_f: [g => g.f.min(), 'min(f)'],
  max_s: [g => g.s.max(), 'max(s)'],
  min_s: [g => g.s.min(), 'min(s)'],
  max_at: [g => g.at.max(), 'max("at")'],
  min_day: [g => g.day.min(), 'min(day)'],
  all_b: [g => g.b.every(), 'bool_and(b)'],
  any_b: [g => g.b.some(), 'bool_or(b)'],
  var_f: [g => g.of((r: Any) => r.i.mod(1000)).variance(), 'var_samp(i % 1000)'],
  dev_f: [g => g.of((r: Any) => r.i.mod(1000)).stddev(), 'stddev_samp(i % 1000)'],
  some: [g => g.count().filter((r: Any) => r.i.gt(0)), 'count(*) FILTER (WHERE i > 0)'],
  sum_some: [
    g =>
      g
        .of((r: Any) => r.i.mod(1000))
        .sum()
        .filter((r: Any) => r.b),
    'sum(i % 1000) FILTER (WHERE b)',
  ],
  max_some: [g => g.s.max().filter((r: Any) => r.s.like('a%')), "max(s) FILTER (WHERE s LIKE 'a%')"],
}

async function compare(rng: Rng, rows: Rows, name: string): Promise<void> {
  const keys = rng.shuffled(columns).slice(0, rng.int(0, 3))
  const made = (rows as Any)
    .groupBy(...keys)
    .agg((g: Any) => Object.fromEntries(Object.entries(aggregates).map(([as, [make]]) => [as, make(g)])))
  const named = Object.entries(aggregates).map(([as, [, sql]]) => `${sql} AS ${as}`)
  const quoted = keys.map(each => `"${each}"`)
  const group = keys.length === 0 ? '' : `GROUP BY ${quoted.join(', ')}`
  const all = [...keys, ...Object.keys(aggregates)]
  const key = (row: unknown[]) => JSON.stringify(row.slice(0, keys.length))
  const expected = new Map(
    table(await db.rows(`SELECT ${[...quoted, ...named].join(', ')} FROM ${name} ${group}`), all).map(row => [
      key(row),
      row,
    ]),
  )
  const actual = table(await made.collect(), all)
  assert.equal(actual.length, expected.size, `groups by ${keys}`)
  for (const row of actual) {
    const wanted = expected.get(key(row))
    assert.ok(wanted !== undefined, `no group ${key(row)} of ${keys}`)
    for (const [i, value] of row.entries())
      assert.ok(near(value, wanted[i]), `${all[i]} of ${key(row)} by ${keys}: ${value} where DuckDB has ${wanted[i]}`)
  }
}

for (const format of formats)
  seeded(
    `group by: ${format}`,
    async (rng, t) => {
      const rows = Array.from({ length: rng.pick([0, 1, 2, 50, 3000]) }, (_, id) =>
        randomRow(rng, id, format !== 'json'),
      )
      const name = `g_${format}`
      await db.load(name, rows)
      const input = await tableOf(format, rows, `${folder(t)}/rows.${format}`, db, name)
      for (let i = 0; i < 4; i++) await compare(rng, input, name)
    },
    { runs: 3 },
  )

seeded(
  'approximate quantiles are within 1% of percentile_disc',
  async (rng, t) => {
    const rows = Array.from({ length: rng.pick([1, 2, 3, 20, 500]) }, (_, id) => randomRow(rng, id, false))
    await db.load('q', rows)
    const input = await tableOf('json', rows, `${folder(t)}/rows.json`, db, 'q')
    for (const p of [0, 0.05, 0.5, 0.95, 1]) {
      const actual = await input
        .groupBy('s')
        .agg(g => ({ q: g.d.approxQuantile(p) }))
        .collect()
      const exact = new Map(
        (await db.rows(`SELECT s, quantile_disc(d, ${p}) AS q FROM q GROUP BY s`)).map(row => [row['s'], row['q']]),
      )
      for (const { s, q } of actual) {
        const wanted = exact.get(s) as number | null
        if (wanted === null || q === null) assert.equal(q, wanted)
        else assert.ok(Math.abs(q - wanted) <= 0.01 * Math.abs(wanted) + 1e-300, `p${p} of ${s}: ${q} for ${wanted}`)
      }
    }
  },
  { runs: 3 },
)

seeded(
  'a sum of doubles is exact: no order, no cut changes it',
  async rng => {
    const { read, t } = await import('millrace')
    const schema = t.row({ d: t.double() })
    const pairs = rng.list(50, () => rng.pick([1e308, 1e100, 0.1, 1, 1e-300]) * (rng.oneIn(2) ? 1 : -1) * rng.double())
    const tiny = rng.double()
    const values = rng.shuffled([...pairs, ...pairs.map(x => -x), tiny])
    const sum = (of: readonly number[]) =>
      read
        .from(
          of.map(d => ({ d })),
          { schema },
        )
        .agg(g => ({ sum: g.d.sum(), mean: g.d.avg() }))
        .collect()
    const [one] = await sum(values)
    assert.equal(one?.sum, tiny)
    assert.deepEqual(await sum(rng.shuffled(values)), [one])
  },
  { runs: 8 },
)
