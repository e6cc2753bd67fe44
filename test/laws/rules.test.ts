// Law 7: optimiser rules change no result. Random plans over random rows (nulls, zeros, no row at all) run as written
// and after each rule alone and all rules together; the tables, or the errors' codes, must be the same. So must they when
// every step that may be put off (docs/notes/epochs.md) is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { memoryInput, memorySink } from '../../src/connectors/index.ts'
import { type Node, optimise, properties, type Rule, rules } from '../../src/plan/index.ts'
import { startRun } from '../../src/runtime/run.ts'
import { lit, type Table, tableOf, when } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { availableNow } from '../../src/time/index.ts'
import { type Columns, t } from '../../src/types/index.ts'
import { Rng, seeded } from '../support/seed.ts'
import { noSession } from '../table/support.ts'

const Row = t.row({
  at: t.timestamp(),
  k: t.string(),
  a: t.int().nullable(),
  b: t.int(),
  ok: t.boolean().nullable(),
  x: t.double(),
})
interface Values {
  at: Date
  k: string
  a: number | null
  b: number
  ok: boolean | null
  x: number
}
const CityRow = t.row({ id: t.string(), city: t.string().nullable() })
const CITIES = [
  { id: 'u', city: 'Ulm' },
  { id: 'v', city: null },
]

/** b is 0 only where a is null and k has no city: a condition on a, and an inner join, guard divisions by b. */
const rowsOf = (rng: Rng, count: number): Values[] =>
  Array.from({ length: count }, (_, i) => {
    const k = rng.pick(['u', 'v', 'w'])
    const zero = k === 'w' && rng.oneIn(2)
    return {
      at: new Date(i * 600_000),
      k,
      a: zero || rng.oneIn(4) ? null : rng.int(-2, 2),
      b: zero ? 0 : rng.pick([-1, 1, 2]),
      ok: rng.oneIn(4) ? null : rng.oneIn(2),
      x: rng.int(-2, 2) / 2,
    }
  })

/** A memory input is read once: every run gets a plan over inputs of its own, from the same draws. */
function planOf(rng: Rng, rows: readonly Values[]): Node {
  const flat = (): Table<Values, 'append'> =>
    tableOf<Values>(memoryInput<Values>(Row, {}, rows).spec, noSession, { time: 'at' })
  let table = flat()
  for (let steps = rng.int(1, 5); steps > 0; steps--) table = step(rng, table, flat)
  return ending(rng, table)
}

type Step = (table: Table<Values, 'append'>, rng: Rng, again: () => Table<Values, 'append'>) => Table<Values, 'append'>

/** Steps keep the columns, so that any may follow any. */
const steps: readonly Step[] = [
  (table, rng) => table.where(r => r.a.gt(rng.int(-2, 2))),
  table => table.where(r => r.ok),
  (table, rng) => table.where(r => r.k.eq(rng.pick(['u', 'v'])).or(r.x.lt(0))),
  table => table.where(r => r.b.gt(0).and(r.a.isNotNull())),
  table => table.where(r => lit(10).div(r.b).gt(3)),
  table => table.where(r => r.a.gt(-9)).where(r => lit(10).div(r.b).lt(99)),
  table => table.where(() => lit(1).add(1).eq(2)),
  table => table.withColumns(r => ({ x: r.x.mul(2), b: r.b.add(1) })),
  table => table.withColumn('a', r => when(r.ok, r.b).otherwise(null)),
  table => table.select(r => ({ at: r.at, k: r.k, a: r.a, b: r.b, ok: r.ok, x: r.x })),
  table => table.withColumn('spare', r => lit(7).mod(r.b)).drop('spare'),
  (table, _rng, again) => table.union(again().where(r => r.x.gte(0))),
  table => table.union(table.where(r => r.ok)),
  table => table.distinct(),
  table => table.filter(row => row.b !== 0),
]

const step = (
  rng: Rng,
  table: Table<Values, 'append'>,
  again: () => Table<Values, 'append'>,
): Table<Values, 'append'> => rng.pick(steps)(table, rng, again)

interface City {
  id: string
  city: string | null
}
const cities = () => tableOf<City>(memoryInput(CityRow, {}, CITIES).spec, noSession)

const endings: readonly ((table: Table<Values, 'append'>) => { readonly node: Node })[] = [
  table => table.select(r => ({ k: r.k, sum: r.b.add(r.a) })),
  table => table.groupBy('k').agg(g => ({ n: g.count(), top: g.a.max(), late: g.count().filter(r => r.ok) })),
  table => table.agg(g => ({ n: g.count() })),
  // Ties are broken by columns that nobody reads.
  table =>
    table
      .orderBy(r => r.k)
      .limit(3)
      .select(r => ({ k: r.k, x: r.x })),
  table =>
    table
      .orderBy(r => [r.ok, r.x.desc()])
      .limit(2, { offset: 1 })
      .groupBy('k')
      .agg(g => ({ n: g.count() })),
  table =>
    table
      .window({ tumbling: '1 hour' })
      .groupBy('k')
      .agg(g => ({ n: g.count(), s: g.b.sum() }))
      .where(r => r.n.gt(1)),
  table =>
    table
      .join(cities(), {
        type: 'left',
        on: (r, c) => r.k.eq(c.id),
      })
      .where(r => r.b.gt(0).and(r.city.isNull()))
      .select(r => ({ k: r.k, city: r.city, x: r.x })),
  table =>
    table
      .join(cities(), { on: (r, c) => r.k.eq(c.id) })
      .where(r => lit(10).div(r.b).gt(3))
      .select(r => ({ k: r.k, b: r.b })),
  table =>
    table
      .join(cities(), { on: (r, c) => r.k.eq(c.id) })
      .where(r => r.city.isNotNull().and(r.a.gt(0)))
      .groupBy('city')
      .agg(g => ({ n: g.count() })),
]

const TYPES = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const

/** Joins of every kind, with conditions on either side in `on` and above. */
function joinEnding(rng: Rng, table: Table<Values, 'append'>): { readonly node: Node } {
  const type = rng.pick(TYPES)
  const beside = rng.oneIn(2)
  const on = (r: Columns<Values>, c: Columns<City>) =>
    beside ? r.k.eq(c.id).and(r.b.gt(0)).and(c.city.isNotNull()) : r.k.eq(c.id)
  const joined =
    type === 'semi' || type === 'anti'
      ? table.join(cities(), { type, on, select: r => ({ b: r.b, city: r.k }) })
      : table.join(cities(), { type, on, select: (r, c) => ({ b: r.b, city: c.city }) })
  const which = rng.int(0, 2)
  return joined.where(r =>
    which === 0 ? r.b.gt(-1) : which === 1 ? r.city.isNull() : r.b.gt(-1).and(r.city.isNotNull()),
  )
}

const ending = (rng: Rng, table: Table<Values, 'append'>): Node =>
  rng.oneIn(3) ? joinEnding(rng, table).node : rng.pick(endings)(table).node

/** The table as sorted lines, or the code of its error. */
async function result(
  node: Node,
  world: ReturnType<typeof virtualWorld>,
  large?: number,
): Promise<readonly string[] | string> {
  const sink = memorySink<object>()
  const mode = properties(node).appendOnly ? 'append' : 'retract'
  const run = await startRun({
    id: 'law',
    name: 'law',
    outputs: [{ node, sink, mode }],
    rules: [],
    ...(large !== undefined && { large }),
    trigger: availableNow(),
    epochRows: 7,
    memoryBytes: 1 << 28,
    world,
    dir: undefined,
    hold: true,
    signal: undefined,
  })
  try {
    await run.done
  } catch (error) {
    if (error instanceof MillraceError) return error.code
    throw error
  }
  return sink
    .rows()
    .map(row => JSON.stringify(row))
    .sort()
}

seeded(
  'plans as written and after rules give the same table',
  async rng => {
    const rows = rowsOf(rng, rng.pick([0, 1, 5, 30]))
    const seed = rng.uint32()
    const world = virtualWorld()
    const build = (): Node => planOf(new Rng(seed), rows)
    const expected = await result(build(), world)
    assert.deepEqual(await result(build(), world, 0), expected, 'every step put off')
    const sets: readonly (readonly Rule[])[] = [rules, ...rules.map(rule => [rule])]
    for (const using of sets) {
      const { node, applied } = optimise(build(), using)
      if (applied.length === 0) continue
      // A rule may spare an error (a row that is never computed), never bring one.
      const actual = await result(node, world)
      if (typeof expected !== 'string') assert.deepEqual(actual, expected, `after ${applied.join(', ')}`)
      for (const name of applied) used.add(name)
    }
  },
  { runs: 120 },
)

const used = new Set<string>()

test('every rule was used', () =>
  assert.deepEqual(
    rules.map(each => each.name).filter(name => !used.has(name)),
    [],
  ))
